"""Sentences of a text, each with its place; wrapped lines join, lists and tables do not."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from engines.reading.folding import fold
from engines.reading.model import Part, Span

_MOST = 400
_LONGEST = 1_200
_WRAPPED = 50  # a line shorter than this was ended by its writer
_STOP = re.compile(r"[.!?]+[\"')\]]*(?=\s|$)|;\s|[。！？]")
_WORD = re.compile(
    r"(?:qu|[cdjlmnst])'(?=[a-z])|[^\W\d_]+(?:'[^\W\d_]+)?|\d+(?:[.,:/'-]\d+)*|[%€$£¥?!#]"
)
_BULLET = re.compile(r"\s*(?:[-*•·–]\s|\d{1,2}[.)]\s|\[)")
_SHORTENED = re.compile(
    r"(?:\b(?:no|nr|num|inv|ref|rech|re|fact|approx|mr|mrs|ms|dr|st|ltd|inc|co|bzw|ca|z\.b|d\.h"
    r"|u\.a"
    r"|e\.g|i\.e|art|abs|tel|ext|vs|incl|inkl|zzgl|ggf|evtl|sr|sra|mme|env|av|bd|attn|acct|pos"
    r"|jan|feb|mar|apr|jun|jul|aug|sept?|okt|oct|nov|dez|dec|mo|di|mi|do|fr|sa|so|s\.a|s\.l|a\.m"
    r"|p\.m|usd|eur|gbp|chf|p\.o|po|cta|tlf|depto|vto|ud|uds|p\.ej|adj|[a-z])|\b\d{1,4})\.$"
)

_DAY_NUMBER = re.compile(r"(?:^|[\s(-])\d{1,2}\.$|[\s(]\d{1,2}\.\d{1,2}\.$")
_AFTER_DAY = re.compile(
    r"\s*(?:[a-zäöüß]|-|Jan|Jän|Feb|Mär|Apr|Mai|Jun|Jul|Aug|Sep|Okt|Nov|Dez|Zahlung|Monat)"
)


class Token(NamedTuple):
    """A word, number or mark of a sentence, folded; its place is in the part."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and where it stands.

    Attributes:
        text: As written.
        folded: In small plain letters, as long as the text.
        tokens: Its words; their places count from the start of the part.
    """

    part: Part
    start: int
    text: str
    folded: str
    tokens: tuple[Token, ...]

    @property
    def end(self) -> int:
        """Where it ends in its part."""
        return self.start + len(self.text)

    def span(self, kind: str) -> Span:
        """The whole sentence as the source of a claim."""
        return Span(kind, self.text, self.start, self.part)


def split_sentences(text: str, part: Part, written: str | None = None) -> list[Sentence]:
    """Cut a text into sentences.

    Args:
        text: What is read, its blots as spaces.
        part: Where it stands.
        written: The same as it came, to quote from.
    """
    folded = fold(text)
    found: list[Sentence] = []
    for start, end in _blocks(folded):
        for first, last in _cuts(text, folded, start, end):
            if len(found) == _MOST:
                return found
            if each := _sentence(text, written or text, folded, first, last, part):
                found.append(each)
    return found


def _sentence(
    text: str, written: str, folded: str, first: int, last: int, part: Part
) -> Sentence | None:
    raw = text[first:last]
    stripped = raw.strip()
    if not stripped:
        return None
    start = first + len(raw) - len(raw.lstrip())
    end = start + min(len(stripped), _LONGEST)
    tokens = tuple(
        Token(each.group(), each.start(), each.end()) for each in _WORD.finditer(folded, start, end)
    )
    return Sentence(part, start, written[start:end], folded[start:end], tokens)


def _blocks(folded: str) -> list[tuple[int, int]]:
    """Runs of lines that belong together because the first ones were only wrapped."""
    blocks: list[tuple[int, int]] = []
    start, at, before = 0, 0, ""
    for line in folded.split("\n"):
        if at and not _goes_on(before, line):
            blocks.append((start, at - 1))
            start = at
        at += len(line) + 1
        before = line
    blocks.append((start, len(folded)))
    return blocks


def _goes_on(before: str, line: str) -> bool:
    before, after = before.strip(), line.strip()
    if not before or not after or _BULLET.match(line) or before[-1] in ".!?:":
        return False
    return len(before) >= _WRAPPED or (before[-1] in ",-" and len(before) > 30)


def _cuts(text: str, folded: str, start: int, end: int) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    first = start
    for stop in _STOP.finditer(folded, start, end):
        if stop.group().startswith(".") and _is_inner(text, folded, first, stop.end()):
            continue
        cuts.append((first, stop.end()))
        first = stop.end()
    cuts.append((first, end))
    return cuts


def _is_inner(text: str, folded: str, first: int, stop: int) -> bool:
    """Whether a full stop belongs to a shortened word or to the number of a day."""
    before = folded[max(first, stop - 12) : stop]
    if not _SHORTENED.search(before):
        return False
    if before[-2:-1].isdigit():
        # "1,284.60. Please" ends; "am 24. April", "bis zum 15. zahlen" do not.
        return bool(_DAY_NUMBER.search(before)) and bool(_AFTER_DAY.match(text, stop))
    return True
