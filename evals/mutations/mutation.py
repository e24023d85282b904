"""One thing that is switched off, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from evals.threats.taken_out import nothing


@dataclass(frozen=True, slots=True)
class Mutation:
    """One control, and what the suites are without it.

    Attributes:
        kind: What sort of control it is; a heading of the page.
        name: What scenarios name it by, in their `rules`.
        where: `module:name`, or `module:Class.name` of a method.
        off: What stands in for it.
        dropped: A rule of the packs whose findings are left out, where `off` drops findings.
        here: Whether only this module loses it, and its other callers keep it.
        beside: Other controls that have to be off too, because each alone suffices; with a reason.
    """

    kind: str
    name: str
    where: str
    off: Callable[..., Any] = nothing
    dropped: str = ""
    here: bool = False
    beside: tuple["Mutation", ...] = ()
    because: str = ""


@dataclass(frozen=True, slots=True)
class Killed:
    """What the suites said without a control.

    Attributes:
        cases: Cases that name it.
        noticed: The first case that failed without it; empty if none did.
        said: What that case said, or why the mutation proves nothing.
    """

    mutation: Mutation
    cases: int
    noticed: str
    said: str
    seconds: float
