"""A home with one customer whose reminder waits for a person, and the people who decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from engines.dunning import plan_contact
from graph.bootstrap import House, create_home
from graph.deps import Deps
from graph.inbox import Inbox, decider_of
from graph.resume import open_threads
from graph.settings import Settings
from ledger.actions import ProposedAction, SendReminder
from ledger.facts import AccountFacts
from ledger.queries.account_facts import load_facts
from ledger.tables.work import Outbox, Proposal
from tests.support.books import NOON, Books
from tools.proposals import submit

AS_OF = date(2026, 3, 17)
PEOPLE = {
    "cora": ("Cora Lind", "collector"),
    "milo": ("Milo Varga", "collector"),
    "felix": ("Felix Ortega", "finance_lead"),
    "amara": ("Amara Diallo", "account_owner"),
    "lena": ("Lena Brandt", "legal"),
    "ines": ("Ines Moreau", "auditor"),
}


@dataclass
class Desk:
    """A home under test."""

    house: House
    books: Books
    as_of: date = AS_OF

    @property
    def deps(self) -> Deps:
        """Deps on the business date."""
        return self.house.deps(self.as_of)

    def inbox(
        self, person: str | None = None, as_of: date | None = None, attended: bool = False
    ) -> Inbox:
        """The inbox as somebody sees it; unattended, so tests may be quick."""
        decider = decider_of(self.house, person) if person else None
        deps = self.house.deps(as_of or self.as_of)
        return Inbox(self.house, deps, decider, attended=attended)

    def account(
        self, account_id: str, amounts: tuple[int, ...] = (120_00, 80_50), **values: Any
    ) -> str:
        """A customer with overdue invoices and somebody to write to."""
        self.books.account(account_id)
        values = {"name": f"Company {account_id}", "time_zones": "America/New_York"} | values
        self.books.change("account", "id", account_id, **values)
        self.books.add(
            "contact",
            id=f"con_{account_id}",
            account_id=account_id,
            name="Pat Doe",
            role="accounts_payable",
            email=f"pat@{account_id.replace('_', '-')}.example",
            consents="",
            opted_out=False,
            bounced=False,
        )
        for number, amount in enumerate(amounts, start=1):
            self.books.invoice(
                f"inv_{account_id}_{number}",
                amount,
                account_id=account_id,
                invoice_number=f"{account_id.upper().replace('_', '')}-{number}",
                currency="USD",
                issued_on=AS_OF - timedelta(days=50 + number),
                due_on=AS_OF - timedelta(days=10 + number),
            )
        return account_id

    def facts(self, account_id: str) -> AccountFacts:
        """The account as it stands."""
        with self.house.ledger.read() as session:
            return load_facts(session, self.as_of, [account_id])[account_id]

    def reminder(self, account_id: str) -> SendReminder:
        """The reminder the ladder asks for."""
        return plan_contact(self.facts(account_id), self.house.policy).reminders[0]

    def ask(self, action: ProposedAction, author: str = "collector", paused: bool = True) -> str:
        """Put an action before a person."""
        deps = self.deps
        with deps.ledger.write() as session:
            facts = load_facts(session, self.as_of, [action.account_id])[action.account_id]
            done = submit(
                session,
                [action],
                author=author,
                role="collector",
                facts=facts,
                policy=deps.policy,
                now=deps.now,
                always_ask=True,
            )[0]
        assert done.proposal_id is not None, done.outcome
        if paused:
            open_threads(self.house, deps, [(done.proposal_id, action.account_id)])
        return done.proposal_id

    def waiting_reminder(self, account_id: str = "acc_a", **values: Any) -> str:
        """A customer and the reminder that waits for a yes."""
        return self.ask(self.reminder(self.account(account_id, **values)))

    def hold(self, account_id: str, reason: str = "manual") -> None:
        """Place a hold."""
        self.books.add(
            "hold",
            id=f"hld_{account_id}_{reason}",
            account_id=account_id,
            reason=reason,
            placed_on=self.as_of,
            lift_role="finance_lead",
            placed_by="lena",
            source="",
        )

    def proposal(self, proposal_id: str) -> Proposal:
        """The row."""
        with self.house.ledger.read() as session:
            row = session.get(Proposal, proposal_id)
            assert row is not None
            session.expunge(row)
            return row

    def queued(self) -> list[Outbox]:
        """Messages that have a permit."""
        with self.house.ledger.read() as session:
            rows = list(session.scalars(select(Outbox).order_by(Outbox.id)))
            session.expunge_all()
            return rows

    def count(self, table: Any) -> int:
        """Rows of a table."""
        with self.house.ledger.read() as session:
            return session.scalar(select(func.count()).select_from(table)) or 0


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """An empty home with people and fresh feeds."""
    house = create_home(settings=Settings(home=tmp_path / "home", database_url=database_url))
    books = Books(house.ledger)
    for person_id, (name, roles) in PEOPLE.items():
        books.add("person", id=person_id, name=name, roles=roles)
    for feed in house.policy.contact.feed_max_age_days:
        books.add("feed", name=feed, read_through=AS_OF, read_at=NOON)
    books.add(
        "run",
        id="run_a",
        as_of=AS_OF,
        number=1,
        state="finished",
        phase="report",
        policy_hash=house.policy.hash,
        started_at=NOON,
        seconds=1.0,
        counts="{}",
    )
    yield Desk(house, books)
    house.close()


__all__ = ["AS_OF", "PEOPLE", "Desk", "desk"]
