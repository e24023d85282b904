"""What becomes known of a contact's addresses: writes that take a session and never commit."""

from collections.abc import Iterable

from sqlalchemy import select, update
from sqlmodel import Session

from ledger.journal import touch
from ledger.tables.account import Contact


def mark_bounced(session: Session, contact_id: str, address: str) -> bool:
    """Pause an e-mail address that does not work.

    False where it is paused already, or the contact has another by now.
    """
    contact = session.get(Contact, contact_id)
    if contact is None or contact.bounced:
        return False
    if (contact.email or "").casefold() != address.casefold():
        return False
    return _change(session, contact, bounced=True)


def withdraw_consent(session: Session, contact_id: str, channel: str) -> bool:
    """Take back the consent to a channel; False where there is none."""
    contact = session.get(Contact, contact_id)
    given = contact.consents.split(",") if contact else []
    if contact is None or channel not in given:
        return False
    left = ",".join(each for each in given if each != channel)
    return _change(session, contact, consents=left)


def stop_channel(session: Session, contact_ids: Iterable[str], channel: str) -> list[str]:
    """Note that contacts want no messages by a channel, which no file undoes.

    Returns:
        The contacts for whom that is new.
    """
    refused = f"no_{channel}"
    found = session.scalars(select(Contact).where(Contact.id.in_(sorted(contact_ids)))).all()
    stopped = []
    for contact in found:
        given = {each for each in contact.consents.split(",") if each}
        if refused not in given:
            contact.consents = ",".join(sorted(given - {channel} | {refused}))
            stopped.append(contact.id)
    session.flush()
    touch(session, {contact.account_id for contact in found})
    return stopped


def _change(session: Session, contact: Contact, **values: object) -> bool:
    session.execute(update(Contact).where(Contact.id == contact.id).values(**values))
    session.refresh(contact)
    touch(session, {contact.account_id})
    return True
