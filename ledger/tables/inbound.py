"""What came in from customers, what it asserts, and the documents we answer with.

All text is from outside: it is kept as it came, read into claims, and never acted on as it stands.
"""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary
from sqlmodel import Field

from ledger.tables.base import Table, instant, text


class Inbound(Table, table=True):
    """One message from outside, taken in once.

    Attributes:
        source_key: What makes it the same message in any folder: Message-ID and digest of words.
        channel: email, sms or portal.
        carrier: How the words came: email, voicemail, portal form, bounce report ...
        message_id: The Message-ID header, for threading and References of the answer.
        authentic: pass, fail or none: what our own mail server found out about the sender.
        kind: message, auto_reply or bounce.
        linked_by: references, reply_address, subject_number, sender, portal, person, or nothing.
        outbox_id: The message of ours that it answers.
        state: new, read, unlinked (nobody knows whose it is) or set_aside.
    """

    __table_args__ = (Index("ix_inbound_state", "state", "received_on"),)

    id: str = Field(primary_key=True)
    source_key: str = Field(unique=True)
    channel: str = text(default="email")
    carrier: str = text(default="email")
    kind: str = text(default="message")
    message_id: str = ""
    in_reply_to: str = ""
    sender: str = ""
    sender_name: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
    received_at: datetime = instant()
    received_on: date
    authentic: str = text(default="none")
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    contact_id: str | None = Field(default=None, foreign_key="contact.id")
    linked_by: str = text(default="")
    outbox_id: str | None = None
    state: str = text(default="new")
    read_by: str = ""


class Attachment(Table, table=True):
    """A file that came with a message: its text where it could be read, else why not."""

    id: str = Field(primary_key=True)
    inbound_id: str = Field(foreign_key="inbound.id", index=True)
    name: str
    media_type: str = ""
    size: int = 0
    file_digest: str = ""
    body: str = ""
    not_read_because: str = ""


class Claim(Table, table=True):
    """One thing a customer asserts, with the words it stands in. It proves nothing by itself.

    Attributes:
        kind: An intent, such as promise_to_pay or dispute.
        value: JSON of the typed values read (dates ISO, amounts in minor units, invoice numbers).
        found_by: rules, classifier or model.
        invoice_id: The row of this account it was joined to; None where it names none of ours.
        pauses_until: Until when it stops chasing by itself.
        state: claimed, confirmed, refuted or expired.
    """

    id: str = Field(primary_key=True)
    inbound_id: str = Field(foreign_key="inbound.id", index=True)
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    kind: str = text()
    value: str = "{}"
    quote: str = ""
    part: str = text(default="body")
    found_by: str = text(default="rules")
    invoice_id: str | None = Field(default=None, foreign_key="invoice.id")
    claimed_on: date
    pauses_until: date | None = None
    state: str = text(default="claimed")
    settled_on: date | None = None
    settled_by: str = ""


class Document(Table, table=True):
    """A document made by a tool from ledger rows: a copy of an invoice, a statement, a plan."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    kind: str = text()
    name: str
    media_type: str = text(default="text/html")
    file_digest: str
    content: bytes = Field(sa_type=LargeBinary)
    made_on: date
    facts_hash: str = ""


class Lesson(Table, table=True):
    """Something learned from people's edits: a proposed diff that a person approves, never silent.

    Attributes:
        kind: exemplar, letter or rule.
        diff: The change as a unified diff.
        examples: JSON of the edits it was learned from.
        results: JSON of the eval results before and after.
        state: proposed, approved or rejected.
    """

    id: str = Field(primary_key=True)
    kind: str = text()
    subject: str
    diff: str
    examples: str = "[]"
    results: str = "{}"
    state: str = text(default="proposed")
    proposed_on: date
    decided_by: str = ""
    decided_on: date | None = None
