"""The approval inbox with a million requests in it: its pages, and a yes until it is done.

It runs on SQLite, and on PostgreSQL too where DUNWELL_DATABASE_URL names a server: there in a
database of its own, which is dropped afterwards.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from time import process_time

from sqlalchemy import insert, select, text

from engines.dunning import plan_contact
from evals.bench.databases import own_database, servers
from evals.bench.frame import BenchOptions, Measured, apart
from evals.worlds.home import AS_OF
from evals.worlds.mix import EVERYTHING_DUE
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home, open_house
from graph.inbox import Inbox
from graph.resume import open_threads
from graph.settings import Settings
from ledger.clock import stopwatch
from ledger.ids import make_id
from ledger.queries.account_facts import load_facts
from ledger.queries.inbox import Position, QueueFilter, queue_page, waits_now
from ledger.tables.account import Account
from ledger.tables.work import Person, Proposal
from policies.load import let_routine_letters_leave
from tools.authority import Decider
from tools.proposals import submit

PROPOSALS, WAITING, ACCOUNTS, APPROVED = 1_000_000, 100_000, 10_000, 200
_CHUNK, _LINES = 10_000, 51
_BUSY = "p95 of what the process computed, which other work does not lengthen"
_ROLES = ("collector", "finance_lead", "account_owner|collector;finance_lead", "legal")
_KINDS = ("send_reminder", "apply_receipt", "escalate", "place_hold")
_NOW = datetime.combine(AS_OF, time(9), UTC)
_LISTS: dict[str, QueueFilter] = {
    "what waits": QueueFilter(),
    "what a role of mine is needed for": QueueFilter(roles=("finance_lead",)),
    "one kind above a value": QueueFilter(
        action_types=("escalate",), currency="EUR", min_minor=500_000
    ),
    "given to a person": QueueFilter(for_people=("per_3",)),
    "a word of a customer's name": QueueFilter(words="an"),
}


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much is in the inbox, and how often it is asked."""

    proposals: int = PROPOSALS
    waiting: int = WAITING
    accounts: int = ACCOUNTS
    approved: int = APPROVED
    asked: int = 60


@dataclass(frozen=True, slots=True)
class Took:
    """Milliseconds by the clock, and what this process computed of them."""

    clock: float
    busy: float


@dataclass(frozen=True, slots=True)
class Times:
    """The 95th of a hundred, by the clock and computed, each on its own."""

    lists: dict[str, Took]
    deep_by_cursor: float
    deep_by_offset: float
    approved: Took
    approved_middle: float


def bench_inbox(options: BenchOptions) -> Iterator[Measured]:
    """Pages of the queue and approvals, on each database there is."""
    for url in servers():
        name = "PostgreSQL" if url else "SQLite"
        options.tell(f"an inbox of {PROPOSALS:,} requests on {name}")
        yield from _on(name, apart(measure, options.folder / f"inbox-{name}", url, options.seed))


def _on(name: str, times: Times) -> Iterator[Measured]:
    case = f"{WAITING:,} waiting of {PROPOSALS:,} requests, {name}"
    how = "Inbox.list_waiting, 50 lines and the complete count up to a thousand, one process"
    for what, took in times.lists.items():
        yield Measured("inbox", case, f"list: {what}", "ms p95", took.clock, how, "< 50", _BUSY,
                       took.busy)  # fmt: skip
    yield Measured(
        "inbox",
        case,
        "a page in the middle of the queue",
        "ms p95",
        times.deep_by_cursor,
        "the rows alone, by the cursor of the page before",
        "< 50",
        "the same page by OFFSET",
        times.deep_by_offset,
    )
    yield Measured(
        "inbox",
        case,
        "approved until executed",
        "ms p95",
        times.approved.clock,
        f"Inbox.approve of {APPROVED} letters one by one, each paused in a thread of its own as a "
        "night leaves it: decision, judged again, outbox, permit",
        "",
        _BUSY,
        times.approved.busy,
    )
    yield Measured("inbox", case, "approved until executed, the middle one", "ms",
                   times.approved_middle, "of the same letters", detail=True)  # fmt: skip


def measure(folder: Path, server: str | None, seed: int, sizes: Sizes | None = None) -> Times:
    """Fill an inbox and ask it."""
    sizes = sizes or Sizes()
    with own_database(server) as url:
        let_routine_letters_leave(folder / "policies")
        house = create_home(settings=Settings(home=folder, database_url=url))
        try:
            _fill(house, sizes, seed)
        finally:
            house.close()
        house = open_house(settings=Settings(home=folder, database_url=url))
        try:
            return _ask(house, sizes)
        finally:
            house.close()


def _fill(house: House, sizes: Sizes, seed: int) -> None:
    build_portfolio(
        house.ledger,
        seed=seed,
        accounts=sizes.accounts,
        as_of=AS_OF,
        mix=EVERYTHING_DUE,
        policy=house.policy,
    )
    with house.ledger.write() as session:
        session.add(Person(id="per_bench", name="Bench", roles="finance_lead,legal"))
        ids = list(session.scalars(select(Account.id).order_by(Account.id)))
    _real_requests(house, ids[: sizes.approved])
    drawn = random.Random(seed)  # noqa: S311 - synthetic rows
    for start in range(0, sizes.proposals, _CHUNK):
        rows = [
            _row(number, ids, number < sizes.waiting, drawn)
            for number in range(start, min(start + _CHUNK, sizes.proposals))
        ]
        with house.ledger.write() as session:
            session.execute(insert(Proposal.__table__), rows)
    if not house.ledger.is_sqlite:  # PostgreSQL does so by itself, a while later
        with house.ledger.write() as session:
            session.execute(text("ANALYZE"))


def _row(number: int, ids: list[str], waits: bool, drawn: random.Random) -> dict[str, object]:
    on = AS_OF - timedelta(days=drawn.randrange(3) if waits else drawn.randrange(3, 700))
    state = "pending" if waits else drawn.choice(("executed", "rejected", "superseded"))
    kind = drawn.choice(_KINDS)
    return {
        "id": make_id("prp", "bench", number),
        "account_id": drawn.choice(ids),
        "action_type": kind,
        "action": f'{{"type": "{kind}", "note": "{"x" * 240}"}}',
        "digest": f"{number:032x}",
        "author": "collector",
        "role": "collector",
        "state": "snoozed" if waits and not number % 20 else state,
        "snoozed_until": AS_OF + timedelta(days=number % 5 - 2) if not number % 20 else None,
        "version": 1,
        "rule_ids": "autonomy_waits,high_value_needs_finance_lead",
        "approver_roles": drawn.choice(_ROLES),
        "why": "The total is at or above the high-value threshold. " * 3,
        "counterfactual": "Routine if the total were below the threshold.",
        "facts_hash": "bench",
        "policy_hash": "bench",
        "priority_minor": int(drawn.paretovariate(1.2) * 20_000),
        "currency": drawn.choice(("EUR", "USD", "GBP")),
        "assignee": f"per_{number % 40}" if waits and not number % 3 else None,
        "expires_on": on + timedelta(days=10),
        "created_on": on,
        "created_at": _NOW,
        "outcome": "" if waits else "closed",
    }


def _real_requests(house: House, ids: list[str]) -> None:
    """Letters that wait and can be approved."""
    deps = house.deps(AS_OF)
    with house.ledger.write() as session:
        for facts in load_facts(session, AS_OF, ids).values():
            submit(
                session,
                plan_contact(facts, house.policy).reminders[:1],
                author="collector",
                role="collector",
                facts=facts,
                policy=house.policy,
                now=deps.now,
                always_ask=True,
            )


def _ask(house: House, sizes: Sizes) -> Times:
    person = Decider("per_bench", "Bench", ("finance_lead", "legal"))
    inbox = Inbox(house, house.deps(AS_OF), person, attended=False)
    lists = {
        what: _both([_timed(lambda w=wanted: inbox.list_waiting(w)) for _ in range(sizes.asked)])
        for what, wanted in _LISTS.items()
    }
    by_cursor, by_offset = _deep_pages(house, sizes)
    approved = _approve(house, inbox, sizes)
    middle = sorted(each.clock for each in approved)[len(approved) // 2]
    return Times(lists, _both(by_cursor).clock, _both(by_offset).clock, _both(approved), middle)


def _deep_pages(house: House, sizes: Sizes) -> tuple[list[Took], list[Took]]:
    """A page from the middle of the queue, by cursor and by offset."""
    deep = (
        select(Proposal)
        .where(waits_now(AS_OF))
        .order_by(Proposal.priority_minor.desc(), Proposal.id.desc())
        .offset(sizes.waiting // 2)
        .limit(_LINES)
    )
    with house.ledger.read() as session:
        by_offset = [_timed(lambda: session.scalars(deep).all()) for _ in range(sizes.asked)]
        row = session.scalars(deep).all()[0]
        place = Position(row.priority_minor, row.id)
        by_cursor = [
            _timed(lambda: queue_page(session, QueueFilter(), AS_OF, _LINES, place))
            for _ in range(sizes.asked)
        ]
    return by_cursor, by_offset


def _approve(house: House, inbox: Inbox, sizes: Sizes) -> list[Took]:
    with house.ledger.read() as session:
        real = Proposal.policy_hash == house.policy.hash
        rows = session.execute(
            select(Proposal.id, Proposal.account_id)
            .where(real, waits_now(AS_OF))
            .limit(sizes.approved)
        ).all()
    waiting = [(row[0], row[1]) for row in rows]
    open_threads(house, house.deps(AS_OF), waiting)
    return [_timed(lambda each=each: inbox.approve(each)) for each, _account in waiting]


def _timed(work: Callable[[], object]) -> Took:
    started, busy = stopwatch(), process_time()
    work()
    return Took((stopwatch() - started) * 1000, (process_time() - busy) * 1000)


def _both(times: list[Took]) -> Took:
    return Took(_p95([each.clock for each in times]), _p95([each.busy for each in times]))


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))]
