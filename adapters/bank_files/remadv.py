"""EDIFACT REMADV: documents a payer names, with what is due, paid and taken off.

An amount due without an amount paid announces; paid zero refuses the document. The amounts after
the lines (UNS) are compared with them; where they contradict, the file is flagged.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files.model import UNKNOWN_CURRENCY, BankFile, RemittanceLine, Tie
from adapters.bank_files.values import day_of, digits_of, minor_units, shown
from adapters.bank_files.x12_820_segments import decode_interchange
from ledger.errors import BadInput

_SNIFF = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:UNA.{6}\s*)?UN[BH].", re.DOTALL)
_KIND = re.compile(rb"UNH.[^'\r\n]{0,40}?REMADV")
_DAY = re.compile(r"\d{8}", re.ASCII)
_COUNT = re.compile(r"\d{1,6}", re.ASCII)
_AROUND = frozenset({"UNA", "UNB", "UNG", "UNE", "UNZ"})
_DUE, _PAID, _OFF, _DISCOUNT = "9", "12", "19", "52"
_CREDIT_NOTES = {"381", "83", "308", "396"}
_PAYERS = ("PR", "PL", "MS")  # the payer, who pays for them, or at least the sender
_PAYMENT_DAYS = ("203", "138", "137")


def sniff(data: bytes) -> bool:
    """Whether the file is an EDIFACT message of type REMADV."""
    return _SNIFF.match(data[:64]) is not None and _KIND.search(data[:65536]) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every remittance advice of an interchange.

    Raises:
        BadInput: A message or interchange without its end, an amount or date that is none.
    """
    segments = list(_segments(decode_interchange(data).lstrip(" \t\r\n")))
    tags = [segment.tag for segment in segments]
    if "UNB" in tags and tags[-1] != "UNZ":
        raise BadInput(f"{name}: the end of the interchange (UNZ) is missing; fetch it again")
    lines: list[RemittanceLine] = []
    warnings: list[str] = []
    found: set[Tie] = set()
    messages = 0
    for message in _messages(segments, name):
        messages += 1
        where = f"{name} message {message[0].part(0)}"
        if message[0].part(1) != "REMADV":
            warnings.append(f"{where}: a {message[0].part(1)} is no remittance advice, not read")
            continue
        advice = _Advice(where)
        for segment in message:
            advice.take(segment)
        own, faults, ties = advice.finished(len(message), message[-1].part(0))
        lines.extend(own)
        warnings.extend(faults)
        found.add(ties)
    warnings.extend(_miscounted(segments, messages, name))
    totals: Tie = "differ" if "differ" in found else ("tie" if found == {"tie"} else "none")
    return BankFile(
        format="remadv", remittances=tuple(lines), warnings=tuple(warnings), totals=totals
    )


@dataclass(frozen=True, slots=True)
class _Segment:
    """A segment: its tag and its data elements, each in components."""

    tag: str
    elements: tuple[tuple[str, ...], ...]

    def part(self, element: int, component: int = 0) -> str:
        """A component, "" where it is left out."""
        found = self.elements[element] if element < len(self.elements) else ()
        return found[component].strip() if component < len(found) else ""


def _segments(text: str) -> Iterator[_Segment]:
    """Cut a file at the signs its UNA names; the release sign makes the next one a letter."""
    # Without a UNA the signs are those of syntax level A, or of level B, whose signs do not print.
    plain = "\x1f\x1d.  \x1c" if text[3:4] == "\x1d" else ":+.? '"
    signs = text[3:9] if text.startswith("UNA") else plain
    body = text[9:] if text.startswith("UNA") else text
    component, element, release, end = signs[0], signs[1], signs[3], signs[5]
    for piece in _split(body, end, release):
        flat = piece.strip("\r\n\t ")
        if flat:
            elements = [
                tuple(_plain(part, release) for part in _split(each, component, release))
                for each in _split(flat, element, release)
            ]
            yield _Segment(elements[0][0], tuple(elements[1:]))


def _split(text: str, sign: str, release: str) -> list[str]:
    if release == " " or release not in text:
        return text.split(sign)
    escaped = re.escape(release)
    pattern = (
        rf"((?:{escaped}.|[^{escaped}{re.escape(sign)}])*)(?:{re.escape(sign)}|\Z|{escaped}\Z)"
    )
    parts = [found[1] for found in re.finditer(pattern, text, re.DOTALL)]
    return parts[:-1] if len(parts) > 1 and not parts[-1] else parts


def _plain(text: str, release: str) -> str:
    if release == " " or release not in text:
        return text
    return re.sub(rf"{re.escape(release)}(.)", r"\1", text, flags=re.DOTALL)


def _miscounted(segments: list[_Segment], messages: int, name: str) -> Iterator[str]:
    """Each interchange states how many messages it holds, or groups where it has any."""
    ends = [segment.part(0) for segment in segments if segment.tag == "UNZ"]
    grouped = any(segment.tag == "UNG" for segment in segments)
    stated = sum(int(each) for each in ends if _COUNT.fullmatch(each))
    if ends and not grouped and stated != messages:
        yield f"{name}: {shown(', '.join(ends))} messages stated, {messages} found"


def _messages(segments: list[_Segment], name: str) -> Iterator[list[_Segment]]:
    message: list[_Segment] = []
    for segment in segments:
        if segment.tag == "UNH" and message:
            break
        if segment.tag == "UNH" or message:
            message.append(segment)
        elif segment.tag not in _AROUND:
            raise BadInput(
                f"{name}: {shown(segment.tag)} stands outside of every message (UNH to UNT), so it "
                "would be lost; fetch the file again"
            )
        if segment.tag == "UNT" and message:
            yield message
            message = []
    if message:
        raise BadInput(
            f"{name}: the end (UNT) of message {message[0].part(0)} is missing; fetch it again"
        )


@dataclass(slots=True)
class _Document:
    """A document as far as it is read."""

    kind: str
    reference: str
    number: int
    amounts: dict[str, int] = field(default_factory=dict)
    reasons: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def sign(self) -> int:
        return -1 if self.kind in _CREDIT_NOTES else 1


@dataclass(slots=True)
class _Advice:
    """A message as far as it is read."""

    where: str
    currency: str = UNKNOWN_CURRENCY
    number: str = ""
    days: dict[str, date] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)
    documents: list[_Document] = field(default_factory=list)
    header: dict[str, int] = field(default_factory=dict)
    control: dict[str, int] = field(default_factory=dict)
    is_summary: bool = False

    def take(self, segment: _Segment) -> None:
        """Take a segment in: header, then documents, then the control amounts after UNS."""
        match segment.tag:
            case "BGM":
                self.number = segment.part(1)
            case "CUX":
                self.currency = segment.part(0, 1).upper() or self.currency
                digits_of(self.currency, self.where)
            case "NAD":
                self.parties[segment.part(0)] = (
                    segment.part(3) or segment.part(2) or segment.part(1)
                )
            case "UNS":
                self.is_summary = True
            case "DOC":
                self.documents.append(
                    _Document(segment.part(0), segment.part(1), len(self.documents) + 1)
                )
            case "MOA":
                self._take_amount(segment)
            case "DTM":
                self._take_day(segment)
            case "AJT" | "FTX" | "RFF":
                self._take_words(segment)

    def _take_amount(self, segment: _Segment) -> None:
        amount = segment.part(0, 1)
        if not amount:
            return
        currency = segment.part(0, 2).upper()
        if currency and self.currency == UNKNOWN_CURRENCY:
            self.currency = currency
        minor = minor_units(amount.replace(",", "."), currency or self.currency, self.where)
        if self.is_summary:
            self.control.setdefault(segment.part(0), minor)
        elif self.documents:
            self.documents[-1].amounts.setdefault(segment.part(0), minor)
        else:
            self.header.setdefault(segment.part(0), minor)

    def _take_day(self, segment: _Segment) -> None:
        text = segment.part(0, 1)[:8]
        if not self.documents and _DAY.fullmatch(text):
            day = day_of(int(text[:4]), int(text[4:6]), int(text[6:]), self.where)
            self.days.setdefault(segment.part(0), day)

    def _take_words(self, segment: _Segment) -> None:
        if not self.documents or self.is_summary:
            return
        document = self.documents[-1]
        if segment.tag == "RFF":
            document.notes.append(f"{segment.part(0)} {segment.part(0, 1)}".strip())
            return
        told = segment.elements if segment.tag == "AJT" else segment.elements[3:4]
        words = " ".join(part.strip() for each in told for part in each if part.strip())
        if words:
            document.reasons.append(words)

    def finished(self, count: int, stated: str) -> tuple[list[RemittanceLine], list[str], Tie]:
        """The lines, what is odd about them, and whether they meet the control amounts."""
        faults = []
        if stated != str(count):
            faults.append(f"{self.where}: {shown(stated)} segments stated, {count} found")
        lines = [self._line(each) for each in self.documents]
        if not lines:
            faults.append(f"{self.where}: no document is named")
            lines = [self._line(_Document("", "", 0, dict(self.header)))]
        if self.header.get(_PAID, self.control.get(_PAID)) and not any(
            _PAID in each.amounts for each in self.documents
        ):
            faults.append(f"{self.where}: no document says what is paid on it")
        checks = list(self._differences(lines))
        faults.extend(f"{self.where}: {each}" for each, off in checks if off)
        ties: Tie = "none"
        if checks:
            ties = "differ" if any(off for _, off in checks) else "tie"
        return lines, faults, ties

    def _differences(self, lines: list[RemittanceLine]) -> Iterator[tuple[str, int]]:
        """Each stated sum beside what the lines miss of it (minor units).

        A document whose amount is not there, or not readable, adds nothing and so breaks the sum.
        """
        nets = [line.net_minor for line in lines if line.net_minor is not None]
        dues = [line.gross_minor for line in lines if line.gross_minor is not None]
        sums = {_PAID: (nets, "paid"), _DUE: (dues, "due")}
        for stated in (self.header, self.control):
            for qualifier, (own, what) in sums.items():
                if qualifier in stated and own:
                    off = stated[qualifier] - sum(own)
                    yield f"{stated[qualifier]} {what} is stated, the lines miss {off} of it", off

    def _line(self, document: _Document) -> RemittanceLine:
        net, due = document.amounts.get(_PAID), document.amounts.get(_DUE)
        off = document.amounts.get(_OFF, 0)
        discount = document.amounts.get(_DISCOUNT, 0)
        if due is None and net is not None:
            due = net + off + discount
        missing = due - net - discount if due is not None and net is not None else off
        sign = document.sign
        total = self.header.get(_PAID, self.control.get(_PAID))
        return RemittanceLine(
            reference=document.reference,
            net_minor=None if net is None else sign * abs(net) if sign < 0 else net,
            currency=self.currency,
            gross_minor=None if due is None else sign * abs(due) if sign < 0 else due,
            discount_minor=abs(discount),
            deduction_minor=max(abs(missing), 0) if sign > 0 else 0,
            reason=", ".join(document.reasons),
            payer=next((self.parties[each] for each in _PAYERS if self.parties.get(each)), ""),
            remittance_id=self.number,
            advised_on=next((self.days[each] for each in _PAYMENT_DAYS if each in self.days), None),
            total_minor=total,
            memo=", ".join(document.notes),
            line_no=document.number,
        )
