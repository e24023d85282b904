"""Writes of cash in bulk: receipts of the bank, certain applications, reasons."""

from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from guardrails.gate import judge
from guardrails.verdict import Allow
from ledger.actions import ApplyReceipt
from ledger.chains import append_audit
from ledger.journal import touch
from ledger.postings import application_id, hold_receipt, identify_payers
from ledger.postings_bulk import add_rows, post_applications
from ledger.postings_cash import note_advices
from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, Receipt
from tools.execute import Writer
from tools.execute_cash import items_of


def book_bank_receipts(session: Session, receipts: Sequence[dict[str, Any]]) -> None:
    """Book money the bank says came in; whose it is shows when it is applied."""
    add_rows(session, Receipt, receipts)


def known_payers(session: Session, by_reason: dict[str, list[str]]) -> list[str]:
    """The accounts of receipts whose payer is known."""
    ids = sorted(receipt_id for found in by_reason.values() for receipt_id in found)
    payers = session.scalars(
        select(Receipt.account_id)
        .where(Receipt.id.in_(ids), Receipt.account_id.is_not(None))
        .distinct()
        .order_by(Receipt.account_id)
    )
    return [payer for payer in payers if payer]


def set_receipts_free(session: Session, receipt_ids: Sequence[str]) -> None:
    """What a receipt waited for is settled; the next pass matches it like any other."""
    if receipt_ids:
        hold_receipt(session, receipt_ids, None)


def set_receipts_aside(session: Session, by_reason: dict[str, list[str]]) -> None:
    """Note why receipts wait."""
    for reason, receipt_ids in by_reason.items():
        hold_receipt(session, receipt_ids, reason)


def post_certain_receipts(
    writers: Sequence[tuple[Writer, ApplyReceipt]],
) -> list[tuple[Writer, ApplyReceipt]]:
    """Post the receipts the gate allows, in a handful of statements; returns the others.

    Each is judged on its own, on facts read in this transaction, and journaled on its own, just
    as tools.proposals.submit would; only the writing is joined.

    Raises:
        Conflict: More is applied than there is; nothing is written.
    """
    allowed, rest = [], []
    for writer, action in writers:
        verdict = judge(action, writer.facts, writer.policy)
        (allowed if isinstance(verdict, Allow) else rest).append((writer, action))
    if not allowed:
        return rest
    session = allowed[0][0].session
    rows = {row["id"]: row for writer, action in allowed for row in _applications(writer, action)}
    known = session.scalars(select(Application.id).where(Application.id.in_(rows))).all()
    new = [row for key, row in rows.items() if key not in set(known)]
    post_applications(session, new)
    identify_payers(session, {action.receipt_id: action.account_id for _w, action in allowed})
    note_advices(session, {a.receipt_id: a.advice_key for _w, a in allowed if a.advice_key})
    touched = {action.account_id for _writer, action in allowed}
    touch(session, touched | {row["account_id"] for row in new})
    append_audit(session, [_journaled(writer, action) for writer, action in allowed])
    return rest


def _applications(writer: Writer, action: ApplyReceipt) -> Iterator[dict[str, Any]]:
    items = items_of(writer.facts)
    owners = {each.item.invoice_id: each.account_id for each in writer.facts.relatives}
    for part in action.allocations:
        kind = ApplicationKind.CASH
        yield {
            "id": application_id(writer.cause, kind, action.receipt_id, part.invoice_id),
            "account_id": owners.get(part.invoice_id, action.account_id),
            "invoice_id": part.invoice_id,
            "kind": kind.value,
            "receipt_id": action.receipt_id,
            "credit_memo_id": None,
            "amount_minor": part.amount_minor,
            "currency": items[part.invoice_id].currency,
            "applied_on": writer.facts.as_of,
            "reverses_id": None,
            "cause": writer.cause,
        }


def _journaled(writer: Writer, action: ApplyReceipt) -> dict[str, Any]:
    said = {
        "action": action.model_dump(mode="json"),
        "proposal_id": None,
        "done": f"{len(action.allocations)} application(s) posted",
    }
    return {
        "at": writer.now,
        "kind": "apply_receipt_executed",
        "subject_id": action.account_id,
        "actor": writer.actor,
        "payload": orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode(),
    }
