"""What the words of a message record may state, from the facts beside them."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from guardrails.records.money import minor_of
from guardrails.records.shape import Charge, MessageRecord, RecordContext, RecordInvoice, Terms
from guardrails.tracing.facts import Known, KnownInvoice, known_record

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_CLAUSE = re.compile(r"\d+(?:\.\d+)*(?:\([a-z0-9]+\))*")
_AMOUNT = re.compile(r"-?\d{1,15}\.\d{2,4}")


def known_of(record: MessageRecord) -> Known:
    """What the message may state.

    Raises:
        BadInput: An amount has more decimals than its currency.
    """
    context = record.context
    invoices = [_known_invoice(each, context) for each in context.billed]
    currency = context.billed[0].currency if context.billed else "USD"
    terms = [approval.terms for approval in context.approvals if approval.terms]
    recorded = {entry.date for entry in context.event_log} | _days_in(context.recorded_decisions)
    asked = {context.requested_pay_by, context.promise_date}
    deadlines = {day for day in asked if day is not None}.union(*map(_days_of_terms, terms))
    agreed = [pair for each in terms for pair in _amounts_of_terms(each, currency)]
    amounts = agreed + [
        (minor, each.currency)
        for each in invoices
        for minor in (each.amount_minor, each.paid_minor, each.amount_minor - each.paid_minor)
        if minor
    ]
    rates = {each.percent for each in terms} | {each.rate for each in context.charges}
    return known_record(
        context.sent.date(),
        invoices,
        numbers=[each.id for each in context.charges if each.id]
        + [number for each in context.charges for number in _CLAUSE.findall(_grounds(each))],
        amounts=amounts,
        days=[*recorded, *deadlines],
        charges=[
            (minor_of(each.amount, each.currency or currency), each.currency or currency)
            for each in context.charges
        ],
        deadlines=deadlines,
        agreed=frozenset(agreed),
        names=tuple(filter(None, (context.creditor, context.debtor, context.recipient.name))),
        percentages=frozenset(rate for rate in rates if rate is not None),
        domains=frozenset(each.casefold() for each in context.allowed_domains),
        bank_accounts=context.verified_bank_details,
        day_first=_day_first(record.places),
    )


def _known_invoice(invoice: RecordInvoice, context: RecordContext) -> KnownInvoice:
    amount = minor_of(invoice.amount, invoice.currency)
    paid = minor_of(invoice.paid_amount, invoice.currency)
    still_open = 0 if invoice.is_closed else amount - paid
    if context.message_kind == "receipt" and all(each.is_closed for each in context.billed):
        # A receipt names what was settled, not what is left of it.
        still_open = amount
    return KnownInvoice(
        number=invoice.id,
        currency=invoice.currency,
        open_minor=still_open,
        due_on=invoice.due,
        issued_on=invoice.issued,
        amount_minor=amount,
        paid_minor=paid,
        disputed_minor=minor_of(invoice.disputed_amount, invoice.currency),
    )


def _grounds(charge: Charge) -> str:
    return f"{charge.clause} {charge.basis}"


def _day_first(places: frozenset[str]) -> bool | None:
    """How 10/11 is read there; None where both readings must be right."""
    orders = {not place.upper().startswith("US") for place in places}
    return orders.pop() if len(orders) == 1 else None


def _days_of_terms(terms: Terms) -> set[date]:
    return _days_in([terms.model_dump(mode="json")])


def _days_in(values: Iterable[Any]) -> set[date]:
    """Every day written as 2026-11-30 in values of any shape."""
    found = set()
    for piece in _DAY.findall(" ".join(map(str, values))):
        try:
            found.add(date.fromisoformat(piece))
        except ValueError:
            continue
    return found


def _amounts_of_terms(terms: Terms, currency: str) -> Iterator[tuple[int, str]]:
    """Every amount approved terms hold, at whatever name and depth."""
    if terms.amount is not None:
        yield minor_of(terms.amount, currency), currency
    rest = terms.model_dump(mode="json", exclude={"amount", "percent", "until"})
    for value in _leaves(rest):
        if _AMOUNT.fullmatch(value):
            yield minor_of(Decimal(value), currency), currency


def _leaves(value: Any) -> Iterator[str]:
    match value:
        case dict():
            for each in value.values():
                yield from _leaves(each)
        case list() | tuple():
            for each in value:
                yield from _leaves(each)
        case float():
            yield f"{value:.2f}"
        case str():
            yield value
        case _:
            return
