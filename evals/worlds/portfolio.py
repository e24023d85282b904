"""Builds a synthetic portfolio: accounts with a year of history, as of a date, from a seed."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import cycle

from sqlalchemy import func, select
from sqlmodel import Session

from evals.worlds.account import add_background, open_account
from evals.worlds.case import Case
from evals.worlds.cases import CASES, GROUPS
from evals.worlds.history import write_year
from evals.worlds.mix import PortfolioMix
from evals.worlds.story import World
from ledger.errors import BadInput, Conflict
from ledger.session import Ledger
from ledger.tables.account import Account
from ledger.tables.work import Feed, Person
from policies.load import load_policy
from policies.schema import Policy

ACCOUNTS_PER_INSERT = 1_000
EXAMPLES_PER_CASE = 5
PEOPLE = {
    "cora.lind": ("Cora Lind", "collector"),
    "milo.varga": ("Milo Varga", "collector"),
    "felix.ortega": ("Felix Ortega", "finance_lead"),
    "amara.diallo": ("Amara Diallo", "account_owner"),
    "lena.brandt": ("Lena Brandt", "legal"),
    "conrad.hale": ("Conrad Hale", "compliance"),
    "ines.moreau": ("Ines Moreau", "auditor"),
    "otto.reyes": ("Otto Reyes", "admin"),
}


@dataclass(frozen=True, slots=True)
class PortfolioSummary:
    """What was built.

    Attributes:
        seed: The seed everything follows from.
        as_of: The business date.
        accounts: Number of accounts.
        rows: Rows inserted by table.
        cases: Accounts by case.
        examples: Ids of the first accounts of each case.
        receipts_tonight: Receipts of the business date that wait to be applied.
    """

    seed: int
    as_of: date
    accounts: int
    rows: dict[str, int]
    cases: dict[str, int]
    examples: dict[str, tuple[str, ...]]
    receipts_tonight: int


def build_portfolio(
    ledger: Ledger,
    *,
    seed: int,
    accounts: int,
    as_of: date,
    mix: PortfolioMix,
    policy: Policy | None = None,
) -> PortfolioSummary:
    """Write a portfolio into an empty ledger, in one transaction; equal arguments, equal rows.

    Args:
        ledger: An upgraded ledger without accounts.
        seed: Decides every name, amount and date.
        accounts: How many accounts to write.
        as_of: The business date the night will run for; the year before it is history.
        mix: The shares of situations.
        policy: Where dunning stages and thresholds come from; the defaults if not given.

    Raises:
        BadInput: Fewer accounts than the cases the mix asks for.
        Conflict: The ledger holds accounts already.
    """
    rng = random.Random(seed)
    plan = _plan_cases(rng, accounts, mix)
    world = World(rng, as_of, policy or load_policy())
    examples: dict[str, list[str]] = {name: [] for name in CASES}
    with ledger.write() as session:
        _require_empty(session)
        _add_people_and_feeds(world, mix)
        for position, case in enumerate(plan, start=1):
            story = open_account(world, case, position)
            write_year(story, mix.invoices_per_year)
            add_background(story)
            case.write(story)
            if len(examples[case.name]) < EXAMPLES_PER_CASE:
                examples[case.name].append(story.account_id)
            if position % ACCOUNTS_PER_INSERT == 0:
                world.rows.insert(session)
        world.rows.insert(session)
    return PortfolioSummary(
        seed=seed,
        as_of=as_of,
        accounts=accounts,
        rows=dict(world.rows.inserted),
        cases=dict(Counter(case.name for case in plan)),
        examples={name: tuple(ids) for name, ids in examples.items() if ids},
        receipts_tonight=world.receipts_tonight,
    )


def _plan_cases(rng: random.Random, accounts: int, mix: PortfolioMix) -> list[Case]:
    """The case of every account, shuffled; a strategic account leads, so that others can follow."""
    names = [name for name in CASES for _ in range(mix.copies_of_each_case)]
    rest = accounts - len(names)
    if rest < 0:
        raise BadInput(
            f"{accounts} accounts are too few for this mix: its cases alone take {len(names)}"
        )
    for share, count in mix.counts(rest).items():
        cases = _cases_of_share(share, mix)
        names.extend(next(cases) for _ in range(count))
    rng.shuffle(names)
    if "strategic" in names:
        leader = names.index("strategic")
        names[0], names[leader] = names[leader], names[0]
    return [CASES[name] for name in names]


def _cases_of_share(share: str, mix: PortfolioMix) -> Iterator[str]:
    if share == "due":
        return cycle([f"due_stage_{stage}" for stage in mix.stages])
    if share == "paying":
        return cycle([f"paying_{way}" for way in mix.receipts])
    return cycle(GROUPS[share])


def _require_empty(session: Session) -> None:
    held = session.execute(select(func.count()).select_from(Account)).scalar_one()
    if held:
        raise Conflict(f"the ledger holds {held} accounts already; build into an empty home")


def _add_people_and_feeds(world: World, mix: PortfolioMix) -> None:
    for person_id, (name, roles) in PEOPLE.items():
        world.rows.add(Person, id=person_id, name=name, roles=roles)
    read_through = world.before(mix.feed_days_behind)
    read_at = datetime.combine(read_through, time(0, 30, tzinfo=UTC))
    for feed in world.policy.contact.feed_max_age_days:
        world.rows.add(Feed, name=feed, read_through=read_through, read_at=read_at)
