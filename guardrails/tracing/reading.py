"""One text on its way to being read: what has been dealt with is marked and not read again."""

import re
import unicodedata
from bisect import bisect_right
from datetime import date
from functools import cached_property

from guardrails.tracing.report import Stated

# Where an amount, rate or day stood, which no cue reaches across; and where anything else did.
MARK = "\x01"
PASSED = "\x02"
_PLAIN = str.maketrans("\u00a0\u202f\u2007\u2008\u2009\u200a\tİ", " " * 7 + "I")
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_ENDS = re.compile(
    r"(?<!\bno)(?<!\bnr)(?<!\bmr)(?<!\bms)(?<!\bdr)(?<!\bmrs)(?<!\bsr)(?<!\bsra)(?<!\bnúm)"
    r"[.!?;][\"')»”]{0,2}(?=\s|$)|\n(?=\s*(?:\n|[-*•]))"
)
_MARKED = frozenset({"amount", "total", "fee", "percentage", "date", "deadline"})


class Reading:
    """A message being read.

    Attributes:
        text: Subject and body as written, with marks where something was read.
        low: The same in small letters; both are as long as the original.
        words: Every word of it, in small letters.
    """

    def __init__(self, subject: str, body: str, language: str, as_of: date) -> None:
        subject, body = (
            part
            if part.isascii() and "\r" not in part
            else unicodedata.normalize("NFC", part).replace("\r\n", "\n")
            for part in (subject, body)
        )
        self.original = f"{subject}\n{body}"
        self.body_starts = len(subject) + 1
        self.text = self.original.translate(_PLAIN)
        self.low = self.text.lower()
        self.words = frozenset(_WORD.findall(self.low))
        self.has_digits = _DIGIT.search(self.low) is not None
        self.language = language
        self.as_of = as_of
        self.found: list[Stated] = []

    @cached_property
    def _ends(self) -> list[int]:
        """Where sentences end; asked for only once days such as "27. Mai" are marked."""
        ends = {0, self.body_starts, *(found.end() for found in _ENDS.finditer(self.low))}
        return [*sorted(ends), len(self.low)]

    def sentence(self, at: int) -> tuple[int, int]:
        """Where the sentence around a place starts and ends."""
        ends = self._ends
        after = bisect_right(ends, at)
        return ends[after - 1], ends[min(after, len(ends) - 1)]

    def before(self, at: int, most: int) -> str:
        """What the sentence says before a place, the last letters of it."""
        return self.low[max(self.sentence(at)[0], at - most) : at]

    def after(self, at: int, most: int) -> str:
        """What the sentence says from a place on."""
        return self.low[at : min(self.sentence(at - 1)[1], at + most)]

    def around(self, at: int) -> str:
        """The whole sentence around a place."""
        start, end = self.sentence(at)
        return self.low[start:end]

    def take(self, kind: str, value: object, start: int, end: int, role: str = "") -> None:
        """Note a statement and mark its words as read."""
        self.found.append(Stated(kind, value, self.original[start:end], start, "body", role))
        self.cover(start, end, MARK if kind in _MARKED else PASSED)

    def cover(self, start: int, end: int, mark: str = PASSED) -> None:
        """Mark words as read, whatever they said."""
        marks = mark * (end - start)
        self.text = f"{self.text[:start]}{marks}{self.text[end:]}"
        self.low = f"{self.low[:start]}{marks}{self.low[end:]}"
