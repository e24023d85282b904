"""A compiled condition: holds, does not hold, or cannot be told while a fact is missing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time
from operator import attrgetter
from typing import Any, Literal

from guardrails.compliance.facts import Facts

# True, False, or None while the answer hangs on a fact that is not known (Kleene's logic).
Truth = bool | None
Test = Callable[[Facts], Truth]


@dataclass(frozen=True, slots=True)
class Condition:
    """A test and what it is made of, so that its answer can be told.

    Attributes:
        parts: The conditions a joined one is made of; none for a leaf.
        told: Of a leaf: what the facts say, in a few words.
        lacks: Of a leaf: what it lacks, an input or another thing by its name (`ledger amount`).
        scope: Of a leaf that asks for an approval: which.
    """

    kind: Literal["leaf", "all", "any", "not", "choice"]
    test: Test
    parts: tuple["Condition", ...] = ()
    told: Callable[[Facts], str] = lambda _facts: ""
    lacks: Callable[[Facts], tuple[str, ...]] = lambda _facts: ()
    scope: str = ""


def fact_leaf(test: Test, *names: str) -> Condition:
    """A leaf that compares facts, told by their values."""
    gets = tuple((name, attrgetter(name)) for name in names)

    def told(facts: Facts) -> str:
        return ", ".join(f"{name} is {shown(get(facts))}" for name, get in gets)

    def lacks(facts: Facts) -> tuple[str, ...]:
        return tuple(name for name, get in gets if get(facts) is None)

    return Condition("leaf", test, told=told, lacks=lacks)


def shown(value: Any) -> str:
    """A fact in words."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value))) or "empty"
    return value.strftime("%H:%M") if isinstance(value, time) else str(value) or "empty"


def negated(part: Condition) -> Condition:
    """Holds where the part does not."""
    inner = part.test

    def test(facts: Facts) -> Truth:
        truth = inner(facts)
        return None if truth is None else not truth

    return Condition("not", test, (part,))


def all_of(parts: tuple[Condition, ...]) -> Condition:
    """Holds where every part does; one that does not decides, whatever is unknown."""
    tests = tuple(part.test for part in parts)
    if len(tests) == 2:
        return Condition("all", _both(*tests), parts)

    def test(facts: Facts) -> Truth:
        known = True
        for each in tests:
            truth = each(facts)
            if truth is False:
                return False
            if truth is None:
                known = False
        return True if known else None

    return Condition("all", test, parts)


def _both(first: Test, second: Test) -> Test:
    def test(facts: Facts) -> Truth:
        one = first(facts)
        if one is False:
            return False
        other = second(facts)
        return None if one is None and other else other

    return test


def any_of(parts: tuple[Condition, ...]) -> Condition:
    """Holds where one part does; one that does decides, whatever is unknown."""
    tests = tuple(part.test for part in parts)

    def test(facts: Facts) -> Truth:
        known = True
        for each in tests:
            truth = each(facts)
            if truth:
                return True
            if truth is None:
                known = False
        return False if known else None

    return Condition("any", test, parts)


def choice(when: Condition, then: Condition, otherwise: Condition) -> Condition:
    """Holds as `then` or `otherwise` does; where both agree, `when` need not be known."""
    asks, yes, no = when.test, then.test, otherwise.test

    def test(facts: Facts) -> Truth:
        asked = asks(facts)
        if asked is None:
            one = yes(facts)
            return one if one == no(facts) else None
        return yes(facts) if asked else no(facts)

    return Condition("choice", test, (when, then, otherwise))


def decisive(condition: Condition, facts: Facts) -> Iterator[Condition]:
    """The leaves that make a condition what it is."""
    if condition.kind == "leaf":
        yield condition
        return
    for part in _decisive_parts(condition, facts):
        yield from decisive(part, facts)


def _decisive_parts(condition: Condition, facts: Facts) -> tuple[Condition, ...]:
    if condition.kind == "not":
        return condition.parts
    if condition.kind == "choice":
        when, then, otherwise = condition.parts
        asked = when.test(facts)
        if asked is None:
            unknown = tuple(p for p in condition.parts if p.test(facts) is None)
            return unknown if condition.test(facts) is None else (then, otherwise)
        return (then,) if asked else (otherwise,)
    truth = condition.test(facts)
    return tuple(part for part in condition.parts if part.test(facts) is truth)
