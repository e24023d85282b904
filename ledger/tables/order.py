"""Orders not billed yet: no claim, but cash to come and risk already taken."""

from datetime import date

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from ledger.tables.base import Table, minor


class SalesOrder(Table, table=True):
    """What is still to be billed of an order, as the newest export says.

    An order the newest export does not name is billed or cancelled, so only those listed on the
    newest day count.

    Attributes:
        amount_minor: Not billed yet.
        invoice_on: When its invoice is expected; None is as soon as it is delivered, or now.
        delivered_on: When it was delivered; None while it is not.
        terms_days: Of its invoice; None means those of the account.
        po_number: The customer's number of it.
        listed_on: Day of the newest export that named it.
    """

    __table_args__ = (UniqueConstraint("account_id", "order_number", name="uq_sales_order_number"),)

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    order_number: str
    amount_minor: int = minor()
    currency: str
    invoice_on: date | None = None
    delivered_on: date | None = None
    terms_days: int | None = None
    po_number: str | None = None
    listed_on: date = Field(index=True)
    batch_id: str | None = None
