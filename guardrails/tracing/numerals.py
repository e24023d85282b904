"""Numbers in words: "twelve hundred and forty", "mil doscientos", "zwölfhundert"."""

import functools
import re

from guardrails.tracing.words import each_of

# Words of one language that are a number in another: "once" and "cent" in English, "elf".
_HOME = {
    **dict.fromkeys(("once", "dos"), "es"),
    **dict.fromkeys(("cent", "sept", "million", "six"), "fr"),
    **dict.fromkeys(("elf", "null"), "de"),
}
_ALSO = {"million": ("en", "de"), "six": ("en",)}
_LANGUAGES = ("en", "de", "es", "fr")
# An article is a number only before a unit ("a week"), so it never starts a search.
ARTICLES = frozenset(each_of("a an one un una une uno ein eine einen einem einer eines"))
# Inflected forms the library does not know.
_FORMS = {
    "veintiún": 21,
    "zweier": 2,
    "dreier": 3,
    "dozen": 12,
    "fortnight": 14,
    "both": 2,
    "beide": 2,
    "beiden": 2,
    "ambas": 2,
    "ambos": 2,
    "hundreds": 100,
    "thousands": 1000,
}
_LINKS = frozenset({"and", "y", "et", "und"})
_WORD = re.compile(r"[^\W\d_]+")
_GAP = re.compile(r"[ -]{1,2}")
_MOST_WORDS = 9


@functools.lru_cache(maxsize=32_768)
def number_word(word: str, language: str) -> int | None:
    """The number one word is, None for any other word."""
    if word in ARTICLES:
        return 1
    if word in _FORMS:
        return _FORMS[word]
    if word in _HOME and language != _HOME[word] and language not in _ALSO.get(word, ()):
        return None
    return _read(word, language)


def read_words(words: str, language: str) -> int | None:
    """The number a run of words is, None where they are not one."""
    if " " not in words and "-" not in words:
        return number_word(words, language)
    first, _, rest = words.partition(" ")
    if first in ARTICLES and rest:
        value = _read(f"un {rest}", "fr") if first == "un" and language == "fr" else None
        return _read(rest, language) if value is None else value
    return _read(words, language)


@functools.lru_cache(maxsize=32_768)
def _read(words: str, language: str) -> int | None:
    from text_to_num import text2num

    for each in dict.fromkeys((language, *_LANGUAGES)):
        try:
            return text2num(words, each)
        except ValueError:
            continue
    return None


def number_before(text: str, end: int, language: str) -> tuple[int, int] | None:
    """The number in words that ends at `end`: where it starts and its value.

    The longest run that is a number wins, so that "two thousand ten" is not ten.
    """
    words = list(_WORD.finditer(text, max(0, end - 90), end))[-_MOST_WORDS:]
    if not words or words[-1].end() != end:
        return None
    first = len(words) - 1
    while first >= 0 and _may_belong(words[first][0], language):
        if first + 1 < len(words) and not _GAP.fullmatch(
            text, words[first].end(), words[first + 1].start()
        ):
            break
        first -= 1
    for word in words[first + 1 :]:
        value = None if word[0] in _LINKS else read_words(text[word.start() : end], language)
        if value is not None:
            return word.start(), value
    return None


def _may_belong(word: str, language: str) -> bool:
    return word in _LINKS or number_word(word, language) is not None
