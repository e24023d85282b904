"""Set-based reads of everything a batch of receipts is matched against."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Row, Select, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.states import ProposalState
from ledger.tables.account import Account
from ledger.tables.receivable import (
    Application,
    BankLine,
    CreditMemo,
    Invoice,
    Receipt,
    ReceiptReturn,
    RemittanceLine,
)
from ledger.tables.work import Proposal

# What came to nothing without a person's yes or no. What took a superseded request's place stands
# for itself; one that a reviewer sent back may have nothing in its place.
_ASKED_ANEW = (ProposalState.EXPIRED, ProposalState.REFUSED, ProposalState.SUPERSEDED)
_TOLD = (
    Receipt.id,
    Receipt.account_id,
    Receipt.received_on,
    Receipt.amount_minor,
    Receipt.unapplied_minor,
    Receipt.currency,
    Receipt.payer_name,
    Receipt.memo,
    Receipt.hold_reason,
    BankLine.payer_account,
    BankLine.bank_ref,
    BankLine.code,
)


def _receipts() -> Select[Any]:
    """Receipts with what the bank said of them, oldest first."""
    return (
        select(*_TOLD)
        .outerjoin(BankLine, BankLine.receipt_id == Receipt.id)
        .order_by(Receipt.received_on, Receipt.id)
    )


def waiting_receipts(
    session: Session,
    through: date,
    again_since: date,
    again: Collection[str],
    asked_anew: Collection[str],
) -> list[Row[Any]]:
    """Receipts nobody looked at, and those set aside for a reason that may have passed.

    Args:
        session: A read transaction.
        through: The business date.
        again_since: How far back one that was set aside is looked at again.
        again: The reasons of those.
        asked_anew: Receipts set aside for such a reason that are looked at whatever their age.
    """
    rows = session.execute(
        _receipts().where(
            Receipt.unapplied_minor > 0,
            Receipt.received_on <= through,
            or_(Receipt.hold_reason.is_(None), Receipt.hold_reason.in_(sorted(again))),
        )
    )
    return [
        row
        for row in rows
        if row.hold_reason is None or row.received_on >= again_since or row.id in asked_anew
    ]


def ever_applied(session: Session) -> set[str]:
    """Unapplied receipts that once paid something: what is left was left there by somebody."""
    return set(
        session.scalars(
            select(Application.receipt_id)
            .join(Receipt, Receipt.id == Application.receipt_id)
            .where(Receipt.unapplied_minor > 0)
            .distinct()
        )
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Receipts a person was asked about.

    Attributes:
        standing: Those for which a request waits, or a person said no to one.
        anew: Those whose requests all came to nothing without a person's yes or no.
    """

    standing: frozenset[str]
    anew: frozenset[str]


def receipts_asked_about(session: Session, as_of: date) -> Asked:
    """Receipts that requests were made about, by what became of those not carried out.

    A request of the business date itself stands whatever became of it: to ask the same of the same
    facts on one day is the same request.
    """
    rows = session.execute(
        select(Proposal.action, Proposal.state, Proposal.created_on).where(
            Proposal.action_type == "apply_receipt",
            Proposal.state != ProposalState.EXECUTED.value,
        )
    )
    standing, ended = set(), set()
    for action, state, created_on in rows:
        stands = state not in _ASKED_ANEW or created_on >= as_of
        (standing if stands else ended).add(orjson.loads(action)["receipt_id"])
    return Asked(frozenset(standing), frozenset(ended - standing))


def paid_between(session: Session, since: date, through: date) -> list[Row[Any]]:
    """Receipts of some days that paid something and did not go back, for payments made twice."""
    went_back = select(ReceiptReturn.receipt_id)
    return list(
        session.execute(
            _receipts().where(
                Receipt.received_on >= since,
                Receipt.received_on <= through,
                Receipt.unapplied_minor < Receipt.amount_minor,
                Receipt.id.not_in(went_back),
            )
        )
    )


def open_invoices(session: Session, as_of: date) -> list[Row[Any]]:
    """Open invoices of the whole book."""
    return list(
        session.execute(
            select(
                Invoice.id,
                Invoice.account_id,
                Account.account_number,
                Invoice.invoice_number.label("number"),
                Invoice.open_minor.label("minor"),
                Invoice.currency,
                Invoice.due_on,
                Invoice.po_number,
            )
            .join(Account, Account.id == Invoice.account_id)
            .where(Invoice.open_minor > 0, Invoice.issued_on <= as_of)
            .order_by(Invoice.id)
        )
    )


def open_credits(session: Session, as_of: date) -> list[Row[Any]]:
    """Open credit memos of the whole book; `minor` is what lowers a payment, below zero."""
    return list(
        session.execute(
            select(
                CreditMemo.id,
                CreditMemo.account_id,
                Account.account_number,
                CreditMemo.credit_number.label("number"),
                (-CreditMemo.unapplied_minor).label("minor"),
                CreditMemo.currency,
                CreditMemo.issued_on.label("due_on"),
                null().label("po_number"),
            )
            .join(Account, Account.id == CreditMemo.account_id)
            .where(CreditMemo.unapplied_minor > 0, CreditMemo.issued_on <= as_of)
            .order_by(CreditMemo.id)
        )
    )


def payers(session: Session) -> list[Row[Any]]:
    """Every account with its number, name, its parent and the number of that."""
    parent = aliased(Account)
    return list(
        session.execute(
            select(
                Account.id,
                Account.account_number,
                Account.name,
                Account.parent_id,
                parent.account_number.label("parent"),
            )
            .outerjoin(parent, parent.id == Account.parent_id)
            .order_by(Account.id)
        )
    )


def closed_since(session: Session, since: date) -> dict[str, str]:
    """Numbers of invoices settled from a date on, and whose they were."""
    rows = session.execute(
        select(Invoice.invoice_number, Account.account_number)
        .join(Application, Application.invoice_id == Invoice.id)
        .join(Account, Account.id == Invoice.account_id)
        .where(Application.applied_on >= since, Invoice.open_minor == 0)
        .distinct()
    )
    return {number: owner for number, owner in rows}


def advised_between(session: Session, since: date, through: date) -> list[RemittanceLine]:
    """Lines of advices of some days that explained no receipt yet, advice by advice."""
    used = select(Receipt.advice_key).where(Receipt.advice_key != "")
    return list(
        session.scalars(
            select(RemittanceLine)
            .where(
                RemittanceLine.advised_on >= since,
                RemittanceLine.advised_on <= through,
                RemittanceLine.advice_key.not_in(used),
            )
            .order_by(RemittanceLine.advice_key, RemittanceLine.place)
        )
    )
