"""Orders of a file: what is still to be billed, and when."""

from sqlalchemy import select
from sqlmodel import Session

from adapters.spreadsheets.records import OrderRecord
from ledger.ids import make_id
from ledger.tables.order import SalesOrder
from tools.import_accounts import AccountBook
from tools.import_known import rows_where
from tools.import_plan import Plan, Row


class OrderPlanner:
    """Plans the orders of a file; each needs an account that is in the books."""

    def __init__(self, session: Session, plan: Plan, book: AccountBook) -> None:
        self.session, self.plan, self.book = session, plan, book

    def take(self, records: list[OrderRecord]) -> None:
        """Add orders, or change what the newest export says; nothing is left of those not named."""
        rows = [row for record in records if (row := self._row(record))]
        known = {
            row["id"]: row
            for row in rows_where(
                self.session, SalesOrder, SalesOrder.id, (row["id"] for row in rows)
            )
        }
        for row in rows:
            if row["id"] not in known:
                self.plan.add(SalesOrder, row)
            elif row["listed_on"] >= known[row["id"]]["listed_on"]:
                # The batch alone is no news.
                told = {n: v for n, v in row.items() if n not in ("id", "account_id", "batch_id")}
                self.plan.change(SalesOrder, known[row["id"]], **told)
        self._end_others({row["id"] for row in rows})

    def _end_others(self, named: set[str]) -> None:
        """What an older day listed and this export does not name is billed or cancelled.

        Files of one day are parts of one export, so what that day has listed stays.
        """
        if self.plan.is_older:
            return
        orders = SalesOrder.__table__
        query = select(orders).where(
            orders.c.listed_on < self.plan.as_of, orders.c.amount_minor > 0
        )
        listed = [dict(row) for row in self.session.execute(query).mappings()]
        gone = [row for row in listed if row["id"] not in named]
        for row in gone:
            self.plan.change(SalesOrder, row, amount_minor=0, listed_on=self.plan.as_of)
        if gone and not named:
            what = f"{len(gone):,} of the books were still to be billed, and the file names none"
            self.plan.notes.note("orders_gone", what)

    def _row(self, record: OrderRecord) -> Row | None:
        number, name = record.customer_number, record.customer_name
        if self.book.is_ambiguous(number, name):
            what = f"several customers are called {name!r}"
            self.plan.notes.note(
                "ambiguous_customer", what, line=record.line, column="customer_name"
            )
        account = self.book.find(number, name)
        if account is None:
            return None
        return {
            "id": make_id("ord", account["id"], record.order_number),
            "account_id": account["id"],
            "order_number": record.order_number,
            "amount_minor": record.amount_minor,
            "currency": record.currency,
            "invoice_on": record.invoice_on,
            "delivered_on": record.delivered_on,
            "terms_days": record.terms_days,
            "po_number": record.po_number,
            "listed_on": self.plan.as_of,
            "batch_id": self.plan.batch_id,
        }
