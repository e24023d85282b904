"""What a date read in a message is, and what it is read against."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class DateMention:
    """Words that name a day.

    Attributes:
        start: Where they start in their part; `end` is behind them.
        ahead: The day, if it lies ahead of the message.
        behind: The day, if it lies behind.
        form: The form of the grammar.
    """

    start: int
    end: int
    ahead: date | None
    behind: date | None
    form: str


@dataclass(frozen=True, slots=True)
class Anchor:
    """What relative dates count from.

    Attributes:
        day: The day the message came.
        calendar: Country code of the business calendar.
        day_first: Whether 3/4 is the third of April.
    """

    day: date
    calendar: str
    day_first: bool


Pair = tuple[date | None, date | None] | None
