"""What an export says, typed and frozen. Amounts are positive minor units; signs are kinds."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger.states import DebtorType, Segment

Minor = Annotated[int, Field(ge=0)]
Text = Annotated[str, Field(min_length=1)]


class _Record(BaseModel):
    """One record and the 1-based line it came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int

    def content(self) -> tuple[object, ...]:
        """Everything but the line, to tell equal rows."""
        return tuple(value for name, value in self if name != "line")


class CustomerRecord(_Record):
    """A customer with its main contact; None means the file does not say."""

    customer_number: Text
    name: Text
    parent_number: str | None = None
    segment: Segment | None = None
    strategic: bool | None = None
    owner: str | None = None
    email: str | None = None
    phone: str | None = None
    contact_name: str | None = None
    language: str | None = None
    currency: str | None = None
    time_zone: str | None = None
    places: tuple[str, ...] = ()
    debtor_type: DebtorType | None = None
    credit_limit_minor: Minor | None = None
    terms_days: int | None = None
    email_consent: bool | None = None
    sms_consent: bool | None = None
    opted_out: bool | None = None


class _CustomerItem(_Record):
    """Something that belongs to a customer, named by number, by name or by both."""

    customer_number: str | None = None
    customer_name: str | None = None


class InvoiceRecord(_CustomerItem):
    """An invoice. `open_minor` None means the amount less what the ledger knows.

    `cleared_on` says that a receipt of the whole amount came in on that date.
    """

    invoice_number: Text
    issued_on: date | None
    due_on: date | None
    terms_days: int | None = None
    amount_minor: Minor
    open_minor: Minor | None = None
    currency: str
    po_number: str | None = None
    entity: str | None = None
    cleared_on: date | None = None
    disputed: bool = False


class CreditRecord(_CustomerItem):
    """A credit memo, or an overpayment an invoice row shows as a negative open balance."""

    credit_number: Text
    issued_on: date | None
    amount_minor: Minor
    open_minor: Minor | None = None
    currency: str
    invoice_number: str | None = None
    overpayment: bool = False


class ReceiptRecord(_CustomerItem):
    """Money that came in. Without a customer it is unidentified."""

    receipt_number: str | None = None
    bank_reference: str | None = None
    received_on: date
    amount_minor: Minor
    open_minor: Minor | None = None
    currency: str
    payer_name: str = ""
    memo: str = ""
    invoice_numbers: tuple[str, ...] = ()


class TicketRecord(_CustomerItem):
    """A service ticket; severity 1 is the worst, 4 the least."""

    ticket_number: Text
    opened_on: date
    severity: int | None = None
    status: str = ""
    subject: str = ""
    invoice_number: str | None = None


class ContractRecord(_CustomerItem):
    """A contract note, or a renewal when the row has a renewal date."""

    contract_number: str | None = None
    kind: str
    starts_on: date | None = None
    ends_on: date | None = None
    renews_on: date | None = None
    owner: str | None = None
    text: str = ""


class OrderRecord(_CustomerItem):
    """An order that is not billed yet, or what is left to bill of it."""

    order_number: Text
    amount_minor: Minor
    currency: str
    invoice_on: date | None = None
    delivered_on: date | None = None
    terms_days: int | None = None
    po_number: str | None = None


Record = (
    CustomerRecord
    | InvoiceRecord
    | CreditRecord
    | ReceiptRecord
    | TicketRecord
    | ContractRecord
    | OrderRecord
)
