"""Was a promise to pay kept? Pure."""

from datetime import date

from ledger.states import PromiseState


def settle(
    promised_minor: int | None,
    invoice_ids: tuple[str, ...],
    promised_on: date,
    last_day: date,
    as_of: date,
    cash: list[tuple[str, int, date, str]],
    open_minor: dict[str, int],
    currency: str | None,
) -> PromiseState:
    """State of a promise as of a date.

    Kept: cash applied since it was given reaches the promised amount by its last day (date plus
    grace), or its invoices are all settled. Broken or partly kept only once the last day has
    passed. Without an amount the invoices decide.

    Args:
        promised_minor: Promised amount in minor units, if one was named.
        invoice_ids: Invoices it names; empty means any of the account.
        promised_on: When it was given.
        last_day: Promised date plus grace, in business days.
        as_of: The business date.
        cash: Cash applied to the account: (invoice, minor units, date, currency).
        open_minor: Open balance by invoice id of the account.
        currency: Currency of the amount.
    """
    paid = sum(
        amount
        for invoice_id, amount, day, paid_in in cash
        if (not invoice_ids or invoice_id in invoice_ids)
        and promised_on <= day <= last_day
        and (currency is None or paid_in == currency)
    )
    settled = bool(invoice_ids) and all(open_minor.get(i, 0) == 0 for i in invoice_ids)
    if settled or (promised_minor is not None and paid >= promised_minor):
        return PromiseState.KEPT
    if as_of <= last_day:
        return PromiseState.PENDING
    return PromiseState.PARTLY_KEPT if paid > 0 else PromiseState.BROKEN
