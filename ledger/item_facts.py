"""An open item, and what of it is contested."""

from dataclasses import dataclass
from datetime import date

from ledger.money import Money


@dataclass(frozen=True, slots=True)
class DuePart:
    """What is open of an invoice under one due date."""

    due_on: date
    open_minor: int


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An invoice with an open balance.

    Of an invoice in instalments, `instalments` holds what is unsettled, `due_on` is the earliest
    of them, and the dunning level is that of reminders sent since it fell due.

    Attributes:
        disputed_minor: What is disputed of it, where the rest is not; never asked for.
    """

    invoice_id: str
    invoice_number: str
    issued_on: date
    due_on: date
    amount_minor: int
    open_minor: int
    currency: str
    po_number: str | None = None
    dunning_level: int = 0
    dunned_on: date | None = None
    instalments: tuple[DuePart, ...] = ()
    disputed_minor: int = 0

    @property
    def open(self) -> Money:
        """The open balance."""
        return Money(self.open_minor, self.currency)

    @property
    def parts(self) -> tuple[DuePart, ...]:
        """The open balance by due date, earliest first."""
        return self.instalments or (DuePart(self.due_on, self.open_minor),)

    def overdue_minor(self, as_of: date) -> int:
        """What of it is past due: of an invoice in instalments, only the parts that fell due."""
        return sum(part.open_minor for part in self.parts if part.due_on < as_of)

    def asked(self, as_of: date) -> tuple[DuePart, ...]:
        """What a reminder asks for: the parts past due, or the first where none is yet.

        A disputed part is not asked for; where nothing else is left, the gate says so.
        """
        return self._due(self._undisputed, as_of) or self._due(self.parts, as_of)

    @staticmethod
    def _due(parts: tuple[DuePart, ...], as_of: date) -> tuple[DuePart, ...]:
        return tuple(part for part in parts if part.due_on < as_of) or parts[:1]

    @property
    def is_partly_disputed(self) -> bool:
        """Whether a part is disputed and a rest is not."""
        return 0 < self.disputed_minor < self.open_minor

    @property
    def _undisputed(self) -> tuple[DuePart, ...]:
        """The parts less what is disputed, which counts against the earliest first."""
        if not self.disputed_minor:
            return self.parts
        left, rest = self.disputed_minor, []
        for part in self.parts:
            taken = min(left, part.open_minor)
            left -= taken
            if part.open_minor > taken:
                rest.append(DuePart(part.due_on, part.open_minor - taken))
        return tuple(rest)


@dataclass(frozen=True, slots=True)
class OpenDispute:
    """A dispute that is not resolved. Without an invoice it concerns the account.

    Attributes:
        amount_minor: The disputed part of the invoice; None where all of it is disputed.
        answer_by: The end of its clock, where one was set.
    """

    dispute_id: str
    invoice_id: str | None
    reason: str
    opened_on: date
    amount_minor: int | None = None
    answer_by: date | None = None


@dataclass(frozen=True, slots=True)
class ClosedDispute:
    """A resolved dispute that an action names; `resolved_minor` is what it gave."""

    dispute_id: str
    invoice_id: str | None
    resolution: str
    resolved_on: date | None
    resolved_minor: int
    currency: str | None
