"""What a payment says beyond the invoices it pays: the advice it uses up.

Only tools/ imports this.
"""

from sqlalchemy import bindparam, update
from sqlmodel import Session

from ledger.errors import Conflict
from ledger.tables.receivable import Receipt


def note_advices(session: Session, advices: dict[str, str]) -> None:
    """Note which advice told what each receipt pays, for receipts just posted."""
    table = Receipt.__table__
    if advices:
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("b_id"))
            .values(advice_key=bindparam("b_advice")),
            [{"b_id": receipt, "b_advice": advice} for receipt, advice in advices.items()],
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
