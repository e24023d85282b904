"""A case while it is played: the home it is in, the customer it is about, what was said."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from evals.scenario import Case
from evals.stage.listening import ListeningModel
from graph.bootstrap import House
from ledger.errors import BadInput
from ledger.money import Money

BYSTANDER = "acc_bystander"
Item = dict[str, Any]


@dataclass(slots=True)
class Stage:
    """One home in which one case is played, or several that share it.

    Attributes:
        day: The business date it has come to.
        model: Who plays the roles, and notes what was said; None with the embedded default.
        by_people: Whether a person decided or entered something, so that what only people may do
            can have been done rightly.
        night: What stands in for a night, where a control is played.
    """

    house: House
    day: date
    model: ListeningModel | None = None
    by_people: bool = False
    night: Callable[["Stage"], None] | None = None


@dataclass(slots=True)
class Scene:
    """One case on its stage.

    Attributes:
        account_id: The customer it is about.
        currency: The currency amounts without one are in.
        said: What steps answered, by name of the step.
        notes: What happened, in the order it did.
    """

    stage: Stage
    case: Case
    account_id: str = ""
    currency: str = "USD"
    said: Item = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)

    @property
    def house(self) -> House:
        """The home."""
        return self.stage.house

    @property
    def as_of(self) -> date:
        """The business date the case begins on."""
        return self.case.scenario.as_of

    @property
    def key(self) -> str:
        """The case as part of an id."""
        return re.sub(r"[^a-z0-9]+", "_", self.case.key.lower()).strip("_")

    def invoice_id(self, number: str) -> str:
        """Id of an invoice the world names."""
        return f"inv_{self.key}_{number.lower()}"

    def minor(self, amount: str | int) -> int:
        """Minor units of an amount such as `"500.00"`.

        Raises:
            BadInput: YAML has read it as a number with a point, which is no amount.
        """
        if isinstance(amount, float):
            raise BadInput(f"{self.case.id}: write amounts as texts: '{amount:.2f}'")
        return Money.of(Decimal(amount), self.currency).minor

    def in_days(self, days: int) -> date:
        """So many days after the date the case begins on."""
        return self.as_of + timedelta(days=days)
