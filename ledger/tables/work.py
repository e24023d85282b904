"""The work on the book: runs, dispositions, proposals, decisions, outbox, permits, journal."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy import text as sql
from sqlmodel import Field

from ledger.states import CLOSED_STATES_SQL
from ledger.tables.base import Table, instant, minor, text


class Run(Table, table=True):
    """One night. `counts` is JSON: dispositions by kind, portfolio, control totals."""

    id: str = Field(primary_key=True)
    as_of: date = Field(unique=True)
    number: int
    state: str = text(default="running")
    phase: str = ""
    policy_hash: str
    started_at: datetime = instant()
    finished_at: datetime | None = instant(default=None)
    seconds: float = 0.0
    counts: str = "{}"


class Snapshot(Table, table=True):
    """Account facts as they were judged: compressed JSON under its own digest, stored once."""

    hash: str = Field(primary_key=True)
    facts: bytes = Field(sa_type=LargeBinary)


class DispositionRow(Table, table=True):
    """What a night decided for an account; stands until the account is looked at again."""

    __table_args__ = (Index("ix_disposition_newest", "account_id", "seq"),)

    seq: int | None = Field(default=None, primary_key=True)
    run_id: str = Field(index=True)
    account_id: str
    kind: str = text()
    reason: str = ""
    rule_ids: str = ""
    account_class: str = text(default="routine")
    next_action_on: date | None = None
    facts_hash: str


_PLACE = ("priority_minor", "id", "state", "snoozed_until")


def _waiting(name: str, *columns: str) -> Index:
    """An index of proposals that wait, however many are closed; queries say it in these words."""
    waits = sql(f"state NOT IN ({CLOSED_STATES_SQL})")
    return Index(name, *columns, sqlite_where=waits, postgresql_where=waits)


class Proposal(Table, table=True):
    """An action somebody wants done, and where it stands. This row is the authority."""

    __table_args__ = (
        Index("ix_proposal_queue", "state", "priority_minor", "id"),
        _waiting(
            "ix_proposal_waiting",
            *_PLACE,
            "action_type",
            "currency",
            "approver_roles",
            "rule_ids",
        ),
        _waiting("ix_proposal_waiting_assignee", "assignee", *_PLACE),
        _waiting("ix_proposal_waiting_account", "account_id", *_PLACE),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    run_id: str | None = None
    action_type: str = text()
    action: str
    digest: str
    author: str
    role: str
    state: str = text(default="pending")
    version: int = 1
    rule_ids: str = ""
    approver_roles: str = ""
    why: str = ""
    counterfactual: str = ""
    facts_hash: str
    policy_hash: str
    priority_minor: int = minor(default=0)
    currency: str | None = None
    thread_id: str | None = None
    interrupt_id: str | None = None
    assignee: str | None = None
    snoozed_until: date | None = None
    question: str | None = None
    expires_on: date
    created_on: date
    created_at: datetime = instant()
    outcome: str = ""
    supersedes_id: str | None = Field(default=None, index=True)


class Decision(Table, table=True):
    """What a person said to a proposal, bound to the digest that was seen."""

    __table_args__ = (UniqueConstraint("proposal_id", "version", name="uq_decision"),)

    id: str = Field(primary_key=True)
    proposal_id: str = Field(foreign_key="proposal.id", index=True)
    version: int
    verb: str = text()
    digest: str
    decided_by: str
    decided_as: str
    reason: str = ""
    edit: str = ""
    decided_at: datetime = instant()


class Outbox(Table, table=True):
    """A message with a permit. `idempotency_key` is (account, purpose, stage, period).

    Attributes:
        held_until: The real instant before which what a person approved does not leave, so that
            it can be taken back.
    """

    __table_args__ = (Index("ix_outbox_due", "state", "release_at"),)

    id: str = Field(primary_key=True)
    idempotency_key: str = Field(unique=True)
    run_id: str | None = Field(default=None, index=True)
    account_id: str = Field(index=True)
    contact_id: str | None = None
    proposal_id: str | None = None
    action: str
    currency: str | None = None
    channel: str = text(default="email")
    recipient: str
    cc: str = ""
    subject: str
    body: str
    digest: str
    message_id: str = Field(index=True)
    attachments: str = "[]"
    in_reply_to: str = ""
    state: str = text(default="queued")
    attempts: int = 0
    release_at: datetime = instant()
    held_until: datetime | None = instant(default=None)
    attempted_at: datetime | None = instant(default=None)
    sent_at: datetime | None = instant(default=None)
    stopped_by: str = ""


class Permit(Table, table=True):
    """Why a message was allowed to leave; hash-chained, re-derived by `dunwell verify`."""

    seq: int = Field(primary_key=True)
    outbox_id: str = Field(unique=True)
    message_digest: str
    facts_hash: str
    policy_hash: str
    decision_id: str | None = None
    judged_at: datetime = instant()
    prev_hash: str
    hash: str


# In the words the ORM uses for each database, or SQLite would not take the index.
_UNANSWERED = {"sqlite_where": sql("answered IS 0"), "postgresql_where": sql("answered IS false")}


class Message(Table, table=True):
    """One contact with the customer, either way. The contact budget counts these."""

    __table_args__ = (
        Index("ix_message_account", "account_id", "sent_on"),
        Index("ix_message_unanswered", "direction", "account_id", **_UNANSWERED),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    direction: str = text(default="out")
    channel: str = text(default="email")
    purpose: str = ""
    stage: int = 0
    currency: str | None = None
    sent_on: date
    sent_at: datetime | None = instant(default=None)
    outbox_id: str | None = None
    subject: str = ""
    body: str = ""
    answered: bool = True
    invoice_ids: str = ""
    inbound_id: str | None = None


class CallTask(Table, table=True):
    """A thing for a person to do: a call, a note to follow up, a contact to find."""

    id: str = Field(primary_key=True)
    account_id: str = Field(index=True)
    kind: str = text(default="call")
    summary: str
    due_on: date
    assignee: str | None = None
    state: str = text(default="open")
    created_by: str = ""


class Feed(Table, table=True):
    """How fresh a source is; the gate stops automation on a stale or missing one."""

    name: str = Field(primary_key=True)
    read_through: date
    read_at: datetime = instant()


class Audit(Table, table=True):
    """The journal: append-only, hash-chained."""

    seq: int = Field(primary_key=True)
    at: datetime = instant()
    kind: str = text()
    subject_id: str = Field(index=True)
    actor: str
    payload: str
    prev_hash: str
    hash: str


class PolicyVersion(Table, table=True):
    """What a policy hash said, so that old decisions can be re-derived."""

    hash: str = Field(primary_key=True)
    said: str
    first_used_on: date


class PolicyAdoption(Table, table=True):
    """A policy came into force; the newest row says which one holds."""

    seq: int | None = Field(default=None, primary_key=True)
    policy_hash: str = Field(foreign_key="policy_version.hash")
    adopted_at: datetime = instant()
    approved_by: str = ""


class PolicyApproval(Table, table=True):
    """A person said yes to one policy in place of another, in one role."""

    __table_args__ = (
        UniqueConstraint("policy_hash", "replaces_hash", "person_id", name="uq_policy_approval"),
    )

    seq: int | None = Field(default=None, primary_key=True)
    policy_hash: str
    replaces_hash: str
    person_id: str
    role: str
    approved_at: datetime = instant()


class ImportBatch(Table, table=True):
    """One file taken in."""

    id: str = Field(primary_key=True)
    kind: str = text()
    file_name: str
    file_digest: str
    rows: int
    imported_on: date
    report: str = "{}"


class Person(Table, table=True):
    """Somebody who may sign in, and the roles they hold.

    Attributes:
        sees: Which accounts they see: `all`, `own`, or `segments:` with a list.
        known_as: Who they are at the company's sign-in provider: a mail address or user name.
        provider_pin: The one account there that was theirs when they first came by it, as SHA-256
            of issuer and subject: a mail address may be given to somebody else, an account is not.
    """

    id: str = Field(primary_key=True)
    name: str
    roles: str = ""
    sees: str = text(default="all")
    known_as: str | None = Field(default=None, index=True, unique=True)
    provider_pin: str | None = Field(default=None, index=True, unique=True)


class ApiKey(Table, table=True):
    """A key of a person, stored as SHA-256, shown once.

    Attributes:
        label: What it is for, in its maker's words.
        last_used_on: The last day it opened something; no finer, so that a read stays a read.
    """

    id: str = Field(primary_key=True)
    key_hash: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id")
    scopes: str = ""
    expires_on: date | None = None
    revoked: bool = False
    label: str = text(default="")
    last_used_on: date | None = None


class Password(Table, table=True):
    """How a person proves who they are on the pages, as an argon2 hash."""

    person_id: str = Field(primary_key=True, foreign_key="person.id")
    password_hash: str
    changed_at: datetime = instant()


class SignIn(Table, table=True):
    """A signed-in browser, known by the SHA-256 of what its cookie holds.

    Attributes:
        way: How they signed in: `password`, `link`, or the name of a provider.
        came_from: The address they signed in from, as a keyed hash.
    """

    id: str = Field(primary_key=True)
    secret_hash: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id", index=True)
    way: str
    started_at: datetime = instant()
    seen_at: datetime = instant()
    ends_at: datetime = instant()
    ended: bool = False
    came_from: str | None = None


class SignInLink(Table, table=True):
    """A link that signs one person in, once."""

    id: str = Field(primary_key=True)
    secret_hash: str = Field(unique=True)
    person_id: str = Field(foreign_key="person.id")
    ends_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


class IdempotentRequest(Table, table=True):
    """An API answer kept under its Idempotency-Key.

    Attributes:
        status: That of the answer; None while it is worked on.
        answer: Its body; while it is worked on, the instant since when.
    """

    key: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    request_digest: str
    status: int | None = None
    answer: str = ""
    created_on: date


class ChatMessage(Table, table=True):
    """One line of a conversation with the assistant.

    Attributes:
        person_id: Whose conversation it is; nobody else reads it.
        blocks: What an answer is made of, as JSON: texts, cards, tables, charts, with citations.
    """

    __table_args__ = (Index("ix_chat_message_person", "person_id", "seq"),)

    seq: int | None = Field(default=None, primary_key=True)
    thread_id: str = Field(index=True)
    role: str = text()
    body: str
    said_at: datetime = instant()
    person_id: str = text(default="")
    blocks: str = text(default="[]")


class ModelCall(Table, table=True):
    """One call of a configured model: what it cost, never what it said."""

    seq: int | None = Field(default=None, primary_key=True)
    run_id: str | None = Field(default=None, index=True)
    prompt: str
    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    cost_micros: int | None = None
    attempts: int = 1
    called_at: datetime = instant()
