"""Accounts, their contacts, contract notes and renewals."""

from datetime import date, datetime

from sqlmodel import Field

from ledger.tables.base import Table, instant, minor, text


class Account(Table, table=True):
    """A customer we sell to on credit.

    `places` holds jurisdiction codes and `time_zones` IANA zones, comma separated, every
    candidate listed. `next_action_on` is the first date a night must look again; NULL means
    tonight. It is derived: any change to the account clears it.
    """

    id: str = Field(primary_key=True)
    account_number: str = Field(unique=True)
    name: str
    parent_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    segment: str = text(default="smb")
    strategic: bool = False
    owner: str | None = Field(default=None, index=True)
    places: str = ""
    time_zones: str = ""
    language: str = "en"
    currency: str | None = None
    debtor_type: str = text(default="business")
    credit_limit_minor: int | None = minor(default=None)
    credit_hold: bool = False
    terms_days: int | None = None
    preferred_channel: str = text(default="email")
    next_action_on: date | None = Field(default=None, index=True)
    disposition: str | None = text(default=None)


class Contact(Table, table=True):
    """A person or mailbox at an account."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    name: str = ""
    role: str = text(default="accounts_payable")
    email: str | None = None
    phone: str | None = None
    language: str | None = None
    time_zone: str | None = None
    consents: str = ""
    opted_out: bool = False
    bounced: bool = False


class ContractNote(Table, table=True):
    """What was agreed, as text from the contract system; text is data, never a rule."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    noted_on: date
    source: str = ""
    body: str = ""
    sensitive: bool = False


class Renewal(Table, table=True):
    """A contract that is being renewed."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    renews_on: date
    active: bool = True
    owner: str | None = None


class Ticket(Table, table=True):
    """A service ticket of the support system."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    ticket_number: str
    opened_on: date
    severity: int = 3
    state: str = text(default="open")
    subject: str = ""
    invoice_id: str | None = None


class Hold(Table, table=True):
    """A typed stop on an account or one invoice, with its end and who may lift it."""

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    invoice_id: str | None = Field(default=None, foreign_key="invoice.id")
    reason: str = text()
    placed_on: date
    ends_on: date | None = None
    ends_with: str | None = None
    lift_role: str = text(default="finance_lead")
    placed_by: str = ""
    source: str = ""
    lifted_at: datetime | None = instant(default=None)
    lifted_by: str | None = None
