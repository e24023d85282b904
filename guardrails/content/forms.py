"""The other readings of a disguised text: decoded, composed, and as a reader's eye takes it.

Most letters have none: plain text without oddities is its own only form.
"""

import html
import re
import unicodedata
from collections.abc import Callable

from guardrails.content.confusables import skeleton

# What makes another reading worth a look; the first search is over ordinary text and must be quick.
_NOT_LATIN_1 = re.compile("[^\x00-\xac\xae-\xff\u2010-\u2026\u20ac\u2122\u2116\u202f\u0152\u0153]")
_ENTITY = re.compile(r"&(?:#\d{2,6}|#[xX][0-9a-fA-F]{2,5}|[a-zA-Z]{2,8}\d?);")
_TAG = re.compile(r"<[a-zA-Z!/][^<>]*>")
_SPACED = re.compile(r"(?<!\w)[^\W\d_](?:([ .\-_*·•|/])[^\W\d_](?:\1[^\W\d_])+)(?!\w)")
_BROKEN = re.compile(r"(?<=[^\W\d_])[*_|~·•^](?=[^\W\d_])")
_DISGUISED = re.compile(
    r"(?<![\w@.#/&-])(?=[a-zA-Z@$!|0-9]*[a-z])(?:[a-zA-Z]+[0-9@$!|]+[a-z]|[0-9@$|]+[a-z]{2,})"
    r"[a-zA-Z0-9@$!|]*(?![\w@]*[/@.]\w)"
    r"|(?<![\w@.#/&-])[A-Z]{1,}[0134@$!|][A-Z]{2,}[A-Z0134@$!|]*(?!\w)"
)
_SPACED_HINT = re.compile(r"[ .\-_*·•|/]\w[ .\-_*·•|/]\w[ .\-_*·•|/]")
_DISGUISE_HINT = re.compile(r"[0134578@$!|][a-zA-Z]")
_LEET = str.maketrans("0134578@$!|€", "oieastbasile")
_LEET_AS_L = str.maketrans("0134578@$!|€", "oleastbaslle")
_INVISIBLE = re.compile(
    "[\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e007f]"
)


def forms(text: str, is_word: Callable[[str], bool]) -> tuple[str, ...]:
    """Every reading of a text that differs from the one before; the text itself first.

    Args:
        text: As written.
        is_word: Whether a small word means something to the checkers; an order number with a
            digit in it is undone only where the result is such a word.
    """
    found = [text]
    if _NOT_LATIN_1.search(text) or "\xad" in text or "&" in text or "<" in text:
        decoded = _INVISIBLE.sub("", _decode(text))
        composed = unicodedata.normalize("NFKC", decoded)
        found += [decoded, composed, skeleton(composed), _INVISIBLE.sub("", text)]
    seen = found[-2] if len(found) > 1 else text
    undone = undo_disguise(seen, is_word)
    return tuple(dict.fromkeys([*found, undone]))


def undo_disguise(text: str, is_word: Callable[[str], bool]) -> str:
    """Join spaced-out letters and put letters for the digits and signs that stand for them."""
    undone = text
    if _SPACED_HINT.search(text):
        undone = _SPACED.sub(lambda match: _join_letters(match[0], is_word), text)
    undone = _BROKEN.sub("", undone) if re.search(r"[*_|~·•^]", undone) else undone

    def settle(match: re.Match[str]) -> str:
        for table in (_LEET, _LEET_AS_L):
            word = match[0].lower().translate(table)
            if is_word(word.strip("!")):
                return word
        return match[0]

    return _DISGUISED.sub(settle, undone) if _DISGUISE_HINT.search(undone) else undone


def _join_letters(spaced: str, is_word: Callable[[str], bool]) -> str:
    """Join single letters to a word; the first may be an article before it."""
    joined = re.sub(r"[\W_]", "", spaced)
    if not is_word(joined.lower()) and is_word(joined[1:].lower()):
        return f"{joined[0]} {joined[1:]}"
    return joined


def _decode(text: str) -> str:
    """Markup taken out, entities read."""
    plain = _TAG.sub("", text) if "<" in text else text
    return html.unescape(plain) if "&" in plain and _ENTITY.search(plain) else plain
