"""A ledger replayed: each day's questions are answered from what was known that morning.

The file is cut to what was known before a day, by `InvoiceHistory.known_before`, each time anything
is asked as of that day; the outcome of the invoice in question is taken away besides.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from engines.risk.history import InvoiceHistory
from engines.risk.model import FitOptions, Outlook, TimingModel, fit
from engines.risk.ranking import Ranking, rank_accounts
from ledger.errors import BadInput

REFIT_DAYS = 30


@dataclass(frozen=True, slots=True)
class Window:
    """From when to when a ledger is asked; both ends of the test are included.

    Attributes:
        train_until: The first model knows nothing of this day or later.
    """

    train_until: date
    test_from: date
    test_to: date

    def check(self) -> None:
        """Refuse a window that would look ahead or is empty.

        Raises:
            BadInput: Its days are out of order.
        """
        if self.train_until > self.test_from:
            raise BadInput(
                f"--train-until {self.train_until} is after --test-from {self.test_from}: "
                "what is tested may not be learnt from"
            )
        if self.test_from > self.test_to:
            raise BadInput(f"--test-from {self.test_from} is after --test-to {self.test_to}")


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """Predictions made at issue, in the order they were asked."""

    items: InvoiceHistory
    outlook: Outlook
    notes: tuple[str, ...]


class Models:
    """The model in use on a day: learnt at first, and again every 30 days from what is past."""

    def __init__(
        self,
        history: InvoiceHistory,
        window: Window,
        options: FitOptions,
        tell: Callable[[str], None],
    ) -> None:
        self._history, self._window, self._options = history, window, options
        self._tell = tell
        self._learnt: dict[date, TimingModel] = {}
        self.notes: list[str] = []

    def on(self, day: date) -> TimingModel:
        """The model of a day."""
        first = self._window.train_until
        rounds = (day - first).days // REFIT_DAYS
        due = first + timedelta(days=REFIT_DAYS * rounds)
        # Between the end of learning and the start of the test nothing is learnt.
        due = due if due >= self._window.test_from else first
        if due not in self._learnt:
            model = fit(self._history.known_before(due), due, options=self._options)
            self._learnt[due] = model
            self.notes.append(f"as of {due}: {model.note}")
            self._tell(self.notes[-1])
        return self._learnt[due]


def replay_issues(
    history: InvoiceHistory,
    window: Window,
    options: FitOptions | None = None,
    tell: Callable[[str], None] = lambda _line: None,
    models: Models | None = None,
) -> Answered:
    """Ask about each invoice of the test on the day it was issued.

    Raises:
        BadInput: No invoice was issued in the window, or the window is none.
    """
    window.check()
    tested = history.issued_between(window.test_from, window.test_to)
    if not len(tested):
        raise BadInput(f"no invoice was issued from {window.test_from} to {window.test_to}")
    models = models or Models(history, window, options or FitOptions(), tell)
    asked, told = [], []
    for day in np.unique(tested.issued_on):
        on = day.item()
        items = tested.take(np.flatnonzero(tested.issued_on == day))
        known = history.known_before(on)
        asked.append(items)
        told.append(models.on(on).outlook(items.without_outcome(), on, known))
    return Answered(_join(InvoiceHistory, asked), _join(Outlook, told), tuple(models.notes))


def replay_mondays(
    history: InvoiceHistory,
    window: Window,
    options: FitOptions | None = None,
    tell: Callable[[str], None] = lambda _line: None,
    models: Models | None = None,
) -> Iterator[tuple[date, Ranking]]:
    """Rank the accounts with open items on each Monday of the test.

    Raises:
        BadInput: The window is none, or holds no Monday.
    """
    window.check()
    origins = list(mondays(window.test_from, window.test_to))
    if not origins:
        raise BadInput(f"there is no Monday from {window.test_from} to {window.test_to}")
    models = models or Models(history, window, options or FitOptions(), tell)
    for origin in origins:
        known = history.known_before(origin)
        yield origin, rank_accounts(models.on(origin), known.open_on(origin), origin, known)


def mondays(first: date, last: date) -> Iterator[date]:
    """Each Monday from one day to another."""
    day = first + timedelta(days=-first.weekday() % 7)
    while day <= last:
        yield day
        day += timedelta(days=7)


def _join(kind: type, parts: list):
    names = kind.__slots__
    return kind(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))
