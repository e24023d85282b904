"""What came in, for people: a line a message, with whose it may be."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session

from guardrails.untrusted import Untrusted
from ledger.queries.inbound import account_numbers, mail_listing
from tools.inbound_links import suggested_accounts


@dataclass(frozen=True, slots=True)
class InboundLine:
    """A message as a list shows it.

    Attributes:
        account_number: Whose it is, where that is known.
        suggested: Numbers of the accounts it may belong to, where it is not.
    """

    inbound_id: str
    received_on: date
    channel: str
    kind: str
    state: str
    sender: str
    authentic: str
    subject: Untrusted
    files: int
    account_number: str | None
    linked_by: str
    suggested: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Plain values without the subject, which only a reader opens."""
        told = {name: getattr(self, name) for name in self.__slots__ if name != "subject"}
        return told | {"received_on": self.received_on.isoformat()}


def list_inbound(session: Session, *, unlinked: bool, limit: int) -> list[InboundLine]:
    """Messages, newest first."""
    rows = mail_listing(session, unlinked=unlinked, limit=limit)
    open_rows = [row[0] for row in rows if row[0].account_id is None]
    guesses = suggested_accounts(session, [(each.sender, each.subject) for each in open_rows])
    numbers = account_numbers(session, {each for guess in guesses for each in guess})
    suggested = {
        each.id: tuple(numbers[account_id] for account_id in guess)
        for each, guess in zip(open_rows, guesses, strict=True)
    }
    return [
        InboundLine(
            inbound_id=row.id,
            received_on=row.received_on,
            channel=row.channel,
            kind=row.kind,
            state=row.state,
            sender=row.sender,
            authentic=row.authentic,
            subject=Untrusted(row.subject, "subject"),
            files=files,
            account_number=account_number,
            linked_by=row.linked_by,
            suggested=suggested.get(row.id, ()),
        )
        for row, account_number, _name, files in rows
    ]
