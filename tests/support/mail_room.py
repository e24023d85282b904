"""A home with two customers we wrote to, and mails of theirs to take in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from adapters.inbound_mail.message import IncomingMessage
from adapters.inbound_mail.parsing import MailReader
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.tables.inbound import Inbound
from ledger.tables.work import CallTask, Message
from tests.support.books import Books
from tools.inbound import Taken, take_in
from tools.inbound_rows import Intake

AS_OF = date(2026, 3, 17)
NOW = datetime(2026, 3, 17, 9, tzinfo=UTC)
SENT_ON = date(2026, 3, 10)
OURS = "<out_a@northwind.example>"


@dataclass
class MailRoom:
    """The home, and short ways to look into its books."""

    house: House
    books: Books
    reader: MailReader = field(default_factory=MailReader)

    def take(self, *mails: bytes | IncomingMessage, as_of: date = AS_OF) -> Taken:
        """Take mails in as one batch."""
        now = datetime.combine(as_of, NOW.timetz())
        read = [self.reader.read(m, now) if isinstance(m, bytes) else m for m in mails]
        intake = Intake(self.house.policy, self.house.reply_key, as_of, now)
        with self.house.ledger.write() as session:
            return take_in(session, read, intake)

    def rows(self, table: Any, **where: Any) -> Sequence[Any]:
        """Rows of a table."""
        with self.house.ledger.read() as session:
            query = select(table).filter_by(**where).order_by(table.id)
            return list(session.scalars(query))

    def only(self) -> Inbound:
        """The one message there is."""
        (row,) = self.rows(Inbound)
        return row

    def heard(self, account_id: str = "acc_a") -> Sequence[Message]:
        """What an account's history has from the customer."""
        return self.rows(Message, account_id=account_id, direction="in")

    def tasks(self) -> Sequence[CallTask]:
        """What people were asked."""
        return self.rows(CallTask)


def _fill(books: Books) -> None:
    for letter in "ab":
        books.account(f"acc_{letter}")
        books.add(
            "contact",
            id=f"con_{letter}",
            account_id=f"acc_{letter}",
            name=f"Contact {letter}",
            role="accounts_payable",
            email="ap@harbor.example" if letter == "a" else "Pay@Valley.example",
            phone=f"+1 503 555 010{letter == 'b':d}",
            consents="",
            opted_out=False,
            bounced=False,
        )
    books.invoice("INV-1001", 120_000, dunning_level=2, dunned_on=SENT_ON)
    books.invoice("INV-2001", 80_000, account_id="acc_b")
    books.add("person", id="cora", name="Cora Lind", roles="finance_lead")
    sent(books, "out_a", SENT_ON, stage=2)


def sent(
    books: Books,
    outbox_id: str,
    on: date,
    *,
    stage: int,
    account: str = "a",
    channel: str = "email",
) -> None:
    """A reminder of ours that left."""
    at = datetime.combine(on, NOW.timetz())
    recipient = {"a": "ap@harbor.example", "b": "Pay@Valley.example"}[account]
    books.add(
        "outbox",
        id=outbox_id,
        idempotency_key=outbox_id,
        account_id=f"acc_{account}",
        contact_id=f"con_{account}",
        action="{}",
        channel=channel,
        recipient=recipient,
        cc="",
        subject="Your account",
        body="",
        digest="",
        message_id=f"<{outbox_id}@northwind.example>",
        attachments="[]",
        in_reply_to="",
        state="sent",
        attempts=1,
        release_at=at,
        sent_at=at,
        stopped_by="",
    )
    books.add(
        "message",
        id=f"msg_{outbox_id}",
        account_id=f"acc_{account}",
        direction="out",
        channel=channel,
        purpose="send_reminder",
        stage=stage,
        sent_on=on,
        sent_at=at,
        outbox_id=outbox_id,
        subject="Your account",
        body="",
        answered=True,
        invoice_ids="INV-1001" if account == "a" else "INV-2001",
    )


@pytest.fixture
def mail_room(database_url: str, tmp_path: Path) -> Iterator[MailRoom]:
    """The home of this module."""
    house = create_home(settings=Settings(home=tmp_path / "home", database_url=database_url))
    books = Books(house.ledger)
    _fill(books)
    room = MailRoom(house, books)
    yield room
    room.reader.pdfs.close()
    house.close()
