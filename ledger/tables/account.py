"""Accounts, their contacts, contract notes and renewals."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from ledger.tables.base import instant, minor, text


class Account(SQLModel, table=True):
    """A customer we sell to on credit.

    `places` holds jurisdiction codes and `time_zones` IANA zones, comma separated, every
    candidate listed. `next_action_on` is the first date a night must look again; NULL means
    tonight. It is derived: any change to the account clears it.
    """

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    account_number: str = Field(unique=True)
    name: str
    parent_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    segment: str = text(default="smb")
    strategic: bool = False
    owner: str | None = None
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


class Contact(SQLModel, table=True):
    """A person or mailbox at an account."""

    __tablename__ = "contact"

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


class ContractNote(SQLModel, table=True):
    """What was agreed, as text from the contract system; text is data, never a rule."""

    __tablename__ = "contract_note"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    noted_on: date
    source: str = ""
    body: str = ""
    sensitive: bool = False


class Renewal(SQLModel, table=True):
    """A contract that is being renewed."""

    __tablename__ = "renewal"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    renews_on: date
    active: bool = True
    owner: str | None = None


class Ticket(SQLModel, table=True):
    """A service ticket of the support system."""

    __tablename__ = "ticket"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    ticket_number: str
    opened_on: date
    severity: int = 3
    state: str = text(default="open")
    subject: str = ""
    invoice_id: str | None = None


class Hold(SQLModel, table=True):
    """A typed stop on an account or one invoice, with its end and who may lift it."""

    __tablename__ = "hold"

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    invoice_id: str | None = Field(default=None, foreign_key="invoice.id")
    reason: str = text()
    placed_on: date
    ends_on: date | None = None
    ends_with: str | None = None
    lift_role: str = text(default="finance_leadership")
    placed_by: str = ""
    source: str = ""
    lifted_at: datetime | None = instant(default=None)
    lifted_by: str | None = None
