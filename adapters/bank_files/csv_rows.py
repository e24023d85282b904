"""Rows of a bank export to bank lines: amounts with their direction, fees, dates, parties."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from adapters.bank_files.columns import flags, state_words
from adapters.bank_files.csv_dates import date_order
from adapters.bank_files.csv_tables import Export
from adapters.bank_files.model import UNKNOWN_CURRENCY, BankLine, LineKind
from adapters.bank_files.values import shown
from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    decide_decimal_mark,
    exact_decimal,
    known_currency,
    parse_amount,
    take_apart,
    to_minor,
)
from adapters.spreadsheets.cells import cell_text, is_blank
from adapters.spreadsheets.dates import DateOrder, NotADate, is_blank_date, parse_date, plain_date
from adapters.spreadsheets.grid import Cell, Row
from adapters.spreadsheets.thesaurus import word_key
from ledger.errors import BadInput

_MONEY_PARTS = ("amount", "credit", "debit", "balance", "fee", "net")
_DATE_PARTS = ("booked_on", "value_on")
# For a bank a credit is money in, so CR and H (Haben) are above zero.
_SIDE = re.compile(r"(.*\d.*?)\s*\b(CR|DR|H|S|HABEN|SOLL)\.?", re.IGNORECASE | re.DOTALL)
_WIDEST = 40  # no amount with its side is longer
_CREDIT_SIDES = {"cr", "h", "haben"}
_NO_REFERENCE = {"notprovided", "nonref", "na", "none", "keine"}
_TWO_DIGITS = "EUR"  # two decimals where the file names no currency


@dataclass(frozen=True, slots=True)
class Reading:
    """How an export that can be read in several ways is read.

    Attributes:
        by_flag: The flag alone gives the direction; else the sign beside it counts too.
        takes_fee: Fees without a net column are taken off on top of the amount.
        counts_pending: Pending lines have moved the balance already.
    """

    by_flag: bool = True
    takes_fee: bool = False
    counts_pending: bool = False


@dataclass(frozen=True, slots=True)
class Moved:
    """The lines of one row, what they move together, and the balance after it."""

    account: str
    lines: tuple[BankLine, ...]
    delta_minor: int
    balance_minor: int | None


class ExportRows:
    """Reads the rows of one export in its number format and date order.

    Raises:
        BadInput: Amounts in two number formats, or that can be read in two ways.
    """

    def __init__(self, export: Export, name: str) -> None:
        self.export, self.name = export, name
        self.warnings: list[str] = []
        self.at = export.columns.at
        self.mark = self._decimal_mark()
        self.order = self._date_order()
        self.debit_is_signed = self._debit_is_signed()

    def moved(self, reading: Reading) -> list[Moved]:
        """Every row as lines, in the order of the file.

        Raises:
            BadInput: A cell that is no amount, date, flag or currency; file, line and column.
        """
        return [self._moved(row, reading) for row in self.export.rows]

    def minor(self, cell: Cell, currency: str, where: str) -> int | None:
        """A cell in minor units; None if blank.

        Raises:
            BadInput: It is no amount in the format of the file.
        """
        if is_blank(cell):
            return None
        try:
            return to_minor(self._decimal(cell), currency or _TWO_DIGITS)
        except NotAnAmount as error:
            raise BadInput(
                f"{where}: {shown(cell_text(cell))} is no amount ({error}); export the file again"
            ) from None

    def _decimal(self, cell: Cell) -> Decimal:
        if isinstance(cell, (int, float)):
            return exact_decimal(cell)
        text = cell_text(cell)
        side = _SIDE.fullmatch(text) if len(text) <= _WIDEST else None
        if side is None:
            return parse_amount(text, self.mark)
        value = abs(parse_amount(side[1].strip(), self.mark))
        return value if side[2].casefold() in _CREDIT_SIDES else -value

    def _decimal_mark(self) -> DecimalMark:
        given = self.export.columns.decimal
        if given:
            return DecimalMark(given)
        told = decide_decimal_mark(
            (row.line, text)
            for row in self.export.rows
            for part in _MONEY_PARTS
            if isinstance(cell := self._cell(row, part), str) and (text := cell.strip())
        )
        if not told.settled:
            reason = told.reason.partition(";")[0]
            raise BadInput(f"{self.name}: {reason}; say --mapping decimal=comma or decimal=point")
        return DecimalMark(told.value or "point")

    def _date_order(self) -> DateOrder | None:
        texts = [
            text
            for part in _DATE_PARTS
            for row in self.export.rows
            if isinstance(cell := self._cell(row, part), str)
            and (text := cell.strip())
            and not is_blank_date(text)
        ]
        currency = self._currency(self.export.rows[0]) if self.export.rows else ""
        order, is_guess = date_order(texts, currency, self.export.columns.dates)
        if is_guess:
            self.warnings.append(f"{self.name}: dates can be read both ways; read as {order}")
        return order

    def _debit_is_signed(self) -> bool:
        """Whether debits carry their own minus, all of them."""
        cells = [text for row in self.export.rows if (text := cell_text(self._cell(row, "debit")))]
        negative = [cell for cell in cells if cell.lstrip("(").startswith(("-", "−"))]
        zero = [cell for cell in cells if not cell.strip("0.,- ")]
        return bool(negative) and len(negative) + len(zero) >= len(cells)

    def _cell(self, row: Row, part: str) -> Cell:
        at = self.at.get(part)
        return row.cells[at] if at is not None and at < len(row.cells) else None

    def _text(self, row: Row, part: str) -> str:
        return " ".join(cell_text(self._cell(row, part)).split()) if part in self.at else ""

    def _where(self, row: Row, part: str) -> str:
        at = self.at.get(part, 0)
        head = self.export.columns.header[at] if at < len(self.export.columns.header) else ""
        return f"{self.name} line {row.line} column {' '.join(head.split()) or f'#{at + 1}'}"

    def _currency(self, row: Row) -> str:
        text = self._text(row, "currency")
        if text:
            code = known_currency(text)
            if code is None:
                where = self._where(row, "currency")
                raise BadInput(f"{where}: unknown currency {shown(text)}; use an ISO 4217 code")
            return code
        if self.export.currency:
            return self.export.currency
        for part in ("amount", "credit", "debit"):
            cell = self._cell(row, part)
            if isinstance(cell, str) and not cell[-1:].isdigit() | cell[:1].isdigit():
                return _beside(cell)
        return UNKNOWN_CURRENCY

    def _moved(self, row: Row, reading: Reading) -> Moved:
        currency = self._currency(row)
        amount = self._amount(row, currency, reading)
        fee = self._fee(row, currency, amount, reading)
        kind = self._kind(row, reading)
        line = self._line(row, currency, amount, kind)
        lines = [line]
        if fee:
            words = f"Fee {line.bank_ref}".strip()
            # The payer's name stays off: a fee is the service's, not the customer's.
            fee_line = replace(
                line, amount_minor=fee, payer_name="", payer_account="", customer_ref=""
            )
            lines.append(replace(fee_line, memo=words, code="fee", is_reversal=False))
        is_counted = kind == "booked"
        return Moved(
            account=self._text(row, "own_account").strip("\"'") or self.export.account,
            lines=tuple(lines),
            delta_minor=amount + fee if is_counted else 0,
            balance_minor=self._part_minor(row, "balance", currency),
        )

    def _part_minor(self, row: Row, part: str, currency: str) -> int | None:
        cell = self._cell(row, part)
        return None if is_blank(cell) else self.minor(cell, currency, self._where(row, part))

    def _amount(self, row: Row, currency: str, reading: Reading) -> int:
        if "amount" not in self.at:
            credit = self._part_minor(row, "credit", currency) or 0
            debit = self._part_minor(row, "debit", currency) or 0
            return credit + debit if self.debit_is_signed else credit - debit
        amount = self._part_minor(row, "amount", currency)
        if amount is None:
            raise BadInput(f"{self._where(row, 'amount')}: no amount; export the file again")
        flag = self._text(row, "flag")
        if "flag" not in self.at:
            return amount
        sign = self._sign(flag, row)
        return sign * (abs(amount) if reading.by_flag else amount)

    def _sign(self, flag: str, row: Row) -> int:
        if flag.casefold() in flags("credit"):
            return 1
        if flag.casefold() in flags("debit"):
            return -1
        raise BadInput(
            f"{self._where(row, 'flag')}: {shown(flag)} says neither credit nor debit; "
            "export the file again"
        )

    def _fee(self, row: Row, currency: str, amount: int, reading: Reading) -> int:
        """What the service kept, below zero; the net amount settles it where there is one."""
        fee = self._part_minor(row, "fee", currency) or 0
        net = self._part_minor(row, "net", currency) if "amount" in self.at else None
        if net is not None:
            if abs(net - amount) != abs(fee) and "fee" in self.at:
                self.warnings.append(
                    f"{self._where(row, 'net')}: gross and fee do not give the net amount; "
                    "the difference is taken as the fee"
                )
            return net - amount
        return -abs(fee) if reading.takes_fee else 0

    def _kind(self, row: Row, reading: Reading) -> LineKind:
        key = word_key(self._text(row, "status"))
        if key in state_words("void"):
            return "info"
        is_pending = key in state_words("pending")
        return "pending" if is_pending and not reading.counts_pending else "booked"

    def _line(self, row: Row, currency: str, amount: int, kind: LineKind) -> BankLine:
        booked_on = self._day(row, "booked_on")
        value_on = self._day(row, "value_on")
        code = self._text(row, "code")
        return BankLine(
            amount_minor=amount,
            currency=currency,
            booked_on=booked_on or value_on,
            value_on=value_on or booked_on,
            kind=kind if amount else "info",
            payer_name=self._other_side(row, amount),
            payer_account=self._text(row, "payer_account"),
            bank_ref=self._text(row, "bank_ref"),
            customer_ref=_given(self._text(row, "customer_ref")),
            memo=" ".join(self._memo(row)),
            code=code,
            is_reversal=word_key(code) in state_words("reversal"),
            line_no=row.line,
        )

    def _other_side(self, row: Row, amount: int) -> str:
        """Who paid, or for money out who was paid, where the export names both."""
        names = [self._text(row, "payer_name"), self._text(row, "payee_name")]
        return next(filter(None, names if amount >= 0 else names[::-1]), "")

    def _memo(self, row: Row) -> Iterator[str]:
        for at in self.export.columns.memo:
            if at < len(row.cells) and (text := " ".join(cell_text(row.cells[at]).split())):
                yield text

    def _day(self, row: Row, part: str) -> date | None:
        cell = self._cell(row, part)
        if isinstance(cell, date):
            return plain_date(cell)
        text = cell_text(cell)
        if is_blank_date(text):
            return None
        try:
            return parse_date(text, self.order)
        except NotADate as error:
            raise BadInput(f"{self._where(row, part)}: {error}; export the file again") from None


def _given(reference: str) -> str:
    """A reference, unless it only says that there is none."""
    return "" if word_key(reference) in _NO_REFERENCE else reference


def readings(export: Export) -> Sequence[Reading]:
    """Every way an export can be read, the likeliest first; a running balance chooses."""
    found = [Reading()]
    if "flag" in export.columns.at:
        found.append(Reading(by_flag=False))
    if "fee" in export.columns.at and "net" not in export.columns.at:
        found.append(Reading(takes_fee=True))
    if "status" in export.columns.at:
        found += [replace(each, counts_pending=True) for each in found]
    return found


def _beside(cell: str) -> str:
    try:
        return take_apart(cell).currency or UNKNOWN_CURRENCY
    except NotAnAmount:
        return UNKNOWN_CURRENCY
