"""The files of `dunwell match`: read exactly, or refused with file, line and column."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from adapters.spreadsheets.amounts import (
    DecimalMark,
    NotAnAmount,
    decide_decimal_mark,
    known_currency,
    parse_amount,
    to_minor,
)
from adapters.spreadsheets.cells import cell_text
from adapters.spreadsheets.dates import (
    DateOrder,
    NotADate,
    decide_date_order,
    is_blank_date,
    parse_date,
)
from adapters.spreadsheets.grid import read_grid
from engines.matching.model import Advice, AdviceLine, Customer, OpenDocument, Payment
from ledger.errors import BadInput

_MARKS = re.compile(r"[\W_]+")
_ACCOUNTS = re.compile(r"[;|,\n]+")

# Canonical column -> other spellings, all compared without case, blanks and marks.
_OPEN = {
    "doc_id": "docid document documentid documentno documentnumber docno invoice invoiceno "
    "invoicenumber invoiceid number belegnr belegnummer",
    "customer_no": "customerno customer customernumber customerid custno custnumber custid "
    "accountno accountnumber debtor debtorno kundennummer",
    "customer_name": "customername name custname namecustomer",
    "amount": "amount openamount open balance openbalance amountopen outstanding betrag",
    "currency": "currency curr ccy documentcurrency invoicecurrency waehrung",
    "due_date": "duedate due dueon dueindate netduedate faelligkeit",
    "kind": "kind type doctype documenttype",
}
_NUMBERS = (
    "po pono ponumber purchaseorder order orderno ordernumber salesorder delivery deliveryno "
    "deliverynote reference customerreference externalreference"
)
_CUSTOMERS = {
    "customer_no": _OPEN["customer_no"],
    "name": "name customername custname companyname",
    "known_accounts": "knownaccounts accounts bankaccounts knownaccount bankaccount iban ibans",
    "parent": "parent parentno parentid parentcustomer parentcustomerno headoffice",
}
_PAYMENTS = {
    "payment_id": "paymentid id payment paymentno receiptid transactionid lineid",
    "value_date": "valuedate date valuta bookingdate paymentdate received receivedon postingdate",
    "amount": "amount value credit betrag",
    "currency": _OPEN["currency"],
    "channel": "channel method paymentmethod type",
    "payer_name": "payername payer name remitter remittername debtorname counterparty",
    "payer_account": "payeraccount account iban payeriban remitteraccount counterpartyaccount",
    "bank_ref": "bankref bankreference reference transactionref acctsvcrref",
    "memo": "memo text description details remittanceinformation purpose narrative",
}
_REMITTANCES = {
    "remittance_id": "remittanceid id adviceid remittanceno adviceno",
    "received": "received receivedon receiveddate date advicedate",
    "payer_text": "payertext payer payername from sender",
    "total": "total totalamount paymentamount advicetotal",
    "currency": _OPEN["currency"],
    "line_ref": "lineref reference invoice invoiceno docid document linereference",
    "gross": "gross grossamount invoiceamount billed",
    "deduction": "deduction deductionamount deducted discount adjustment",
    "net": "net netamount paid amountpaid paidamount",
    "reason_text": "reasontext reason deductionreason note comment",
}
_OPTIONAL = (
    "customer_name due_date kind known_accounts parent channel payer_name payer_account bank_ref "
    "memo received payer_text deduction reason_text name net gross"
)


@dataclass(frozen=True)
class _File:
    """A table with its columns found and its number and date formats decided once."""

    name: str
    columns: dict[str, int]
    numbers: tuple[int, ...]
    rows: list[tuple[int, list[str]]]
    mark: DecimalMark
    order: DateOrder | None

    def fault(self, line: int, column: str, text: str) -> BadInput:
        return BadInput(f"{self.name} line {line}, column {column}: {text}")

    def text(self, cells: list[str], column: str) -> str:
        at = self.columns.get(column)
        return cells[at] if at is not None and at < len(cells) else ""

    def needed(self, line: int, cells: list[str], column: str) -> str:
        found = self.text(cells, column)
        if not found:
            raise self.fault(line, column, "is empty; give a value or leave the row out")
        return found

    def minor(self, line: int, cells: list[str], column: str, currency: str) -> int:
        text = self.text(cells, column)
        try:
            value = parse_amount(text, self.mark) if text else Decimal(0)
            return to_minor(value, currency)
        except NotAnAmount as error:
            raise self.fault(line, column, f"{text!r} is no amount: {error}") from None

    def day(self, line: int, cells: list[str], column: str) -> date | None:
        text = self.text(cells, column)
        if is_blank_date(text):
            return None
        try:
            return parse_date(text, self.order)
        except NotADate as error:
            raise self.fault(line, column, f"{text!r} is no date: {error}") from None

    def currency(self, line: int, cells: list[str]) -> str:
        text = self.needed(line, cells, "currency")
        code = known_currency(text)
        if code is None:
            raise self.fault(line, "currency", f"{text!r} is no ISO 4217 code such as EUR")
        return code


def _open_file(
    path: Path, spellings: dict[str, str], amounts: tuple[str, ...], dates: tuple[str, ...]
) -> _File:
    grid = read_grid(path)
    rows = [(row.line, [cell_text(c) for c in row.cells]) for row in grid.sheets[0].rows]
    rows = [(line, cells) for line, cells in rows if any(cells)]
    if not rows:
        raise BadInput(f"{path.name}: no header row; write the column names on the first line")
    columns, numbers = _find_columns(path.name, rows[0][1], spellings)
    body = rows[1:]
    mark = decide_decimal_mark(_cells(body, columns, amounts))
    order = decide_date_order(list(_cells(body, columns, dates)))
    if not mark.settled or not order.settled:
        raise BadInput(f"{path.name}: {order.reason if mark.settled else mark.reason}")
    return _File(
        path.name,
        columns,
        numbers,
        body,
        DecimalMark(mark.value or "point"),
        DateOrder(order.value) if order.value else None,
    )


def _cells(
    rows: list[tuple[int, list[str]]], columns: dict[str, int], wanted: tuple[str, ...]
) -> Iterator[tuple[int, str]]:
    places = [columns[name] for name in wanted if name in columns]
    for line, cells in rows:
        for at in places:
            if at < len(cells) and cells[at]:
                yield line, cells[at]


def _find_columns(
    name: str, heads: list[str], spellings: dict[str, str]
) -> tuple[dict[str, int], tuple[int, ...]]:
    plain = [_MARKS.sub("", head).lower() for head in heads]
    found: dict[str, int] = {}
    for column, others in spellings.items():
        for spelling in (_MARKS.sub("", column), *others.split()):
            if spelling in plain and plain.index(spelling) not in found.values():
                found[column] = plain.index(spelling)
                break
    missing = [
        column for column in spellings if column not in found and column not in _OPTIONAL.split()
    ]
    if missing:
        raise BadInput(
            f"{name}: no column {', '.join(missing)}; the header holds {', '.join(heads)}"
        )
    others = frozenset(_NUMBERS.split())
    used = set(found.values())
    numbers = [at for at, head in enumerate(plain) if head in others and at not in used]
    return found, tuple(numbers)


def read_open_items(path: Path) -> tuple[OpenDocument, ...]:
    """Read open invoices and credit notes; rows of one document are its instalments."""
    file = _open_file(path, _OPEN, ("amount",), ("due_date",))
    documents: dict[str, OpenDocument] = {}
    for line, cells in file.rows:
        doc_id, owner = file.needed(line, cells, "doc_id"), file.needed(line, cells, "customer_no")
        currency = file.currency(line, cells)
        minor = file.minor(line, cells, "amount", currency)
        if "credit" in file.text(cells, "kind").lower():
            minor = -abs(minor)
        due = file.day(line, cells, "due_date")
        same = documents.get(doc_id)
        if same and (same.customer_no, same.currency) != (owner, currency):
            raise file.fault(line, "doc_id", f"{doc_id!r} stands for two customers or currencies")
        if same:
            minor += same.amount_minor
            due = min((each for each in (due, same.due_on) if each), default=None)
        numbers = tuple(cells[at] for at in file.numbers if at < len(cells) and cells[at])
        name = file.text(cells, "customer_name")
        documents[doc_id] = OpenDocument(doc_id, owner, minor, currency, due, name, numbers)
    return tuple(doc for doc in documents.values() if doc.amount_minor)


def read_customers(path: Path) -> tuple[Customer, ...]:
    """Read customers with the accounts they paid from and the company above them."""
    file = _open_file(path, _CUSTOMERS, (), ())
    customers: dict[str, Customer] = {}
    for line, cells in file.rows:
        number = file.needed(line, cells, "customer_no")
        if number in customers:
            raise file.fault(line, "customer_no", f"{number!r} is there twice; keep one row each")
        accounts = (a.strip() for a in _ACCOUNTS.split(file.text(cells, "known_accounts")))
        parent = file.text(cells, "parent")
        customers[number] = Customer(
            number, file.text(cells, "name"), tuple(a for a in accounts if a), parent
        )
    # Some exports name the parent instead of giving its number.
    by_name = {each.name: each.customer_no for each in customers.values() if each.name}
    return tuple(
        replace(each, parent=by_name.get(each.parent, each.parent))
        if each.parent not in customers
        else each
        for each in customers.values()
    )


def read_payments(path: Path) -> tuple[Payment, ...]:
    """Read lines of the bank."""
    file = _open_file(path, _PAYMENTS, ("amount",), ("value_date",))
    payments: dict[str, Payment] = {}
    for line, cells in file.rows:
        payment_id, text = file.needed(line, cells, "payment_id"), _texts(file, cells)
        if payment_id in payments:
            raise file.fault(line, "payment_id", f"{payment_id!r} is there twice; ids are unique")
        value_on = file.day(line, cells, "value_date")
        if value_on is None:
            raise file.fault(line, "value_date", "is empty; a payment needs its day")
        currency = file.currency(line, cells)
        file.needed(line, cells, "amount")
        minor = file.minor(line, cells, "amount", currency)
        payments[payment_id] = Payment(
            payment_id,
            value_on,
            minor,
            currency,
            channel=text("channel"),
            payer_name=text("payer_name"),
            payer_account=text("payer_account"),
            bank_ref=text("bank_ref"),
            memo=text("memo"),
        )
    return tuple(payments.values())


def _texts(file: _File, cells: list[str]) -> Callable[[str], str]:
    return lambda column: file.text(cells, column)


def read_remittances(path: Path) -> tuple[Advice, ...]:
    """Read remittance advices; rows with one id are the lines of one advice."""
    amounts = ("total", "gross", "deduction", "net")
    file = _open_file(path, _REMITTANCES, amounts, ("received",))
    heads: dict[str, Advice] = {}
    lines: dict[str, list[AdviceLine]] = {}
    for line, cells in file.rows:
        advice_id, text = file.needed(line, cells, "remittance_id"), _texts(file, cells)
        currency = file.currency(line, cells)
        if advice_id not in heads:
            heads[advice_id] = Advice(
                advice_id,
                file.day(line, cells, "received"),
                text("payer_text"),
                file.minor(line, cells, "total", currency),
                currency,
                (),
            )
        lines.setdefault(advice_id, []).append(_advice_line(file, line, cells, currency))
    return tuple(
        Advice(a.advice_id, a.received_on, a.payer_text, a.total_minor, a.currency, tuple(lines[i]))
        for i, a in heads.items()
    )


def _advice_line(file: _File, line: int, cells: list[str], currency: str) -> AdviceLine:
    """Of gross, deduction and net, one left out follows from the others."""
    gross = file.minor(line, cells, "gross", currency)
    deduction = abs(file.minor(line, cells, "deduction", currency))
    net = file.minor(line, cells, "net", currency)
    if not file.text(cells, "net"):
        net = gross - deduction
    elif not file.text(cells, "gross"):
        gross = net + deduction
    return AdviceLine(
        file.text(cells, "line_ref"), gross, deduction, net, file.text(cells, "reason_text")
    )
