"""Cuts a message into sentences, table rows and signature lines, each with its place."""

import re
from dataclasses import dataclass

from guardrails.content.report import Part

# A line this long that ends in no mark was wrapped by a mail program and goes on below.
_WRAPPED = 50
_MARKS = ".!?:;,)…"
_WRAP = re.compile(rf"(?<=[^\n{re.escape(_MARKS)}])\n(?=[^\W\d_])")
_BREAK = re.compile(r"\n\s*|[.!?…]+[\"'”’»)\]]*\s+")
# A full stop after a day of a German date or an initial ends nothing.
_NO_END = re.compile(
    r"(?:^|[\s(])(?:\d{1,2}|[A-Z]|No|Nr|Nos|Mr|Mrs|Ms|Dr|Ref|ref|vs|ca|Sr|Sra|Art|art)$"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, or a line that stands alone.

    Attributes:
        text: As written.
        start: Where it starts in its part.
    """

    text: str
    start: int
    part: Part


def split_sentences(text: str, part: Part) -> list[Sentence]:
    """Cut a part of a message into its sentences, in order; blank ones are left out."""
    joined = _join_wrapped(text) if "\n" in text else text
    found: list[Sentence] = []
    at = 0
    for match in _BREAK.finditer(joined):
        if _ends(joined, match):
            _add(found, text, at, match.end(), part)
            at = match.end()
    _add(found, text, at, len(text), part)
    return found


def _ends(text: str, match: re.Match[str]) -> bool:
    """Whether a mark ends a sentence: not within a date, an initial or before a small letter."""
    mark = match[0]
    if mark[0] != "." or "\n" in mark:
        return True
    if text[match.end() : match.end() + 1].islower():
        return False
    return not _NO_END.search(text, max(0, match.start() - 5), match.start())


def _join_wrapped(text: str) -> str:
    """Put a space for a line break inside a sentence; every letter keeps its place."""

    def settle(match: re.Match[str]) -> str:
        line_start = text.rfind("\n", 0, match.start()) + 1
        return " " if match.start() - line_start >= _WRAPPED else "\n"

    return _WRAP.sub(settle, text)


def _add(found: list[Sentence], text: str, start: int, end: int, part: Part) -> None:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        found.append(Sentence(stripped, start + piece.index(stripped[0]), part))
