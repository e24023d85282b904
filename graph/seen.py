"""A home as one person sees it: the same house over a ledger that shows their accounts only."""

from collections.abc import Callable
from datetime import date
from typing import Any

from graph.bootstrap import House
from graph.deps import Deps
from ledger.clock import Clock
from ledger.session import Ledger
from ledger.sight import Sight

_OWN = frozenset({"ledger", "whole", "deps"})


class _SeenHouse(House):
    """Everything of the house but its ledger, so that nothing is opened twice."""

    def __init__(self, whole: House, ledger: Ledger) -> None:
        self.whole = whole
        self.ledger = ledger

    def __getattribute__(self, name: str) -> Any:
        """What is not this view's own is the whole house's."""
        if name in _OWN or name.startswith("__"):
            return object.__getattribute__(self, name)
        return getattr(object.__getattribute__(self, "whole"), name)

    def deps(self, as_of: date | None = None, clock: Clock | None = None) -> Deps:
        """What graph nodes need, over what this person sees."""
        make: Callable[..., Deps] = object.__getattribute__(self, "whole").deps
        return make(as_of, clock).over(self.ledger)


def seen_by(house: House, sight: Sight) -> House:
    """The house for somebody; the house itself where they see every account."""
    whole = whole_of(house)
    return _SeenHouse(whole, whole.ledger.seen_by(sight)) if sight.limited else whole


def whole_of(house: House) -> House:
    """The house behind what somebody sees: for carrying out what they decided."""
    return house.whole if isinstance(house, _SeenHouse) else house
