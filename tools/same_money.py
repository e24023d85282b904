"""Money told by two doors, the bank's file and the accounting system: one receipt, not two.

What is certain is joined when it comes in; what is only likely is kept apart and asked about.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlmodel import Session

from engines.matching.same_money import (
    Joined,
    Told,
    join_same_money,
    share_reference,
)
from ledger.actions import ReverseReceipt
from ledger.money import Money
from ledger.queries import same_money as reads
from ledger.queries.cash_facts import facts_for
from ledger.states import ProposalState
from tools.cash_book import set_receipts_free
from tools.cash_returns import ReturnDesk
from tools.proposals import submit

_WINDOW = timedelta(days=7)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class DoublesDone:
    """What became of money that may be in the books twice."""

    waiting: list[tuple[str, str]]
    freed: int


def join_bank_receipts(session: Session, receipts: Sequence[Row], lines: Sequence[Row]) -> Joined:
    """Which new receipts of the bank are in the books already, told by the accounting system.

    Args:
        session: The write transaction they would be booked in.
        receipts: Their rows.
        lines: The bank lines they come from, in the same order.
    """
    new = [
        _told(row, row["receipt_number"], line["bank_ref"], line["customer_ref"])
        for row, line in zip(receipts, lines, strict=True)
    ]
    return _join(session, new, of_bank=False)


def join_listed_receipts(session: Session, rows: Iterable[Row]) -> Joined:
    """Which receipts of the accounting system the bank told of already."""
    return _join(session, [_told(row, row["receipt_number"]) for row in rows], of_bank=True)


def _join(session: Session, new: Sequence[Told], *, of_bank: bool) -> Joined:
    if not new:
        return Joined()
    first, last = min(each.on for each in new), max(each.on for each in new)
    amounts = {each.minor for each in new}
    rows = reads.receipts_between(session, first - _WINDOW, last + _WINDOW, amounts, of_bank)
    return join_same_money(new, map(_known, rows))


def _known(row: Any) -> Told:
    return _told(dict(row._mapping), row.bank_ref or "", row.customer_ref or "")


def _told(row: Row, *references: str) -> Told:
    return Told(
        row["id"],
        row["received_on"],
        row["amount_minor"],
        row["currency"],
        (row["receipt_number"], row["memo"], *references),
        row["payer_name"],
        row.get("customer_name") or "",
    )


def ask_about_doubles(session: Session, desk: ReturnDesk) -> DoublesDone:
    """Ask whether money in doubt is there twice; what a person keeps is matched like any other."""
    rows = reads.receipts_in_doubt(session)
    if not rows:
        return DoublesDone([], 0)
    answers = reads.answers_about_doubles(session)
    kept = [row.id for row in rows if answers.get(row.id) == ProposalState.REJECTED]
    asking = [row for row in rows if row.id not in answers]
    twins = _twins(session, asking)
    kept += [row.id for row in asking if row.id not in twins]
    waiting = []
    for row in asking:
        twin = twins.get(row.id)
        account_id = row.account_id or (twin.account_id if twin else None)
        if twin is None or account_id is None:
            continue
        money = Money(row.unapplied_minor, row.currency)
        action = ReverseReceipt(
            account_id=account_id,
            receipt_id=row.id,
            amount_minor=row.unapplied_minor,
            reason=f"the same money as payment {twin.receipt_number}"[:300],
            evidence="same_money_twice",
        )
        (result,) = submit(
            session,
            [action],
            author=desk.author,
            role=desk.author,
            facts=facts_for(session, desk.as_of, [action])[account_id],
            policy=desk.policy,
            now=desk.now,
            run_id=desk.run_id,
            why=f"{money} of {row.received_on} and payment {twin.receipt_number} of "
            f"{twin.received_on} agree in amount, {_agreement(row, twin)}.",
        )
        if result.proposal_id:
            waiting.append((result.proposal_id, account_id))
    set_receipts_free(session, kept)
    return DoublesDone(waiting, len(kept))


def _twins(session: Session, rows: Sequence[Any]) -> dict[str, Any]:
    """The receipt each one in doubt may be the same money as."""
    if not rows:
        return {}
    first = min(row.received_on for row in rows) - _WINDOW
    last = max(row.received_on for row in rows) + _WINDOW
    amounts = {row.amount_minor for row in rows}
    doubted = {row.id for row in rows}
    known = {
        each.id: each
        for of_bank in (True, False)
        for each in reads.receipts_between(session, first, last, amounts, of_bank)
        if each.id not in doubted
    }
    found = join_same_money(map(_known, rows), map(_known, known.values()))
    return {key: known[twin] for key, twin in (found.same | found.doubtful).items()}


def _agreement(row: Any, twin: Any) -> str:
    """In what two payments agree beside the amount, and in what they do not; no text of theirs."""
    if share_reference(_known(row), _known(twin)):
        return "in a reference, and name different payers"
    return "in payer, and in no reference"
