"""Small letters without accents, letter for letter, so that places in the text stay the same."""

import re
import unicodedata

_WORD = re.compile(r"\w+")
_KEPT = "äöüß"


def _plain(char: str) -> str:
    """One letter for one: the letter without its marks, small."""
    if char in "ßẞ":
        return "s"
    if char in "’‘ʼ`´":
        return "'"
    small = char.lower()
    base = unicodedata.normalize("NFD", small)[:1]
    return base if len(small) == 1 and base.isalpha() else (small if len(small) == 1 else char)


class _Folding(dict[int, str]):
    """A translation that learns letters as it meets them."""

    def __missing__(self, code: int) -> str:
        folded = _plain(chr(code))
        self[code] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str, *, keep_umlauts: bool = False) -> str:
    """Small letters, no accents; as long as it was.

    Args:
        text: Any text.
        keep_umlauts: Leave ä, ö, ü and ß, for a pattern that allows both their spellings.
    """
    if not keep_umlauts:
        return text.lower() if text.isascii() else text.translate(_FOLDING)
    return "".join(each if each in _KEPT else _plain(each) for each in text.lower())


def words_of(folded: str) -> list[str]:
    """The words of a folded text."""
    return _WORD.findall(folded)
