"""What a person types about a dispute, as an action: names become ids, amounts minor units."""

from decimal import Decimal, InvalidOperation
from typing import get_args

from sqlalchemy import select
from sqlmodel import Session

from ledger.actions import OpenDisputeCase, ResolveDispute
from ledger.errors import BadInput, NotFound
from ledger.money import Money
from ledger.tables.receivable import Invoice
from policies.schema_disputes import Resolution
from tools.account_names import find_account
from tools.dispute_pipeline import find_dispute


def wish_to_open(
    session: Session,
    account: str,
    reason: str,
    invoice: str | None,
    amount: str | None,
    quote: str,
) -> OpenDisputeCase:
    """An action that opens a dispute.

    Raises:
        NotFound: No such account or invoice.
        BadInput: An amount without an invoice, or not an amount.
    """
    account_id = find_account(session, account)
    found = invoice_of(session, account_id, invoice) if invoice else None
    if amount and found is None:
        raise BadInput("a disputed amount is part of an invoice: name it with --invoice")
    return OpenDisputeCase(
        account_id=account_id,
        invoice_id=found.id if found else None,
        reason=reason,
        amount_minor=minor_of(amount, found.currency) if found else None,
        quote=quote,
    )


def wish_to_resolve(
    session: Session,
    dispute_id: str,
    resolution: str,
    amount: str | None,
    invoice: str | None,
    note: str,
) -> ResolveDispute:
    """An action that resolves a dispute.

    Raises:
        NotFound: No such dispute or invoice.
        BadInput: No such resolution, or not an amount.
    """
    kinds = get_args(Resolution)
    if resolution not in kinds:
        raise BadInput(f"no resolution {resolution!r}: one of {', '.join(kinds)}")
    dispute = find_dispute(session, dispute_id)
    found = invoice_of(session, dispute.account_id, invoice) if invoice else None
    about = found or (session.get(Invoice, dispute.invoice_id) if dispute.invoice_id else None)
    if amount and about is None:
        raise BadInput("say with --invoice which invoice the amount comes off")
    return ResolveDispute(
        account_id=dispute.account_id,
        dispute_id=dispute.id,
        resolution=resolution,
        amount_minor=minor_of(amount, about.currency) if about else None,
        invoice_id=found.id if found else None,
        note=note,
    )


def invoice_of(session: Session, account_id: str, number: str) -> Invoice:
    """An invoice of the account, by its number.

    Raises:
        NotFound: The account has none such.
    """
    found = session.scalar(
        select(Invoice).where(Invoice.account_id == account_id, Invoice.invoice_number == number)
    )
    if found is None:
        raise NotFound(f"the account has no invoice {number!r}: `dunwell account` lists them")
    return found


def minor_of(amount: str | None, currency: str) -> int | None:
    """An amount as typed, in minor units; None of none.

    Raises:
        BadInput: It is no amount above zero.
    """
    if amount is None:
        return None
    try:
        minor = Money.of(Decimal(amount), currency).minor
    except InvalidOperation:
        raise BadInput(f"{amount!r} is not an amount: write it as 1250.00") from None
    if minor <= 0:
        raise BadInput("an amount is above zero")
    return minor
