"""What the postings add up to as of a date: the values that metrics and statements are made of."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DueItem:
    """What was open of an invoice, or of one of its instalments, under one due date."""

    account_id: str
    invoice_id: str
    invoice_number: str
    issued_on: date
    due_on: date
    open_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class DueBalance:
    """What was open in a currency under one due date, before unapplied cash and credits."""

    currency: str
    due_on: date
    open_minor: int


@dataclass(frozen=True, slots=True)
class DaySales:
    """What was billed on credit in a currency on one day."""

    currency: str
    issued_on: date
    amount_minor: int


@dataclass(frozen=True, slots=True)
class DisputedBalance:
    """What was open in a currency on invoices under an open dispute."""

    currency: str
    open_minor: int


@dataclass(frozen=True, slots=True)
class PromiseTally:
    """Promises to pay of one outcome that matured in a period."""

    currency: str
    state: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class OurTally:
    """Promises we made that fell due in a period: done in time, done late, not done yet."""

    in_time: int = 0
    late: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class LedgerTotals:
    """Control totals of one currency: everything billed and everything that settled it."""

    currency: str
    invoiced_minor: int = 0
    cash_applied_minor: int = 0
    credit_applied_minor: int = 0
    written_off_minor: int = 0
    adjusted_minor: int = 0
    received_minor: int = 0
    returned_minor: int = 0
    unidentified_minor: int = 0
    credited_minor: int = 0
    cash_elsewhere_minor: int = 0
    """Cash of these accounts on invoices of others of their family, less the reverse."""

    @property
    def open_minor(self) -> int:
        """Open balance of the invoices."""
        settled = self.cash_applied_minor + self.credit_applied_minor
        return self.invoiced_minor - settled - self.written_off_minor - self.adjusted_minor

    @property
    def unapplied_cash_minor(self) -> int:
        """Money received, of known and of unidentified payers, not gone back and not applied."""
        used = self.cash_applied_minor + self.cash_elsewhere_minor
        return self.received_minor - self.returned_minor - used

    @property
    def unapplied_credit_minor(self) -> int:
        """Credit memos given and not applied."""
        return self.credited_minor - self.credit_applied_minor


@dataclass(frozen=True, slots=True)
class MetricInputs:
    """Everything the metrics of a period of `period_days` ending on `as_of` are computed from.

    `opening` is as of the day before the period, `closing` as of its last day. `sales` holds
    every day from `sales_from` on, which reaches further back than the period, for the count-back.
    """

    as_of: date
    period_days: int
    sales_from: date
    opening: tuple[DueBalance, ...] = ()
    closing: tuple[DueBalance, ...] = ()
    sales: tuple[DaySales, ...] = ()
    totals: tuple[LedgerTotals, ...] = ()
    promises: tuple[PromiseTally, ...] = ()
    disputed: tuple[DisputedBalance, ...] = ()
    ours: OurTally = OurTally()
