"""The judgement of the packs: every rule that binds a message, none stopping another."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from guardrails.compliance.condition import Condition, decisive
from guardrails.compliance.facts import Facts, Instead, MessageFacts
from guardrails.compliance.scope import CompiledPacks, CompiledRule, Scope
from policies.packs_schema import STRICTNESS, InputSpec, Severity

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
# What a missing fact is taken for, where that is no severity: a value that would be known.
_TREATED_AS = {
    "treat_as_consumer": "consumer",
    "treat_as_third_party": "third_party",
    "treat_as_true": True,
}


@dataclass(frozen=True, slots=True)
class PackFinding:
    """A rule objects to a message.

    Attributes:
        severity: What follows: block, require_approval or warn.
        why: Title of the rule and the facts that made it object, on one line.
        scopes: Approvals which, all given, would lay the objection to rest; empty where no
            approval would, or where the rule asks that a person reads the message.
        missing: What is not known and would have to be, for the rule to be told.
    """

    rule_id: str
    severity: Severity
    why: str
    scopes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def judge_packs(
    facts: MessageFacts, packs: CompiledPacks, known_at: str | None = None
) -> tuple[PackFinding, ...]:
    """Every objection of the rules that bind a message, the strictest first.

    Args:
        facts: What is known of the message; an unknown fact never helps it.
        packs: The compiled packs.
        known_at: The ruleset version whose rules are applied, for replay; today's without one.

    Raises:
        PolicyError: The packs know no such ruleset version.
    """
    book = packs.rulebook(known_at)
    scope = book.scope_of(facts)
    inputs = book.vocabulary.inputs
    moments = _moments(facts) if scope.timed else ()
    found = _objections(scope, facts, moments, inputs)
    if scope.after_approval and facts.approvals and _approval_used(scope, facts, moments):
        found += [
            _finding(each, facts, inputs)
            for each in scope.after_approval
            if each.test(facts) is not True
        ]
    return _ordered(found)


def shadow_findings(facts: MessageFacts, packs: CompiledPacks) -> tuple[PackFinding, ...]:
    """What the pending rules would object to if they held already; decides nothing."""
    book = packs.rulebook()
    scope = book.pending_for(facts)
    return _ordered(_objections(scope, facts, _moments(facts), book.vocabulary.inputs))


def decision(findings: Iterable[PackFinding]) -> str:
    """The strictest of the findings: block, require_approval or warn; allow without any."""
    return max((each.severity for each in findings), key=STRICTNESS.__getitem__, default="allow")


def _objections(
    scope: Scope,
    facts: MessageFacts,
    moments: tuple[Facts, ...],
    inputs: dict[str, InputSpec],
) -> list[PackFinding]:
    found = [_finding(each, facts, inputs) for each in scope.plain if each.test(facts) is not True]
    for each in scope.timed:
        in_zones = [_finding(each, at, inputs) for at in moments if each.test(at) is not True]
        if in_zones:
            found.append(max(in_zones, key=lambda finding: STRICTNESS[finding.severity]))
    return found


def _moments(facts: MessageFacts) -> tuple[Facts, ...]:
    """The facts with the clock of each zone the recipient may be in."""
    if not facts.local_times:
        return (facts,)
    return tuple(
        Instead(facts, local_time=each.time(), local_weekday=_WEEKDAYS[each.weekday()])
        for each in facts.local_times
    )


def _approval_used(scope: Scope, facts: MessageFacts, moments: tuple[Facts, ...]) -> bool:
    """Whether a rule that objects without approvals calls for one that was given."""
    for each in scope.approvable:
        if facts.approvals.isdisjoint(each.scopes):
            continue
        for at in moments if each.reads_clock else (facts,):
            if each.test(Instead(at, approvals=frozenset())) is not True:
                return True
    return False


def _ordered(found: list[PackFinding]) -> tuple[PackFinding, ...]:
    return tuple(sorted(found, key=lambda each: (-STRICTNESS[each.severity], each.rule_id)))


def _finding(each: CompiledRule, facts: Facts, inputs: dict[str, InputSpec]) -> PackFinding:
    truth = each.test(facts)
    leaves = tuple(decisive(each.condition, facts))
    missing = (
        _unique(lack for leaf in leaves for lack in leaf.lacks(facts)) if truth is None else ()
    )
    told = _unique(leaf.told(facts) for leaf in leaves)
    severity = each.rule.severity if truth is False else _when_missing(each, facts, missing, inputs)
    return PackFinding(
        rule_id=each.rule.id,
        severity=severity,
        why=f"{each.rule.title}: {'; '.join(told)}",
        scopes=_scopes(each, facts, leaves, severity),
        missing=missing,
    )


def _when_missing(
    each: CompiledRule, facts: Facts, missing: tuple[str, ...], inputs: dict[str, InputSpec]
) -> Severity:
    """What follows from missing facts: the stricter of what the rule and each input say."""
    found: list[Severity] = [each.rule.on_missing]
    for name in missing:
        spec = inputs.get(name)
        if spec is None:
            continue
        if spec.missing in ("block", "require_approval", "warn"):
            found.append(spec.missing)
        elif each.test(Instead(facts, **{name: _TREATED_AS[spec.missing]})) is False:
            found.append(each.rule.severity)
    return max(found, key=STRICTNESS.__getitem__)


def _scopes(
    each: CompiledRule, facts: Facts, leaves: tuple[Condition, ...], severity: Severity
) -> tuple[str, ...]:
    """The fewest approvals that would satisfy the rule; of equal ones the first it names."""
    open_scopes = tuple(scope for scope in each.scopes if scope not in facts.approvals)
    for chosen in _subsets(open_scopes):
        granted = facts.approvals | frozenset(chosen)
        if each.test(Instead(facts, approvals=granted)) is True:
            return chosen
    if severity != "require_approval":
        return ()
    asked = {leaf.scope for leaf in leaves}
    return tuple(scope for scope in open_scopes if scope in asked)


def _subsets(scopes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for size in range(1, len(scopes) + 1):
        yield from combinations(scopes, size)


def _unique(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
