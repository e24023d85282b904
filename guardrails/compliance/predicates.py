"""What `pass_when` may call: each name of the packs' `helpers` as a compiled leaf."""

from collections.abc import Callable
from operator import attrgetter

from guardrails.compliance.condition import Condition, Truth, fact_leaf, shown
from guardrails.compliance.facts import Facts
from guardrails.compliance.places import is_named
from policies.packs_expression import clock


def _any_in(name: str, classes: frozenset[str], _named: frozenset[str]) -> Condition:
    get, apart = attrgetter(name), classes.isdisjoint

    def test(facts: Facts) -> Truth:
        found = get(facts)
        return None if found is None else not apart(found)

    def told(facts: Facts) -> str:
        found = get(facts)
        if found is None:
            return f"{name} is not known"
        return f"{name} holds {shown(found & classes)}" if found & classes else f"{name} lacks it"

    return Condition("leaf", test, told=told, lacks=fact_leaf(test, name).lacks)


def _has(name: str, element: str, _named: frozenset[str]) -> Condition:
    get = attrgetter(name)

    def test(facts: Facts) -> Truth:
        found = get(facts)
        return None if found is None else element in found

    def told(facts: Facts) -> str:
        found = get(facts)
        if found is None:
            return f"{name} is not known"
        return f"{element} is there" if element in found else f"{element} is missing"

    return Condition("leaf", test, told=told, lacks=fact_leaf(test, name).lacks)


def _subset(name: str, allowed_name: str, _named: frozenset[str]) -> Condition:
    get, get_allowed = attrgetter(name), attrgetter(allowed_name)

    def test(facts: Facts) -> Truth:
        found, allowed = get(facts), get_allowed(facts)
        if found is not None and not found:
            return True
        return None if found is None or allowed is None else found <= allowed

    def told(facts: Facts) -> str:
        found, allowed = get(facts), get_allowed(facts)
        if found is None or allowed is None:
            return f"{name} or {allowed_name} is not known"
        return f"{name} has {shown(found - allowed)}, not in {allowed_name}"

    return Condition("leaf", test, told=told, lacks=fact_leaf(test, name, allowed_name).lacks)


def _approved(scope: str, _named: frozenset[str]) -> Condition:
    def test(facts: Facts) -> Truth:
        return scope in facts.approvals

    def told(facts: Facts) -> str:
        return f"{scope} is {'approved' if scope in facts.approvals else 'not approved'}"

    return Condition("leaf", test, told=told, scope=scope)


def _between(name: str, opens: str, closes: str, _named: frozenset[str]) -> Condition:
    get, first, last = attrgetter(name), clock(opens), clock(closes)

    def test(facts: Facts) -> Truth:
        value = get(facts)
        return None if value is None else first <= value < last

    def told(facts: Facts) -> str:
        return f"{name} is {shown(get(facts))}, the window {opens} to {closes}"

    return Condition("leaf", test, told=told, lacks=fact_leaf(test, name).lacks)


def _covered(name: str, named: frozenset[str]) -> Condition:
    get = attrgetter(name)

    def test(facts: Facts) -> Truth:
        places = get(facts)
        # No place at all is a place nobody knows, not a message without law.
        return all(is_named(place, named) for place in places) if places else None

    def told(facts: Facts) -> str:
        bare = frozenset(place for place in get(facts) or () if not is_named(place, named))
        return f"no rule covers {shown(bare)}" if bare else f"{name} is not known"

    def lacks(facts: Facts) -> tuple[str, ...]:
        return () if get(facts) else (name,)

    return Condition("leaf", test, told=told, lacks=lacks)


def _fresh(source: str, hours: int, _named: frozenset[str]) -> Condition:
    def test(facts: Facts) -> Truth:
        age = facts.fresh_hours.get(source)
        return None if age is None else age <= hours

    def told(facts: Facts) -> str:
        age = facts.fresh_hours.get(source)
        if age is None:
            return f"it is not known when {source} was read"
        return f"{source} was read {age:.1f} hours ago, {hours} allowed"

    def lacks(facts: Facts) -> tuple[str, ...]:
        return (f"age of {source}",) if facts.fresh_hours.get(source) is None else ()

    return Condition("leaf", test, told=told, lacks=lacks)


def _matches_ledger(kind: str, _named: frozenset[str]) -> Condition:
    def test(facts: Facts) -> Truth:
        return facts.ledger_matches.get(kind)

    def told(facts: Facts) -> str:
        known = facts.ledger_matches.get(kind)
        return f"{kind} is not traced" if known is None else f"{kind} differs from the ledger"

    def lacks(facts: Facts) -> tuple[str, ...]:
        return (f"ledger {kind}",) if facts.ledger_matches.get(kind) is None else ()

    return Condition("leaf", test, told=told, lacks=lacks)


PREDICATES: dict[str, Callable[..., Condition]] = {
    "any_in": _any_in,
    "has": _has,
    "subset": _subset,
    "approved": _approved,
    "between": _between,
    "covered": _covered,
    "fresh": _fresh,
    "matches_ledger": _matches_ledger,
}
