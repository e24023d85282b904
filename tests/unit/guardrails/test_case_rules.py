"""Each rule for disputes, promises, plans, holds, credit and hand-overs."""

from datetime import date

import pytest

from guardrails import case_rules as rules
from ledger.actions import (
    AcceptPlan,
    CreateCallTask,
    EndPlan,
    Escalate,
    KeepPromise,
    OpenDisputeCase,
    PlaceHold,
    PlanPart,
    ProposedAction,
    ProposePlan,
    RecordPromise,
    ReleaseHold,
    ResolveDispute,
    SetCreditHold,
    SetCreditLimit,
)
from tests.support.facts import (
    AS_OF,
    account,
    case_of,
    day,
    dispute,
    hold,
    item,
    plan,
    promise,
    reminder,
)

ACC = {"account_id": "acc_1"}
CALL = CreateCallTask(**ACC, summary="Ring them", due_on=day(1))


def propose(*pairs: tuple[int, int], invoices: tuple[str, ...] = ("inv_1",), currency="USD"):
    """A plan: (days from now, minor units) of its parts."""
    parts = tuple(PlanPart(due_on=day(offset), amount_minor=minor) for offset, minor in pairs)
    return ProposePlan(**ACC, currency=currency, invoice_ids=invoices, parts=parts)


PLAN = propose((10, 40_00), (40, 60_00))
RUNNING = plan((9, 100_00))
OFFERED = plan((9, 100_00), state="proposed")


class TestSubjectExists:
    @pytest.mark.parametrize(
        ("action", "facts"),
        [
            (
                ResolveDispute(**ACC, dispute_id="dsp_1", resolution="deny"),
                account(disputes=(dispute(),)),
            ),
            (ReleaseHold(**ACC, hold_id="hld_1"), account(holds=(hold(),))),
            (OpenDisputeCase(**ACC, invoice_id="inv_1", reason="PRICE"), account()),
            (OpenDisputeCase(**ACC, reason="PRICE"), account()),
            (PlaceHold(**ACC, reason="manual", invoice_id="inv_1"), account()),
            (PlaceHold(**ACC, reason="manual"), account()),
            (RecordPromise(**ACC, due_on=day(3)), account()),
            (RecordPromise(**ACC, due_on=day(3), invoice_ids=("inv_1",)), account()),
            (PLAN, account()),
            (KeepPromise(**ACC, promise_id="prm_1"), account(promises=(promise(3),))),
            (AcceptPlan(**ACC, plan_id="pln_1"), account(plans=(OFFERED,))),
            (EndPlan(**ACC, plan_id="pln_1"), account(plans=(RUNNING,))),
            (CALL, account()),
        ],
    )
    def test_row_of_this_account__does_not_object(self, action, facts) -> None:
        assert rules.subject_exists(case_of(facts, action)) is None

    @pytest.mark.parametrize(
        "action",
        [
            ResolveDispute(**ACC, dispute_id="dsp_x", resolution="deny"),
            ReleaseHold(**ACC, hold_id="hld_x"),
            OpenDisputeCase(**ACC, invoice_id="inv_x", reason="PRICE"),
            PlaceHold(**ACC, reason="manual", invoice_id="inv_x"),
            RecordPromise(**ACC, due_on=day(3), invoice_ids=("inv_1", "inv_x")),
            propose((10, 1), (20, 1), invoices=("inv_x",)),
            KeepPromise(**ACC, promise_id="prm_x"),
            EndPlan(**ACC, plan_id="pln_x"),
            AcceptPlan(**ACC, plan_id="pln_1"),  # it runs already
        ],
    )
    def test_row_of_nobody_or_another__objects(self, action) -> None:
        facts = account(disputes=(dispute(),), holds=(hold(),), plans=(RUNNING,))
        assert rules.subject_exists(case_of(facts, action))


def by_people(rule, asks: ProposedAction, facts) -> None:
    """A rule that hands one kind of action to a person, and no other."""
    assert rule(case_of(facts, asks))
    assert rule(case_of(facts, CALL)) is None
    assert rule(case_of(facts, reminder())) is None


class TestDisputesAreResolvedByPeople:
    @pytest.mark.parametrize("resolution", ["credit", "rebill", "deny", "write_off", "withdrawn"])
    def test_any_resolution__is_a_persons(self, resolution) -> None:
        action = ResolveDispute(**ACC, dispute_id="dsp_1", resolution=resolution)
        facts = account(disputes=(dispute(),))
        by_people(rules.disputes_are_resolved_by_people, action, facts)

    def test_opening_one__is_not(self) -> None:
        action = OpenDisputeCase(**ACC, reason="PRICE")
        assert rules.disputes_are_resolved_by_people(case_of(account(), action)) is None


class TestPlansNeedFinanceLead:
    @pytest.mark.parametrize(
        "action",
        [PLAN, AcceptPlan(**ACC, plan_id="pln_1"), EndPlan(**ACC, plan_id="pln_1")],
        ids=lambda action: action.type,
    )
    def test_plan__is_offered_accepted_and_ended_by_finance(self, action) -> None:
        by_people(rules.plans_need_finance_lead, action, account(plans=(plan((9, 100_00)),)))


class TestLongPlansNeedLegal:
    @pytest.mark.parametrize(("last", "objects"), [(date(2027, 5, 4), False), (None, True)])
    def test_end__within_six_months_is_finances_alone(self, last, objects) -> None:
        last = last or date(2027, 5, 5)
        action = propose((10, 40_00), ((last - AS_OF).days, 60_00))
        assert bool(rules.long_plans_need_legal(case_of(account(), action))) == objects

    def test_other_action__does_not_object(self) -> None:
        assert rules.long_plans_need_legal(case_of(account(), CALL)) is None


class TestPlansKeepToPolicy:
    @pytest.mark.parametrize(
        ("pairs", "why"),
        [
            ([(10, 300_00), (40, 300_00)], None),
            ([(45, 300_00), (365, 300_00)], None),
            ([(10, 249_00), (40, 250_00)], "too little"),
            ([(46, 300_00), (60, 300_00)], "in 46 days"),
            ([(10, 300_00), (366, 300_00)], "longer than 12 months"),
            ([(10, 551_00), (40, 49_99)], "too small"),
            ([(n, 60_00) for n in range(1, 28)], "27 instalments"),
        ],
    )
    def test_plan__keeps_to_every_bound(self, pairs, why) -> None:
        hit = rules.plans_keep_to_policy(case_of(account(), propose(*pairs)))
        assert (hit.detail if hit else None) is None if why is None else why in hit.detail

    def test_currency_without_a_minimum__has_no_plans(self) -> None:
        action = propose((10, 900_00), (40, 900_00), currency="SEK")
        assert rules.plans_keep_to_policy(case_of(account(), action))

    def test_other_action__does_not_object(self) -> None:
        assert rules.plans_keep_to_policy(case_of(account(), CALL)) is None


class TestPromisesAreClosedByPeople:
    @pytest.mark.parametrize("outcome", ["kept", "cancelled"])
    def test_outcome_the_ledger_does_not_show__is_a_persons_word(self, outcome) -> None:
        action = KeepPromise(**ACC, promise_id="prm_1", outcome=outcome)
        facts = account(promises=(promise(3, direction="ours"),))
        by_people(rules.promises_are_closed_by_people, action, facts)


class TestNoPlanOnDisputedOrInsolvent:
    @pytest.mark.parametrize(
        ("changes", "objects"),
        [
            ({}, False),
            ({"holds": (hold(),)}, False),
            ({"holds": (hold(reason="insolvency"),)}, True),
            ({"disputes": (dispute("inv_1"),)}, True),
            ({"disputes": (dispute(None),)}, True),
            ({"disputes": (dispute("inv_2"),)}, False),
        ],
    )
    def test_dispute_or_insolvency__objects(self, changes, objects) -> None:
        facts = account(item("1"), item("2"), **changes)
        assert bool(rules.no_plan_on_disputed_or_insolvent(case_of(facts, PLAN))) == objects

    def test_other_action__does_not_object(self) -> None:
        facts = account(holds=(hold(reason="insolvency"),))
        assert rules.no_plan_on_disputed_or_insolvent(case_of(facts, CALL)) is None


class TestPlanSumsToTheBalance:
    @pytest.mark.parametrize(
        ("pairs", "objects"),
        [
            ([(10, 40_00), (40, 60_00)], False),
            ([(10, 40_00), (40, 59_99)], True),
            ([(10, 40_00), (40, 60_01)], True),
            ([(0, 40_00), (40, 60_00)], False),  # the first part may be due today
            ([(-1, 40_00), (40, 60_00)], True),
            ([(40, 40_00), (10, 60_00)], True),
            ([(10, 40_00), (10, 60_00)], True),
        ],
    )
    def test_parts__sum_to_the_cent_and_rise_from_today(self, pairs, objects) -> None:
        assert bool(rules.plan_sums_to_the_balance(case_of(account(), propose(*pairs)))) == objects

    def test_two_currencies__object(self) -> None:
        facts = account(item("1"), item("2", currency="EUR"))
        action = propose((10, 100_00), (20, 100_00), invoices=("inv_1", "inv_2"))
        assert rules.plan_sums_to_the_balance(case_of(facts, action))

    def test_invoice_named_twice__is_not_owed_twice(self) -> None:
        action = propose((10, 100_00), (20, 100_00), invoices=("inv_1", "inv_1"))
        assert rules.plan_sums_to_the_balance(case_of(account(), action))

    def test_other_action__does_not_object(self) -> None:
        assert rules.plan_sums_to_the_balance(case_of(account(), CALL)) is None


class TestHoldsAreLiftedByPeople:
    def test_lifting__is_a_persons(self) -> None:
        action = ReleaseHold(**ACC, hold_id="hld_1")
        by_people(rules.holds_are_lifted_by_people, action, account(holds=(hold(),)))

    def test_placing__is_not(self) -> None:
        action = PlaceHold(**ACC, reason="manual")
        assert rules.holds_are_lifted_by_people(case_of(account(), action)) is None


class TestCreditDecisionsNeedFinanceLead:
    @pytest.mark.parametrize(
        "action",
        [
            SetCreditLimit(**ACC, limit_minor=0, currency="USD"),
            SetCreditHold(**ACC, on=True),
            SetCreditHold(**ACC, on=False),
        ],
    )
    def test_limit_or_hold__is_set_by_finance(self, action) -> None:
        by_people(rules.credit_decisions_need_finance_lead, action, account())


class TestOurPromisesNeedPerson:
    def test_promise_of_ours__is_a_persons(self) -> None:
        action = RecordPromise(**ACC, direction="ours", kind="credit_memo", due_on=day(3))
        by_people(rules.our_promises_need_person, action, account())

    def test_promise_of_theirs__is_recorded(self) -> None:
        action = RecordPromise(**ACC, due_on=day(3))
        assert rules.our_promises_need_person(case_of(account(), action)) is None


class TestEscalationWaitsForPerson:
    def test_hand_over__names_the_role(self) -> None:
        action = Escalate(**ACC, to_role="legal", summary="A letter of a lawyer came.")
        by_people(rules.escalation_waits_for_person, action, account())
        hit = rules.escalation_waits_for_person(case_of(account(), action))
        assert hit is not None
        assert hit.detail == "legal"
