"""The gate evaluates everything, fails closed, and never gets looser when something is added."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guardrails import gate
from guardrails.case import Case, Draft
from guardrails.gate import judge
from guardrails.verdict import (
    Allow,
    Deny,
    Finding,
    Hit,
    NeedsApproval,
    Verdict,
    class_of,
    counterfactual,
    explain,
    findings_of,
)
from ledger.actions import (
    Allocation,
    ApplyReceipt,
    CreateCallTask,
    MessageAction,
    OpenDisputeCase,
    PlaceHold,
    PlanPart,
    ProposedAction,
    ProposePlan,
    RecordPromise,
    WriteOff,
)
from ledger.facts import AccountFacts, FeedFact, OpenDispute
from ledger.states import AccountClass, Disposition
from policies.load import PolicyError, with_changes
from policies.schema import ApprovalPolicy, Policy, RuleEntry
from tests.support.facts import (
    AS_OF,
    NOON,
    account,
    answer,
    contact,
    credit,
    day,
    dispute,
    hold,
    item,
    moving,
    past,
    plan,
    policy,
    policy_with,
    promise,
    receipt,
    reminder,
    statement,
)

WORDS = Draft("A reminder", "Good morning.\nNorthwind Supplies", "en")
CALL = CreateCallTask(account_id="acc_1", summary="Ring them", due_on=day(1))


def rule_ids(verdict: Verdict) -> list[str]:
    return [finding.rule_id for finding in findings_of(verdict)]


class TestJudge:
    def test_routine_reminder__is_allowed(self) -> None:
        assert judge(reminder(), account(), policy(), NOON, WORDS) == Allow()

    def test_several_rules_object__every_one_is_found(self) -> None:
        facts = account(
            holds=(hold(),), disputes=(dispute(),), receipts=(receipt(),), strategic=True
        )
        verdict = judge(reminder(), facts, policy(), NOON, WORDS)
        assert isinstance(verdict, Deny)
        assert rule_ids(verdict) == [
            "no_send_under_hold",
            "never_chase_disputed",
            "cash_before_chasing",
            "strategic_account_needs_owner",
            "undisputed_rest_needs_review",
        ]

    def test_threat_stands_in_the_subject_alone__it_is_denied(self) -> None:
        subject = "Pay today or we sue you"
        action = reminder(wording="person", subject=subject, body="")
        verdict = judge(action, account(), policy(), NOON, Draft(subject, "", "en"))
        assert isinstance(verdict, Deny)
        assert "UNI-05" in rule_ids(verdict)

    @pytest.mark.parametrize("action", [reminder(), CALL])
    def test_one_rule_objects__the_others_are_asked_too(self, action, monkeypatch) -> None:
        asked = []

        def recording(rule: gate.Rule) -> gate.Rule:
            def ask(case: Case) -> Hit | None:
                asked.append(rule.__name__)
                return Hit()

            ask.__name__ = rule.__name__
            return ask

        for name in ("MESSAGE_RULES", "OTHER_RULES"):
            monkeypatch.setattr(gate, name, tuple(map(recording, getattr(gate, name))))
        verdict = judge(action, account(), policy(), NOON, WORDS)
        concerned = gate.MESSAGE_RULES if isinstance(action, MessageAction) else gate.OTHER_RULES
        assert asked == rule_ids(verdict) == [rule.__name__ for rule in concerned]

    @pytest.mark.parametrize("broken", [rule.__name__ for rule in gate.RULES])
    def test_rule_that_fails__denies_for_a_person(self, broken, monkeypatch) -> None:
        def fail(case: Case) -> Hit | None:
            raise ZeroDivisionError("rules do not fail, but if they do")

        def break_one(rule: gate.Rule) -> gate.Rule:
            return fail if rule.__name__ == broken else rule

        fail.__name__ = broken
        for name in ("MESSAGE_RULES", "OTHER_RULES"):
            monkeypatch.setattr(gate, name, tuple(map(break_one, getattr(gate, name))))
        of_messages = any(rule is fail for rule in gate.MESSAGE_RULES)
        verdict = judge(reminder() if of_messages else CALL, account(), policy(), NOON, WORDS)
        assert isinstance(verdict, Deny)
        assert rule_ids(verdict) == [broken]
        assert verdict.disposition is Disposition.NEEDS_PERSON
        assert "ZeroDivisionError" in explain(verdict)

    @pytest.mark.parametrize("action", [reminder(), statement(), answer(), CALL])
    def test_another_account__is_denied(self, action) -> None:
        other = action.model_copy(update={"account_id": "acc_2"})
        verdict = judge(other, account(), policy(), NOON, WORDS)
        assert isinstance(verdict, Deny)
        assert rule_ids(verdict) == ["subject_exists"]

    @pytest.mark.parametrize("action", [reminder(), statement(), answer()])
    def test_message_without_words__is_denied(self, action) -> None:
        verdict = judge(action, account(), policy(), NOON, None)
        assert isinstance(verdict, Deny)
        assert rule_ids(verdict) == ["every_number_traced"]

    def test_rules_that_ask__name_every_set_of_roles_once(self) -> None:
        facts = account(strategic=True, renewal_on=day(9), debtor_type="consumer")
        words = replace(WORDS, body=f"{WORDS.body}\nReply STOP to stop emails to this address.")
        verdict = judge(reminder(), facts, policy(), NOON, words)
        assert isinstance(verdict, NeedsApproval)
        assert verdict.role_sets == (("account_owner",), ("compliance", "finance_lead"))


def listing(rules: tuple[RuleEntry, ...]) -> Policy:
    """The policy with another list of rules."""
    approval = ApprovalPolicy(**policy().approval.model_dump(exclude={"rules"}) | {"rules": rules})
    return with_changes(policy(), approval=approval)


class TestCheckRules:
    def test_default_policy__lists_every_rule(self) -> None:
        gate.check_rules(policy())

    def test_rule_left_out__is_refused(self) -> None:
        fewer = listing(policy().approval.rules[1:])
        with pytest.raises(PolicyError, match=r"no_chasing_on_stale_feeds is missing"):
            gate.check_rules(fewer)

    def test_rule_without_a_function__is_refused(self) -> None:
        rules = policy().approval.rules
        entry = rules[0].model_copy(update={"id": "always_be_polite"})
        with pytest.raises(PolicyError, match=r"always_be_polite has no function"):
            gate.check_rules(listing((*rules, entry)))


def finding(effect: str = "deny", **more: object) -> Finding:
    base = {"rule_id": "r", "effect": effect, "says": "No.", "unless": "it were otherwise"}
    return Finding(**base | {"disposition": Disposition.HELD} | more)


class TestVerdict:
    def test_disposition__is_the_most_demanding_of_those_that_deny(self) -> None:
        quiet = finding(disposition=Disposition.NOTHING_DUE)
        asks = finding("approve", disposition=None)
        person = finding(disposition=Disposition.NEEDS_PERSON)
        assert Deny((quiet, asks)).disposition is Disposition.NOTHING_DUE
        assert Deny((quiet, finding())).disposition is Disposition.HELD
        assert Deny((quiet, finding(), person)).disposition is Disposition.NEEDS_PERSON

    def test_until__is_known_when_every_denial_ends(self) -> None:
        ends = finding(until=day(3)), finding(until=day(9))
        assert Deny(ends).until == day(9)
        assert Deny((*ends, finding("approve"))).until == day(9)
        assert Deny((*ends, finding())).until is None

    def test_class__is_the_highest_asked_for(self) -> None:
        found = (finding(account_class=AccountClass.EXCEPTION), finding())
        assert class_of(Deny(found)) is AccountClass.EXCEPTION
        assert class_of(Allow()) is AccountClass.ROUTINE

    def test_words__say_why_and_what_would_differ(self) -> None:
        verdict = Deny((finding(detail="manual"), finding(unless="the sun shone")))
        assert explain(verdict) == "No. (manual) No."
        assert counterfactual(verdict) == (
            "It would be routine if it were otherwise and the sun shone."
        )
        assert (explain(Allow()), counterfactual(Allow())) == ("", "")


# ---------------------------------------------------------------- over generated facts

money = st.integers(1, 400_000_00)
currencies = st.sampled_from(["USD", "EUR"])
items = st.lists(
    st.builds(
        lambda late, minor, currency, level, ago: {
            "late": late,
            "minor": minor,
            "currency": currency,
            "dunning_level": level,
            "dunned_on": day(-ago) if level else None,
        },
        st.integers(-20, 90),
        money,
        currencies,
        st.integers(0, 4),
        st.integers(1, 40),
    ),
    min_size=1,
    max_size=4,
).map(lambda rows: tuple(item(str(n), **row) for n, row in enumerate(rows, start=1)))


def some(*choices: object) -> st.SearchStrategy[tuple]:
    return st.lists(st.sampled_from(choices), max_size=2, unique=True).map(tuple)


facts_of_any_kind = st.builds(
    lambda rows, **changes: account(*rows, **changes),
    items,
    as_of=st.sampled_from([AS_OF, day(1), day(3)]),
    segment=st.sampled_from(["smb", "mid", "enterprise", "strategic"]),
    strategic=st.booleans(),
    debtor_type=st.sampled_from(["business", "consumer"]),
    holds=some(hold(), hold("inv_1"), hold("inv_2", ends=4), hold(reason="insolvency")),
    disputes=some(dispute("inv_1"), dispute("inv_3", "dsp_2"), dispute(None, "dsp_3")),
    promises=some(promise(3), promise(-9), promise(2, "inv_1"), promise(direction="ours")),
    plans=some(plan((9, 100_00)), plan((-20, 5), (9, 5), invoices=("inv_2",))),
    receipts=some(receipt(), receipt(7, "EUR")),
    credits=some(credit(), credit(7, "EUR")),
    contacts=st.sampled_from(
        [(), (contact(),), (contact(opted_out=True),), (contact(bounced=True), contact("con_2"))]
    ),
    contact_history=some(past(0), past(0, "EUR"), past(1), past(5), past(6, None)),
    in_flight=some(moving(), moving("EUR"), moving(None, "uncertain")),
    inbound_unanswered=st.booleans(),
    broken_promises=st.integers(0, 3),
    feeds=st.sampled_from([account().feeds, (), (FeedFact("invoices", day(-5)),)]),
)


@st.composite
def actions(draw: st.DrawFn) -> ProposedAction:
    """An action of any kind, sometimes about rows that are not there."""
    ids = draw(st.lists(st.sampled_from(["inv_1", "inv_2", "inv_9"]), min_size=1, max_size=3))
    currency, level = draw(currencies), draw(st.integers(0, 5))
    template = ("reminder_1", "reminder_1", "reminder_2", "reminder_3", "final_notice", "x")[level]
    minor, base = draw(money), {"account_id": "acc_1"}
    parts = tuple(PlanPart(due_on=day(n), amount_minor=minor) for n in (10, 40))
    return draw(
        st.sampled_from(
            [
                reminder(
                    currency=currency, stage=level, template_id=template, invoice_ids=tuple(ids)
                ),
                statement(currency=currency),
                answer(),
                answer(wording="model", subject="Re", body="Thank you."),
                ApplyReceipt(
                    **base,
                    receipt_id="rcp_1",
                    allocations=(Allocation(invoice_id=ids[0], amount_minor=minor),),
                ),
                WriteOff(**base, invoice_id=ids[0], amount_minor=minor),
                ProposePlan(**base, currency=currency, invoice_ids=tuple(ids), parts=parts),
                RecordPromise(**base, due_on=day(3), invoice_ids=tuple(ids)),
                PlaceHold(**base, reason="manual", invoice_id=ids[0]),
                OpenDisputeCase(**base, reason="PRICE", invoice_id=ids[0]),
                CALL,
            ]
        )
    )


policies = st.sampled_from(
    [
        policy("auto"),
        policy("draft"),
        policy("shadow"),
        policy_with("contact", dispute_scope="item"),
    ]
)


@given(facts_of_any_kind, actions(), policies)
def test_same_case_twice__same_verdict(facts, action, by) -> None:
    first = judge(action, facts, by, NOON, WORDS)
    assert judge(action, facts, by, NOON, WORDS) == first


def must_not_leave(action: MessageAction, facts: AccountFacts, by: Policy) -> bool:
    """What no message may leave under, told again without the rules."""
    named = set(getattr(action, "invoice_ids", ()))
    currency = getattr(action, "currency", None)
    chasing = action.type == "send_reminder"
    acknowledgement = action.type == "answer_query" and action.wording == "template"
    whole = by.contact.dispute_scope == "account"
    disputed = [d for d in facts.disputes if whole or d.invoice_id in {None, *named}]
    unapplied = [*facts.receipts, *facts.credits]
    return any(
        (
            [h for h in facts.holds if h.invoice_id in {None, *named}],
            disputed and not acknowledgement,
            [c for c in facts.contacts if c.contact_id == action.contact_id and c.opted_out],
            action.contact_id not in {c.contact_id for c in facts.contacts},
            [m for m in facts.in_flight if m.currency == currency],
            chasing and facts.inbound_unanswered,
            chasing and [u for u in unapplied if u.currency == currency],
            chasing and [p for p in facts.promises if p.direction == "ours"],
            chasing and named - {i.invoice_id for i in facts.open_items if i.currency == currency},
            chasing and [p for p in facts.plans if named.intersection(p.invoice_ids)],
            currency
            and [
                p
                for p in facts.contact_history
                if p.sent_on == facts.as_of and p.currency == currency
            ],
            len(facts.feeds) < 2,
            facts.as_of.weekday() > 4,
            by.autonomy.mode == "shadow",
        )
    )


@given(facts_of_any_kind, actions().filter(lambda a: isinstance(a, MessageAction)), policies)
def test_message_that_must_not_leave__is_denied(facts, action, by) -> None:
    verdict = judge(action, facts, by, NOON, WORDS)
    if must_not_leave(action, facts, by):
        assert isinstance(verdict, Deny)


@given(facts_of_any_kind, actions(), policies)
def test_allowed__no_person_had_to_be_asked(facts, action, by) -> None:
    if isinstance(judge(action, facts, by, NOON, WORDS), Allow):
        assert action.type not in {"write_off", "propose_plan"}
        if isinstance(action, MessageAction):
            assert not facts.strategic
            assert facts.segment in {"smb", "mid"}
            assert facts.debtor_type == "business"
            assert facts.broken_promises < 2
            assert action.wording == "template"
            assert by.autonomy.mode == "auto"


Change = Callable[[AccountFacts], AccountFacts]
ADDED: dict[str, Change] = {
    "hold": lambda f: replace(f, holds=(*f.holds, hold())),
    "held item": lambda f: replace(f, holds=(*f.holds, hold("inv_1"))),
    "dispute": lambda f: replace(
        f, disputes=(*f.disputes, OpenDispute("dsp_9", "inv_1", "PRICE", AS_OF))
    ),
    "receipt": lambda f: replace(f, receipts=(*f.receipts, replace(receipt(), receipt_id="rcp_9"))),
    "credit": lambda f: replace(f, credits=(*f.credits, replace(credit(), credit_id="crd_9"))),
    "inbound": lambda f: replace(f, inbound_unanswered=True),
    "opt-out": lambda f: replace(f, contacts=tuple(replace(c, opted_out=True) for c in f.contacts)),
    "strategic": lambda f: replace(f, strategic=True),
    "our promise": lambda f: replace(f, promises=(*f.promises, promise(direction="ours"))),
    "in flight": lambda f: replace(f, in_flight=(*f.in_flight, moving())),
    "history": lambda f: replace(f, contact_history=(*f.contact_history, past(0))),
    "broken promises": lambda f: replace(f, broken_promises=f.broken_promises + 2),
}
LOOSE = (Allow, NeedsApproval, Deny)


@pytest.mark.parametrize("added", ADDED)
@settings(max_examples=40)
@given(facts=facts_of_any_kind, action=actions(), by=policies)
def test_something_added__verdict_is_never_looser(added, facts, action, by) -> None:
    before = judge(action, facts, by, NOON, WORDS)
    after = judge(action, ADDED[added](facts), by, NOON, WORDS)
    assert LOOSE.index(type(after)) >= LOOSE.index(type(before))
    if added == "hold" and isinstance(action, MessageAction):
        assert isinstance(after, Deny)
