"""The customer's page: its links, what was done on it, files that came by it, card payments.

None of it is a fact about money: a claim goes to `inbound`, money to `receipt`.
"""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from ledger.tables.base import Table, instant, minor, text


class PortalLink(Table, table=True):
    """A link to the page of one account, bound to one contact. Its token is nowhere in the books.

    Posters may not read this table, and a foreign key would have them read it where they change
    an account; so the columns stand without one.

    Attributes:
        token_hash: SHA-256 of the token.
        language: The language the reader chose for the page; None: the contact's.
    """

    id: str = Field(primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: str = Field(index=True)
    contact_id: str
    language: str | None = None
    made_at: datetime = instant()
    made_by: str
    ends_at: datetime = instant()
    revoked_at: datetime | None = instant(default=None)
    revoked_by: str | None = None


class PortalAct(Table, table=True):
    """One thing that was sent from the page. Append-only; counts against the limits of a link.

    Attributes:
        kind: paid, dispute, promise, plan, copies, stop, message, fact or payment.
        told: JSON of what the confirmation restates.
        inbound_id: The message it became, where it became one.
        checkout_id: The card payment it began.
    """

    __table_args__ = (Index("ix_portal_act_counted", "link_id", "kind", "done_at"),)

    id: str = Field(primary_key=True)
    link_id: str
    account_id: str = Field(foreign_key="account.id", index=True)
    kind: str = text()
    done_at: datetime = instant()
    told: str = "{}"
    inbound_id: str | None = None
    checkout_id: str | None = None


class PortalFile(Table, table=True):
    """The bytes of a file that came with a form; its name and words are the attachment's."""

    attachment_id: str = Field(primary_key=True, foreign_key="attachment.id")
    account_id: str = Field(foreign_key="account.id")
    content: bytes = Field(sa_type=LargeBinary)


class Checkout(Table, table=True):
    """A card payment somebody began: what for, and how it ended. It is no receipt.

    Attributes:
        invoices: JSON of pairs of invoice number and minor units, as the ledger had them.
        provider: Who takes the card, such as stripe.
        provider_ref: Their name of it.
        state: begun, offered (they gave an address), paid, expired or failed.
    """

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    link_id: str
    invoices: str
    amount_minor: int = minor()
    currency: str
    provider: str
    provider_ref: str | None = Field(default=None, unique=True)
    address: str = ""
    state: str = text(default="begun")
    begun_at: datetime = instant()
    begun_on: date
    ended_at: datetime | None = instant(default=None)


class PaymentEvent(Table, table=True):
    """What a payment provider told us, as it came. Append-only but for what became of it.

    Attributes:
        id: The provider's own id: the same event twice is one.
        state: new, booked, noted (nothing to book) or odd (a person looks).
        says: Why it is odd, or what was booked.
    """

    __table_args__ = (Index("ix_payment_event_state", "state", "received_at"),)

    id: str = Field(primary_key=True)
    provider: str
    kind: str = text()
    payload: bytes = Field(sa_type=LargeBinary)
    received_at: datetime = instant()
    state: str = text(default="new")
    says: str = ""
