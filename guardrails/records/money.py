"""Amounts of a record: in minor units, disputed parts, and the terms somebody approved."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from itertools import combinations
from typing import Any

from guardrails.records.shape import RecordContext, RecordInvoice, Terms
from guardrails.tracing.report import Money as StatedMoney
from guardrails.tracing.report import Stated
from ledger.money import Money

_MOST_INVOICES = 12  # beyond this only the sums of all and of all undisputed are looked for
_AMOUNTS = frozenset({"amount", "total"})


def minor_of(amount: Decimal, currency: str) -> int:
    """An amount in minor units.

    Raises:
        BadInput: It has more decimals than the currency.
    """
    return Money.of(amount, currency).minor


def disputed_included(context: RecordContext, stated: Iterable[Stated]) -> bool:
    """Whether the message asks for a disputed amount, alone or inside a total.

    An amount that the words themselves call disputed is named, not asked for. Where a dispute is
    open and no invoice says how much of it, all of them are.
    """
    disputed = {each.id: each.disputed_amount for each in context.invoices}
    if not any(disputed.values()):
        if "dispute_open" not in context.flags:
            return False
        disputed = {each.id: each.amount - each.paid_amount for each in context.invoices}
    fine, refused = _sums(context.invoices, disputed)
    return any(
        isinstance(each.value, StatedMoney)
        and each.value.value in refused - fine
        and each.role != "disputed"
        for each in stated
        if each.kind in _AMOUNTS
    )


def _sums(
    invoices: tuple[RecordInvoice, ...], disputed: dict[str, Decimal]
) -> tuple[set[Decimal], set[Decimal]]:
    """Amounts a message may ask for, and amounts that hold something disputed."""
    open_of = {each.id: each.amount - each.paid_amount for each in invoices}
    rest = {each: open_of[each] - disputed[each] for each in open_of}
    fine = _subset_sums([amount for amount in rest.values() if amount > 0])
    touched = [each for each in open_of if disputed[each] > 0]
    others = _subset_sums([open_of[each] for each in open_of if each not in touched])
    own = _subset_sums([open_of[each] for each in touched]) | set(disputed.values()) - {Decimal(0)}
    return fine, own | {one + other for one in own for other in others}


def _subset_sums(amounts: list[Decimal]) -> set[Decimal]:
    if len(amounts) > _MOST_INVOICES:
        return {*amounts, sum(amounts, Decimal(0))}
    sizes = range(1, len(amounts) + 1)
    return {sum(some, Decimal(0)) for size in sizes for some in combinations(amounts, size)}


def terms_match(context: RecordContext, stated: Iterable[Stated]) -> bool:
    """Whether rates, instalments and end of what is offered are those that were approved.

    Amounts and days are traced apart; here a stated rate must be an approved one, a stated number
    of instalments the approved number, and the approved end must be in the words where the words
    name an end.
    """
    approved = [each.terms for each in context.approvals if each.terms is not None]
    if not approved:
        return True
    rates = {each.percent.normalize() for each in approved if each.percent is not None}
    counts = {count for each in approved if (count := _instalment_count(each)) is not None}
    ends = {each.until for each in approved if each.until is not None}
    for each in stated:
        if each.kind == "percentage" and not _is_one_of(each.value, rates):
            return False
        if each.kind == "instalments" and counts and each.value not in counts:
            return False
        if each.kind == "deadline" and ends and not _within(each.value, ends | _asked(context)):
            return False
    return True


def _asked(context: RecordContext) -> set[date]:
    return {day for day in (context.requested_pay_by, context.promise_date) if day is not None}


def _is_one_of(value: object, rates: set[Decimal]) -> bool:
    return not rates or (isinstance(value, Decimal) and value.normalize() in rates)


def _within(value: object, days: set[date]) -> bool:
    return not isinstance(value, frozenset) or not value.isdisjoint(days)


def _instalment_count(terms: Terms) -> int | None:
    parts: Any = terms.instalments
    return parts if isinstance(parts, int) or parts is None else len(parts)
