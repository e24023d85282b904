"""A home on automatic whose mail goes to a fake server, at hours of a test's choosing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.mail import mail_bytes
from adapters.outgoing.channels import Channels
from adapters.outgoing.files import SmsFiles
from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal
from batch.dispatch import Dispatched, dispatch
from ledger.actions import MessageAction
from ledger.clock import FixedClock
from ledger.tables.receivable import Invoice
from ledger.tables.work import Outbox
from policies.load import with_changes
from tests.support.desk import AS_OF, Desk
from tools.proposals import submit

NIGHT = datetime(2026, 3, 17, 6, 15, tzinfo=UTC)  # 02:15 in New York
MORNING = datetime(2026, 3, 17, 14, tzinfo=UTC)  # 10:00
EVENING = datetime(2026, 3, 18, 0, 30, tzinfo=UTC)  # 20:30
ADDRESS = "pat@acc-a.example"


@dataclass
class FakeServer:
    """A mail server of one's own: says what it was told to, by recipient."""

    says: dict[str, Refusal] = field(default_factory=dict)
    arrived: bool | None = None
    taken: list[OutgoingMessage] = field(default_factory=list)
    plays_the_day = False

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        refused = {
            m.outbox_id: self.says[m.recipient] for m in messages if m.recipient in self.says
        }
        self.taken += [m for m in messages if m.outbox_id not in refused]
        return refused

    def was_delivered(self, message: OutgoingMessage) -> bool | None:
        return True if message in self.taken else self.arrived

    def delivered(self) -> dict[str, list[Path]]:
        return {}

    def content(self, message: OutgoingMessage) -> bytes:
        return mail_bytes(message)


@dataclass
class Post:
    """A home on automatic whose mail goes to a fake server, at an hour of the test's choosing."""

    desk: Desk
    server: FakeServer

    def queue(self, account_id: str = "acc_a", **values: Any) -> str:
        """A customer whose reminder a night has put into the outbox."""
        self.desk.account(account_id, **values)
        return self.queue_reminder(account_id)

    def queue_reminder(self, account_id: str = "acc_a") -> str:
        self.submit(self.desk.reminder(account_id))
        return max(self.rows().values(), key=lambda row: row.release_at).id

    def submit(self, action: MessageAction) -> None:
        desk, facts = self.desk, self.desk.facts(action.account_id)
        with desk.house.ledger.write() as session:
            submit(
                session,
                [action],
                author="collector",
                role="collector",
                facts=facts,
                policy=desk.house.policy,
                now=NIGHT,
            )

    def at(self, now: datetime, run_id: str | None = None) -> Dispatched:
        """A dispatch at an instant, on the date it is then in New York."""
        self.desk.house.system_clock = FixedClock(now)
        return dispatch(self.desk.house, self.desk.house.today(), run_id)

    def rows(self) -> dict[str, Outbox]:
        return {row.id: row for row in self.desk.queued()}

    def row(self) -> Outbox:
        (only,) = self.desk.queued()
        return only

    def all(self, table: Any) -> list[Any]:
        with self.desk.house.ledger.read() as session:
            found = list(session.scalars(select(table)))
            session.expunge_all()
            return found

    def levels(self) -> set[int]:
        return {invoice.dunning_level for invoice in self.all(Invoice)}


@pytest.fixture
def post(desk: Desk, tmp_path: Path) -> Post:
    policy = desk.house.policy
    auto = policy.autonomy.model_copy(update={"mode": "auto"})
    desk.house.policy = with_changes(policy, autonomy=auto)
    desk.house.remember_policy(AS_OF)
    desk.books.change("run", "id", "run_a", policy_hash=desk.house.policy.hash)
    server = FakeServer()
    desk.house.mail = Channels({"email": server, "sms": SmsFiles(tmp_path / "sms")})
    return Post(desk, server)
