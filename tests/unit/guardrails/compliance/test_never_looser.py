"""Whatever is added against a message or taken from it, no rule lets more through than before."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.judge import decision, judge_packs
from guardrails.compliance.scope import compile_packs
from policies.packs import load_packs
from policies.packs_schema import STRICTNESS
from tests.support.compliance import differing, message

SOURCE = load_packs()
PACKS = compile_packs(SOURCE)
WORDS = SOURCE.vocabulary
PLACES = (
    "US-TX", "US-CA", "US-NY-NYC", "US-WA", "US-MA", "GB-ENG", "EU-FR", "DE", "CA-ON", "AU", "NZ",
)  # fmt: skip
ZONES = tuple(
    map(ZoneInfo, ("America/New_York", "America/Los_Angeles", "Europe/Paris", "Australia/Perth"))
)
KINDS = ("reminder", "receipt", "auto_reply", "dispute_ack", "opt_out_confirmation", "call_task")
CHOICES: dict[str, tuple[Any, ...]] = {
    "debtor_type": WORDS.debtor,
    "debt_purpose": ("consumer", "commercial"),
    "creditor_role": WORDS.creditor_role,
    "channel": WORDS.channel,
    "message_kind": KINDS,
    "segment": ("smb", "strategic"),
    "account_class": ("routine", "exception", "executive_review"),
    "local_time": (time(7, 45), time(12, 0), time(22, 0)),
    "local_weekday": ("tuesday", "saturday", "sunday"),
    "contacts_7d": (1, 3, 4),
    "electronic_7d": (1, 4),
    "notice_days": (-1, 3, 90),
    "address_kind": ("personal", "work", "social_public"),
}
FLAGS = tuple(name for name, spec in WORDS.inputs.items() if spec.type == "bool")
ASKED = (*CHOICES, *FLAGS)


@st.composite
def messages(draw: st.DrawFn) -> MessageFacts:
    """Messages of every sort, with facts missing here and there."""
    changes: dict[str, Any] = {
        name: draw(st.sampled_from((*values, None))) for name, values in CHOICES.items()
    }
    for name in draw(st.sets(st.sampled_from(FLAGS), max_size=5)):
        changes[name] = draw(st.sampled_from((True, False, None)))
    changes["jurisdictions"] = draw(st.frozensets(st.sampled_from(PLACES), min_size=1, max_size=3))
    changes["claims"] = draw(st.frozensets(st.sampled_from(tuple(WORDS.claims)), max_size=4))
    changes["elements"] = draw(st.frozensets(st.sampled_from(tuple(WORDS.elements))))
    changes["approvals"] = draw(st.frozensets(st.sampled_from(tuple(WORDS.approval_matrix))))
    return message(**changes)


def judged(facts: MessageFacts) -> dict[str, int]:
    return {each.rule_id: STRICTNESS[each.severity] for each in judge_packs(facts, PACKS)}


def assert_no_looser(before: MessageFacts, after: MessageFacts) -> None:
    """Every objection is still there, at least as strict."""
    strict = judged(after)
    assert {i: s for i, s in judged(before).items() if strict.get(i, 0) < s} == {}


@settings(max_examples=150, deadline=None)
@given(facts=messages(), place=st.sampled_from(PLACES))
def test_one_more_place__no_looser(facts: MessageFacts, place: str) -> None:
    assert facts.jurisdictions is not None
    assert_no_looser(facts, replace(facts, jurisdictions=facts.jurisdictions | {place}))


@settings(max_examples=150, deadline=None)
@given(facts=messages(), claim=st.sampled_from(tuple(WORDS.claims)))
def test_one_more_claim__no_looser(facts: MessageFacts, claim: str) -> None:
    assert facts.claims is not None
    assert_no_looser(facts, replace(facts, claims=facts.claims | {claim}))


@settings(max_examples=150, deadline=None)
@given(facts=messages(), element=st.sampled_from(tuple(WORDS.elements)))
def test_one_element_less__no_looser(facts: MessageFacts, element: str) -> None:
    assert facts.elements is not None
    assert_no_looser(facts, replace(facts, elements=facts.elements - {element}))


@settings(max_examples=150, deadline=None)
@given(facts=messages(), scope=st.sampled_from(tuple(WORDS.approval_matrix)))
def test_one_approval_less__no_looser(facts: MessageFacts, scope: str) -> None:
    read = replace(facts, human_reviewed=True)
    assert_no_looser(read, replace(read, approvals=read.approvals - {scope}))


@settings(max_examples=100, deadline=None)
@given(facts=messages())
def test_approval_of_other_words__is_worth_no_more_than_none(facts: MessageFacts) -> None:
    moved = replace(facts, ledger_matches=differing("approval_hash"))
    without = replace(moved, approvals=frozenset())
    order = (decision(judge_packs(each, PACKS)) for each in (moved, without))
    with_approval, alone = (STRICTNESS[each] for each in order)
    assert with_approval >= alone


@settings(max_examples=100, deadline=None)
@given(facts=messages(), hours=st.integers(0, 167), zone=st.sampled_from(ZONES))
def test_one_more_zone__no_looser(facts: MessageFacts, hours: int, zone: ZoneInfo) -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC) + timedelta(hours=hours)
    one = replace(facts, send_at=at, local_times=(at.astimezone(ZONES[0]),))
    assert_no_looser(one, replace(one, local_times=(*one.local_times, at.astimezone(zone))))


@settings(max_examples=200, deadline=None)
@given(facts=messages(), name=st.sampled_from(ASKED))
def test_unknown_fact__passes_only_where_every_value_of_it_passes(
    facts: MessageFacts, name: str
) -> None:
    unknown = judged(replace(facts, **{name: None}))
    for value in CHOICES.get(name, (True, False)):
        assert set(judged(replace(facts, **{name: value}))) <= set(unknown)


@settings(max_examples=50, deadline=None)
@given(facts=messages())
def test_same_facts__same_answer(facts: MessageFacts) -> None:
    assert judge_packs(facts, PACKS) == judge_packs(replace(facts), PACKS)
