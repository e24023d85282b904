"""Set-based reads for the forecast."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlmodel import Session

from ledger.states import ApplicationKind
from ledger.tables.receivable import Application, Invoice


def open_book(session: Session) -> Iterator[tuple[str, str, int, date]]:
    """(account id, currency, open minor units, due date) of every open item, streamed."""
    rows = session.execute(
        select(Invoice.account_id, Invoice.currency, Invoice.open_minor, Invoice.due_on)
        .where(Invoice.open_minor > 0)
        .execution_options(yield_per=5000)
    )
    for row in rows:
        yield row[0], row[1], row[2], row[3]


def mean_delays(session: Session, as_of: date, history_days: int) -> dict[str, int]:
    """Mean days between due date and last cash by account, over items settled in the window."""
    settled = (
        select(
            Invoice.account_id, Invoice.due_on, func.max(Application.applied_on).label("paid_on")
        )
        .join(Application, Application.invoice_id == Invoice.id)
        .where(
            Invoice.open_minor == 0,
            Application.kind == ApplicationKind.CASH,
            Application.applied_on > as_of - timedelta(days=history_days),
            Application.applied_on <= as_of,
        )
        .group_by(Invoice.id, Invoice.account_id, Invoice.due_on)
    )
    days: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for account_id, due_on, paid_on in session.execute(settled.execution_options(yield_per=5000)):
        days[account_id][0] += (paid_on - due_on).days
        days[account_id][1] += 1
    return {account: round(total / count) for account, (total, count) in days.items()}
