"""Disputes, promises both ways, and payment plans."""

from datetime import date

from sqlmodel import Field

from ledger.tables.base import Table, minor, text


class Dispute(Table, table=True):
    """A customer's challenge to an invoice, or to the account where no invoice is named."""

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
    quote: str = ""


class Promise(Table, table=True):
    """A promise to pay (direction theirs) or a promise we made (direction ours)."""

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


class Plan(Table, table=True):
    """A payment plan: agreed instalments over invoices already due."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    state: str = text(default="proposed")
    amount_minor: int = minor()
    currency: str
    agreed_on: date | None = None
    invoice_ids: str = ""


class PlanInstalment(Table, table=True):
    """One due part of a plan; parts sum to the plan."""

    id: str = Field(primary_key=True)
    plan_id: str = Field(foreign_key="plan.id", index=True)
    number: int
    due_on: date
    amount_minor: int = minor()
