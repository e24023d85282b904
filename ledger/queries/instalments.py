"""Invoices in instalments: what of each part is unsettled, and how far its reminders have gone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlmodel import Session

from ledger.facts import DuePart, OpenItem
from ledger.tables.receivable import Instalment, Invoice

Schedule = Sequence[tuple[date, int]]


def read_schedules(session: Session, account_ids: Sequence[str]) -> Mapping[str, Schedule]:
    """(due date, minor units) of instalments in force of the accounts' open invoices, in order."""
    rows = session.execute(
        select(Instalment.invoice_id, Instalment.due_on, Instalment.amount_minor)
        .join(Invoice, Invoice.id == Instalment.invoice_id)
        .where(
            Invoice.account_id.in_(account_ids),
            Invoice.open_minor != 0,
            Instalment.ended_on.is_(None),
        )
        .order_by(Instalment.invoice_id, Instalment.due_on, Instalment.number)
    )
    found: dict[str, list[tuple[date, int]]] = {}
    for invoice_id, due_on, amount_minor in rows:
        found.setdefault(invoice_id, []).append((due_on, amount_minor))
    return found


def unsettled(schedule: Schedule, amount_minor: int, open_minor: int) -> tuple[DuePart, ...]:
    """What is left of each instalment: the earliest is settled first.

    The last part carries what remains, so that the parts always sum to the open balance.
    """
    paid = amount_minor - open_minor
    parts, through, left_before = [], 0, 0
    for number, (due_on, amount) in enumerate(schedule, start=1):
        through += amount
        left = open_minor if number == len(schedule) else max(through - paid, 0)
        if left != left_before:
            parts.append(DuePart(due_on, left - left_before))
        left_before = left
    return tuple(parts)


def in_instalments(item: OpenItem, schedule: Schedule) -> OpenItem:
    """The item as of its earliest unsettled instalment.

    A reminder that left before an instalment was past due was about an earlier one, so the
    ladder of this one starts at its first stage.
    """
    parts = unsettled(schedule, item.amount_minor, item.open_minor)
    due_on = parts[0].due_on
    item = replace(item, due_on=due_on, instalments=parts)
    if item.dunned_on is not None and item.dunned_on <= due_on:
        return replace(item, dunning_level=0, dunned_on=None)
    return item
