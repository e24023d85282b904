"""A text cut into pieces that could be numbers, with what stands before and between them."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from engines.matching.spelling import PIECE
from engines.matching.words import plain

_AMOUNT = re.compile(r"(?<![\w.,/-])[-+$€£]?\d{1,3}(?:[.,' ]?\d{3})*[.,]\d{2}(?![\d/-]|[.,]\d)")
_DATE = re.compile(
    r"(?<![\w./-])(?:\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})|\d{4}-\d\d-\d\d)(?![\w/-]|\.\d)"
)
OURS = plain("references", "ours")
_FOREIGN = plain("references", "foreign")
_OTHERS = plain("references", "others") | _FOREIGN
_LONGEST_FOREIGN = 7
_MOSTPIECES = 4


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of letters and digits.

    Attributes:
        gap: What stands between it and the piece before.
        after_word: A word before it says that a document number follows.
        after_other: A word before it says that it is another number.
        is_foreign: It is certainly no document, such as a check number.
    """

    text: str
    gap: str
    after_word: bool
    after_other: bool
    is_foreign: bool


def joins(pieces: list[Piece], at: int) -> list[tuple[str, int, bool]]:
    """The piece alone and with its followers: joined by marks first, then alone, then by blanks."""
    by_marks, by_blanks, text, spaced = [], [], pieces[at].text, False
    for used in range(2, _MOSTPIECES + 1):
        if at + used > len(pieces):
            break
        piece = pieces[at + used - 1]
        if len(piece.gap) > 2 or any(mark not in " ./_-" for mark in piece.gap):
            break
        spaced = spaced or " " in piece.gap
        text += piece.text
        if any(char.isdigit() for char in text):
            (by_blanks if spaced else by_marks).append((text, used, spaced))
    alone = [(pieces[at].text, 1, False)] if any(c.isdigit() for c in pieces[at].text) else []
    return [*reversed(by_marks), *alone, *by_blanks]


def cut_up(text: str, kept: Callable[[re.Match[str]], str]) -> list[Piece]:
    """Cut a text into pieces; amounts and dates are left out where `kept` does not keep them."""
    text = _AMOUNT.sub(kept, _DATE.sub(kept, text))
    found: list[Piece] = []
    end, after_word, after_other, foreign = 0, False, False, False
    for match in PIECE.finditer(text):
        gap, token = text[end : match.start()], match[0]
        end = match.end()
        if not any(char.isdigit() for char in token):
            after_word = token in OURS
            after_other = token in _OTHERS or (after_other and after_word)
            foreign = token in _FOREIGN or (foreign and after_word)
            found.append(Piece(token, gap, False, False, False))
            continue
        strange = foreign and token.isdigit() and len(token) <= _LONGEST_FOREIGN
        found.append(Piece(token, gap, after_word, after_other, strange))
        after_other = foreign = False
    return found
