"""Three weeks with six customers who write back: what they say, what the nights make of it.

Mails are dropped as files, letters leave into the home's Maildir, the bank's statement comes as a
file. Nothing is called but the night; everything is looked at in the books.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from batch.night import run_night
from batch.proof import Proven, prove
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.tables.account import Contact, Hold
from ledger.tables.case import Dispute, Promise
from ledger.tables.inbound import Claim, Inbound
from ledger.tables.receivable import Invoice
from ledger.tables.work import CallTask, Message, Outbox, Proposal
from policies.load import let_routine_letters_leave
from tests.support.books import NOON, Books

MONDAY = date(2026, 3, 16)
ZONE = ZoneInfo("America/New_York")
CUSTOMERS = ("harbor", "mill", "oak", "pine", "quay", "reed", "sand")


@dataclass
class Story:
    """A home whose nights are run one by one."""

    house: House
    books: Books
    mails: int = 0
    statements: int = 0
    balance: int = 0
    nights: dict[date, Any] = field(default_factory=dict)

    def night(self, as_of: date) -> dict[str, Any]:
        """Run one night, with fresh feeds."""
        for feed in self.house.policy.contact.feed_max_age_days:
            self.books.change("feed", "name", feed, read_through=as_of, read_at=NOON)
        self.nights[as_of] = run_night(self.house, as_of, lambda *_: None).counts
        return self.nights[as_of]

    def rows(self, table: Any, **where: Any) -> list[Any]:
        """Rows of a table."""
        with self.house.ledger.read() as session:
            found = list(session.scalars(select(table).filter_by(**where)))
            session.expunge_all()
            return found

    def letters(self, customer: str) -> list[Outbox]:
        """What was sent to a customer, oldest first."""
        sent = self.rows(Outbox, account_id=f"acc_{customer}", state="sent")
        return sorted(sent, key=lambda row: row.sent_at)

    def invoice(self, customer: str) -> Invoice:
        """The customer's invoice."""
        return self.rows(Invoice, account_id=f"acc_{customer}")[0]

    def writes(self, customer: str, body: str, on: date, hour: int = 15, **headers: str) -> None:
        """The customer answers our last letter."""
        self.mails += 1
        mail = EmailMessage()
        mail["From"] = headers.pop("sender", f"Pat Doe <pat@{customer}.example>")
        mail["To"] = self.house.policy.company.reply_to
        mail["Subject"] = headers.pop("subject", "Re: your invoices")
        mail["Message-ID"] = f"<{self.mails}@{customer}.example>"
        mail["Date"] = format_datetime(datetime.combine(on, time(hour), ZONE))
        if answered := self.letters(customer):
            mail["In-Reply-To"] = answered[-1].message_id
        for name, value in headers.items():
            mail[name.replace("_", "-")] = value
        mail.set_content(body)
        folder = self.house.home / "intake" / "mail"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.mails}.eml").write_bytes(mail.as_bytes())

    def pays(self, customer: str, cents: int, on: date) -> None:
        """Money of the customer comes by the bank's statement, naming the invoice."""
        self.statements += 1
        before, self.balance = self.balance, self.balance + cents
        day = f"{on:%y%m%d}"
        lines = [
            f":20:S{self.statements}",
            ":25:DE89370400440532013000",
            f":28C:{self.statements}",
            f":60F:C{day}USD{_amount(before)}",
            f":61:{day}{on:%m%d}C{_amount(cents)}NTRFREF{self.statements}",
            f":86:166?00CREDIT?20{self.invoice(customer).invoice_number}?32{customer.upper()} LTD",
            f":62F:C{day}USD{_amount(self.balance)}",
        ]
        folder = self.house.home / "intake" / "bank"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.statements}.sta").write_text("\n".join(lines) + "\n", "ascii")


def _amount(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


@pytest.fixture
def story(database_url: str, tmp_path: Path) -> Iterator[Story]:
    home = tmp_path / "home"
    let_routine_letters_leave(home / "policies")
    house = create_home(settings=Settings(home=home, database_url=database_url))
    books = Books(house.ledger)
    for feed in house.policy.contact.feed_max_age_days:
        books.add("feed", name=feed, read_through=MONDAY, read_at=NOON)
    for number, customer in enumerate(CUSTOMERS, start=1):
        account = books.account(f"acc_{customer}")
        name = f"{customer.title()} Ltd"
        books.change("account", "id", account, name=name, time_zones="America/New_York")
        books.add(
            "contact",
            id=f"con_{customer}",
            account_id=account,
            name="Pat Doe",
            role="accounts_payable",
            email=f"pat@{customer}.example",
            consents="",
            opted_out=False,
            bounced=False,
        )
        books.invoice(
            f"inv_{customer}",
            900_00 + number * 100,
            account_id=account,
            invoice_number=f"INV-10{number}",
            currency="USD",
            issued_on=MONDAY - timedelta(days=38),
            due_on=MONDAY - timedelta(days=8),
        )
    yield Story(house, books)
    house.close()


def test_three_weeks_of_replies(story: Story) -> None:
    def day(offset: int) -> date:
        return MONDAY + timedelta(days=offset)

    # The first night writes to everybody.
    story.night(MONDAY)
    assert {len(story.letters(customer)) for customer in CUSTOMERS} == {1}

    # On Monday afternoon they answer.
    for customer, body in {
        "harbor": "Hi,\n\nINV-101 will be paid on 20 March 2026.\n\nPat",
        "mill": "Hello, we will pay INV-102 on Friday, 20 March 2026. Thank you, Pat",
        "oak": "We cannot accept INV-103: the price is wrong, we agreed on 8 dollars a piece.",
        "pine": "INV-104 was already paid on 12 March by wire, reference 99812.",
        "quay": "We cannot pay INV-105 at once. Could we pay it in three monthly instalments?",
        "reed": "Please stop e-mailing me. Remove this address from your list.",
    }.items():
        story.writes(customer, body, MONDAY)
    story.writes("sand", "Where is my order?", MONDAY, sender="someone@nowhere.example")

    counts = story.night(day(1))
    assert counts["replies"]["read"] >= 6
    assert {row.state for row in story.rows(Inbound)} <= {"read", "unlinked"}

    # Promises are in the books with their dates, and pause only their invoices.
    promised = {p.account_id: p for p in story.rows(Promise)}
    assert {promised[f"acc_{each}"].due_on for each in ("harbor", "mill")} == {day(4)}
    # The dispute has a case, its words, and a person's attention.
    (dispute,) = story.rows(Dispute)
    assert (dispute.account_id, dispute.invoice_id) == ("acc_oak", "inv_oak")
    assert "price is wrong" in dispute.quote
    # What is said to be paid pauses for days, and what must stop is stopped.
    holds = {(hold.account_id, hold.reason): hold for hold in story.rows(Hold)}
    assert holds["acc_pine", "already_paid_claim"].ends_on == day(8)
    assert ("acc_reed", "opt_out") in holds
    # The plan and the stop are before people; nobody answered them unattended.
    asked = {row.account_id for row in story.rows(Proposal, state="pending")}
    assert {"acc_oak", "acc_quay", "acc_reed"} <= asked
    assert [letter.action for letter in story.letters("reed")[1:]] == []

    # Harbor keeps its word on Friday; Mill does not.
    story.pays("harbor", 901_00, day(4))
    for offset in range(2, 12):
        if day(offset).weekday() < 5:
            story.night(day(offset))
    states = {p.account_id: p.state for p in story.rows(Promise)}
    assert states == {"acc_harbor": "kept", "acc_mill": "broken"}
    assert story.invoice("harbor").open_minor == 0
    claim = {c.account_id: c.state for c in story.rows(Claim, kind="promise_to_pay")}
    assert claim["acc_harbor"] == "confirmed"

    # Nothing more went to Harbor, Oak and Reed; the broken word brought Mill one letter about it.
    chasing = {each: _purposes(story, each) for each in CUSTOMERS}
    assert "send_reminder" not in chasing["harbor"][1:]
    assert "send_reminder" not in chasing["oak"][1:]
    assert "send_reminder" not in chasing["reed"][1:]
    assert "broken_promise" in story.letters("mill")[-1].action
    # Pine's pause ended without money: it is chased again, by one letter, one step up at most.
    assert 1 <= chasing["pine"][1:].count("send_reminder") <= 2

    # A second promise of Mill that is broken too goes to a person.
    story.writes("mill", "Sorry. INV-102 will be paid on 31 March 2026 for sure.", day(11))
    for offset in range(14, 25):
        if day(offset).weekday() < 5:
            story.night(day(offset))
    assert [p.state for p in story.rows(Promise, account_id="acc_mill")].count("broken") == 2
    waiting = [p for p in story.rows(Proposal, account_id="acc_mill") if p.state == "pending"]
    assert waiting

    # And it can all be proved.
    assert [
        each for each in prove(story.house, lambda *_: None) if not isinstance(each, Proven)
    ] == []


def test_bounce__pauses_the_address_and_asks_for_another(story: Story) -> None:
    story.night(MONDAY)
    (letter,) = story.letters("harbor")
    report = (
        f"This is the mail system. <pat@harbor.example>: 550 5.1.1 user unknown\n\n"
        f"Original message: {letter.message_id}\n"
    )
    story.writes(
        "harbor",
        report,
        MONDAY,
        sender="MAILER-DAEMON@mx.example",
        subject="Undelivered Mail Returned to Sender",
        X_Failed_Recipients="pat@harbor.example",
    )
    story.night(MONDAY + timedelta(days=1))
    (contact,) = story.rows(Contact, account_id="acc_harbor")
    assert contact.bounced
    assert "find_contact" in {task.kind for task in story.rows(CallTask, account_id="acc_harbor")}


def _purposes(story: Story, customer: str) -> list[str]:
    rows = story.rows(Message, account_id=f"acc_{customer}", direction="out")
    return [row.purpose for row in sorted(rows, key=lambda row: (row.sent_on, row.id))]
