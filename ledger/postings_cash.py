"""What a payment says beyond the invoices it pays: the amount it disputes, the advice it uses up.

Only tools/ imports this.
"""

from sqlalchemy import update
from sqlmodel import Session

from ledger.errors import Conflict
from ledger.tables.case import Dispute
from ledger.tables.receivable import Receipt


def dispute_amount(session: Session, dispute_id: str, amount_minor: int, currency: str) -> None:
    """Say that only a part of the invoice is disputed: what the payer kept back."""
    table = Dispute.__table__
    session.connection().execute(
        update(table)
        .where(table.c.id == dispute_id)
        .values(amount_minor=amount_minor, currency=currency, level="amount")
    )


def use_advice(session: Session, receipt_id: str, advice_key: str) -> None:
    """Note which advice told what a receipt pays.

    Raises:
        Conflict: Another receipt used it.
    """
    table = Receipt.__table__
    connection = session.connection()
    used = table.select().where(table.c.advice_key == advice_key, table.c.id != receipt_id)
    if connection.execute(used.limit(1)).first() is not None:
        raise Conflict(f"the advice {advice_key} explained another receipt already")
    connection.execute(update(table).where(table.c.id == receipt_id).values(advice_key=advice_key))
