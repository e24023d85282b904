"""Reads behind the desk's dashboards: trends, promises, sequences, people's and agents' work.

Everything is set-based and covers what the reader sees; nothing here decides anything.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import orjson
from sqlalchemy import func, select
from sqlmodel import Session

from ledger.money import Money
from ledger.sight import is_limited
from ledger.states import OPEN_PROPOSAL_STATES, DecisionVerb, PromiseState
from ledger.tables.account import Account
from ledger.tables.case import Promise
from ledger.tables.work import Decision, ModelCall, Person, Proposal, Run
from tools.account_pages import name_of
from tools.contract import MoneyOut, Result

TREND_NIGHTS = 90


class Night(Result):
    """Key numbers of a currency after a night."""

    as_of: date
    currency: str
    open: MoneyOut
    overdue: MoneyOut
    dso: float | None
    cei: float | None


class PromiseDue(Result):
    """A promise to pay that falls due soon, or has just come to its end."""

    account_id: str
    account_number: str
    name: str
    due_on: date
    state: str
    amount: MoneyOut | None


class RoleWork(Result):
    """What became of the proposals of a role."""

    role: str
    proposals: int
    approved: int
    edited: int
    rejected: int
    sent_back: int
    waiting: int


class PersonWork(Result):
    """How much a person decided."""

    person_id: str
    name: str
    decisions: int
    rejected: int
    days: int


class ModelWork(Result):
    """What a prompt's model calls cost, in millionths of the model's currency."""

    prompt: str
    model: str
    calls: int
    input_tokens: int
    output_tokens: int
    cost_micros: int | None


def trend(session: Session, nights: int = TREND_NIGHTS) -> dict[str, tuple[Night, ...]]:
    """Key numbers after each of the last nights, oldest first, by currency.

    They are sums over the whole book, so whoever sees a part of it gets none.
    """
    if is_limited(session):
        return {}
    rows = session.execute(
        select(Run.as_of, Run.counts).order_by(Run.as_of.desc()).limit(nights)
    ).all()
    found: dict[str, list[Night]] = defaultdict(list)
    for as_of, counts in reversed(rows):
        for currency, told in orjson.loads(counts).get("numbers", {}).get("currencies", {}).items():
            found[currency].append(
                Night(
                    as_of=as_of,
                    currency=currency,
                    open=Money(told["open_minor"], currency),
                    overdue=Money(told["overdue_minor"], currency),
                    dso=told["dso"],
                    cei=told.get("cei"),
                )
            )
    return {currency: tuple(each) for currency, each in sorted(found.items())}


def promises_around(
    session: Session, as_of: date, days: int = 7, limit: int = 20
) -> tuple[PromiseDue, ...]:
    """Promises to pay due within some days of a date, on either side, the earliest first.

    Of many, those nearest to the date stay: at most `limit` past ones, and as many from it on.
    """
    span = timedelta(days=days)
    past = _promises_due(session, as_of - span, as_of - timedelta(days=1), limit, latest=True)
    return (*reversed(past), *_promises_due(session, as_of, as_of + span, limit))


def _promises_due(
    session: Session, first: date, last: date, limit: int, *, latest: bool = False
) -> list[PromiseDue]:
    """Promises in force or come to their end, due from one day to another, one end first."""
    by = (Promise.due_on, Promise.id)
    rows = session.execute(
        select(Promise, Account.account_number, Account.name)
        .join(Account, Account.id == Promise.account_id)
        .where(
            Promise.direction == "theirs",
            Promise.state.not_in((PromiseState.CANCELLED, PromiseState.SUPERSEDED)),
            Promise.due_on.between(first, last),
        )
        .order_by(*(each.desc() if latest else each for each in by))
        .limit(limit)
    )
    return [
        PromiseDue(
            account_id=promise.account_id,
            account_number=number,
            name=name_of(name),
            due_on=promise.due_on,
            state=promise.state,
            amount=Money(promise.amount_minor, promise.currency)
            if promise.amount_minor is not None and promise.currency
            else None,
        )
        for promise, number, name in rows
    ]


def work_of_roles(session: Session, since: date) -> tuple[RoleWork, ...]:
    """What people made of the proposals of each role since a date."""
    made: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    counted = session.execute(
        select(Proposal.role, Proposal.state, func.count())
        .where(Proposal.created_on >= since)
        .group_by(Proposal.role, Proposal.state)
    )
    for role, state, number in counted:
        made[role]["proposals"] += number
        made[role]["waiting"] += number if state in OPEN_PROPOSAL_STATES else 0
    said = session.execute(
        select(Proposal.role, Decision.verb, func.count(func.distinct(Proposal.id)))
        .join(Decision, Decision.proposal_id == Proposal.id)
        .where(Proposal.created_on >= since)
        .group_by(Proposal.role, Decision.verb)
    )
    for role, verb, number in said:
        made[role][verb] += number
    return tuple(
        RoleWork(
            role=role or "people",
            proposals=told["proposals"],
            approved=told[DecisionVerb.APPROVE],
            edited=told[DecisionVerb.EDIT],
            rejected=told[DecisionVerb.REJECT],
            sent_back=told[DecisionVerb.ANSWER],
            waiting=told["waiting"],
        )
        for role, told in sorted(made.items())
    )


def work_of_people(session: Session, since: date) -> tuple[PersonWork, ...]:
    """How much each person decided since a date, the busiest first."""
    rows = session.execute(
        select(Decision.decided_by, Person.name, Decision.verb, Decision.decided_at)
        .outerjoin(Person, Person.id == Decision.decided_by)
        .where(Decision.decided_at >= _start(since))
    ).all()
    people: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        people[row[0]].append(row)
    lines = [
        PersonWork(
            person_id=person_id,
            name=name_of(mine[0][1] or person_id),
            decisions=len(mine),
            rejected=sum(row[2] == DecisionVerb.REJECT for row in mine),
            days=len({row[3].date() for row in mine}),
        )
        for person_id, mine in people.items()
    ]
    return tuple(sorted(lines, key=lambda each: (-each.decisions, each.person_id)))


def work_of_models(session: Session, since: date) -> tuple[ModelWork, ...]:
    """What model calls cost since a date, by prompt and model."""
    rows: Sequence[Any] = session.execute(
        select(
            ModelCall.prompt,
            ModelCall.model,
            func.count(),
            func.sum(ModelCall.input_tokens),
            func.sum(ModelCall.output_tokens),
            func.count(ModelCall.cost_micros),
            func.sum(ModelCall.cost_micros),
        )
        .where(ModelCall.called_at >= _start(since))
        .group_by(ModelCall.prompt, ModelCall.model)
        .order_by(ModelCall.prompt, ModelCall.model)
    ).all()
    return tuple(
        ModelWork(
            prompt=prompt,
            model=model,
            calls=calls,
            input_tokens=int(read or 0),
            output_tokens=int(written or 0),
            cost_micros=int(cost or 0) if priced == calls else None,
        )
        for prompt, model, calls, read, written, priced, cost in rows
    )


def _start(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)
