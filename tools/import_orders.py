"""Orders of a file: what is still to be billed, and when."""

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
        """Add orders, or change what the newest export says of them."""
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
