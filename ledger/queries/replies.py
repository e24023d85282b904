"""Reads for the reply desk: messages to read, invoices they may name, claims made before."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.tables.account import Contact
from ledger.tables.inbound import Claim, Inbound
from ledger.tables.receivable import Invoice

UNPROVEN = ("claimed", "refuted", "expired")


class NamedInvoice(NamedTuple):
    """An invoice of the account, open or not."""

    invoice_id: str
    open_minor: int
    currency: str


Numbers = Mapping[str, NamedInvoice]


def plain_number(number: str) -> str:
    """A document number as it is compared: letters and digits only, in one case."""
    return "".join(sign for sign in number.casefold() if sign.isalnum())


def unread(session: Session, limit: int) -> list[str]:
    """Ids of messages of known accounts that nobody has read yet, oldest first."""
    query = (
        select(Inbound.id)
        .where(Inbound.state == "new", Inbound.kind == "message", Inbound.account_id.is_not(None))
        .order_by(Inbound.received_at, Inbound.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def unlinked_of_contacts(session: Session, limit: int) -> list[str]:
    """Ids of mails nobody could link that name a contact as their sender, and nobody has read."""
    known = select(func.lower(Contact.email)).where(Contact.email.is_not(None))
    query = (
        select(Inbound.id)
        .where(
            Inbound.state == "unlinked",
            Inbound.kind == "message",
            Inbound.channel == "email",
            Inbound.read_by == "",
            Inbound.sender.in_(known),
        )
        .order_by(Inbound.received_at, Inbound.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def unread_count(session: Session) -> int:
    """How many messages wait to be read."""
    query = select(func.count()).where(
        Inbound.state == "new", Inbound.kind == "message", Inbound.account_id.is_not(None)
    )
    return session.scalar(query) or 0


def invoices_by_number(session: Session, account_ids: Iterable[str]) -> dict[str, Numbers]:
    """Every invoice of some accounts by its plain number; of two alike, the one still open."""
    query = select(
        Invoice.account_id, Invoice.invoice_number, Invoice.id, Invoice.open_minor, Invoice.currency
    ).where(Invoice.account_id.in_(sorted(set(account_ids))))
    found: dict[str, dict[str, NamedInvoice]] = defaultdict(dict)
    for account_id, number, invoice_id, open_minor, currency in session.execute(query):
        key = plain_number(number)
        if key not in found[account_id] or open_minor:
            found[account_id][key] = NamedInvoice(invoice_id, open_minor, currency)
    return dict(found)


def unproven_claims(
    session: Session, account_ids: Iterable[str], since: date
) -> dict[str, dict[str, int]]:
    """How often the same thing was claimed and nothing has proved it, by account and kind.

    The same thing is one kind of claim about one invoice, or about no invoice in particular.
    """
    query = (
        select(Claim.account_id, Claim.kind, func.count(Claim.inbound_id.distinct()))
        .where(
            Claim.account_id.in_(sorted(set(account_ids))),
            Claim.claimed_on >= since,
            Claim.state.in_(UNPROVEN),
        )
        .group_by(Claim.account_id, Claim.kind, Claim.invoice_id)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for account_id, kind, count in session.execute(query):
        found[account_id][kind] = max(count, found[account_id].get(kind, 0))
    return dict(found)
