"""X12 820: a payment order with the documents it pays, as a file or inside an ACH addendum.

Senders swap what is paid and what was billed, and adjustments itemise a line or reduce it; the
reading whose lines sum to the payment is the right one. Counts of segments are wrong too often
to refuse a file for them; an interchange without its end is cut off.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files.model import BankFile, BankLine, RemittanceLine, Tie
from adapters.bank_files.values import day_of, digits_of, minor_units
from adapters.bank_files.x12_820_lines import Document, Read, read_documents
from adapters.bank_files.x12_820_segments import (
    Segment,
    decode_interchange,
    read_fragment,
    read_interchange,
)
from ledger.errors import BadInput

_SNIFF = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:ISA[^\w\s]|GS\*RA\*|ST\*820\*)")
_SET = re.compile(rb"(?:^|[^A-Z0-9])ST[^\w\s]820\b")
_EMBEDDED = re.compile(r"(?<![A-Za-z0-9])RMR\*[A-Z0-9]{0,3}\*")
_DAY = re.compile(r"(?:19|20)\d{6}", re.ASCII)
_US_DOLLARS = "USD"  # the standard's currency where no CUR names one
_INFORMATION_ONLY = "I"
_PAYER = "PR"


@dataclass(frozen=True, slots=True)
class Advice:
    """Remittance lines with what is odd about them."""

    lines: tuple[RemittanceLine, ...]
    warnings: tuple[str, ...]
    totals: Tie = "none"


def sniff(data: bytes) -> bool:
    """Whether the file is an interchange that holds an 820."""
    return _SNIFF.match(data[:64]) is not None and _SET.search(data[:65536]) is not None


def is_embedded(text: str) -> bool:
    """Whether the payment information of an entry holds remittance segments."""
    return _EMBEDDED.search(text) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every 820 of an interchange.

    Raises:
        BadInput: A broken header, a set or interchange without its end, an amount that is none.
    """
    text = decode_interchange(data).lstrip()
    # Some networks hand on the group or the set alone.
    is_whole = text.startswith("ISA")
    segments = read_interchange(text, name) if is_whole else read_fragment(text)
    if is_whole and segments[-1].tag != "IEA":
        raise BadInput(f"{name}: the end of the interchange (IEA) is missing; fetch it again")
    sets, warnings = _sets(segments, name)
    advices = [_read_set(each, name) for each in sets]
    found: set[Tie] = {each.totals for each in advices}
    return BankFile(
        format="x12-820",
        remittances=tuple(line for each in advices for line in each.lines),
        warnings=(*warnings, *(line for each in advices for line in each.warnings)),
        totals="differ" if "differ" in found else ("tie" if found == {"tie"} else "none"),
    )


def read_embedded(text: str, payment: BankLine, where: str) -> Advice:
    """Read the 820, or only its remittance segments, inside a payment.

    Raises:
        BadInput: An amount or date that is none.
    """
    order = _Order(where, currency=payment.currency, payer=payment.payer_name)
    order.total = abs(payment.amount_minor)
    order.trace, order.day = payment.bank_ref, payment.booked_on
    for segment in read_fragment(text):
        # The entry itself says what is paid and by whom.
        if segment.tag not in ("BPR", "TRN"):
            order.take(segment)
    return order.advice()


def _sets(segments: list[Segment], name: str) -> tuple[list[list[Segment]], list[str]]:
    """The 820 sets of an interchange; other sets are named and passed over."""
    sets: list[list[Segment]] = []
    warnings: list[str] = []
    current: list[Segment] | None = None
    count = 0
    for segment in segments:
        if segment.tag == "ST":
            _closed(current, name)
            current = [segment]
        elif segment.tag == "SE" and current is not None:
            current.append(segment)
            count += 1
            warnings.extend(_count_fault(current, name))
            if current[0][1] == "820":
                sets.append(current)
            else:
                warnings.append(f"{name}: a set {current[0][1]} is no remittance, not read")
            current = None
        elif segment.tag == "GE":
            _closed(current, name)
            stated = segment[1]
            if stated.isdecimal() and stated.isascii() and int(stated) > count:
                raise BadInput(
                    f"{name}: the group states {stated} sets, {count} were found; fetch it again"
                )
            count = 0
        elif current is not None:
            current.append(segment)
    _closed(current, name)
    return sets, warnings


def _closed(current: list[Segment] | None, name: str) -> None:
    if current is not None:
        raise BadInput(f"{name}: the end (SE) of set {current[0][2]} is missing; fetch it again")


def _count_fault(segments: list[Segment], name: str) -> list[str]:
    stated = segments[-1][1]
    if stated == str(len(segments)):
        return []
    return [f"{name}: set {segments[0][2]} states {stated} segments, {len(segments)} were found"]


def _read_set(segments: list[Segment], name: str) -> Advice:
    order = _Order(f"{name} set {segments[0][2]}")
    currency = next((s[2] for s in segments if s.tag == "CUR" and s[2]), "")
    if currency:
        digits_of(currency, order.where)
        order.currency = currency
    for segment in segments:
        order.take(segment)
    return order.advice()


@dataclass(slots=True)
class _Order:
    """A payment order as far as it is read."""

    where: str
    currency: str = _US_DOLLARS
    payer: str = ""
    trace: str = ""
    day: date | None = None
    total: int | None = None
    documents: list[Document] = field(default_factory=list)
    loose: list[tuple[int, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    _document: Document | None = None

    def take(self, segment: Segment) -> None:
        """Take a segment in: of the whole payment before the first document, of it after."""
        match segment.tag:
            case "BPR":
                self._take_payment(segment)
            case "TRN":
                self.trace = self.trace or segment[2]
            case "N1" if segment[1] == _PAYER:
                self.payer = segment[2] or self.payer
            case "ENT":
                self._document = None
            case "RMR":
                self._document = self._read_document(segment)
                self.documents.append(self._document)
            case "ADX":
                self._take_adjustment(segment)
            case "REF":
                self._note(f"{segment[1]} {segment[2]}".strip())
            case "NTE":
                self._note(segment[2])

    def _take_payment(self, segment: Segment) -> None:
        self.total = self._minor(segment[2])
        self.day = next(
            (_day(each, self.where) for each in reversed(segment.elements) if _DAY.fullmatch(each)),
            None,
        )
        if segment[1] == _INFORMATION_ONLY:
            self.warnings.append(
                f"{self.where}: information only (BPR01 I), no money comes with it"
            )
        if segment[3] == "D" and self.total:
            self.warnings.append(f"{self.where}: the order takes money (BPR03 D)")

    def _read_document(self, segment: Segment) -> Document:
        return Document(
            kind=segment[1],
            reference=segment[2],
            paid=self._minor(segment[4]),
            billed=self._minor(segment[5]),
            discount=self._minor(segment[6]),
            number=segment.number,
        )

    def _take_adjustment(self, segment: Segment) -> None:
        amount = self._minor(segment[1]) or 0
        words = " ".join(each for each in (segment[2], *segment.elements[3:]) if each)
        if self._document is None:
            self.loose.append((amount, words))
        else:
            self._document.adjustments.append((amount, words))

    def _note(self, words: str) -> None:
        if words:
            (self.notes if self._document is None else self._document.notes).append(words)

    def _minor(self, text: str) -> int | None:
        return minor_units(text, self.currency, self.where) if text else None

    def advice(self) -> Advice:
        """The lines under the reading that sums to the payment."""
        read = read_documents(self.documents, self.loose, self.total)
        warnings = list(self.warnings)
        if read.difference:
            warnings.append(
                f"{self.where}: the payment is {self.total}, its documents miss "
                f"{read.difference} of it (minor units)"
            )
        warnings.extend(f"{self.where}: {each}" for each in read.remarks)
        is_told = self.total is not None and any(each.net is not None for each in read.lines)
        totals: Tie = "tie" if is_told and self.documents else "none"
        return Advice(
            tuple(self._line(each) for each in read.lines),
            tuple(warnings),
            "differ" if read.difference else totals,
        )

    def _line(self, read: Read) -> RemittanceLine:
        return RemittanceLine(
            reference=read.reference,
            net_minor=read.net,
            currency=self.currency,
            gross_minor=read.gross,
            discount_minor=read.discount,
            deduction_minor=read.deduction,
            reason=read.reason,
            payer=self.payer,
            remittance_id=self.trace,
            advised_on=self.day,
            total_minor=self.total,
            memo=", ".join((*read.notes, *self.notes)),
            line_no=read.number,
        )


def _day(text: str, where: str) -> date:
    return day_of(int(text[:4]), int(text[4:6]), int(text[6:]), where)
