"""A small book for tests of tools, roles and graphs: accounts in the situations a night meets."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from agents.chat_model import ChatPort
from agents.offline_model import OfflineModel
from graph.deps import Deps
from ledger.clock import FixedClock
from ledger.facts import AccountFacts, ContactFact, FeedFact, OpenItem
from ledger.ids import make_id
from ledger.session import Ledger, open_engine
from ledger.tables.account import Account, Contact, ContractNote, Hold, Ticket
from ledger.tables.case import Dispute, Promise
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import Application, Invoice, Receipt
from ledger.tables.work import Feed, Message
from policies.load import load_policy
from policies.schema import Policy
from tools.catalog import READ_TOOLS
from tools.contract import CHAT_SCOPES, ToolContext

AS_OF = date(2026, 3, 18)
NOW = datetime(2026, 3, 18, 15, tzinfo=UTC)
CLOCK = FixedClock(NOW)


def days(count: int) -> date:
    """The date so many days before the business date."""
    return AS_OF - timedelta(days=count)


def open_item(
    number: str = "INV-1", minor: int = 50_000, late: int = 20, **values: Any
) -> OpenItem:
    """An open item as facts hold it."""
    row = {"currency": "USD", "issued_on": days(late + 30), "amount_minor": minor} | values
    return OpenItem(
        invoice_id=f"inv_{number.lower()}",
        invoice_number=number,
        due_on=days(late),
        open_minor=minor,
        **row,
    )


def snapshot(**values: Any) -> AccountFacts:
    """An account's facts without a database: one overdue item, one contact, fresh feeds."""
    contact = ContactFact("con_1", "Ada", "accounts_payable", "ada@c.example", "+12025550100", None)
    row: dict[str, Any] = {
        "account_id": "acc_1",
        "account_number": "C-100",
        "name": "Brightwater Foods",
        "as_of": AS_OF,
        "segment": "smb",
        "strategic": False,
        "owner": None,
        "language": "en",
        "debtor_type": "business",
        "places": (),
        "time_zones": ("America/New_York",),
        "preferred_channel": "email",
        "credit_limit_minor": None,
        "credit_hold": False,
        "credit_currency": "USD",
        "open_items": (open_item(),),
        "contacts": (contact,),
        "feeds": (FeedFact("invoices", AS_OF), FeedFact("receipts", AS_OF)),
    }
    return AccountFacts(**(row | values))


class CaseBook:
    """Adds rows the short way; every account gets a reachable contact unless told otherwise."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.add(
            *(Feed(name=name, read_through=AS_OF, read_at=NOW) for name in ("invoices", "receipts"))
        )

    def add(self, *rows: Any) -> None:
        with self.ledger.write() as session:
            for row in rows:
                session.add(row)
                session.flush()

    def account(self, number: str, name: str = "", contact: bool = True, **values: Any) -> str:
        account_id = f"acc_{number.lower().replace('-', '')}"
        row = {"currency": "USD", "time_zones": "America/New_York", "segment": "smb"} | values
        self.add(
            Account(id=account_id, account_number=number, name=name or f"Customer {number}", **row)
        )
        if contact:
            self.contact(account_id)
        return account_id

    def contact(self, account_id: str, **values: Any) -> str:
        contact_id = make_id("con", account_id, *values.values())
        row = {"name": "Ada Payable", "email": "ap@customer.example", "phone": "+12025550100"}
        self.add(Contact(id=contact_id, account_id=account_id, **(row | values)))
        return contact_id

    def invoice(
        self, account_id: str, number: str, minor: int = 50_000, late: int = 20, **values: Any
    ) -> str:
        invoice_id = make_id("inv", account_id, number)
        row = {"currency": "USD", "open_minor": minor, "issued_on": days(late + 30)} | values
        self.add(
            Invoice(
                id=invoice_id,
                account_id=account_id,
                invoice_number=number,
                due_on=days(late),
                amount_minor=minor,
                **row,
            )
        )
        return invoice_id

    def order(self, account_id: str, number: str, minor: int, **values: Any) -> str:
        order_id = make_id("ord", account_id, number)
        row = {"currency": "USD", "listed_on": AS_OF} | values
        self.add(
            SalesOrder(
                id=order_id, account_id=account_id, order_number=number, amount_minor=minor, **row
            )
        )
        return order_id

    def paid(self, account_id: str, number: str, minor: int, late: int, paid_late: int) -> None:
        """An invoice of the past, paid so many days after its due date."""
        invoice_id = self.invoice(account_id, number, minor, late, open_minor=0)
        on = days(late - paid_late)
        receipt_id = self.receipt(account_id, f"R-{number}", minor, on, unapplied=0)
        self.add(
            Application(
                id=make_id("app", invoice_id),
                account_id=account_id,
                invoice_id=invoice_id,
                kind="cash",
                receipt_id=receipt_id,
                amount_minor=minor,
                currency="USD",
                applied_on=on,
            )
        )

    def receipt(
        self,
        account_id: str | None,
        number: str,
        minor: int,
        on: date = AS_OF,
        unapplied: int | None = None,
        memo: str = "",
    ) -> str:
        receipt_id = make_id("rcp", number)
        self.add(
            Receipt(
                id=receipt_id,
                account_id=account_id,
                receipt_number=number,
                received_on=on,
                amount_minor=minor,
                currency="USD",
                unapplied_minor=minor if unapplied is None else unapplied,
                payer_name="Payer",
                memo=memo,
            )
        )
        return receipt_id

    def wrote(self, account_id: str, body: str, subject: str = "Your reminder") -> str:
        message_id = make_id("msg", account_id, body)
        self.add(
            Message(
                id=message_id,
                account_id=account_id,
                direction="in",
                sent_on=days(1),
                subject=subject,
                body=body,
                answered=False,
            )
        )
        return message_id

    def dispute(self, account_id: str, invoice_id: str | None = None, **values: Any) -> str:
        row = {"reason": "QTY_SHORT", "opened_on": days(9), "quote": "two boxes are missing"}
        dispute_id = make_id("dsp", account_id, invoice_id)
        self.add(
            Dispute(id=dispute_id, account_id=account_id, invoice_id=invoice_id, **(row | values))
        )
        return dispute_id

    def promise(self, account_id: str, minor: int, due_on: date, **values: Any) -> str:
        promise_id = make_id("prm", account_id, due_on)
        row = {"currency": "USD", "promised_on": days(5)} | values
        self.add(
            Promise(id=promise_id, account_id=account_id, amount_minor=minor, due_on=due_on, **row)
        )
        return promise_id

    def hold(self, account_id: str, reason: str, **values: Any) -> str:
        hold_id = make_id("hld", account_id, reason)
        self.add(
            Hold(id=hold_id, account_id=account_id, reason=reason, placed_on=days(3), **values)
        )
        return hold_id

    def ticket(self, account_id: str, number: str, subject: str) -> None:
        self.add(
            Ticket(
                id=make_id("tkt", number),
                account_id=account_id,
                ticket_number=number,
                opened_on=days(12),
                subject=subject,
            )
        )

    def note(self, account_id: str, body: str) -> None:
        self.add(
            ContractNote(
                id=make_id("ctn", body), account_id=account_id, noted_on=days(99), body=body
            )
        )

    def deps(self, model: ChatPort | None = None, policy: Policy | None = None) -> Deps:
        return Deps(self.ledger, policy or load_policy(), CLOCK, AS_OF, model or OfflineModel())


def ask(book: CaseBook, tool: str, /, **given: Any) -> Any:
    """What a reading tool answers a collector in a conversation."""
    return ask_on(book, AS_OF, tool, **given)


def ask_on(book: CaseBook, as_of: date, tool: str, /, **given: Any) -> Any:
    """What it answers on a day."""
    with book.ledger.read() as session:
        ctx = ToolContext(
            session=session,
            actor="cora",
            role="collector",
            as_of=as_of,
            now=NOW,
            policy=load_policy(),
            account_id=None,
            scopes=CHAT_SCOPES,
        )
        return orjson.loads(READ_TOOLS[tool].call(ctx, given))


@pytest.fixture
def book(database_url: str) -> Iterator[CaseBook]:
    """An empty book with fresh feeds, on the database under test."""
    ledger = Ledger(open_engine(database_url))
    yield CaseBook(ledger)
    ledger.close()
