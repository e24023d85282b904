"""A credit that a resolution of ours gave, listed again by the accounting system: one, not two.

The same invoice and amount make it certain, and each credit of ours is met by one of theirs only.
What agrees in less is booked as theirs says, stays unapplied, and a person is asked.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta
from typing import Any

import orjson
from sqlalchemy import select
from sqlmodel import Session

from adapters.spreadsheets.records import CreditRecord
from ledger.money import Money
from ledger.tables.receivable import CreditMemo
from ledger.tables.work import Audit

CREDIT_JOINED = "credit_joined"
_OURS = "crd_"
_WINDOW = timedelta(days=60)
_CHUNK = 500
Row = dict[str, Any]


class OwnCredits:
    """Credits that resolutions gave on some accounts, and the numbers they were told under.

    Attributes:
        joined: Those met by this file for the first time, by id, with their number there.
        questions: An account and what to ask of it, for each credit that may be one of ours.
    """

    def __init__(self, session: Session, account_ids: Collection[str]) -> None:
        self.joined: dict[str, str] = {}
        self.questions: list[tuple[str, str]] = []
        self._free = {row.id: row for row in _credits_of(session, sorted(account_ids))}
        told = select(Audit.subject_id, Audit.payload).where(Audit.kind == CREDIT_JOINED)
        self._told: dict[tuple[str, str], CreditMemo] = {}
        for credit_id, payload in session.execute(told):
            if credit_id in self._free:
                row = self._free.pop(credit_id)
                self._told[row.account_id, orjson.loads(payload)["credit_number"]] = row

    def same_as(self, record: CreditRecord, account_id: str, number: str) -> CreditMemo | None:
        """The credit of ours that a line tells of; one that only may be is asked about."""
        if known := self._told.get((account_id, number)):
            return known
        like = [row for row in self._free.values() if _is_like(row, record, account_id)]
        sure = [row for row in like if _is_sure(row, record)]
        if sure:
            found = min(sure, key=lambda row: (row.issued_on, row.id))
            self.joined[found.id] = number
            self._told[account_id, number] = self._free.pop(found.id)
            return found
        for row in like[:1]:
            self.questions.append((account_id, _question(row, record, number)))
        return None


def _credits_of(session: Session, account_ids: list[str]) -> Iterator[CreditMemo]:
    for first in range(0, len(account_ids), _CHUNK):
        part = account_ids[first : first + _CHUNK]
        query = select(CreditMemo).where(CreditMemo.account_id.in_(part))
        yield from session.scalars(query.where(CreditMemo.id.startswith(_OURS, autoescape=True)))


def _is_like(row: CreditMemo, record: CreditRecord, account_id: str) -> bool:
    """Whether it may be ours: one account and currency, and the same invoice or amount."""
    if (row.account_id, row.currency) != (account_id, record.currency):
        return False
    if record.invoice_number:
        return record.invoice_number == row.invoice_number
    near = record.issued_on is None or abs(record.issued_on - row.issued_on) <= _WINDOW
    return near and record.amount_minor == row.amount_minor


def _is_sure(row: CreditMemo, record: CreditRecord) -> bool:
    return bool(record.invoice_number) and record.amount_minor == row.amount_minor


def _question(row: CreditMemo, record: CreditRecord, number: str) -> str:
    theirs, ours = (Money(each.amount_minor, row.currency) for each in (record, row))
    return (
        f"Credit memo {number} over {theirs} of the accounting system may be our own credit "
        f"{row.credit_number} over {ours} for invoice {row.invoice_number}, given on "
        f"{row.issued_on}. It is booked and not applied. If it is the same, take our resolution "
        "back (`dunwell dispute reopen`), so that theirs alone counts"
    )
