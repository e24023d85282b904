"""What a case is: a named situation of one customer, and the governance rules it exercises."""

from collections.abc import Callable
from dataclasses import dataclass

from evals.worlds.story import Story

Write = Callable[[Story], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One situation. `rules` are ids of the human-led family; none means routine work.

    Attributes:
        name: What a portfolio calls it.
        rules: Ids of the governance rules it exercises.
        write: Writes what is open and what happened.
        segment: The segment the account must have, if any.
        language: The language the account must have, if any.
        debtor_type: Who owes.
        reachable: Whether the account has contacts at all.
    """

    name: str
    rules: tuple[str, ...]
    write: Write
    segment: str | None = None
    language: str | None = None
    debtor_type: str = "business"
    reachable: bool = True
