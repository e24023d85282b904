"""Open items and what settles them. Amounts are integer minor units; rows are append-only.

An invoice's open balance is its amount minus the sum of its applications; `open_minor` and
`unapplied_minor` are projections kept by postings and proved by ledger.checks.
"""

from datetime import date

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field

from ledger.tables.base import Table, minor


class Invoice(Table, table=True):
    """A claim for payment.

    Attributes:
        entity: Ours that issued it, as the accounting system calls it; None where that is not told.
    """

    __table_args__ = (
        UniqueConstraint("account_id", "invoice_number", name="uq_invoice_number"),
        Index(
            "ix_invoice_open",
            "account_id",
            sqlite_where=text("open_minor <> 0"),
            postgresql_where=text("open_minor <> 0"),
        ),
        Index("ix_invoice_invoice_number", "invoice_number"),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    invoice_number: str
    issued_on: date
    due_on: date
    amount_minor: int = minor()
    currency: str
    open_minor: int = minor()
    po_number: str | None = None
    dunning_level: int = 0
    dunned_on: date | None = None
    batch_id: str | None = None
    entity: str | None = None


class Instalment(Table, table=True):
    """A part of an invoice with its own due date; parts in force sum to the invoice.

    Attributes:
        plan_id: The plan that made it; None: it was billed so.
        agreed_on: From when on it counts; None: from the issue of the invoice.
        ended_on: From when on it counts no more.
    """

    id: str = Field(primary_key=True)
    invoice_id: str = Field(foreign_key="invoice.id", index=True)
    number: int
    due_on: date
    amount_minor: int = minor()
    plan_id: str | None = None
    agreed_on: date | None = None
    ended_on: date | None = None


class CreditMemo(Table, table=True):
    """A claim given back; open until applied to invoices."""

    __table_args__ = (UniqueConstraint("account_id", "credit_number", name="uq_credit_number"),)

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    credit_number: str
    issued_on: date
    amount_minor: int = minor()
    currency: str
    unapplied_minor: int = minor()
    invoice_number: str | None = None
    batch_id: str | None = None


class Receipt(Table, table=True):
    """Money that came in. Without an account it is unidentified.

    `advice_key` is the remittance advice that told what it pays; no other receipt may use that one.
    """

    id: str = Field(primary_key=True)
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    receipt_number: str = Field(unique=True)
    received_on: date
    amount_minor: int = minor()
    currency: str
    unapplied_minor: int = minor()
    payer_name: str = ""
    memo: str = ""
    hold_reason: str | None = None
    batch_id: str | None = None
    advice_key: str = ""


class ReceiptCandidate(Table, table=True):
    """An account whose money a waiting receipt may be, so that it is not asked to pay again.

    Attributes:
        currency: Of the documents it would be set against there.
        denied: A person said that it is not theirs; no later look says otherwise.
    """

    receipt_id: str = Field(primary_key=True, foreign_key="receipt.id")
    account_id: str = Field(primary_key=True, foreign_key="account.id", index=True)
    currency: str = Field(primary_key=True)
    denied: bool = False


class Application(Table, table=True):
    """Part of a receipt, credit memo, write-off or adjustment set against an invoice.

    Append-only: a correction is a second row with the opposite sign and `reverses_id`.
    """

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    invoice_id: str = Field(foreign_key="invoice.id", index=True)
    kind: str
    receipt_id: str | None = Field(default=None, foreign_key="receipt.id", index=True)
    credit_memo_id: str | None = Field(default=None, foreign_key="credit_memo.id", index=True)
    amount_minor: int = minor()
    currency: str
    applied_on: date = Field(index=True)
    reverses_id: str | None = Field(default=None, foreign_key="application.id", unique=True)
    cause: str = ""


class ReceiptReturn(Table, table=True):
    """Money of a receipt that went back: a returned debit, a bounced cheque, a recall. Append-only.

    A receipt's unapplied balance is its amount minus its applications minus its returns.
    """

    id: str = Field(primary_key=True)
    receipt_id: str = Field(foreign_key="receipt.id", index=True)
    amount_minor: int = minor()
    currency: str
    returned_on: date
    bank_line_id: str | None = Field(default=None, foreign_key="bank_line.id", unique=True)
    reason: str = ""
    cause: str = ""


class BankLine(Table, table=True):
    """One booked movement on our bank account, as the bank told it. Append-only.

    `line_key` is the same in every file that brings the line again. Money that came in names the
    receipt made of it; a line without one is for a person to look at. All text is from outside.
    """

    id: str = Field(primary_key=True)
    line_key: str = Field(unique=True)
    statement_account: str = ""
    booked_on: date = Field(index=True)
    value_on: date | None = None
    amount_minor: int = minor()
    currency: str
    kind: str
    payer_name: str = ""
    payer_account: str = ""
    bank_ref: str = ""
    customer_ref: str = ""
    memo: str = ""
    code: str = ""
    return_of: str = ""
    file_digest: str
    receipt_id: str | None = Field(default=None, foreign_key="receipt.id", index=True)
    batch_id: str


class RemittanceLine(Table, table=True):
    """One document a payer says a payment is for. Append-only; all text is from outside.

    `advice_key` joins the lines of one advice, `place` keeps their order.
    """

    id: str = Field(primary_key=True)
    line_key: str = Field(unique=True)
    advice_key: str = Field(index=True)
    place: int
    advice_number: str = ""
    advised_on: date = Field(index=True)
    payer_name: str = ""
    total_minor: int = minor()
    currency: str
    reference: str = ""
    gross_minor: int = minor()
    deduction_minor: int = minor()
    net_minor: int = minor()
    reason: str = ""
    memo: str = ""
    batch_id: str
