"""BAI2 cash-management files: records in commas, signs by type code, three nested control totals.

Amounts have no decimal point and no sign; the type code says which way the money went. The totals
of account (49), group (98) and file (99) are added up again: a file without its trailers is cut off
and refused, one whose totals do not agree is flagged with the difference.
"""

import re
from dataclasses import dataclass, field, replace
from datetime import date

from adapters.bank_files.bai2_codes import about, sign_of
from adapters.bank_files.model import BankFile, BankLine, Statement, Tie
from adapters.bank_files.values import (
    day_of,
    decode_text,
    digits_of,
    full_year,
    head_of,
    shown,
    split_lines,
)
from ledger.errors import BadInput

_SNIFF = re.compile(rb"\s*0[0-2]\s*,[^\n]*,[^\n]*,[^\n]*/[ \t]*(?:[\r\n]|0|$)")
_RECORD = re.compile(r"\s*(01|02|03|16|49|88|98|99)\s*,(.*)", re.ASCII | re.DOTALL)
# Some banks set the next record on the line of one that ends with a slash.
_NEXT_RECORD = re.compile(r"/\s*(?=(?:02|03|16|49|88|98|99),)", re.ASCII)
_AMOUNT = re.compile(r"[+-]?\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{6}", re.ASCII)
_DEFAULT_CURRENCY = "USD"  # the standard's: the currency of the originator, a bank of the USA
_OPENING, _CLOSING = "010", "015"
# How many fields follow a funds type: S three amounts, V a date and a time, D pairs it counts.
_FUNDS = {"": 0, "Z": 0, "0": 0, "1": 0, "2": 0, "S": 3, "V": 2}


def sniff(data: bytes) -> bool:
    """Whether the file opens with a header record."""
    return _SNIFF.match(head_of(data)) is not None


def read(name: str, data: bytes) -> BankFile:
    """Read every account of every group.

    Raises:
        BadInput: A record that cannot be read, or a file without its trailers.
    """
    reading = _Reading(name)
    for record in _records(decode_text(data, name), name):
        reading.take(record)
    return reading.finished()


@dataclass(slots=True)
class _Record:
    """A record with its continuations, and how many lines it took."""

    code: str
    parts: list[str]
    line_no: int
    where: str

    @property
    def fields(self) -> list[str]:
        """Fields of a record without free text."""
        return [each.strip() for each in ",".join(self.parts).split(",")]


def _records(text: str, name: str) -> list[_Record]:
    """Cut the file into records, each with the 88 records that continue it."""
    records: list[_Record] = []
    for number, raw in enumerate(split_lines(text), start=1):
        if not raw.strip():
            continue
        where = f"{name} line {number}"
        for line in _on_one_line(raw):
            found = _RECORD.match(line)
            if found is None:
                raise BadInput(
                    f"{where}: {shown(line)} is not a BAI2 record (01, 02, 03, 16, 49, 88, 98, 99)"
                )
            body = found[2].rstrip().removesuffix("/")
            if found[1] != "88":
                records.append(_Record(found[1], [body], number, where))
            elif records:
                records[-1].parts.append(body)
            else:
                raise BadInput(f"{where}: a continuation (88) with nothing before it")
    return records


def _on_one_line(raw: str) -> list[str]:
    """The records of a line; in free text (16, 88) a slash is only a slash."""
    if raw.lstrip()[:2] in ("16", "88"):
        return [raw]
    return _NEXT_RECORD.split(raw)


@dataclass(slots=True)
class _Account:
    """An account as far as it is read."""

    number: str
    currency: str
    total: int = 0
    records: int = 0
    balances: dict[str, int] = field(default_factory=dict)
    lines: list[BankLine] = field(default_factory=list)


@dataclass(slots=True)
class _Reading:
    """Where the reading stands: the sums of file, group and account so far."""

    name: str
    statements: list[Statement] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    account: _Account | None = None
    currency: str = _DEFAULT_CURRENCY
    as_of: date | None = None
    is_group_open: bool = False
    is_closed: bool = False
    group_total: int = 0
    group_first: int = 0
    group_records: int = 0
    file_total: int = 0
    file_records: int = 0
    first_line: str = ""
    totals: Tie = "none"

    def take(self, record: _Record) -> None:
        """Take a record in; its continuations count as records too."""
        lines = len(record.parts)
        if self.is_closed:
            raise BadInput(f"{record.where}: a record after the end of the file (99)")
        self.file_records += lines
        self.group_records += lines
        if self.account:
            self.account.records += lines
        match record.code:
            case "01":
                if self.first_line:
                    raise BadInput(f"{record.where}: a second file header (01); split the file")
                self.first_line = record.where
            case "02":
                self._open_group(record)
            case "03":
                self._open_account(record)
            case "16":
                self._take_transaction(record)
            case "49":
                self._close_account(record)
            case "98":
                self._close_group(record)
            case _:
                self._close_file(record)

    def _open_group(self, record: _Record) -> None:
        if self.is_group_open:
            raise BadInput(
                f"{record.where}: a group (02) inside a group; a trailer (98) is missing"
            )
        fields = record.fields
        self.is_group_open, self.group_total = True, 0
        self.group_first, self.group_records = len(self.statements), len(record.parts)
        day = fields[3] if len(fields) > 3 else ""
        self.as_of = _day(day, record.where) if _DAY.fullmatch(day) else None
        self.currency = (fields[5] if len(fields) > 5 else "").upper() or _DEFAULT_CURRENCY

    def _open_account(self, record: _Record) -> None:
        if not self.is_group_open or self.account is not None:
            raise BadInput(f"{record.where}: an account (03) out of place; a trailer is missing")
        fields = record.fields
        currency = (fields[1] if len(fields) > 1 else "").upper() or self.currency
        digits_of(currency, record.where)
        self.account = _Account(fields[0], currency, records=len(record.parts))
        at = 2
        while at < len(fields):
            code, amount = fields[at], fields[at + 1] if at + 1 < len(fields) else ""
            funds = fields[at + 3].upper() if at + 3 < len(fields) else ""
            if amount:
                minor = _amount(amount, record.where)
                self.account.total += minor
                self.account.balances.setdefault(code.zfill(3), minor)
            at += 4 + _funds_fields(funds, fields, at + 4, record.where)

    def _take_transaction(self, record: _Record) -> None:
        if self.account is None:
            raise BadInput(f"{record.where}: a transaction (16) outside an account")
        fields, text = _split_transaction(record)
        code, amount, funds = fields[0].zfill(3), fields[1], fields[2].upper()
        minor = _amount(amount, record.where) if amount else 0
        self.account.total += minor
        value = fields[3] if funds == "V" else ""
        own_words = text or about(code)
        self.account.lines.append(
            BankLine(
                amount_minor=minor * sign_of(code, minor, record.where),
                currency=self.account.currency,
                booked_on=self.as_of,
                value_on=_day(value, record.where) if _DAY.fullmatch(value) else self.as_of,
                kind="booked" if minor else "info",
                bank_ref=fields[-2],
                customer_ref=fields[-1],
                memo=own_words,
                code=code,
                is_reversal="return" in about(code) or "reversal" in about(code),
                line_no=record.line_no,
                entry_no=len(self.account.lines) + 1,
            )
        )

    def _close_account(self, record: _Record) -> None:
        if self.account is None:
            raise BadInput(f"{record.where}: an account trailer (49) without its account (03)")
        account, self.account = self.account, None
        stated, count = _trailer(record, 1)
        missing = 0 if stated is None else stated - account.total
        miscounted = self._miscounted(record, count, account.records)
        self.group_total += account.total if stated is None else stated
        balances: Tie = "none" if stated is None else "tie"
        self.statements.append(
            Statement(
                account=account.number,
                currency=account.currency,
                number=self.as_of.isoformat() if self.as_of else "",
                opening_minor=account.balances.get(_OPENING),
                closing_minor=account.balances.get(_CLOSING),
                lines=tuple(account.lines),
                balances="differ" if missing or miscounted else balances,
                difference_minor=missing,
            )
        )

    def _close_group(self, record: _Record) -> None:
        if not self.is_group_open or self.account is not None:
            raise BadInput(f"{record.where}: a group trailer (98) out of place")
        stated, count = _trailer(record, 2)
        self.is_group_open = False
        self.file_total += self.group_total if stated is None else stated
        accounts = len(self.statements) - self.group_first
        self._agree(record, stated, self.group_total, self.group_first)
        told = record.fields[1] if len(record.fields) > 1 else ""
        if told and _amount(told, record.where) != accounts:
            self._differ(f"{record.where}: {told} accounts stated, {accounts} found")
        if self._miscounted(record, count, self.group_records):
            self.totals = "differ"

    def _close_file(self, record: _Record) -> None:
        if self.is_group_open:
            raise BadInput(
                f"{record.where}: the end of the file (99) inside a group; 98 is missing"
            )
        self.is_closed = True
        stated, count = _trailer(record, 2)
        self._agree(record, stated, self.file_total, 0)
        if self._miscounted(record, count, self.file_records):
            self.totals = "differ"

    def _agree(self, record: _Record, stated: int | None, own: int, first: int) -> None:
        """Compare a total of totals; what agrees proves accounts that state no total."""
        if stated is None:
            return
        if stated != own:
            self._differ(f"{record.where}: control total {stated}, but its parts sum to {own}")
            return
        self.totals = "tie" if self.totals == "none" else self.totals
        for at in range(first, len(self.statements)):
            if self.statements[at].balances == "none":
                self.statements[at] = replace(self.statements[at], balances="tie")

    def _differ(self, warning: str) -> None:
        self.totals = "differ"
        self.warnings.append(warning)

    def _miscounted(self, record: _Record, count: int | None, own: int) -> bool:
        if count is None or count == own:
            return False
        self.warnings.append(f"{record.where}: {count} records stated, {own} found")
        return True

    def finished(self) -> BankFile:
        """The file, once its trailers closed it."""
        if not self.is_closed or not self.first_line:
            missing = "header (01)" if not self.first_line else "file trailer (99)"
            raise BadInput(
                f"{self.name}: the {missing} is missing, so the file is cut off; fetch it again"
            )
        return BankFile(
            format="bai2",
            statements=tuple(self.statements),
            warnings=tuple(self.warnings),
            totals=self.totals,
        )


def _split_transaction(record: _Record) -> tuple[list[str], str]:
    """Type, amount, funds type and its fields, bank and customer reference; then the text."""
    # A line break marks where a continuation began, for text that runs over several records.
    cells = ",\n".join(record.parts).split(",")
    funds = cells[2].strip().upper() if len(cells) > 2 else ""
    fixed = 5 + _funds_fields(funds, [cell.strip() for cell in cells], 3, record.where)
    fields = [cell.strip() for cell in cells[:fixed]]
    fields += [""] * (fixed - len(fields))
    text = ",".join(cells[fixed:]).replace(",\n", " ")
    return fields, " ".join(text.split())


def _funds_fields(funds: str, fields: list[str], at: int, where: str) -> int:
    """How many fields the funds type takes, beginning at `at`."""
    if funds == "D":
        count = fields[at] if at < len(fields) else ""
        if not (count.isdecimal() and count.isascii() and len(count) <= 3):
            raise BadInput(f"{where}: funds type D without its number of days")
        return 1 + 2 * int(count)
    if funds not in _FUNDS:
        raise BadInput(f"{where}: unknown funds type {shown(funds)}; it is one of Z 0 1 2 S V D")
    return _FUNDS[funds]


def _amount(text: str, where: str) -> int:
    if not _AMOUNT.fullmatch(text):
        raise BadInput(f"{where}: {shown(text)} is not a BAI2 amount (digits without a point)")
    return int(text)


def _trailer(record: _Record, count_at: int) -> tuple[int | None, int | None]:
    """The control total and the number of records a trailer states; None where it is blank."""
    fields = record.fields
    stated = _amount(fields[0], record.where) if fields[0] else None
    count = fields[count_at] if len(fields) > count_at else ""
    return stated, _amount(count, record.where) if count else None


def _day(text: str, where: str) -> date:
    return day_of(full_year(int(text[:2])), int(text[2:4]), int(text[4:]), where)
