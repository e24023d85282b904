"""Amounts of a record: in minor units, disputed parts, and the terms somebody approved."""

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import combinations

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
    disputed = {each.id: each.disputed_amount for each in context.billed}
    if not any(disputed.values()):
        if "dispute_open" not in (context.flags or ()):
            return False
        disputed = {each.id: each.amount - each.paid_amount for each in context.billed}
    fine, refused = _sums(context.billed, disputed)
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

    Amounts and days are traced apart; here a stated rate must be an approved or charged one, a
    stated number of instalments the approved number. Where the words name instalments or an end,
    every approved instalment and the approved end must be among what they name.
    """
    approved = [each.terms for each in context.approvals if each.terms is not None]
    if not approved:
        return True
    rates = {each.percent for each in approved} | {each.rate for each in context.charges}
    counts = {count for each in approved if (count := _instalment_count(each)) is not None}
    said: dict[str, list[object]] = {}
    for each in stated:
        said.setdefault(each.kind, []).append(each.value)
    if any(value not in rates for value in said.get("percentage", ())):
        return False
    if counts and any(value not in counts for value in said.get("instalments", ())):
        return False
    if not _parts_match(approved, [*said.get("amount", ()), *said.get("total", ())]):
        return False
    ends = {each.until for each in approved if each.until is not None}
    named = {
        day for value in said.get("deadline", ()) if isinstance(value, frozenset) for day in value
    }
    named -= {each.due for each in context.billed if each.due is not None}
    return not ends or not named or not ends.isdisjoint(named)


def _parts_match(approved: Iterable[Terms], said: Iterable[object]) -> bool:
    parts = {amount for each in approved for amount in _parts(each)}
    named = {each.value for each in said if isinstance(each, StatedMoney)}
    return parts.isdisjoint(named) or parts <= named


def _parts(terms: Terms) -> Iterator[Decimal]:
    parts = terms.instalments if isinstance(terms.instalments, tuple) else ()
    for part in parts:
        written = part.get("amount") if isinstance(part, dict) else part
        try:
            yield Decimal(str(written))
        except InvalidOperation:
            continue


def _instalment_count(terms: Terms) -> int | None:
    parts = terms.instalments
    return parts if isinstance(parts, int) or parts is None else len(parts)
