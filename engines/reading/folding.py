"""Small letters without accents, letter for letter, so that places in a text stay the same."""

import functools
import re
import unicodedata

_OTHER = re.compile(r"[^\x00-\x7f]")
# What reads a text takes time by the square of its longest word, and no word is that long.
_LONG = re.compile(r"\S{160,}")
_SMALL = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ\t\r\x0b\x0c", "abcdefghijklmnopqrstuvwxyz    ")
_ALIKE = {"ß": "s", "ẞ": "s", "’": "'", "‘": "'", "´": "'", "`": "'", "ø": "o", "Ø": "o"}
_ALIKE |= {"ł": "l", "Ł": "l", "–": "-", "—": "-", "‑": "-", "−": "-", "æ": "a", "œ": "o"}
_ALIKE |= {"“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}


@functools.lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    """One letter for one: small and without its marks."""
    if char in _ALIKE:
        return _ALIKE[char]
    if char.isspace():
        return " "
    base = unicodedata.normalize("NFKD", char)[:1] or char
    small = base.lower()
    return small if len(small) == 1 else char


def without_long_words(text: str) -> str:
    """The text with every run of letters no word is made of as spaces; as long as it was."""
    return _LONG.sub(lambda each: " " * len(each.group()), text)


def fold(text: str) -> str:
    """The text in small plain letters, as long as it was; line breaks stay."""
    small = text.translate(_SMALL)
    return small if small.isascii() else _OTHER.sub(lambda each: _plain(each.group()), small)
