"""What a set of rules comes to: windows, caps, required elements, forbidden claims.

Found by asking the compiled rules, not by a second reading of them: a rule that does not hold
whatever else may be true sets a limit. Windows so intersect, caps take the minimum, and required
elements and forbidden claims are unions.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import time

from guardrails.compliance.facts import Facts, Instead, MessageFacts
from guardrails.compliance.scope import CompiledRule
from policies.packs_schema import Vocabulary

CAPPED = ("contacts_7d", "contacts_30d", "electronic_7d", "phone_or_sms_7d", "calls_7d")
_DAYS = ("monday", "saturday", "sunday")
_STEP_MINUTES = 15
_HIGHEST_CAP = 50


@dataclass(frozen=True, slots=True)
class Limits:
    """The strictest of what the rules ask.

    Attributes:
        refused_by: Rules that refuse what is given already, whatever else holds; they are left out
            of the rest.
        windows: By day (monday for any weekday), the hours in which sending may begin, as
            `08:00-21:00`; several where there is a gap, none where nothing may be sent.
        caps: By counter, the most it may reach, this contact included.
        required_elements: Elements the message must hold.
        forbidden_claims: Claims no approval allows.
        approved_claims: Claims allowed only with approvals or recorded facts.
    """

    refused_by: tuple[str, ...]
    windows: dict[str, tuple[str, ...]]
    caps: dict[str, int]
    required_elements: tuple[str, ...]
    forbidden_claims: tuple[str, ...]
    approved_claims: tuple[str, ...]


def effective_limits(
    rules: Iterable[CompiledRule], facts: MessageFacts, vocabulary: Vocabulary
) -> Limits:
    """The limits the rules set together.

    Args:
        rules: The rules, as a scope holds them.
        facts: What is given (channel, debtor, role, kind); what is left open does not widen
            a limit.
        vocabulary: The claims, elements and scopes there are.
    """
    given = tuple(each for each in rules if each.rule.only_when is None)
    chosen = tuple(each for each in given if each.test(facts) is not False)

    def refused(at: Facts) -> bool:
        return any(each.test(at) is False for each in chosen)

    # Whoever approves has read the message.
    granted = {"approvals": frozenset(vocabulary.approval_matrix), "human_reviewed": True}
    elements, claims = frozenset(vocabulary.elements), tuple(vocabulary.claims)
    open_claims = [c for c in claims if refused(Instead(facts, claims=frozenset({c})))]
    never = tuple(
        claim
        for claim in open_claims
        if refused(Instead(facts, claims=frozenset({claim}), **granted))
    )
    return Limits(
        refused_by=tuple(each.rule.id for each in given if each not in chosen),
        windows={day: _windows(facts, day, refused) for day in _DAYS},
        caps=_caps(facts, refused),
        required_elements=tuple(
            each
            for each in vocabulary.elements
            if refused(Instead(facts, elements=elements - {each}))
        ),
        forbidden_claims=never,
        approved_claims=tuple(claim for claim in open_claims if claim not in never),
    )


def _windows(
    facts: MessageFacts, weekday: str, refused: Callable[[Facts], bool]
) -> tuple[str, ...]:
    """Stretches of the day in which no rule refuses, to a quarter of an hour."""
    found: list[list[int]] = []
    for minutes in range(0, 24 * 60, _STEP_MINUTES):
        at = Instead(
            facts,
            local_time=time(minutes // 60, minutes % 60),
            local_weekday=weekday,
            public_holiday=False,
        )
        if refused(at):
            continue
        if found and found[-1][1] == minutes:
            found[-1][1] = minutes + _STEP_MINUTES
        else:
            found.append([minutes, minutes + _STEP_MINUTES])
    return tuple(f"{_clock(opens)}-{_clock(closes)}" for opens, closes in found)


def _caps(facts: MessageFacts, refused: Callable[[Facts], bool]) -> dict[str, int]:
    found = {}
    for counter in CAPPED:
        for count in range(_HIGHEST_CAP + 1):
            if refused(Instead(facts, **{counter: count})):
                found[counter] = count - 1
                break
    return found


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
