"""One row at a time: cells of mapped fields as text, dates, amounts and currencies."""

import re
from datetime import date
from decimal import Decimal
from typing import Protocol

from babel.numbers import get_currency_symbol

from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    exact_decimal,
    known_currency,
    parse_amount,
    take_apart,
    to_minor,
)
from adapters.spreadsheets.cells import cell_text
from adapters.spreadsheets.dates import (
    DateOrder,
    NotADate,
    is_blank_date,
    parse_date,
    plain_date,
    serial_date,
)
from adapters.spreadsheets.layout import DataRow
from adapters.spreadsheets.mapping import ColumnMapping
from adapters.spreadsheets.quality import FindingLog
from adapters.spreadsheets.thesaurus import word_key

_CUT_ID = re.compile(r"\d([.,]\d+)?E\+?\d+", re.IGNORECASE)
_KEPT_AS_TEXT = re.compile(r'="(.*)"')
_TERMS = re.compile(
    r"(?i)(?:net(?:to)?|n)?\s*(\d{1,3})(?:\.0+)?\s*(?:d|days?|tage?|jours?|d[ií]as?|dagen)?"
    r"\s*(?:net(?:to)?)?"
)
_YES = {"yes", "y", "true", "t", "1", "x", "ja", "j", "oui", "o", "si", "s", "on", "wahr", "vrai"}
_NO = {"no", "n", "false", "f", "0", "nein", "non", "nee", "off", "falsch", "faux"}
_DASHES = {"-", "--", "–", "—"}
_YEARS = range(1970, 2120)


class Lined(Protocol):
    """A row or record that knows its line."""

    @property
    def line(self) -> int:
        """1-based line in the file."""
        ...


class RowFields:
    """Reads the cells of mapped fields; what cannot be read becomes a finding.

    Args:
        mapping: Field to column.
        mark: The file's decimal mark.
        order: The file's date order; None if no cell needs one.
        title_currency: Currency the title block names.
        default_currency: Currency a person gave for rows that name none.
        notes: Where findings go.
    """

    def __init__(
        self,
        mapping: ColumnMapping,
        mark: DecimalMark,
        order: DateOrder | None,
        title_currency: str | None,
        default_currency: str | None,
        notes: FindingLog,
    ) -> None:
        self.mapping = mapping
        self.columns = mapping.columns
        self.mark = mark
        self.order = order
        self.title_currency = title_currency
        self.default_currency = default_currency
        self.notes = notes

    def column(self, name: str) -> str:
        """The column's own name, for messages."""
        return self.mapping.header[self.columns[name]] if name in self.columns else name

    def note(self, row: Lined, code: str, what: str, name: str) -> None:
        """Note a flaw of a field at its line and column."""
        self.notes.note(code, what, line=row.line, column=self.column(name))

    def text(self, row: DataRow, name: str) -> str:
        """A field as stripped text, "" when blank or not mapped."""
        at = self.columns.get(name)
        if at is None or at >= len(row.cells):
            return ""
        cell = row.cells[at]
        return cell.strip() if type(cell) is str else cell_text(cell)

    def number(self, row: DataRow, name: str) -> str | None:
        """An id as text, leading zeros kept."""
        text = self.text(row, name)
        if not text:
            return None
        kept = _KEPT_AS_TEXT.fullmatch(text)
        if kept:
            text = kept[1].strip()
        if "E+" in text and _CUT_ID.fullmatch(text):
            self.note(
                row, "cut_number", f"{text!r} is a number a spreadsheet program shortened", name
            )
        return text or None

    def day(self, row: DataRow, name: str) -> date | None:
        """A date field, None when blank; an unreadable one is an error."""
        at = self.columns.get(name)
        if at is None or at >= len(row.cells):
            return None
        cell = row.cells[at]
        try:
            if isinstance(cell, date):
                found = plain_date(cell)
            elif isinstance(cell, (int, float)) and not isinstance(cell, bool):
                found = self._numeric_date(cell)
            else:
                text = cell_text(cell)
                found = None if is_blank_date(text) else parse_date(text, self.order)
            if found and found.year not in _YEARS:
                raise NotADate(f"the year {found.year} is not plausible")
        except NotADate as reason:
            self.note(row, "bad_date", f"{cell_text(cell)!r}: {reason}", name)
            return None
        return found

    def _numeric_date(self, cell: int | float) -> date | None:
        text = cell_text(cell)
        if is_blank_date(text):
            return None
        return parse_date(text, None) if len(text) == 8 else serial_date(cell)

    def amount(self, row: DataRow, name: str) -> Decimal | None:
        """An amount field with its sign, None when blank; an unreadable one is an error."""
        at = self.columns.get(name)
        if at is None or at >= len(row.cells):
            return None
        cell = row.cells[at]
        if isinstance(cell, (int, float)) and not isinstance(cell, bool):
            return exact_decimal(cell)
        text = cell_text(cell)
        if not text:
            return None
        if text in _DASHES:
            return Decimal(0)
        try:
            return parse_amount(text, self.mark)
        except NotAnAmount as reason:
            self.bad_amount(row, name, text, reason)
            return None

    def bad_amount(self, row: DataRow, name: str, text: str, reason: NotAnAmount) -> None:
        """Note an amount that cannot be taken."""
        self.note(row, "bad_amount", f"{text!r}: {reason}", name)

    def minor(self, row: DataRow, name: str, value: Decimal, currency: str) -> int | None:
        """Minor units of an amount, or an error finding and None."""
        try:
            return to_minor(value, currency)
        except NotAnAmount as reason:
            self.bad_amount(row, name, self.text(row, name), reason)
            return None

    def currency(self, row: DataRow, *names: str) -> str | None:
        """The row's currency: its column, else its amount cells, the title, the default.

        Returns:
            None after an error finding: unknown, contradictory or nowhere stated.
        """
        stated = self.text(row, "currency")
        found = known_currency(stated) if stated else None
        beside = [written for name in names if (written := self._beside(row, name))]
        codes = {code for code, _ in beside if code}
        found = found or (next(iter(codes)) if len(codes) == 1 and not stated else None)
        if stated and found is None and not self._fits_symbol(self.default_currency, stated):
            self.note(row, "unknown_currency", f"{stated!r} is not a currency", "currency")
            return None
        currency = found or self.title_currency or self._assumed(row)
        if currency is None:
            return None
        odd = [
            symbol
            for code, symbol in beside
            if (code or currency) != currency or not self._fits_symbol(currency, symbol)
        ]
        if odd:
            self.note(
                row,
                "currency_conflict",
                f"{odd[0]!r} stands beside an amount in {currency}",
                names[0],
            )
            return None
        return currency

    def _beside(self, row: DataRow, name: str) -> tuple[str | None, str] | None:
        text = self.text(row, name)
        if not text or (text[-1].isdigit() and (text[0].isdigit() or text[0] in "-(")):
            return None
        try:
            written = take_apart(text)
        except NotAnAmount:
            return None
        return (written.currency, written.symbol) if written.symbol else None

    @staticmethod
    def _fits_symbol(currency: str | None, symbol: str) -> bool:
        if currency is None:
            return False
        return symbol != "$" or "$" in get_currency_symbol(currency, "en")

    def _assumed(self, row: DataRow) -> str | None:
        if self.default_currency is None:
            self.note(row, "no_currency", "no currency stated", "currency")
            return None
        self.note(
            row,
            "currency_assumed",
            f"no currency stated, {self.default_currency} taken",
            "currency",
        )
        return self.default_currency

    def flag(self, row: DataRow, name: str) -> bool | None:
        """A yes or no in five languages, None when blank; anything else is an error."""
        text = self.text(row, name)
        if not text:
            return None
        key = word_key(text)
        if key in _YES:
            return True
        if key in _NO:
            return False
        self.note(row, "bad_flag", f"{text!r} is neither yes nor no", name)
        return None

    def terms(self, row: DataRow) -> int | None:
        """Net days of the payment terms, None when blank or a code of the other system."""
        text = self.text(row, "terms")
        if not text:
            return None
        found = _TERMS.fullmatch(text)
        if found:
            return int(found[1])
        self.note(row, "terms_not_days", f"{text!r} names no number of days", "terms")
        return None

    def customer(self, row: DataRow) -> tuple[str | None, str | None]:
        """Number and name of the row's customer, from its cells, section or page."""
        number = self.number(row, "customer_number") or row.customer_number or None
        name = self.text(row, "customer_name") or row.customer_name or None
        return number, name
