"""What if a customer slips, a dispute resolves, a plan is accepted: the difference by week."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from ledger.errors import BadInput, NotFound
from ledger.queries.plans import plans
from ledger.states import DisputeState, PlanState
from ledger.tables.case import Dispute
from policies.schema import Policy
from tools.cash_ahead import CashAhead, cash_ahead, known_events
from tools.contract import MoneyOut, Result
from tools.risk_models import InUse

if TYPE_CHECKING:
    from engines.forecast.cash import ExpectedItems


class ScenarioWeek(Result):
    """A week of one currency: what is expected, and what would be."""

    starts_on: date
    expected: MoneyOut
    instead: MoneyOut
    difference: MoneyOut


class Scenario(Result):
    """The open book with and without something happening; only weeks that differ are shown."""

    what: str
    as_of: date
    weeks: tuple[ScenarioWeek, ...]
    later: tuple[MoneyOut, ...]
    method: str


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that may happen; exactly one of the three is given.

    Attributes:
        slips: Account that pays everything later, by `days`.
        resolves: Dispute that is resolved `on` a day, with `settled_percent` of it paid.
        accepts: Plan, proposed by now, that the customer accepts.
    """

    slips: str | None = None
    days: int = 14
    resolves: str | None = None
    on: date | None = None
    settled_percent: int = 100
    accepts: str | None = None


def play(
    session: Any,
    policy: Policy,
    as_of: date,
    happening: Happening,
    approved: InUse | None = None,
) -> Scenario:
    """Ask the same curves what would come instead.

    Raises:
        BadInput: Not exactly one thing happens.
        NotFound: There is no such dispute or plan, or it is over.
    """
    given = [happening.slips, happening.resolves, happening.accepts]
    if sum(each is not None for each in given) != 1:
        raise BadInput("name one thing: an account that slips, a dispute, or a plan")
    ahead = cash_ahead(session, policy.forecast, as_of, approved)
    if happening.slips is not None:
        what, instead = _slip(ahead, happening.slips, happening.days)
    elif happening.resolves is not None:
        what, instead = _resolve(session, ahead, happening)
    else:
        what, instead = _accept(session, ahead, str(happening.accepts))
    return _told(what, ahead, instead)


def _slip(ahead: CashAhead, account: str, days: int) -> "tuple[str, ExpectedItems]":
    from engines.forecast.scenarios import slip_account

    return f"pays {days} days later", slip_account(ahead.items, account, days)


def _resolve(session: Any, ahead: CashAhead, case: Happening) -> "tuple[str, ExpectedItems]":
    from engines.forecast.known_events import with_events
    from engines.forecast.scenarios import resolve_dispute

    dispute = session.get(Dispute, case.resolves)
    if dispute is None or dispute.state == DisputeState.RESOLVED:
        raise NotFound(f"no open dispute {case.resolves}; see `dunwell dispute list`")
    events = known_events(session, ahead.as_of)
    about = dispute.account_id, dispute.invoice_id
    others = tuple(e for e in events.disputes if (e.account, e.item_id) != about)
    without = with_events(ahead.plain, replace(events, disputes=others))
    named = [dispute.invoice_id] if dispute.invoice_id else _ids_of(without, dispute.account_id)
    on = case.on or ahead.as_of + timedelta(days=7)
    instead = resolve_dispute(without, named, on, case.settled_percent / 100)
    return f"dispute {dispute.id} resolves on {on}, {case.settled_percent} % of it paid", instead


def _accept(session: Any, ahead: CashAhead, plan_id: str) -> "tuple[str, ExpectedItems]":
    from engines.forecast.scenarios import Instalment, accept_plan

    row = next((r for r in plans(session, [PlanState.PROPOSED]) if r.plan.id == plan_id), None)
    if row is None:
        raise NotFound(f"no proposed plan {plan_id}; see `dunwell plan list`")
    parts = [Instalment(due_on, minor) for due_on, minor in row.parts]
    named = row.plan.invoice_ids.split(",")
    instead = accept_plan(ahead.model, ahead.items, named, parts, ahead.known)
    return f"plan {plan_id} is accepted, {len(parts)} instalments", instead


def _ids_of(items: "ExpectedItems", account: str) -> Sequence[str]:
    return [str(name) for name in items.item_id[items.account == account]]


def _told(what: str, ahead: CashAhead, instead: "ExpectedItems") -> Scenario:
    import numpy as np

    from engines.forecast.cash import monday, week_edges
    from ledger.money import Money

    count = ahead.items.days // 7
    edges, first = week_edges(ahead.as_of, count), monday(ahead.as_of)
    weeks, later = [], []
    for currency in np.unique(ahead.items.currency).tolist():
        was, now = (
            items.take(items.currency == currency).expected(edges).round().astype(int).tolist()
            for items in (ahead.items, instead)
        )
        for at, (before, after) in enumerate(zip(was, now, strict=True)):
            if before != after:
                amounts = (Money(minor, currency) for minor in (before, after, after - before))
                expected, other, difference = amounts
                week = first + timedelta(weeks=at)
                weeks.append(
                    ScenarioWeek(
                        starts_on=week, expected=expected, instead=other, difference=difference
                    )
                )
        if sum(was) != sum(now):
            later.append(Money(sum(was) - sum(now), currency))
    return Scenario(
        what=what, as_of=ahead.as_of, weeks=tuple(weeks), later=tuple(later), method=ahead.method
    )
