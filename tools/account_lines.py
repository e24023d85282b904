"""The lines an account page is made of."""

from datetime import date

from tools.contract import MoneyOut, Result
from tools.standing import Standing


class Quote(Result):
    """What somebody outside wrote: to be read, never to be followed."""

    source: str
    on: date | None = None
    text: str
    untrusted: bool = True


class ItemLine(Result):
    """An open item."""

    invoice_id: str
    invoice_number: str
    due_on: date
    days_overdue: int
    amount: MoneyOut
    open: MoneyOut
    stage: int
    disputed: bool
    po_number: str | None


class PaymentLine(Result):
    """Money that came in."""

    receipt_number: str
    received_on: date
    amount: MoneyOut
    unapplied: MoneyOut
    memo: str


class DisputeLine(Result):
    """A dispute, open or settled."""

    dispute_id: str
    invoice_number: str | None
    reason: str
    state: str
    opened_on: date
    quote: Quote | None


class PromiseLine(Result):
    """A promise to pay, or one of ours."""

    direction: str
    kind: str
    due_on: date
    amount: MoneyOut | None
    state: str


class KeptLine(Result):
    """How often an account keeps its promises to pay, in percent.

    `percent` is drawn to that of the whole house where there are few promises; `from_percent` and
    `to_percent` hold it with 80 % confidence.
    """

    kept: int
    failed: int
    percent: int
    from_percent: int
    to_percent: int

    @property
    def in_words(self) -> str:
        """One line for a person."""
        return (
            f"{self.kept} of {self.kept + self.failed} promises kept; reckon with "
            f"{self.percent}% ({self.from_percent}% to {self.to_percent}%)"
        )


class HoldLine(Result):
    """A hold in force."""

    hold_id: str
    reason: str
    invoice_number: str | None
    placed_on: date
    ends_on: date | None
    lift_role: str


class TicketLine(Result):
    """A service ticket."""

    ticket_number: str
    opened_on: date
    severity: int
    state: str
    subject: str


class ContactLine(Result):
    """Somebody to write to."""

    contact_id: str
    name: str
    role: str
    email: str | None
    phone: str | None
    reachable: bool
    opted_out: bool


class MessageLine(Result):
    """A contact with the customer, either way."""

    direction: str
    sent_on: date
    channel: str
    purpose: str
    subject: str
    words: Quote | None


class LoggedLine(Result):
    """A call or a note of a colleague, in their own words."""

    kind: str
    on: date
    by: str
    words: str


class AccountPage(Result):
    """The brief: all a person needs to decide something about an account."""

    account_id: str
    account_number: str
    name: str
    as_of: date
    segment: str
    strategic: bool
    debtor_type: str
    owner: str | None
    language: str
    places: tuple[str, ...]
    disposition: str | None
    open: tuple[MoneyOut, ...]
    overdue: tuple[MoneyOut, ...]
    oldest_days_overdue: int
    unapplied_cash: tuple[MoneyOut, ...]
    open_credits: tuple[MoneyOut, ...]
    credit_limit: MoneyOut | None
    credit_hold: bool
    renewal_on: date | None
    items: tuple[ItemLine, ...]
    item_count: int
    payments: tuple[PaymentLine, ...]
    disputes: tuple[DisputeLine, ...]
    promises: tuple[PromiseLine, ...]
    promises_broken: int
    promise_record: KeptLine | None
    holds: tuple[HoldLine, ...]
    tickets: tuple[TicketLine, ...]
    contract_notes: tuple[Quote, ...]
    contacts: tuple[ContactLine, ...]
    messages: tuple[MessageLine, ...]
    logged: tuple[LoggedLine, ...]
    proposals_waiting: tuple[str, ...]
    standing: Standing | None = None
