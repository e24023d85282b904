"""What a customer's message leads to: caution at once, everything else before a person."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.plans import PayingHabit
from engines.reading.contact_wishes import CONTACT_WISH, SAYS_CONTACT
from engines.reading.decision import DOUBT
from engines.reading.model import INTENTS, REASONS, PlanClaim, Span
from guardrails.gate import judge
from guardrails.verdict import NeedsApproval
from ledger.actions import Escalate, OpenDisputeCase, PlaceHold, ProposePlan, RecordPromise
from policies.load import load_policy
from tests.support.facts import AS_OF, account, day, dispute, hold, item, plan, promise
from tests.support.readings import promise_claim, reading, said
from tools.reply_actions import answers, respond

POLICY = load_policy()
RULES = POLICY.replies
CALL_TASK = "create_call_task"


def kinds(response):
    return [action.type for action in response.actions]


def handed_to(response):
    return [action.to_role for action in response.actions if isinstance(action, Escalate)]


class TestPromises:
    def test_promise_with_a_near_date__is_noted_without_a_person(self):
        read = reading("promise_to_pay", promises=(promise_claim(day(3), "1"),))
        response = respond(said(read), account(), POLICY)
        (noted,) = response.actions
        assert isinstance(noted, RecordPromise)
        assert (noted.due_on, noted.invoice_ids) == (day(3), ("inv_1",))
        assert response.answered

    @pytest.mark.parametrize(
        ("claim", "why"),
        [
            (promise_claim(None, "1"), "no date"),
            (promise_claim(day(-1), "1"), "past"),
            (promise_claim(day(3), "1", conditional=True), "depends"),
            (promise_claim(day(RULES.promise_longest_days + 1), "1"), "far off"),
        ],
    )
    def test_promise_nobody_can_count_on__is_a_persons(self, claim, why):
        response = respond(said(reading("promise_to_pay", promises=(claim,))), account(), POLICY)
        assert kinds(response) == ["escalate"]
        assert why in response.person_because[0]

    def test_promises_broken_before__are_not_believed_again(self):
        read = reading("promise_to_pay", promises=(promise_claim(day(3), "1"),))
        facts = account(broken_promises=RULES.repeats_before_person)
        assert kinds(respond(said(read), facts, POLICY)) == ["escalate"]


class TestAlreadyPaid:
    def test_invoice_named__pauses_that_invoice_for_days(self):
        read = reading("already_paid", mentioned_invoices=("1",))
        (pause,) = respond(said(read), account(), POLICY).actions
        assert isinstance(pause, PlaceHold)
        assert pause.invoice_id == "inv_1"
        assert pause.ends_on == AS_OF + timedelta(days=RULES.already_paid_pause_days)

    def test_ledger_says_it_is_paid__nothing_pauses_and_nobody_is_asked(self):
        read = reading("already_paid", mentioned_invoices=("9",))
        assert respond(said(read), account(), POLICY).actions == ()

    def test_claimed_again_and_never_proved__buys_no_more_time(self):
        read = reading("already_paid", mentioned_invoices=("1",))
        repeated = said(read, repeats={"already_paid": RULES.repeats_before_person})
        response = respond(repeated, account(), POLICY)
        assert kinds(response) == ["escalate"]
        assert "never proved" in response.person_because[0]


class TestDisputes:
    def test_invoice_named__a_case_is_opened_with_our_code_and_their_words(self):
        read = reading("dispute", disputed_invoices=("1",), dispute_reasons=("price",))
        (opened,) = respond(said(read), account(), POLICY).actions
        assert isinstance(opened, OpenDisputeCase)
        assert (opened.invoice_id, opened.reason) == ("inv_1", "PRICE")
        assert opened.quote == "words about dispute"

    @pytest.mark.parametrize(
        ("amount", "part"), [(30_00, 30_00), (100_00, None), (150_00, None), (0, None)]
    )
    def test_amount_named__only_a_part_of_the_invoice_is_disputed(self, amount, part):
        read = reading("dispute", disputed_invoices=("1",), disputed_amount_minor=amount)
        (opened,) = respond(said(read), account(), POLICY).actions
        assert opened.amount_minor == part

    def test_no_invoice_named__the_account_is_disputed(self):
        (opened,) = respond(said(reading("dispute")), account(), POLICY).actions
        assert (opened.type, opened.invoice_id) == ("open_dispute", None)

    def test_case_is_open_already__no_second_one(self):
        read = reading("dispute", disputed_invoices=("1",))
        facts = account(disputes=(dispute("inv_1"),))
        assert "open_dispute" not in kinds(respond(said(read), facts, POLICY))

    def test_settled_invoice__is_a_persons(self):
        read = reading("dispute", disputed_invoices=("9",))
        assert kinds(respond(said(read), account(), POLICY)) == ["escalate"]

    def test_every_reason__has_a_code(self):
        assert set(RULES.dispute_codes) == set(REASONS)


class TestContactWishes:
    words = "Never call us before 9 am."

    def told(self, *intents, **changes):
        read = reading(
            *intents,
            needs_human=True,
            why_human=(*(f"says {each}" for each in intents), SAYS_CONTACT),
            own_text=f"{' '.join(intents)}. {self.words}",
            **changes,
        )
        return replace(read, spans=(*read.spans, Span(CONTACT_WISH, self.words, 0, "body")))

    @pytest.mark.parametrize(
        "intents",
        [(each,) for each in (*RULES.handled_alone, "callback_request")]
        + [("dispute", "promise_to_pay"), ("short_pay", "already_paid")],
    )
    def test_wish_beside_what_is_handled_alone__reaches_a_person_in_their_words(self, intents):
        response = respond(said(self.told(*intents)), account(), POLICY)
        handed = [each for each in response.actions if isinstance(each, Escalate)]
        assert len(handed) == 1
        assert self.words in handed[0].summary
        assert SAYS_CONTACT in response.person_because
        assert not response.answered
        assert any(self.words in t.summary for t in response.actions if t.type == CALL_TASK)

    def test_dispute_with_a_wish__opens_its_case_and_is_not_answered_by_a_letter(self):
        read = self.told("dispute", disputed_invoices=("1",))
        response = respond(said(read), account(), POLICY)
        assert kinds(response) == ["open_dispute", "create_call_task", "escalate"]
        facts = account(disputes=(replace(dispute(), opened_on=AS_OF),))
        assert answers(said(read), facts, response.person_because) == []

    def test_dispute_that_is_only_one__needs_no_hand_over(self):
        read = reading("dispute", needs_human=True, why_human=("says dispute", DOUBT))
        assert kinds(respond(said(read), account(), POLICY)) == ["open_dispute"]

    def test_dispute_with_another_doubt__reaches_a_person(self):
        read = reading("dispute", needs_human=True, why_human=("says dispute", "asks to be called"))
        response = respond(said(read), account(), POLICY)
        assert response.person_because == ("asks to be called",)

    def test_wish_that_a_task_quotes_already__is_no_second_task(self):
        read = self.told("contact_change")
        read = replace(read, spans=(*read.spans[1:], Span("contact_change", self.words, 0, "body")))
        response = respond(said(read), account(), POLICY)
        assert kinds(response) == ["create_call_task", "escalate"]


@pytest.mark.parametrize(
    ("intent", "role"),
    [
        ("insolvency", "legal"),
        ("legal_threat", "legal"),
        ("hardship", "finance_lead"),
        ("stop_contact", "compliance"),
        ("bank_change_request", "finance_lead"),
        ("data_request", "compliance"),
        ("complaint_tone", "collector"),
    ],
)
def test_sensitive_message__stops_what_policy_says_and_goes_to_its_role(intent, role):
    response = respond(said(reading(intent)), account(), POLICY)
    assert handed_to(response) == [role]
    held = [action.reason for action in response.actions if isinstance(action, PlaceHold)]
    assert held == ([RULES.holds[intent]] if intent in RULES.holds else [])


def test_stop__is_obeyed_whoever_wrote_it():
    response = respond(said(reading("stop_contact"), authentic="fail"), account(), POLICY)
    assert kinds(response) == ["place_hold", "escalate"]


@pytest.mark.parametrize("changes", [{"authentic": "fail"}, {}])
def test_sender_not_proved_or_orders_to_software__nothing_is_believed(changes):
    read = reading(
        "promise_to_pay",
        "already_paid",
        "dispute",
        injection=not changes,
        mentioned_invoices=("1",),
        promises=(promise_claim(day(3), "1"),),
    )
    message = said(read, **changes)
    assert kinds(respond(message, account(), POLICY)) == ["escalate"]
    assert answers(message, account(promises=(promise(3),)), ()) == []


def test_invoice_of_nobody_here__is_named_to_a_person():
    response = respond(said(reading("already_paid", mentioned_invoices=("77",))), account(), POLICY)
    assert any("77" in why for why in response.person_because)


def test_change_of_bank_details__alarms_and_changes_nothing():
    response = respond(said(reading("bank_change_request")), account(), POLICY)
    assert kinds(response) == ["create_call_task", "escalate"]
    assert response.actions[0].summary.startswith("ALARM")


def test_hold_in_force__is_not_placed_twice():
    facts = account(holds=(hold(reason="insolvency"),))
    assert kinds(respond(said(reading("insolvency")), facts, POLICY)) == ["escalate"]


@pytest.mark.parametrize("intent", ["out_of_office", "acknowledgement", "bounce"])
def test_nothing_said__nothing_done_and_no_answer_owed(intent):
    response = respond(said(reading(intent)), account(), POLICY)
    assert (response.actions, response.answered) == ((), True)


class TestAnswers:
    def test_dispute_opened_today__is_acknowledged_in_their_language(self):
        facts = account(disputes=(replace(dispute(), opened_on=AS_OF),))
        (letter,) = answers(said(reading("dispute", language="fr")), facts, ())
        assert (letter.template_id, letter.language) == ("dispute_acknowledgement", "fr")

    def test_copy_asked_for__names_the_invoices_of_the_ledger(self):
        read = reading("request_copy", mentioned_invoices=("1", "9"))
        (letter,) = answers(said(read), account(), ())
        assert (letter.template_id, letter.invoice_ids) == ("copy_answer", ("inv_1", "inv_9"))

    def test_promise_noted__is_confirmed(self):
        facts = account(promises=(promise(3, "inv_1"),))
        (letter,) = answers(said(reading("promise_to_pay")), facts, ())
        assert (letter.template_id, letter.about) == ("promise_confirmation", "prm_1")

    def test_person_answers__no_template_does(self):
        read = reading("request_copy", mentioned_invoices=("1",))
        assert answers(said(read), account(), ("it is unclear",)) == []


class TestPlans:
    owing = account(item("1", minor=900_00))
    asks = reading(
        "payment_plan_request",
        plan=PlanClaim(6, 150_00, day(10), "monthly", None, "USD", "six parts"),
    )

    def test_request__puts_the_fitting_option_before_finance_beside_what_they_ask(self):
        plan_asked, handed = respond(said(self.asks), self.owing, POLICY).actions
        assert isinstance(plan_asked, ProposePlan)
        assert len(plan_asked.parts) == POLICY.promises.plans.usual_instalments
        assert sum(part.amount_minor for part in plan_asked.parts) == 900_00
        assert "They ask for 6 parts of 150.00 USD monthly" in plan_asked.note
        assert plan_asked.note.count("monthly parts of") == 3
        assert handed.to_role == "finance_lead"
        assert isinstance(judge(plan_asked, self.owing, POLICY), NeedsApproval)

    def test_habit_known__sets_how_many_parts_fit(self):
        habits = {"USD": PayingHabit(450_00, 12)}  # of which 40 % may go into a plan
        plan_asked, _handed = respond(said(self.asks, habits=habits), self.owing, POLICY).actions
        assert len(plan_asked.parts) == 5

    @pytest.mark.parametrize(
        ("facts", "why"),
        [
            (account(), "too little"),
            (account(item("1", minor=900_00), disputes=(dispute(None),)), "disputed"),
            (account(item("1", minor=900_00), holds=(hold(reason="insolvency"),)), "insolvency"),
            (account(item("1", minor=900_00), plans=(plan((9, 900_00)),)), "in a plan already"),
            (account(item("1"), item("2", currency="EUR")), "currency"),
        ],
    )
    def test_no_plan_allowed__the_person_is_told_why(self, facts, why):
        asks = replace(self.asks, plan=None)
        response = respond(said(asks), facts, POLICY)
        assert kinds(response) == ["escalate"]
        assert any(why in each for each in response.person_because)

    def test_yes_to_an_offered_plan__waits_for_finance_with_their_words(self):
        facts = account(item("1", minor=900_00), plans=(plan((9, 900_00), state="proposed"),))
        (accepted,) = respond(said(reading("acknowledgement")), facts, POLICY).actions
        assert (accepted.type, accepted.plan_id) == ("accept_plan", "pln_1")
        assert accepted.quote == "words about acknowledgement"
        assert isinstance(judge(accepted, facts, POLICY), NeedsApproval)

    def test_stranger__gets_no_plan_prepared(self):
        assert kinds(respond(said(self.asks, authentic="fail"), self.owing, POLICY)) == ["escalate"]


def test_cheque_named__takes_its_days():
    claim = promise_claim(day(3), "1", span="a cheque leaves on Friday")
    (noted,) = respond(
        said(reading("promise_to_pay", promises=(claim,))), account(), POLICY
    ).actions
    assert noted.method_days == 3


CAUTIOUS = {"place_hold", "open_dispute", "record_promise", "create_call_task", "escalate"}
numbers = st.lists(st.sampled_from(["1", "9", "77", "INV-5"]), max_size=3).map(tuple)
readings = st.builds(
    lambda intents, **more: reading(*dict.fromkeys(intents), **more),
    st.lists(st.sampled_from(INTENTS), max_size=5),
    mentioned_invoices=numbers,
    disputed_invoices=numbers,
    dispute_reasons=st.lists(st.sampled_from(REASONS), max_size=2).map(tuple),
    injection=st.booleans(),
    needs_human=st.booleans(),
    promises=st.lists(
        st.builds(
            promise_claim,
            st.none() | st.integers(-30, 90).map(day),
            conditional=st.booleans(),
            amount_minor=st.none() | st.integers(1, 10**9),
        ),
        max_size=2,
    ).map(tuple),
)


@given(readings, st.sampled_from(["pass", "fail", "none"]))
def test_any_message__leads_to_caution_only(read, authentic):
    owing = account(item("1", minor=900_00))
    response = respond(said(read, authentic=authentic), owing, POLICY)
    for action in response.actions:
        waits = isinstance(judge(action, owing, POLICY), NeedsApproval)
        assert action.type in CAUTIOUS or (waits and action.type == "propose_plan")
    assert all(action.account_id == "acc_1" for action in response.actions)
    assert len(handed_to(response)) <= 1
    if read.injection or authentic == "fail" or not read.intents:
        assert handed_to(response)
