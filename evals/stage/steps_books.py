"""What reaches the books between two steps: money, holds, disputes, promises, feeds, bounces."""

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import select, update

from evals.stage.scene import Scene, Stage
from ledger.errors import NotFound
from ledger.postings import apply_to_invoices
from ledger.postings_cases import opt_out as stop_writing
from ledger.postings_cases import place_hold
from ledger.postings_cases import release_hold as lift_hold
from ledger.postings_contacts import mark_bounced
from ledger.postings_disputes import open_dispute
from ledger.states import ApplicationKind
from ledger.tables.account import Contact, Hold
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import Feed


def pay(
    scene: Scene,
    amount: str | None = None,
    invoice: str | None = None,
    memo: str = "",
    applied: bool = False,
) -> None:
    """Money arrives from the customer on the business date.

    Args:
        scene: The case.
        amount: How much; all that is open on the invoice by default.
        invoice: Which invoice, by its name in the world; the oldest open one by default.
        memo: What the payer wrote.
        applied: Whether it is set against the invoice at once, as a colleague would have.
    """
    with scene.house.ledger.write() as session:
        owed = session.scalars(
            select(Invoice)
            .where(Invoice.account_id == scene.account_id, Invoice.open_minor > 0)
            .order_by(Invoice.due_on, Invoice.id)
        ).all()
        wanted = scene.invoice_id(invoice) if invoice else None
        paid = next((each for each in owed if wanted in (None, each.id)), None)
        if paid is None:
            raise NotFound(f"{scene.case.id}: nothing is open to be paid")
        minor = scene.minor(amount) if amount else paid.open_minor
        number = f"P-{scene.key}-{len(scene.notes)}"
        receipt = Receipt(
            id=f"rcp_{number.lower()}",
            account_id=scene.account_id,
            receipt_number=number,
            received_on=scene.stage.day,
            amount_minor=minor,
            currency=paid.currency,
            unapplied_minor=minor,
            payer_name=scene.account_id,
            memo=memo,
        )
        session.add(receipt)
        session.flush()
        if applied:
            part = [(paid.id, min(minor, paid.open_minor))]
            kind, on = ApplicationKind.CASH, scene.stage.day
            apply_to_invoices(session, kind, receipt.id, part, on, f"paid:{number}")


def dispute(
    scene: Scene,
    invoice: str | None = None,
    reason: str = "QTY_SHORT",
    quote: str = "two boxes are missing",
) -> None:
    """A colleague records a dispute; without an invoice it is about the whole account."""
    scene.stage.by_people = True
    disputed = scene.invoice_id(invoice) if invoice else None
    with scene.house.ledger.write() as session:
        open_dispute(session, scene.account_id, disputed, reason, scene.stage.day, quote)


def hold(scene: Scene, reason: str = "manual", invoice: str | None = None) -> None:
    """A colleague stops messages."""
    row = {
        "id": f"hld_{scene.key}_step_{len(scene.notes)}",
        "account_id": scene.account_id,
        "invoice_id": scene.invoice_id(invoice) if invoice else None,
        "reason": reason,
        "placed_on": scene.stage.day,
        "placed_by": "cora.lind",
    }
    with scene.house.ledger.write() as session:
        place_hold(session, row)


def lift(scene: Scene, person: str = "felix.ortega") -> None:
    """A colleague lifts every hold of the customer."""
    scene.stage.by_people = True
    now = datetime.combine(scene.stage.day, time(16), UTC)
    with scene.house.ledger.write() as session:
        held = Hold.account_id == scene.account_id
        for key in session.scalars(select(Hold.id).where(held, Hold.lifted_at.is_(None))).all():
            lift_hold(session, key, person, now)


def bounce(scene: Scene) -> None:
    """The customer's address turns out to be dead."""
    with scene.house.ledger.write() as session:
        for each in _contacts(scene, session):
            mark_bounced(session, each.id, each.email or "")


def opt_out(scene: Scene) -> None:
    """The customer's contact wants no more messages."""
    with scene.house.ledger.write() as session:
        for each in _contacts(scene, session):
            stop_writing(session, each.id)


def _contacts(scene: Scene, session: Any) -> Any:
    return session.scalars(select(Contact).where(Contact.account_id == scene.account_id)).all()


def change(scene: Scene, table: str, **values: Any) -> None:
    """What an import would change on the customer's own row (`account`) or contact."""
    from evals.stage.worlds import converted
    from ledger.tables.all_tables import metadata

    rows = metadata.tables[table]
    own = rows.c.id if table == "account" else rows.c.account_id
    with scene.house.ledger.write() as session:
        found = update(rows).where(own == scene.account_id).values(**converted(scene, values))
        session.execute(found)


def feed(stage: Stage, name: str, through: str) -> None:
    """A feed has been read through another date (ISO)."""
    on = datetime.fromisoformat(through).date()
    with stage.house.ledger.write() as session:
        session.execute(update(Feed).where(Feed.name == name).values(read_through=on))


STEPS: dict[str, Any] = {
    "pay": pay,
    "dispute": dispute,
    "hold": hold,
    "lift": lift,
    "bounce": bounce,
    "opt_out": opt_out,
    "change": change,
    "feed": feed,
}
