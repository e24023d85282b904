"""The files of `dunwell match`: open items, customers, payments and remittances."""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cli.match_table import Columns, TableFile, open_table
from engines.matching.model import Advice, AdviceLine, Customer, OpenDocument, Payment

_ACCOUNTS = re.compile(r"[;|,\n]+")

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
_LEFT_OUT = frozenset(
    (
        *("customer_name", "due_date", "kind", "name", "known_accounts", "parent", "channel"),
        *("payer_name", "payer_account", "bank_ref", "memo", "received", "payer_text"),
        *("deduction", "reason_text", "net", "gross"),
    )
)
_OPEN_ITEMS = Columns(_OPEN, _LEFT_OUT, ("amount",), ("due_date",), frozenset(_NUMBERS.split()))


def read_open_items(path: Path) -> tuple[OpenDocument, ...]:
    """Read open invoices and credit notes; rows of one document are its instalments."""
    file = open_table(path, _OPEN_ITEMS)
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
    file = open_table(path, Columns(_CUSTOMERS, _LEFT_OUT))
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
    file = open_table(path, Columns(_PAYMENTS, _LEFT_OUT, ("amount",), ("value_date",)))
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


def _texts(file: TableFile, cells: list[str]) -> Callable[[str], str]:
    return lambda column: file.text(cells, column)


def read_remittances(path: Path) -> tuple[Advice, ...]:
    """Read remittance advices; rows with one id are the lines of one advice."""
    amounts = ("total", "gross", "deduction", "net")
    file = open_table(path, Columns(_REMITTANCES, _LEFT_OUT, amounts, ("received",)))
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


def _advice_line(file: TableFile, line: int, cells: list[str], currency: str) -> AdviceLine:
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
