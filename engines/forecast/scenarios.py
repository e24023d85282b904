"""What if: a customer slips, a dispute resolves, a plan is accepted; from the same curves."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from engines.forecast.cash import Curves, ExpectedItems, Reals, expect
from engines.forecast.events import named, shifted, with_wait
from engines.risk.history import InvoiceHistory


@dataclass(frozen=True, slots=True)
class Instalment:
    """A part of a payment plan, in minor units."""

    due_on: date
    amount: int


def slip_account(items: ExpectedItems, account: str, days: int) -> ExpectedItems:
    """A named customer pays everything so many days later than expected."""
    paid = items.paid.copy()
    mine = items.account == account
    paid[mine] = shifted(paid[mine], days)
    return items.with_paid(paid)


def resolve_dispute(
    items: ExpectedItems, item_ids: Sequence[str], on: date, settled: float = 1.0
) -> ExpectedItems:
    """A dispute resolves on a day; `items` are as if there were none.

    Args:
        items: The items forecast, without the wait of the dispute.
        item_ids: Those disputed.
        on: The day it resolves.
        settled: Share of the amount that is paid then, the rest being credited.
    """
    wait = max(0, (on - items.as_of).days)
    return with_wait(items, named(items, item_ids), [wait], settled)


def accept_plan(
    model: Curves,
    items: ExpectedItems,
    item_ids: Sequence[str],
    plan: Sequence[Instalment],
    known: InvoiceHistory | None = None,
) -> ExpectedItems:
    """A plan takes the place of items: its instalments fall due and are paid as others are.

    Args:
        model: The one source of every chance.
        items: The items forecast.
        item_ids: Those the plan is about, all of one account and currency.
        plan: The instalments.
        known: What customers' habits are taken from.
    """
    which = named(items, item_ids)
    if not which.any() or not plan:
        return items
    like = items.take(which)
    parts = _as_invoices(like, plan)
    found = expect(model, parts, items.as_of, items.days, known)
    labels = {name: np.full(len(parts), getattr(like, name)[0]) for name in ("segment", "entity")}
    return items.take(~which).joined(replace(found, **labels))


def difference(before: ExpectedItems, after: ExpectedItems, edges: NDArray[np.int64]) -> Reals:
    """Expected cash by bin that a scenario adds, or takes away."""
    return after.expected(edges) - before.expected(edges)


def _as_invoices(like: ExpectedItems, plan: Sequence[Instalment]) -> InvoiceHistory:
    count = len(plan)
    issued = np.datetime64(like.as_of, "D") - 1
    due = np.array([each.due_on for each in plan], dtype="datetime64[D]")
    return InvoiceHistory(
        np.array([f"plan of {like.item_id[0]}, {n + 1}" for n in range(count)]),
        np.full(count, like.account[0]),
        np.array([each.amount for each in plan], dtype=np.int64),
        np.full(count, like.currency[0]),
        np.full(count, issued),
        due,
        np.full(count, np.datetime64("NaT", "D")),
        (due - issued).astype(np.float64),
    )
