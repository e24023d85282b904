"""Links to the customer's page: made for a contact, revocable, and nowhere in the books as such.

A link says which account a page is about. It proves nothing about who opened it.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session

from guardrails.formats import LANGUAGES
from ledger.errors import BadInput, NotFound
from ledger.ids import make_id
from ledger.journal import audit
from ledger.tables.account import Account, Contact
from ledger.tables.portal import PortalLink
from policies.schema import Policy
from tools.account_names import find_account

_ROLES = ("accounts_payable", "billing", "owner")
_LONGEST_TOKEN = 100


@dataclass(frozen=True, slots=True)
class Guest:
    """Whoever holds a link in force, and what the link is for.

    Attributes:
        language: Of the page: the one chosen there, else the contact's, the account's, ours.
    """

    link_id: str
    account_id: str
    contact_id: str
    contact_name: str
    contact_email: str
    language: str
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class NewLink:
    """A link just made; `token` is shown once and never again."""

    link_id: str
    token: str
    account_id: str
    contact_id: str
    ends_at: datetime

    def address(self, public_url: str) -> str:
        """Where the page is, under the address customers reach us at."""
        return f"{public_url.rstrip('/')}/p/{self.token}"


def make_portal_link(
    session: Session,
    wanted: str,
    policy: Policy,
    actor: str,
    now: datetime,
    days: int | None = None,
) -> NewLink:
    """Make a link for a contact, or for the contact of an account who pays.

    Args:
        session: A write transaction.
        wanted: Id of a contact, or id, number or name of an account.
        policy: How long links live.
        actor: Who makes it.
        now: The real instant; a link ends by the real calendar.
        days: A shorter life.

    Raises:
        NotFound: No such contact or account, or the account has nobody.
        BadInput: The life is longer than policy allows.
    """
    life = days or policy.portal.link_days
    if not 1 <= life <= policy.portal.link_days:
        raise BadInput(f"a link lives 1 to {policy.portal.link_days} days (portal.toml)")
    contact = _contact(session, wanted)
    token = secrets.token_urlsafe(32)
    hashed = hash_of(token)
    row = PortalLink(
        id=make_id("pln", hashed),
        token_hash=hashed,
        account_id=contact.account_id,
        contact_id=contact.id,
        made_at=now,
        made_by=actor,
        ends_at=now + timedelta(days=life),
    )
    session.add(row)
    session.flush()
    told = {"contact": contact.id, "account": contact.account_id}
    audit(session, now, "portal_link_made", row.id, actor, **told)
    return NewLink(row.id, token, contact.account_id, contact.id, row.ends_at)


def _contact(session: Session, wanted: str) -> Contact:
    contact = session.get(Contact, wanted)
    if contact is not None:
        return contact
    account_id = find_account(session, wanted)
    at = session.scalars(select(Contact).where(Contact.account_id == account_id)).all()
    if not at:
        raise NotFound(f"{wanted} has no contact a link could be for; import one first")
    return min(at, key=lambda each: (each.opted_out, each.bounced, _rank(each.role), each.id))


def _rank(role: str) -> int:
    return _ROLES.index(role) if role in _ROLES else len(_ROLES)


def link_in_force(session: Session, token: str, policy: Policy, now: datetime) -> Guest | None:
    """Whom a token lets in; None where it opens nothing (any more). Changes nothing."""
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    found = session.execute(
        select(PortalLink, Contact, Account.language)
        .join(Contact, Contact.id == PortalLink.contact_id)
        .join(Account, Account.id == PortalLink.account_id)
        .where(PortalLink.token_hash == hash_of(token), PortalLink.revoked_at.is_(None))
    ).first()
    if found is None or found[0].ends_at <= now or found[1].account_id != found[0].account_id:
        return None
    link, contact, language = found
    wanted = (link.language, contact.language, language, policy.company.language)
    return Guest(
        link_id=link.id,
        account_id=link.account_id,
        contact_id=contact.id,
        contact_name=contact.name,
        contact_email=(contact.email or "").lower(),
        language=next((each for each in wanted if each in LANGUAGES), "en"),
        ends_at=link.ends_at,
    )


def choose_language(session: Session, guest: Guest, language: str, now: datetime) -> None:
    """Show the page of a link in another language; letters go on as the books say.

    Raises:
        BadInput: It is none of ours.
    """
    if language not in LANGUAGES:
        raise BadInput(f"the page is written in {', '.join(LANGUAGES)}")
    session.execute(
        update(PortalLink).where(PortalLink.id == guest.link_id).values(language=language)
    )
    audit(session, now, "portal_language_chosen", guest.link_id, "portal", language=language)


def revoke_portal_link(session: Session, link_id: str, actor: str, now: datetime) -> None:
    """End a link now.

    Raises:
        NotFound: No such link.
    """
    link = session.get(PortalLink, link_id)
    if link is None:
        raise NotFound(f"no link {link_id}; see `dunwell portal list`")
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = now, actor
        session.flush()
        audit(session, now, "portal_link_revoked", link_id, actor, account=link.account_id)


def links_of(session: Session, account_id: str | None = None) -> Sequence[PortalLink]:
    """Links, newest first: of one account, or the newest of all."""
    query = select(PortalLink).order_by(PortalLink.made_at.desc(), PortalLink.id).limit(200)
    if account_id is not None:
        query = query.where(PortalLink.account_id == account_id)
    return session.scalars(query).all()


def hash_of(token: str) -> str:
    """What is stored of 256 random bits; it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
