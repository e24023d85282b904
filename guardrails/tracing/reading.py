"""One text on its way to being read: what has been dealt with is marked and not read again."""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Container, Iterator
from datetime import date
from functools import cached_property

from guardrails.tracing.report import Stated

# Where an amount, rate or day stood, which no cue reaches across; and where anything else did.
MARK = "\x01"
PASSED = "\x02"
_SPACES = "\t\u00a0\u202f\u2007\u2008\u2009\u200a"
# The letters our languages are written in; a class of them is read faster than "any letter".
WORD = re.compile(r"[a-zß-öø-ÿœšžłźż]+")
_DIGITS = re.compile(r"\d+")
_ENDS = re.compile(r"[.!?;\n](?:(?<=\n)(?=\s*(?:\n|[-*•]))|(?<!\n)[\"')»”]{0,2}(?=\s|$))")
_SHORTENED = re.compile(r"\b(?:no|nr|mr|ms|dr|mrs|sr|sra|núm|prof|ca|approx|inv|st)$")
_MARKED = frozenset({"amount", "total", "fee", "percentage", "date", "deadline"})


class Reading:
    """A message being read.

    Attributes:
        text: Subject and body as written, with marks where something was read.
        low: The same in small letters; both are as long as the original.
        words: Every word of it, in small letters.
        digits: Where digits start.
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
        self.text = _plain(self.original)
        self.low = self.text.lower()
        self.words = frozenset(WORD.findall(self.low))
        self.digits = tuple(found.start() for found in _DIGITS.finditer(self.low))
        self.language = language
        self.as_of = as_of
        self.found: list[Stated] = []
        self._mentions: dict[tuple[str, ...], bool] = {}

    @cached_property
    def _ends(self) -> list[int]:
        """Where sentences end; asked for only once days such as "27. Mai" are marked."""
        low = self.low
        ends = {
            found.end()
            for found in _ENDS.finditer(low)
            if low[found.start()] != "."
            or not _SHORTENED.search(low, max(0, found.start() - 7), found.start())
        }
        return [*sorted({0, self.body_starts} | ends), len(low)]

    def numbers(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """What a pattern that starts with a digit finds, in what has not been read yet."""
        low, past = self.low, 0
        for at in self.digits:
            if at >= past and low[at] > PASSED and (found := pattern.match(low, at)):
                yield found
                past = found.end()

    def places(self, words: Container[str]) -> Iterator[tuple[int, str]]:
        """Where words stand by themselves, in what has not been read yet."""
        low = self.low
        places = []
        for word in [each for each in self.words if each in words]:
            at = low.find(word)
            while at >= 0:
                end = at + len(word)
                if not (low[at - 1 : at].isalnum() or low[end : end + 1].isalnum()):
                    places.append((at, word))
                at = low.find(word, end)
        places.sort()
        return iter(places)

    def mentions(self, stems: tuple[str, ...]) -> bool:
        """Whether any of the words stands in the text; spares looking for what is nowhere."""
        known = self._mentions.get(stems)
        if known is None:
            known = self._mentions[stems] = self._holds(stems)
        return known

    def _holds(self, stems: tuple[str, ...]) -> bool:
        low = self.low
        for stem in stems:  # noqa: SIM110 - a generator takes twice as long, for every amount
            if stem in low:
                return True
        return False

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


def _plain(text: str) -> str:
    """The text with plain spaces, and as long in small letters as in capital ones."""
    if text.isascii() and "\t" not in text:
        return text
    for space in _SPACES:
        text = text.replace(space, " ")
    return text.replace("İ", "I")
