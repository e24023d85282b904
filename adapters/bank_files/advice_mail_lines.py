"""Remittance lines out of the rows of a message: tables of documents, and keys with values."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from adapters.bank_files.advice_mail_words import MONEY, field_of, table_fields
from adapters.bank_files.model import UNKNOWN_CURRENCY, RemittanceLine
from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    decide_decimal_mark,
    known_currency,
    parse_amount,
    take_apart,
    to_minor,
)
from adapters.spreadsheets.dates import DateOrder, NotADate, decide_date_order, parse_date
from adapters.spreadsheets.thesaurus import total_scope
from ledger.errors import BadInput

_KEYED = re.compile(r"\s*[-*•]?\s*([^:=]{2,40}?)\s*[:=]\s*(.*)", re.DOTALL)
_MONEY = re.compile(
    r"(?:(?:[A-Z]{3}|[A-Z]{0,2}\$|[€£])\s?)?-?\(?-?(?:[$€£]\s?)?\d[\d.,']*(?:\s\d{3}(?!\d)[\d.,]*)*"
    r"\)?-?(?:\s?(?:[€£]|[A-Z]{3}\b))?"
)
_PAIR = re.compile(
    r"(?<![\w./#-])(?P<ref>[A-Za-z0-9][\w./#-]{0,40})\s*(?:[:=(@]|\bfor\b|\s-\s)\s*"
    r"(?P<amount>[A-Z€£$]{0,4}\s?\d[\d.,']*[.,]\d\d)\b\)?"
)
# A line of a list without heads: "INV-1  1,200.00", "- Invoice 4711: EUR 300,00".
_LISTED = re.compile(
    r"[-*•]?\s*(?:[^\W\d]+\.?\s+)?#?(?P<ref>[A-Za-z]{0,8}[-/]?\d[\w./-]{2,30}?)\s*[:=–-]?\s+"
    r"(?P<amount>[A-Z€£$]{0,4}\s?-?\d[\d.,']*[.,]\d\d(?:\s?(?:€|[A-Z]{3}))?)"
)
_BETWEEN = re.compile(r"[,;&\s]+")


@dataclass(slots=True)
class Told:
    """A document as a payer tells it, amounts still as written."""

    reference: str = ""
    amounts: dict[str, str] = field(default_factory=dict)
    reason: str = ""
    notes: list[str] = field(default_factory=list)
    row: int = 0


@dataclass(slots=True)
class Message:
    """Everything a message tells about its payment, as written."""

    documents: list[Told] = field(default_factory=list)
    keys: dict[str, list[str]] = field(default_factory=dict)
    table_totals: list[str] = field(default_factory=list)
    listed: list[Told] = field(default_factory=list)
    has_table: bool = False

    def first(self, name: str) -> str:
        """The first value given for a part, or ""."""
        return next((value for value in self.keys.get(name, ()) if value), "")

    @property
    def is_advice(self) -> bool:
        """Whether it names documents or who paid, and an amount."""
        told = self.keys.keys() & {"total", "net", "gross"}
        named = self.keys.keys() & {"reference", "payer"} or self.listed
        return self.has_table or bool(told and named)


def read_message(rows: Sequence[Sequence[str]]) -> Message:
    """Sort rows into tables of documents and keys with values."""
    message = Message()
    columns: dict[str, int] = {}
    for number, cells in enumerate(rows, start=1):
        head = table_fields(cells) if len(cells) > 1 else {}
        if head:
            columns, message.has_table = head, True
        elif not (columns and len(cells) > 1 and _take_row(message, cells, columns, number)):
            listed = _LISTED.fullmatch(" ".join(cells))
            if listed:
                message.listed.append(Told(listed["ref"], {"net": listed["amount"]}, row=number))
            else:
                _take_keys(message, cells, number)
    return message


def _take_row(message: Message, cells: Sequence[str], columns: dict[str, int], number: int) -> bool:
    """Take a row of a table: a document with an amount, or the total below."""
    label = next((cell for cell in cells if cell), "")
    if total_scope(label) is not None or field_of(label.rstrip(":")) == "total":
        amounts = [cell for cell in cells if _is_amount(cell)]
        message.table_totals.extend(amounts[-1:])
        return True
    told = Told(row=number)
    for name, at in columns.items():
        cell = cells[at].strip() if at < len(cells) else ""
        if not cell:
            continue
        if name == "reference":
            told.reference = cell
        elif name in MONEY:
            if not _is_amount(cell):
                return False
            told.amounts[name] = cell
        elif name == "reason":
            told.reason = cell
        elif name in ("order", "account", "memo"):
            told.notes.append(cell)
    if not told.amounts:
        return False
    message.documents.append(told)
    return True


def _take_keys(message: Message, cells: Sequence[str], number: int) -> None:
    """Take "key: value" lines, and rows of two cells that are one."""
    found = _KEYED.fullmatch(" ".join(cells))
    key, value = (found[1], found[2]) if found else ("", "")
    if not field_of(key) and len(cells) == 2:
        key, value = cells[0].rstrip(":"), cells[1]
    name = field_of(key)
    if not name:
        return
    message.keys.setdefault(name, []).append(value.strip())
    if name == "reference":
        message.documents.extend(_named(value, number))


def _named(value: str, number: int) -> Iterator[Told]:
    """The documents a value lists, each with its amount where one stands beside it."""
    pairs = {found["ref"]: found["amount"] for found in _PAIR.finditer(value)}
    if pairs:
        for reference, amount in pairs.items():
            yield Told(reference, {"net": amount}, row=number)
        return
    for word in _BETWEEN.split(value):
        if len(word) > 1 and any(char.isdigit() for char in word):
            yield Told(word.strip("().:"), row=number)


def _is_amount(cell: str) -> bool:
    try:
        take_apart(cell)
    except NotAnAmount:
        return False
    return True


@dataclass(slots=True)
class Amounts:
    """Amounts of a message in its one number format and currency."""

    where: str
    currency: str
    mark: DecimalMark

    def minor(self, text: str) -> int | None:
        """The first amount in a text, in minor units; None if it holds none.

        Raises:
            BadInput: It does not fit the number format of the message.
        """
        found = _MONEY.search(text)
        if found is None or text[found.end() :].lstrip().startswith("%"):
            return None
        try:
            value = parse_amount(found[0].strip(), self.mark)
            return to_minor(value, self.currency or "EUR")
        except NotAnAmount as error:
            raise BadInput(f"{self.where}: amount {found[0].strip()!r}: {error}") from None


def amounts_of(message: Message, where: str) -> Amounts:
    """Decide number format and currency from every amount of a message.

    Raises:
        BadInput: Amounts that contradict each other, or that can be read in two ways.
    """
    documents = message.documents or message.listed
    cells = [amount for told in documents for amount in told.amounts.values()]
    cells += message.table_totals
    for name in MONEY:
        cells += [
            found[0] for value in message.keys.get(name, ()) if (found := _MONEY.search(value))
        ]
    written = [cell.strip() for cell in cells]
    mark = decide_decimal_mark(list(enumerate(written, start=1)))
    if not mark.settled:
        raise BadInput(f"{where}: amounts can be read in two ways ({', '.join(written[:3])})")
    named = known_currency(message.first("currency"))
    beside = {code for cell in written if (code := _currency(cell))}
    currency = named or (beside.pop() if len(beside) == 1 else UNKNOWN_CURRENCY)
    return Amounts(where, currency, DecimalMark(mark.value or "point"))


def _currency(cell: str) -> str | None:
    try:
        return take_apart(cell).currency
    except NotAnAmount:
        return None


def day_told(message: Message) -> date | None:
    """The date of the payment; None where day and month could be either."""
    text = message.first("advised")
    order = decide_date_order([(1, text)]).value
    try:
        return parse_date(text, DateOrder(order) if order else None)
    except NotADate:
        return None


def lines_of(message: Message, amounts: Amounts) -> list[RemittanceLine]:
    """Build the lines; what is taken off without a document is a line of its own.

    Raises:
        BadInput: An amount that does not fit.
    """
    total = total_of(message, amounts)
    documents = message.documents or _listed(message, amounts, total) or [Told()]
    tabled = {told.reference for told in documents if told.amounts}
    # What a table lists with amounts is not listed again by a key without them.
    documents = [told for told in documents if told.amounts or told.reference not in tabled]
    lines = [_line(told, amounts, total) for told in documents]
    discount, deduction, reason = _taken_off(message, amounts)
    if len(lines) == 1 and not documents[0].amounts:
        lines = [_single(documents[0], message, amounts, total)]
    elif discount or deduction:
        lines.append(
            RemittanceLine(
                reference="",
                net_minor=-(discount + deduction),
                currency=amounts.currency,
                gross_minor=0,
                discount_minor=discount,
                deduction_minor=deduction,
                reason=reason,
                total_minor=total,
            )
        )
    return lines


def _listed(message: Message, amounts: Amounts, total: int | None) -> list[Told]:
    """A list without heads is one of documents only if it sums to the payment."""
    nets = [amounts.minor(told.amounts["net"]) or 0 for told in message.listed]
    off = sum(_taken_off(message, amounts)[:2])
    return message.listed if nets and sum(nets) - off == total else []


def total_of(message: Message, amounts: Amounts) -> int | None:
    """The payment as the message states it."""
    for name in ("total", "net"):
        stated = amounts.minor(message.first(name))
        if stated is not None:
            return stated
    return amounts.minor(message.table_totals[-1]) if message.table_totals else None


def _line(told: Told, amounts: Amounts, total: int | None) -> RemittanceLine:
    read = {name: amounts.minor(text) for name, text in told.amounts.items()}
    net, gross = read.get("net"), read.get("gross")
    discount, off = abs(read.get("discount") or 0), abs(read.get("deduction") or 0)
    if net is None and gross is not None:
        net = gross - discount - off
    if gross is None and net is not None:
        gross = net + discount + off
    missing = gross - net - discount if gross is not None and net is not None else off
    return RemittanceLine(
        reference=told.reference,
        net_minor=net,
        currency=amounts.currency,
        gross_minor=gross,
        discount_minor=discount,
        deduction_minor=max(missing, 0),
        reason=told.reason,
        total_minor=total,
        memo=", ".join(told.notes),
        line_no=told.row,
    )


def _single(told: Told, message: Message, amounts: Amounts, total: int | None) -> RemittanceLine:
    """One document, or none, for the whole payment."""
    discount, deduction, reason = _taken_off(message, amounts)
    gross = amounts.minor(message.first("gross"))
    net = total if total is not None or gross is None else gross - discount - deduction
    if gross is None and net is not None and told.reference:
        gross = net + discount + deduction
    return RemittanceLine(
        reference=told.reference,
        net_minor=net,
        currency=amounts.currency,
        gross_minor=gross,
        discount_minor=discount,
        deduction_minor=deduction,
        reason=reason,
        total_minor=total,
        line_no=told.row,
    )


def _taken_off(message: Message, amounts: Amounts) -> tuple[int, int, str]:
    """Discount, deduction and the words beside them, from keys."""
    off = {"discount": 0, "deduction": 0}
    reasons = [value for value in message.keys.get("reason", ()) if value]
    for name in off:
        for value in message.keys.get(name, ()):
            minor = amounts.minor(value)
            off[name] += abs(minor or 0)
            words = _MONEY.sub("", value, count=1) if minor is not None else value
            reasons.append(words.strip(" ,;:-"))
    return off["discount"], off["deduction"], ", ".join(each for each in reasons if each)
