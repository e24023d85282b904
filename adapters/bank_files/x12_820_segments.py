"""Segments of an X12 interchange, whatever sign ends them."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from adapters.bank_files.code_pages import text_of
from adapters.bank_files.values import shown
from ledger.errors import BadInput

_ISA_WIDTH = 105
_ENDS = "~\\|'^!\x1c\x1d"
_NAMED = "ISA|GS|ST|BPR|NTE|TRN|CUR|REF|DTM|N1|N2|N3|N4|PER|ENT|RMR|IT1|ADX|SE|GE|IEA|AMT|LX|NM1"
_SIGN_BEFORE = re.compile(rf"([^\w\s*])[ \t\r\n]*(?:{_NAMED})[*|]")
_BREAKS = re.compile(r"[\r\n]+")
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: its tag, its elements (the first is number 1), where it stands."""

    tag: str
    elements: tuple[str, ...]
    number: int

    def __getitem__(self, number: int) -> str:
        """An element by its number in the standard, "" where it is left out."""
        return self.elements[number - 1] if number <= len(self.elements) else ""


def decode_interchange(data: bytes) -> str:
    """Decode an interchange and keep its control bytes: they may separate and end segments."""
    return text_of(data)


def read_interchange(text: str, name: str) -> list[Segment]:
    """Cut an interchange into segments.

    The header has fixed columns: its fourth character separates elements, the one after its
    sixteen elements ends segments; a line break may stand there too.

    Raises:
        BadInput: The header does not hold its elements.
    """
    text = text.lstrip(" \t\r\n")
    separator = text[3:4]
    end = text[_ISA_WIDTH : _ISA_WIDTH + 1]
    if text[:_ISA_WIDTH].count(separator) != 16 or not end or end.isalnum():
        raise BadInput(f"{name}: {shown(text[:20])} is not a whole ISA header; fetch it again")
    return list(_segments(text, separator, end))


def read_fragment(text: str) -> list[Segment]:
    """Cut segments without a header, as addenda carry them; the likeliest sign ends them."""
    signs = Counter(_SIGN_BEFORE.findall(text))
    end = signs.most_common(1)[0][0] if signs else next((s for s in _ENDS if s in text), "\n")
    return list(_segments(text, "*", end))


def _segments(text: str, separator: str, end: str) -> Iterator[Segment]:
    # With a printed sign at the end, a line break is only how the file was wrapped.
    pieces = _BREAKS.split(text) if end in "\r\n" else _BREAKS.sub("", text).split(end)
    number = 0
    for piece in pieces:
        whole = piece.strip().rstrip(_ENDS) if end in "\r\n" else piece.strip()
        tag, *elements = whole.split(separator)
        if not _TAG.fullmatch(tag):
            continue
        number += 1
        yield Segment(tag, tuple(each.strip() for each in elements), number)
