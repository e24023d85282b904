"""The rules of the packs told again, slowly: one by one, each expression walked as it stands.

It shares nothing with the gate but the records of the packs. Three answers: holds, does not hold,
or cannot be told (None), where an unknown fact decides nothing that another fact settles.
"""

import ast
import operator
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time
from typing import Any

from guardrails.compliance.facts import MessageFacts
from policies.packs_schema import PackRule, Packs

_MEMBERS = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU",
    "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_COMPARE = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def objecting(facts: MessageFacts, packs: Packs) -> dict[str, bool]:
    """Rules that do not hold (True), or of which it cannot be told (False)."""
    binding = list(_binding(facts, packs))
    places = {p for rule in packs.rules if rule.status == "active" for p in rule.jurisdiction}
    found = {}
    for rule in binding:
        if rule.only_when is not None and not _approval_used(facts, binding, places):
            continue
        answers = _answers(rule, facts, places)
        if any(answer is not True for answer in answers):
            found[rule.id] = False in answers
    return found


def _approval_used(facts: MessageFacts, binding: list[PackRule], places: set[str]) -> bool:
    bare = replace(facts, approvals=frozenset())
    for rule in binding:
        asked = any(f"approved('{scope}')" in rule.pass_when for scope in facts.approvals)
        if asked and any(answer is not True for answer in _answers(rule, bare, places)):
            return True
    return False


def _answers(rule: PackRule, facts: MessageFacts, places: set[str]) -> list[bool | None]:
    """Its answer in every zone the recipient may be in."""
    tree = ast.parse(rule.pass_when, mode="eval").body
    clocks: list[dict[str, Any]] = [
        {"local_time": at.time(), "local_weekday": _DAYS[at.weekday()]} for at in facts.local_times
    ]
    return [_truth(tree, facts, clock, places) for clock in clocks or [{}]]


def _binding(facts: MessageFacts, packs: Packs) -> Iterator[PackRule]:
    words = packs.vocabulary
    around = {"*"}.union(*(_around(place) for place in facts.jurisdictions or ()))
    debtors = {facts.debtor_type} & set(words.debtor) or set(words.debtor)
    if facts.debt_purpose != "commercial":
        debtors.add("consumer")
    roles = {facts.creditor_role} & set(words.creditor_role) or set(words.creditor_role)
    channels = {facts.channel} & set(words.channel) or set(words.channel)
    days = [facts.send_at.date(), *(at.date() for at in facts.local_times)]
    spared = _spared(facts, packs)
    for rule in packs.rules_known_at():
        first, last = rule.effective.from_ or date.min, rule.effective.to or date.max
        if (
            rule.status != "pending"
            and first <= max(days)
            and min(days) <= last
            and around & set(rule.jurisdiction)
            and debtors & set(rule.applies_to.debtor)
            and roles & set(rule.applies_to.creditor_role)
            and channels & set(rule.applies_to.channel)
            and rule.id not in spared
        ):
            yield rule


def _spared(facts: MessageFacts, packs: Packs) -> set[str]:
    exemption = packs.vocabulary.message_kind_exemptions.get(facts.message_kind or "")
    if exemption is None:
        return set()
    tree = ast.parse(exemption.only_if, mode="eval").body
    return set(exemption.skip) if _truth(tree, facts, {}, set()) is True else set()


def _around(place: str) -> set[str]:
    parts = place.upper().split("-")
    if parts[0] in _MEMBERS:
        parts.insert(0, "EU")
    return {"-".join(parts[:length]) for length in range(1, len(parts) + 1)}


def _truth(node: ast.expr, facts: Any, clock: dict[str, Any], places: set[str]) -> bool | None:
    def told(each: ast.expr) -> bool | None:
        return _truth(each, facts, clock, places)

    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            answers = [told(each) for each in values]
            return False if False in answers else None if None in answers else True
        case ast.BoolOp(values=values):
            answers = [told(each) for each in values]
            return True if True in answers else None if None in answers else False
        case ast.UnaryOp(operand=operand):
            answer = told(operand)
            return None if answer is None else not answer
        case ast.IfExp(test=test, body=body, orelse=orelse):
            asked, yes, no = told(test), told(body), told(orelse)
            return (yes if yes == no else None) if asked is None else yes if asked else no
        case ast.Call():
            return _called(node, facts, clock, places)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(_value(left, facts, clock), op, _value(right, facts, clock))
        case _:
            value = _value(node, facts, clock)
            return None if value is None else bool(value)


def _compared(left: Any, op: ast.cmpop, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(op, ast.In | ast.NotIn):
        return (left in right) is isinstance(op, ast.In)
    return _COMPARE[type(op)](left, right)


def _value(node: ast.expr, facts: Any, clock: dict[str, Any]) -> Any:
    match node:
        case ast.Name(id=name):
            return clock[name] if name in clock else getattr(facts, name)
        case ast.List(elts=elements):
            return [_value(each, facts, clock) for each in elements]
        case ast.Constant(value=value):
            return value
        case _:
            raise AssertionError(ast.dump(node))


def _called(node: ast.Call, facts: Any, clock: dict[str, Any], places: set[str]) -> bool | None:
    assert isinstance(node.func, ast.Name)
    given = [_value(each, facts, clock) for each in node.args]
    match node.func.id, given:
        case "approved", [scope]:
            return scope in facts.approvals
        case "matches_ledger", [kind]:
            return facts.ledger_matches.get(kind)
        case "fresh", [source, hours]:
            age = facts.fresh_hours.get(source)
            return None if age is None else age <= hours
        case "covered", [candidates]:
            return all(_around(p) & (places - {"*"}) for p in candidates) if candidates else None
        case "subset", [found, allowed]:
            return _held(found, allowed)
        case _, [None, *_]:
            return None
        case "any_in", [found, classes]:
            return bool(set(found) & set(classes))
        case "has", [elements, name]:
            return name in elements
        case "between", [at, opens, closes]:
            return time.fromisoformat(opens) <= at < time.fromisoformat(closes)
        case called:
            raise AssertionError(called)


def _held(found: Any, allowed: Any) -> bool | None:
    if found is not None and not found:
        return True
    return None if found is None or allowed is None else set(found) <= set(allowed)
