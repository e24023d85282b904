"""A night of cash on a desk's books: money that comes in, the pass, what posted and what waits."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from batch.cash_pass import cash_pass
from batch.run import Night, start_night
from ledger.checks import check_ledger
from ledger.states import ProposalState
from ledger.tables.case import Dispute
from ledger.tables.receivable import Application, Invoice, Receipt
from ledger.tables.work import Proposal
from tests.support.desk import AS_OF, Desk

TONIGHT = AS_OF + timedelta(days=1)
Money = Callable[..., str]


@pytest.fixture
def money(desk: Desk) -> Money:
    """Money of the night, of nobody unless an account is named."""

    def receive(minor: int, memo: str, payer: str = "", **values: Any) -> str:
        number = f"R{desk.count(Receipt) + 1}"
        row = {"account_id": None, "currency": "USD", "received_on": TONIGHT} | values
        return desk.books.receipt(number, minor, memo=memo, payer_name=payer, **row)

    return receive


def play(desk: Desk, days: int = 0) -> Night:
    """One night of cash; the books hold after it."""
    night = start_night(desk.house, TONIGHT + timedelta(days=days), lambda *_: None)
    cash_pass(night)
    with desk.house.ledger.read() as session:
        assert check_ledger(session, night.as_of) == []
    return night


def applied(desk: Desk) -> dict[str, int]:
    """What was applied to each invoice."""
    with desk.house.ledger.read() as session:
        rows = session.execute(select(Application.invoice_id, Application.amount_minor))
        return {row[0]: row[1] for row in rows}


def kept(desk: Desk, receipt_id: str) -> tuple[str | None, int, str | None]:
    """A receipt's account, what is left of it, and why."""
    with desk.house.ledger.read() as session:
        row = session.get(Receipt, receipt_id)
        return row.account_id, row.unapplied_minor, row.hold_reason


def waiting(desk: Desk) -> list[tuple[dict[str, Any], str]]:
    """Actions that wait for a person, and what is said about them."""
    with desk.house.ledger.read() as session:
        rows = session.scalars(
            select(Proposal)
            .where(Proposal.state == ProposalState.PENDING)
            .order_by(Proposal.action_type)
        ).all()
    return [(orjson.loads(row.action), row.why) for row in rows]


def pending(desk: Desk) -> list[str]:
    """Requests that wait."""
    with desk.house.ledger.read() as session:
        query = select(Proposal.id).where(Proposal.state == ProposalState.PENDING)
        return list(session.scalars(query.order_by(Proposal.id)))


def approve_all(desk: Desk, person: str, choose: int = 1) -> Any:
    """Say yes to all that waits; the books hold after it."""
    outcome = None
    for proposal_id in pending(desk):
        outcome = desk.inbox(person, TONIGHT).approve(proposal_id, choose=choose)
    with desk.house.ledger.read() as session:
        assert check_ledger(session, TONIGHT) == []
    return outcome


def disputes(desk: Desk) -> list[Dispute]:
    """Every dispute."""
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(Dispute)))
        session.expunge_all()
        return found


def kinds(desk: Desk) -> dict[str, int]:
    """What was applied, by kind."""
    with desk.house.ledger.read() as session:
        rows = session.execute(select(Application.kind, Application.amount_minor))
        return {row[0]: row[1] for row in rows}


def rules_of_waiting(desk: Desk) -> str:
    """Rules that sent requests to a person."""
    with desk.house.ledger.read() as session:
        query = select(Proposal.rule_ids).where(Proposal.state == ProposalState.PENDING)
        return ",".join(session.scalars(query))


def invoice_number(desk: Desk) -> str:
    """The number of the only invoice that was paid."""
    with desk.house.ledger.read() as session:
        query = select(Invoice.invoice_number).join(
            Application, Application.invoice_id == Invoice.id
        )
        return session.scalars(query).one()
