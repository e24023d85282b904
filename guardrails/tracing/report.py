"""What a message states and which of it is untraced."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

# What is stated where no number can be read out of the words, such as "some hundred euros".
UNREADABLE = None


class Money(NamedTuple):
    """An amount as a text states it.

    Attributes:
        value: In whole units; None where the words hold no exact amount ("1.2k").
        currencies: Those its symbol, code or name may mean; empty when it names none.
    """

    value: Decimal | None
    currencies: frozenset[str]


class Span(NamedTuple):
    """A length of time as a text states it, such as "more than three weeks".

    Attributes:
        number: How many units.
        days: The days of a unit; 0 for hours.
        than: 1 for more than that, -1 for less, 0 for just that.
    """

    number: int
    days: int
    than: int = 0

    def holds(self, days: int) -> bool:
        """Whether so many days are what the text says; weeks and months are counted full."""
        if self.than:
            return (days - self.number * self.days) * self.than > 0
        return days // self.days == self.number


@dataclass(frozen=True, slots=True)
class Stated:
    """A statement of fact found in a message, before anything is known about its truth.

    Attributes:
        kind: amount, total, fee, percentage, count, date, days_overdue, terms, deadline,
            instalments, invoice_ref, number, person, company, link, email, phone or bank_account.
        value: `Money`, a `Decimal`, an int, a `Span`, a frozenset of the days a date may mean, or
            the words themselves.
        span: The words.
        start: Where they start in their part (its characters composed, NFC).
        part: `subject` or `body`.
        role: What the words around it make of it: `due`, `paid`, `original`, `disputed`, `any` (a
            date where one possible reading is enough), or nothing.
    """

    kind: str
    value: object
    span: str
    start: int
    part: str = "body"
    role: str = ""

    @property
    def end(self) -> int:
        """Where the words end in their part."""
        return self.start + len(self.span)


@dataclass(frozen=True, slots=True)
class Untraced:
    """Words of a message that are no fact of the ledger.

    Attributes:
        span: The words.
        start: Where they start in their part (its characters composed, NFC).
        kind: `hidden_character`, `look_alike`, `language`, `currency` (a known amount in another
            one), or a kind of `Stated`.
        expected: What would be right, for the person who writes.
        part: `subject` or `body`.
    """

    span: str
    start: int
    kind: str
    expected: str
    part: str = "body"
