"""What single actions of cash name beyond the open items and receipts of their account."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import and_, func, literal, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session

from ledger.actions import ApplyReceipt, ProposedAction, ReopenDispute, ReverseReceipt
from ledger.facts import AccountFacts, BankReturn, OpenItem, Relative, TakenReceipt
from ledger.queries.account_facts import load_facts
from ledger.queries.dispute_facts import with_closed
from ledger.states import BY_CASH_APPLIER
from ledger.tables.account import Account
from ledger.tables.receivable import Application, BankLine, Invoice, Receipt, ReceiptReturn

_ITEM = (
    Invoice.id,
    Invoice.invoice_number,
    Invoice.issued_on,
    Invoice.due_on,
    Invoice.amount_minor,
    Invoice.open_minor,
    Invoice.currency,
    Invoice.po_number,
    Invoice.dunning_level,
    Invoice.dunned_on,
)


def facts_for(
    session: Session,
    as_of: date,
    actions: Sequence[ProposedAction],
    extra_accounts: Iterable[str] = (),
) -> dict[str, AccountFacts]:
    """Snapshots of the accounts of actions, with everything those actions name.

    Args:
        session: An open read or write transaction.
        as_of: The business date.
        actions: Any actions; those of cash may name money and invoices beyond their account.
        extra_accounts: Accounts to read beside those of the actions.
    """
    accounts = sorted({action.account_id for action in actions} | set(extra_accounts))
    receipts = sorted({each.receipt_id for each in actions if isinstance(each, ApplyReceipt)})
    facts = load_facts(session, as_of, accounts, receipts)
    reversals = [each for each in actions if isinstance(each, ReverseReceipt)]
    named: dict[str, set[str]] = {}
    for action in actions:
        if isinstance(action, ApplyReceipt):
            named.setdefault(action.account_id, set()).update(invoices_of(action))
    foreign = {
        account: ids - {item.invoice_id for item in facts[account].open_items}
        for account, ids in named.items()
        if account in facts
    }
    reopened: dict[str, set[str]] = {}
    for action in actions:
        if isinstance(action, ReopenDispute):
            reopened.setdefault(action.account_id, set()).add(action.dispute_id)
    facts = with_closed(session, facts, reopened)
    relatives = read_relatives(session, {key: ids for key, ids in foreign.items() if ids})
    taken = {each.receipt_id: each for each in _taken(session, reversals)}
    lines = {each.bank_line_id: each for each in _bank_returns(session, reversals)}
    for action in reversals:
        if action.account_id in facts and action.receipt_id in taken:
            facts[action.account_id] = _with_return(facts[action.account_id], action, taken, lines)
    return facts | {key: replace(facts[key], relatives=found) for key, found in relatives.items()}


def invoices_of(action: ApplyReceipt) -> set[str]:
    """Every invoice an application of cash names."""
    parts = (*action.allocations, *action.differences, *action.credits)
    return {part.invoice_id for part in parts}


def _with_return(
    facts: AccountFacts,
    action: ReverseReceipt,
    taken: dict[str, TakenReceipt],
    lines: dict[str, BankReturn],
) -> AccountFacts:
    back = [lines[action.bank_line_id]] if action.bank_line_id in lines else []
    return replace(
        facts,
        taken=tuple(dict.fromkeys((*facts.taken, taken[action.receipt_id]))),
        bank_returns=tuple(dict.fromkeys((*facts.bank_returns, *back))),
    )


def read_relatives(session: Session, named: dict[str, set[str]]) -> dict[str, tuple[Relative, ...]]:
    """Open invoices that belong to the family of an account, by account.

    Args:
        session: An open transaction.
        named: Invoices by the account whose family they should be of; others are left out.
    """
    ids = sorted({invoice_id for found in named.values() for invoice_id in found})
    if not ids:
        return {}
    own = aliased(Account)
    related = or_(
        Account.parent_id == own.id,
        Account.id == own.parent_id,
        and_(Account.parent_id == own.parent_id, own.parent_id.is_not(None)),
    )
    rows = session.execute(
        select(own.id, Account.id, Account.account_number, *_ITEM)
        .select_from(Invoice)
        .join(Account, Account.id == Invoice.account_id)
        .join(own, related)
        .where(Invoice.id.in_(ids), Invoice.open_minor != 0, own.id.in_(sorted(named)))
        .order_by(own.id, Invoice.due_on, Invoice.id)
    )
    found: dict[str, list[Relative]] = {}
    for row in rows:
        if row[3] in named[row[0]] and row[0] != row[1]:
            found.setdefault(row[0], []).append(Relative(row[1], row[2], OpenItem(*row[3:])))
    return {key: tuple(dict.fromkeys(each)) for key, each in found.items()}


def _taken(session: Session, actions: Sequence[ReverseReceipt]) -> list[TakenReceipt]:
    """The receipts of reversals; those of another account than the action's are left out."""
    wanted = {(each.receipt_id, each.account_id) for each in actions}
    ids = sorted({receipt_id for receipt_id, _account in wanted})
    if not ids:
        return []
    returned = (
        select(ReceiptReturn.receipt_id, func.sum(ReceiptReturn.amount_minor).label("minor"))
        .group_by(ReceiptReturn.receipt_id)
        .subquery()
    )
    undone = aliased(Application)
    by_person = (
        select(literal(1))
        .select_from(Application)
        .outerjoin(undone, undone.reverses_id == Application.id)
        .where(
            Application.receipt_id == Receipt.id,
            Application.reverses_id.is_(None),
            undone.id.is_(None),
            ~Application.cause.endswith(BY_CASH_APPLIER),
        )
        .exists()
    )
    rows = session.execute(
        select(
            Receipt.id,
            Receipt.account_id,
            Receipt.receipt_number,
            Receipt.received_on,
            Receipt.amount_minor,
            Receipt.unapplied_minor,
            func.coalesce(returned.c.minor, 0),
            Receipt.currency,
            by_person,
        )
        .outerjoin(returned, returned.c.receipt_id == Receipt.id)
        .where(Receipt.id.in_(ids))
        .order_by(Receipt.id)
    )
    return [
        TakenReceipt(row[0], *row[2:6], int(row[6]), row[7], bool(row[8]))
        for row in rows
        if row[1] is None or (row[0], row[1]) in wanted
    ]


def _bank_returns(session: Session, actions: Sequence[ReverseReceipt]) -> list[BankReturn]:
    """The lines of reversals that took money off our account."""
    ids = sorted({each.bank_line_id for each in actions if each.bank_line_id})
    if not ids:
        return []
    rows = session.execute(
        select(
            BankLine.id,
            BankLine.booked_on,
            -BankLine.amount_minor,
            BankLine.currency,
            ReceiptReturn.id.is_not(None),
        )
        .outerjoin(ReceiptReturn, ReceiptReturn.bank_line_id == BankLine.id)
        .where(BankLine.id.in_(ids), BankLine.amount_minor < 0)
        .order_by(BankLine.id)
    )
    return [BankReturn(*row[:4], bool(row[4])) for row in rows]
