"""Whose money a waiting receipt may be: those accounts are not chased until that is settled.

The rule, in one place. While a receipt waits, it protects, in the currency of what it may pay:

- the owners of every document its words name, however many they are, and whether or not anybody
  could be asked to apply it so: it may name two strangers, another currency, or somebody else's;
- the owners of the documents of the ways the engine ranks first, three at most, which are those a
  person is shown, with the account each way would book it on;
- the customers its bank account, a customer number or the very name says sent it.

That an amount is merely equal protects nobody beyond those three ways, or one round amount would
stop every letter of a book. What a receipt is known to belong to is no candidate but its owner,
whose unapplied cash it is; only in another currency does it stand here as well.

It ends when the receipt is applied or goes back, when a later look names somebody else, or when a
person says no: to the request that asks, or, where there is none, in tools/cash_waiting.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session

from engines.matching.model import Outcome
from ledger import postings_candidates as postings
from ledger.actions import ApplyReceipt, ProposedAction
from ledger.money import Money
from ledger.queries.candidates import waiting_for
from ledger.tables.receivable import Receipt
from tools.cash_ways import Matched, Way


class Owners:
    """Whose the open documents of a book are, and which account a number is."""

    def __init__(self, documents: Mapping[str, Any], accounts: Iterable[Any]) -> None:
        """Take documents under the engine's numbers, and accounts."""
        self._named = {key: (row.account_id, row.currency) for key, row in documents.items()}
        self._kept = {row.id: (row.account_id, row.currency) for row in documents.values()}
        self._ids = {row.account_number: row.id for row in accounts}

    def candidates(
        self, row: Any, outcome: Outcome, ways: Iterable[Way | None]
    ) -> tuple[tuple[str, str], ...]:
        """(account, currency) a receipt protects; the module says which.

        Args:
            row: The receipt.
            outcome: The engine's answer.
            ways: Its ways in ids of the ledger, and the one the payer's own words gave.
        """
        parts = (part.doc_id for each in outcome.alternatives for part in each.parts)
        found = {self._named[doc_id] for doc_id in (*outcome.named, *parts)}
        for way in filter(None, ways):
            found |= {(way.account_id, row.currency)}
            found |= {self._kept[invoice_id] for invoice_id, _minor in way.cash}
        payers = (self._ids[number] for number in outcome.payers if number in self._ids)
        found |= {(account_id, row.currency) for account_id in payers}
        return tuple(sorted(found - {(row.account_id, row.currency)}))


def keep_candidates(session: Session, found: Sequence[Matched]) -> None:
    """Note whose the receipts of a batch may be, in the transaction that asks or sets aside."""
    postings.replace_candidates(session, {each.receipt_id: each.candidates for each in found})


def leave_to_requests(session: Session, receipt_ids: Sequence[str]) -> None:
    """Requests ask about these receipts now; nobody need look beside them."""
    postings.end_candidate_tasks(session, receipt_ids)


def name_in_request(session: Session, action: ProposedAction) -> None:
    """A request to apply a receipt protects those it would be applied to, whoever asks."""
    if isinstance(action, ApplyReceipt):
        invoices = [part.invoice_id for part in action.allocations]
        postings.name_candidates(session, action.receipt_id, action.account_id, invoices)


def ask_whose(session: Session, receipt_ids: Sequence[str], as_of: date, author: str) -> int:
    """Give a person a task for each account that waits for a receipt nobody is asked to apply."""
    lines = waiting_for(session, Receipt.id.in_(list(receipt_ids))) if receipt_ids else []
    tasks = [
        {
            "receipt_id": receipt.id,
            "account_id": account.id,
            "kind": "review",
            "summary": _question(receipt, account.account_number),
            "due_on": as_of,
            "assignee": None,
            "state": "open",
            "created_by": author,
        }
        for receipt, account, _currency in lines
    ]
    unique = {(each["receipt_id"], each["account_id"]): each for each in tasks}
    postings.add_candidate_tasks(session, unique.values())
    return len(unique)


def _question(receipt: Receipt, account_number: str) -> str:
    money = Money(receipt.unapplied_minor, receipt.currency)
    why = (receipt.hold_reason or "not applied").replace("_", " ")
    return (
        f"Payment {receipt.receipt_number} of {money}, received on {receipt.received_on}, may be "
        f"theirs ({why}): no reminder leaves until it is applied, or somebody says "
        f"`dunwell cash not-theirs {receipt.receipt_number} {account_number}`"
    )[:500]


def deny_asked(session: Session, action: ProposedAction) -> None:
    """Who says no to a request to apply a receipt says it of everybody it may belong to."""
    if isinstance(action, ApplyReceipt):
        postings.deny_candidates(session, action.receipt_id)
