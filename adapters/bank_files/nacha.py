"""NACHA ACH files: records of 94 columns in batches, with counts, sums and a hash to check.

Credits and debits carry the sign the control totals give them. An addendum of payment information
may hold an X12 820 of its own, which becomes remittance lines. A batch or file whose counts or sums
disagree has lost records and is refused; a routing hash that disagrees is flagged.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files import x12_820
from adapters.bank_files.model import BankFile, BankLine, RemittanceLine, Statement, Tie
from adapters.bank_files.nacha_records import (
    Control,
    Entry,
    batch_control,
    file_control,
    read_entry,
    records,
)
from adapters.bank_files.values import day_of, decode_text, full_year, shown
from ledger.errors import BadInput

_SNIFF = re.compile(rb"\s*101[ \d][^\r\n]{29,30}[A-Z0-9]094101")
_HASH_DIGITS = 10**10
_CURRENCY = "USD"  # ACH entries settle in US dollars, IAT entries too


def sniff(data: bytes) -> bool:
    """Whether the file opens with a file header: record 1, size 094, blocking 10, format 1."""
    return _SNIFF.match(data[:512]) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every batch with its entries and addenda.

    Raises:
        BadInput: A record out of place, a missing control record, or totals that prove a loss.
    """
    reading = _Reading(name)
    for number, record in records(decode_text(data, name), name):
        reading.take(record, number)
    return reading.finished()


@dataclass(slots=True)
class _Batch:
    """A batch as far as it is read."""

    header: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def sec(self) -> str:
        return self.header[50:53]

    @property
    def layout(self) -> str:
        """The class whose columns the entries have; a change to an IAT entry is laid out as IAT."""
        return "IAT" if self.header[4:20].strip() == "IATCOR" else self.sec

    @property
    def company(self) -> str:
        return "" if self.header[4:20].strip() in ("", "IATCOR") else self.header[4:20].strip()

    def totals(self) -> Control:
        """What its control record should say."""
        return Control(
            records=sum(1 + len(entry.addenda) for entry in self.entries),
            routing=sum(entry.routing for entry in self.entries) % _HASH_DIGITS,
            debit=sum(-entry.signed for entry in self.entries if entry.signed < 0),
            credit=sum(entry.signed for entry in self.entries if entry.signed > 0),
        )


@dataclass(slots=True)
class _Reading:
    """Where the reading stands: the open batch and the sums of the file."""

    name: str
    header: str = ""
    batch: _Batch | None = None
    is_closed: bool = False
    statements: list[Statement] = field(default_factory=list)
    remittances: list[RemittanceLine] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    batches: list[Control] = field(default_factory=list)
    has_hash_fault: bool = False
    is_advice: bool = False

    def take(self, record: str, number: int) -> None:
        """Take a record in, where it may stand."""
        where = f"{self.name} line {number}"
        kind = record[0]
        if not self.header and kind != "1":
            raise BadInput(f"{where}: the file header (record 1) is missing; fetch the file again")
        if self.is_closed:
            raise BadInput(f"{where}: a record after the file control (9); split the file")
        if kind in "67" and self.batch is None:
            raise BadInput(f"{where}: an entry outside a batch (5); the file lost records")
        match kind:
            case "1":
                self._open(record, where)
            case "5":
                self._open_batch(record, where)
            case "6" if self.batch is not None:
                self.batch.entries.append(read_entry(record, self.batch.layout, number, where))
            case "7" if self.batch is not None:
                self._take_addendum(record, where)
            case "8":
                self._close_batch(record, where)
            case "9":
                self._close(record, where)
            case _:
                raise BadInput(f"{where}: {shown(record)} is not a NACHA record (1, 5 to 9)")

    def _open(self, record: str, where: str) -> None:
        if self.header:
            raise BadInput(f"{where}: a second file header (1); split the file")
        self.header = record

    def _open_batch(self, record: str, where: str) -> None:
        if self.batch is not None:
            raise BadInput(f"{where}: a batch (5) inside a batch; a control record (8) is missing")
        self.batch = _Batch(record)

    def _take_addendum(self, record: str, where: str) -> None:
        if self.batch is None or not self.batch.entries:
            raise BadInput(f"{where}: an addendum (7) without its entry (6)")
        self.batch.entries[-1].addenda.append(record)

    def _close_batch(self, record: str, where: str) -> None:
        if self.batch is None:
            raise BadInput(f"{where}: a batch control (8) without its batch (5)")
        batch, self.batch = self.batch, None
        is_advice = batch.sec == "ADV"
        own = batch.totals()
        is_off = self._agree(batch_control(record, is_advice, where), own, "batch", where)
        self.batches.append(own)
        self.is_advice = self.is_advice or is_advice
        self.statements.append(self._statement(batch, is_off, where))

    def _close(self, record: str, where: str) -> None:
        if self.batch is not None:
            raise BadInput(
                f"{where}: the file control (9) inside a batch; a control (8) is missing"
            )
        stated = file_control(record, self.is_advice, where)
        own = Control(
            records=sum(each.records for each in self.batches),
            routing=sum(each.routing for each in self.batches) % _HASH_DIGITS,
            debit=sum(each.debit for each in self.batches),
            credit=sum(each.credit for each in self.batches),
        )
        self.has_hash_fault = self._agree(stated.control, own, "file", where)
        # With every entry counted and summed, a wrong count of batches has lost nothing.
        if stated.batches != len(self.batches):
            self.warnings.append(
                f"{where}: the file control counts {stated.batches} batches, "
                f"{len(self.batches)} were found"
            )
        self.is_closed = True

    def _agree(self, stated: Control, own: Control, what: str, where: str) -> bool:
        """Refuse totals that prove a loss; say whether only the routing hash is off."""
        for told, found, unit in (
            (stated.records, own.records, "entries and addenda"),
            (stated.debit, own.debit, "cents of debits"),
            (stated.credit, own.credit, "cents of credits"),
        ):
            if told != found:
                raise BadInput(
                    f"{where}: the {what} control states {told} {unit}, {found} were found; "
                    "fetch the file again"
                )
        if stated.routing == own.routing:
            return False
        self.warnings.append(
            f"{where}: the {what} hash of routing numbers is {stated.routing}, "
            f"the entries give {own.routing}"
        )
        return True

    def _statement(self, batch: _Batch, is_off: bool, where: str) -> Statement:
        booked_on = _day(batch.header[69:75], where) or _day(self.header[23:29], where)
        lines = []
        for entry in batch.entries:
            line = _line(entry, batch, booked_on, len(lines) + 1)
            lines.append(line)
            self._advise(entry, line)
        accounts = {entry.account for entry in batch.entries}
        balances: Tie = "differ" if is_off else "tie"
        return Statement(
            account=accounts.pop() if len(accounts) == 1 else batch.header[40:50].strip(),
            currency=_CURRENCY,
            number=batch.header[87:94].strip(),
            lines=tuple(lines),
            balances=balances,
        )

    def _advise(self, entry: Entry, line: BankLine) -> None:
        """Read the 820 inside the payment information of an entry."""
        text = entry.information()
        if not x12_820.is_embedded(text):
            return
        advice = x12_820.read_embedded(text, line, f"{self.name} line {line.line_no}")
        self.remittances.extend(advice.lines)
        self.warnings.extend(advice.warnings)

    def finished(self) -> BankFile:
        """The file, once its control record closed it."""
        if not self.is_closed:
            missing = "file control (record 9)" if self.header else "file header (record 1)"
            raise BadInput(
                f"{self.name}: the {missing} is missing, so the file is cut off; fetch it again"
            )
        return BankFile(
            format="nacha",
            statements=tuple(self.statements),
            remittances=tuple(self.remittances),
            warnings=tuple(self.warnings),
            totals="differ" if self.has_hash_fault else "tie",
        )


def _line(entry: Entry, batch: _Batch, booked_on: date | None, number: int) -> BankLine:
    back = entry.returned()
    is_money = entry.signed != 0 and not (back and back.is_change)
    # The batch names who started it; what comes back, comes back from the entry's own party.
    other = entry.name if back or not batch.company else batch.company
    words = [batch.header[53:63].strip(), entry.name, back.words if back else entry.information()]
    return BankLine(
        amount_minor=entry.signed,
        currency=_CURRENCY,
        booked_on=booked_on,
        value_on=booked_on,
        kind="booked" if is_money else "info",
        payer_name=entry.originator or other,
        payer_account=entry.account if back else batch.header[40:50].strip(),
        bank_ref=entry.trace,
        customer_ref=entry.identification,
        memo=" ".join(" ".join(words).split()),
        code=" ".join(f"{batch.sec} {entry.code} {back.code if back else ''}".split()),
        is_reversal=back is not None and not back.is_change,
        return_of=f"{back.code} {back.trace}".strip() if back else "",
        line_no=entry.line_no,
        entry_no=number,
    )


def _day(text: str, where: str) -> date | None:
    """YYMMDD; banks leave blanks and zeros where they settle at once."""
    if not (text.isdecimal() and text.isascii()) or not text.strip("0"):
        return None
    return day_of(full_year(int(text[:2])), int(text[2:4]), int(text[4:6]), where)
