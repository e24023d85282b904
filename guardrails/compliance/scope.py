"""Compiled packs, and which of their rules bind a message."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from guardrails.compliance.condition import Condition, Test
from guardrails.compliance.expression import compile_expression
from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.places import EVERYWHERE, around
from policies.errors import PolicyError
from policies.packs_expression import Unreadable, mentions, read_expression
from policies.packs_schema import PackRule, Packs, Vocabulary

CLOCK_INPUTS = frozenset({"local_time", "local_weekday", "public_holiday"})
_SCOPES_KEPT = 4096
_PACKS_KEPT = 8

ScopeKey = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A record and its compiled test."""

    rule: PackRule
    condition: Condition
    test: Test
    reads_clock: bool
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """The rules that bind a message, by how they are judged.

    Attributes:
        plain: Judged once.
        timed: Judged in every zone the recipient may be in.
        approvable: Those of both that ask for an approval.
        after_approval: Judged only where an approval was needed and given.
    """

    plain: tuple[CompiledRule, ...]
    timed: tuple[CompiledRule, ...]
    approvable: tuple[CompiledRule, ...]
    after_approval: tuple[CompiledRule, ...]

    @property
    def rules(self) -> tuple[CompiledRule, ...]:
        """All of them."""
        return (*self.plain, *self.timed, *self.after_approval)


class Rulebook:
    """The rules one ruleset version held, compiled, with the scopes looked up so far."""

    def __init__(self, rules: tuple[PackRule, ...], vocabulary: Vocabulary) -> None:
        active = [rule for rule in rules if rule.status == "active"]
        named = frozenset(p for rule in active for p in rule.jurisdiction) - {EVERYWHERE}
        self.vocabulary = vocabulary
        self.rules = tuple(_compiled(rule, named) for rule in rules)
        self.exemptions = {
            kind: (frozenset(exemption.skip), compile_expression(exemption.only_if, named).test)
            for kind, exemption in vocabulary.message_kind_exemptions.items()
        }
        self._scopes: dict[ScopeKey, Scope] = {}

    def scope_of(self, facts: MessageFacts) -> Scope:
        """The rules that bind a message on its day, the exempted left out."""
        kind = facts.message_kind
        exemption = self.exemptions.get(kind) if kind is not None else None
        exempt = kind if exemption is not None and exemption[1](facts) else None
        first, last = _days(facts)
        key = (
            facts.jurisdictions,
            facts.debtor_type,
            facts.debt_purpose,
            facts.creditor_role,
            facts.channel,
            first,
            last,
            exempt,
        )
        found = self._scopes.get(key)
        if found is None:
            if len(self._scopes) >= _SCOPES_KEPT:
                self._scopes.clear()
            skip = exemption[0] if exemption is not None and exempt else frozenset()
            bound = (each for each in self.binding(facts) if _in_force(each.rule, first, last))
            found = _arranged(each for each in bound if each.rule.id not in skip)
            self._scopes[key] = found
        return found

    def pending_for(self, facts: MessageFacts) -> Scope:
        """The rules that would bind a message if they held already."""
        return _arranged(each for each in self.binding(facts) if each.rule.status == "pending")

    def binding(self, facts: MessageFacts) -> tuple[CompiledRule, ...]:
        """Rules by place, debtor, role and channel, whatever the day.

        While a fact is open, the rules of each of its possible values bind. A natural person
        without proof of a commercial purpose is a consumer as well.
        """
        words = self.vocabulary
        places = around(facts.jurisdictions or frozenset())
        debtors = _possible(facts.debtor_type, words.debtor)
        if facts.debt_purpose != "commercial":
            debtors |= {"consumer"}
        roles = _possible(facts.creditor_role, words.creditor_role)
        channels = _possible(facts.channel, words.channel)
        return tuple(
            each
            for each in self.rules
            if not places.isdisjoint(each.rule.jurisdiction)
            and not debtors.isdisjoint(each.rule.applies_to.debtor)
            and not roles.isdisjoint(each.rule.applies_to.creditor_role)
            and not channels.isdisjoint(each.rule.applies_to.channel)
        )


class CompiledPacks:
    """The packs with every ruleset version of theirs that was asked for, compiled."""

    def __init__(self, packs: Packs) -> None:
        self.packs = packs
        self._books: dict[str, Rulebook] = {}

    @cached_property
    def _versions(self) -> frozenset[str]:
        closed = {rule.until for rule in self.packs.rules if rule.until}
        begun = {rule.since for rule in self.packs.rules}
        return frozenset(begun | closed | {self.packs.ruleset_version})

    def rulebook(self, known_at: str | None = None) -> Rulebook:
        """The rules a ruleset version held; without one, those of today.

        Raises:
            PolicyError: The packs know no such version.
        """
        version = known_at or self.packs.ruleset_version
        book = self._books.get(version)
        if book is None:
            if version not in self._versions:
                there = ", ".join(sorted(self._versions))
                raise PolicyError(f"compliance: no ruleset version {version}; there are {there}")
            book = Rulebook(self.packs.rules_known_at(version), self.packs.vocabulary)
            self._books[version] = book
        return book


_compiled_packs: dict[str, CompiledPacks] = {}


def compile_packs(packs: Packs) -> CompiledPacks:
    """The packs compiled, once for each digest of theirs."""
    found = _compiled_packs.get(packs.hash)
    if found is None:
        if len(_compiled_packs) >= _PACKS_KEPT:
            _compiled_packs.clear()
        found = _compiled_packs[packs.hash] = CompiledPacks(packs)
    return found


def _compiled(rule: PackRule, named: frozenset[str]) -> CompiledRule:
    try:
        condition = compile_expression(rule.pass_when, named)
    except Unreadable as fault:
        raise PolicyError(f"compliance: {rule.id}: pass_when {fault}") from None
    named_words = mentions(read_expression(rule.pass_when))
    reads_clock = not CLOCK_INPUTS.isdisjoint(named_words.inputs)
    return CompiledRule(rule, condition, condition.test, reads_clock, named_words.scopes)


def _arranged(rules: Iterable[CompiledRule]) -> Scope:
    chosen = tuple(rules)
    ordinary = tuple(each for each in chosen if each.rule.only_when is None)
    return Scope(
        plain=tuple(each for each in ordinary if not each.reads_clock),
        timed=tuple(each for each in ordinary if each.reads_clock),
        approvable=tuple(each for each in ordinary if each.scopes),
        after_approval=tuple(each for each in chosen if each.rule.only_when is not None),
    )


def _possible(value: str | None, known: tuple[str, ...]) -> frozenset[str]:
    return frozenset({value}) if value in known else frozenset(known)


def _days(facts: MessageFacts) -> tuple[date, date]:
    days = [facts.send_at.date(), *(moment.date() for moment in facts.local_times)]
    return min(days), max(days)


def _in_force(rule: PackRule, first: date, last: date) -> bool:
    """Whether the rule holds on a day the message may be sent on."""
    effective = rule.effective
    return rule.status != "pending" and (
        (effective.from_ or date.min) <= last and first <= (effective.to or date.max)
    )
