"""Whatever text and state: nothing is let pass that a rule told on its own objects to."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from evals.records.claims import sentences
from evals.records.good import good_records
from evals.records.mutant import changed, flagged
from guardrails.case import Case, Draft
from guardrails.compliance.ledger_message import message_facts
from guardrails.compliance.scope import compile_packs
from guardrails.gate import judge
from guardrails.records.judgement import RecordJudgement, judge_record
from guardrails.records.shape import MessageRecord
from guardrails.verdict import Allow, Deny, NeedsApproval
from ledger.errors import BadInput
from policies.packs import load_packs
from policies.packs_schema import STRICTNESS
from tests.support.facts import NOON, account, answer, contact, policy, reminder, statement
from tests.support.slow_oracle import objecting

SOURCE = load_packs()
PACKS = compile_packs(SOURCE)
RULES = {rule.id: rule for rule in SOURCE.rules}
RECORDS = tuple(good.record() for good in good_records())
WORDS = SOURCE.vocabulary
FLAGS = tuple(name for name, spec in WORDS.inputs.items() if spec.type == "bool")
# Flags no rule is ever content because of.
AGAINST = (
    "do_not_contact", "revocation_received", "cease_notice", "refusal_to_pay", "attorney_known",
    "employer_prohibits", "bankruptcy_stay", "debt_discharged", "breathing_space", "time_barred",
    "military_active", "invoice_paid", "hardship_signal", "vulnerability_signal", "legal_matter",
    "inbound_unanswered", "policy_change_unapproved", "protected_trait_used", "high_value",
    "unresolved_placeholders", "public_holiday", "renewal_active", "open_escalation",
)  # fmt: skip
PLACES = (
    "US-TX", "US-CA", "US-NY-NYC", "US-WA", "US-MA", "US-DC", "GB-ENG", "EU-FR", "DE", "CA-ON",
    "AU-NSW", "NZ",
)  # fmt: skip
ZONES = ("America/New_York", "America/Los_Angeles", "Europe/Paris", "Asia/Kolkata", "UTC")
SENTENCES = tuple(text for each in sentences().values() for text in each.values())
YESES = tuple(
    {"scope": scope, "role": role, "hash_matches": True}
    for scope, roles in WORDS.approval_matrix.items()
    for role in roles
)
FIRST = datetime.fromisoformat("2020-01-01T00:20")
KINDS = ("reminder", "receipt", "auto_reply", "dispute_ack", "opt_out_confirmation", "other")
QUIET = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
texts = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(SENTENCES), max_size=3).map(" ".join),
    st.sampled_from([record["text"] for record in RECORDS]),
)
approvals = st.lists(
    st.builds(
        lambda scope, role, ended: (
            {"scope": scope, "role": role} | ({"expires_at": "2026-11-24T09:00"} if ended else {})
        ),
        st.sampled_from(tuple(WORDS.approval_matrix)),
        st.sampled_from(WORDS.approver_role),
        st.booleans(),
    ),
    max_size=4,
)
facts_of_contexts = st.fixed_dictionaries(
    {},
    optional={
        "send_at": st.integers(0, 24 * 4000).map(
            lambda hours: (FIRST + timedelta(hours=hours)).isoformat()
        ),
        "time_zones": st.lists(st.sampled_from(ZONES), min_size=1, max_size=3),
        "debtor_type": st.sampled_from([*WORDS.debtor, "unknown", None]),
        "debt_purpose": st.sampled_from(["consumer", "commercial", "other", None]),
        "creditor_role": st.sampled_from([*WORDS.creditor_role, None]),
        "message_kind": st.sampled_from([*KINDS, None]),
        "is_initial": st.sampled_from([True, False, None]),
        "model_generated": st.sampled_from([True, False, None]),
        "human_reviewed": st.sampled_from([True, False, None]),
        "account_class": st.sampled_from(["routine", "exception", "executive_review", None]),
        "segment": st.sampled_from(["smb", "strategic", None]),
        "high_value": st.sampled_from([True, False, None]),
        "context_complete": st.sampled_from([True, False, None]),
        "context_age_minutes": st.sampled_from([0, 60, 61, 2000, None]),
        "inbound_after_context": st.sampled_from([True, False, None]),
        "approvals": approvals,
        "flags": st.lists(st.sampled_from(FLAGS), max_size=6),
        "opted_out_channels": st.lists(st.sampled_from(WORDS.channel), max_size=2),
        "prior_notice_days": st.sampled_from([None, -1, 0, 6, 90]),
        "validation": st.sampled_from([None, {"notice_sent_days_ago": 3, "period_open": True}]),
        "contacts": st.fixed_dictionaries(
            {},
            optional={
                name: st.integers(0, 12)
                for name in ("d7", "d30", "phone_or_sms_d7", "electronic_d7", "calls_d7")
            },
        ),
    },
)


@st.composite
def records(draw: st.DrawFn) -> dict[str, Any]:
    """Records of every sort around good ones, facts wrong or missing here and there."""
    record = deepcopy(draw(st.sampled_from(RECORDS)))
    record["context"] |= draw(facts_of_contexts)
    for name in draw(st.sets(st.sampled_from(sorted(record["context"])), max_size=2)):
        if name not in {"send_at", "time_zones"}:
            del record["context"][name]
    if draw(st.booleans()):
        record["text"] = draw(texts)
    if draw(st.booleans()):
        record["subject"] = draw(st.text(max_size=40))
    if draw(st.booleans()):
        record["jurisdiction"] = draw(st.lists(st.sampled_from(PLACES), min_size=1, max_size=3))
    if draw(st.booleans()):
        record["channel"] = draw(st.sampled_from(WORDS.channel))
    return record


def judged(record: dict[str, Any]) -> RecordJudgement:
    return judge_record(MessageRecord.model_validate(record), PACKS)


@QUIET
@given(records())
def test_any_record__meets_the_rules_that_object_one_by_one(record) -> None:
    judgement = judged(record)
    found = {each.rule_id: each.severity for each in judgement.findings}
    told = objecting(judgement.facts, SOURCE)
    assert set(found) == set(told)
    for rule_id, broken in told.items():
        rule = RULES[rule_id]
        least = rule.severity if broken else rule.on_missing
        assert STRICTNESS[found[rule_id]] >= STRICTNESS[least]
    strictest = max(map(STRICTNESS.__getitem__, found.values()), default=0)
    assert STRICTNESS[judgement.decision] == strictest


@QUIET
@given(records())
def test_same_record_twice__same_judgement(record) -> None:
    assert judged(record) == judged(deepcopy(record))


@settings(QUIET, max_examples=200)
@given(
    st.sampled_from(RECORDS),
    st.dictionaries(
        st.sampled_from([*RECORDS[0]["context"], "jurisdiction", "text", *WORDS.inputs]),
        json_values,
        min_size=1,
        max_size=4,
    ),
)
def test_whatever_a_record_holds__it_is_judged_or_refused(record, values) -> None:
    broken = deepcopy(record)
    for name, value in values.items():
        (broken if name in {"jurisdiction", "text"} else broken["context"])[name] = value
    try:
        judgement = judged(broken)
    except (ValidationError, BadInput):
        return
    assert judgement.decision in STRICTNESS
    assert judgement.as_json()["id"] == broken["id"]


def assert_no_looser(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Every rule that objected still does, and the decision is at least as strict.

    One rule alone may ask for less than before: an unknown fact can weigh more (block) than a fact
    known to be wrong (a person approves).
    """
    one, other = judged(before), judged(after)
    assert STRICTNESS[other.decision] >= STRICTNESS[one.decision]
    assert {e.rule_id for e in one.findings} <= {e.rule_id for e in other.findings}


@QUIET
@given(records(), st.sampled_from(AGAINST))
def test_flag_against_a_message__no_looser(record, flag) -> None:
    assume("flags" in record["context"])
    assert_no_looser(record, flagged(record, flag))


@QUIET
@given(
    records(),
    st.sampled_from(
        [
            {"recipient.cc": ["x@other.example"]},
            {"recipient.authorised": False},
            {"recipient.authorised": None},
            {"inbound_after_context": True},
            {"context_age_minutes": 4000},
            {"context_age_minutes": None},
            {"context_complete": False},
            {"template.stage": "of another stage"},
            {"high_value": None},
            {"opted_out_channels": ["email", "sms", "portal", "letter", "voice"]},
            {"consent": {"electronic": False, "sms": False}},
            {"contacts": {"d7": 99, "d30": 99, "phone_or_sms_d7": 99, "electronic_d7": 99}},
            {"contacts": {}},
            {"charges": []},
        ]
    ),
)
def test_fact_a_rule_objects_to__no_looser(record, facts) -> None:
    assume(all(path.split(".")[0] in record["context"] for path in facts))
    assert_no_looser(record, changed(record, facts))


@QUIET
@given(records(), st.lists(st.sampled_from(YESES), min_size=1, max_size=4), st.randoms())
def test_approval_dropped__no_looser(record, approved, chance) -> None:
    record["context"]["human_reviewed"] = True
    kept = chance.sample(approved, len(approved) - 1)
    assert_no_looser(changed(record, {"approvals": approved}), changed(record, {"approvals": kept}))


@QUIET
@given(records(), st.sampled_from(PLACES))
def test_one_more_place__no_looser(record, place) -> None:
    named = record["jurisdiction"]
    places = [named] if isinstance(named, str) else named
    assert_no_looser(record, record | {"jurisdiction": [*places, place]})


@QUIET
@given(records(), st.sampled_from(ZONES))
def test_one_more_zone__no_looser(record, zone) -> None:
    zones = [*record["context"]["time_zones"], zone]
    assert_no_looser(record, changed(record, {"time_zones": zones}))


ledger_messages = st.sampled_from([reminder(), statement(), answer()])
drafts = st.builds(
    lambda subject, body, language: Draft(subject, body, language),
    st.text(max_size=60),
    texts.filter(bool),
    st.sampled_from(["en", "es", "fr", "de", "pl"]),
)
accounts = st.builds(
    lambda **changes: account(**changes),
    debtor_type=st.sampled_from(["business", "consumer", "sole_trader"]),
    segment=st.sampled_from(["smb", "mid", "enterprise"]),
    strategic=st.booleans(),
    places=st.lists(st.sampled_from(PLACES), min_size=1, max_size=2).map(tuple),
    inbound_unanswered=st.booleans(),
    contacts=st.sampled_from([(contact(),), (contact(opted_out=True),)]),
)
_LOOSE = (Allow, NeedsApproval, Deny)
instants = st.integers(0, 48 * 4).map(lambda quarter: NOON + timedelta(minutes=15 * quarter))


@QUIET
@given(ledger_messages, accounts, drafts, instants)
def test_gate__allows_no_message_a_rule_of_the_packs_objects_to(action, facts, draft, at) -> None:
    verdict = judge(action, facts, policy(), at, draft)
    case = Case(action, facts, policy(), at, draft)
    told = objecting(message_facts(case, case.content, untraced=False), policy().packs)
    serious = [each for each in told if RULES[each].severity != "warn"]
    if serious:
        assert not isinstance(verdict, Allow)
    assert judge(action, facts, policy(), at, draft) == verdict


@QUIET
@given(ledger_messages, accounts, drafts, st.sampled_from(SENTENCES))
def test_gate__one_more_claim_in_the_words__no_looser(action, facts, draft, sentence) -> None:
    longer = Draft(draft.subject, f"{draft.body}\n{sentence}", draft.language)
    before = judge(action, facts, policy(), NOON, draft)
    after = judge(action, facts, policy(), NOON, longer)
    assert _LOOSE.index(type(after)) >= _LOOSE.index(type(before))
