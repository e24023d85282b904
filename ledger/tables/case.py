"""Disputes, promises both ways, and payment plans."""

from datetime import date

from sqlmodel import Field

from ledger.tables.base import Table, minor, text


class Dispute(Table, table=True):
    """A customer's challenge to an invoice, or to the account where no invoice is named.

    Attributes:
        level: account, invoice, or amount where only a part of the invoice is disputed.
        answer_by: The end of the clock.
        resolved_minor: What the resolution took off the invoice.
        claim_id: The claim it was opened on.
    """

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    invoice_id: str | None = Field(default=None, foreign_key="invoice.id")
    reason: str = text(default="UNDEFINED")
    amount_minor: int | None = minor(default=None)
    currency: str | None = None
    opened_on: date
    state: str = text(default="open")
    owner: str | None = None
    resolution: str | None = None
    resolved_on: date | None = None
    resolved_by: str = ""
    resolved_minor: int | None = minor(default=None)
    level: str = text(default="invoice")
    answer_by: date | None = None
    claim_id: str | None = None
    quote: str = ""


class DisputeEvidence(Table, table=True):
    """Something that speaks for or against a dispute, with its source. Append-only."""

    id: str = Field(primary_key=True)
    dispute_id: str = Field(foreign_key="dispute.id", index=True)
    noted_on: date
    kind: str = text(default="note")
    source: str = ""
    body: str = ""
    noted_by: str = ""


class Promise(Table, table=True):
    """A promise to pay (direction theirs) or a promise we made (direction ours).

    Attributes:
        method_days: Days the way of paying takes, such as 2 for a bank transfer.
        kept_on: When it was kept, or partly kept.
        kept_minor: What came in for it.
        claim_id: The claim it was recorded on.
        owner: Who sees to a promise of ours.
        settled_by: The ledger, or the person who said what became of it.
        told_on: When a person was told that a promise of ours is overdue.
    """

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    direction: str = text(default="theirs")
    kind: str = text(default="payment")
    amount_minor: int | None = minor(default=None)
    currency: str | None = None
    promised_on: date
    due_on: date
    invoice_ids: str = ""
    state: str = text(default="pending")
    source: str = ""
    method_days: int = 0
    kept_on: date | None = None
    kept_minor: int = minor(default=0)
    claim_id: str | None = None
    owner: str | None = None
    settled_by: str = ""
    told_on: date | None = None


class Plan(Table, table=True):
    """A payment plan: agreed instalments over invoices already due.

    Attributes:
        proposed_on: When a person approved it to be offered.
        frequency: once, weekly, fortnightly or monthly.
        breached_on: When an instalment was found missed.
        cure_by: Until when a breach may be made good.
    """

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    state: str = text(default="proposed")
    amount_minor: int = minor()
    currency: str
    agreed_on: date | None = None
    invoice_ids: str = ""
    frequency: str = text(default="monthly")
    proposed_on: date | None = None
    accepted_on: date | None = None
    breached_on: date | None = None
    cure_by: date | None = None
    approved_by: str = ""


class PlanInstalment(Table, table=True):
    """One due part of a plan; parts sum to the plan."""

    id: str = Field(primary_key=True)
    plan_id: str = Field(foreign_key="plan.id", index=True)
    number: int
    due_on: date
    amount_minor: int = minor()
