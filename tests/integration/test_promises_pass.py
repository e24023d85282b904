"""Promises and plans on real books: what the ledger settles alone, and what a person is told."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from batch.promises_pass import promises_pass
from batch.run import Night, start_night
from ledger.actions import (
    AcceptPlan,
    EndPlan,
    KeepPromise,
    PlanPart,
    ProposePlan,
    RecordPromise,
)
from ledger.checks import check_ledger
from ledger.journal import mark_feed
from ledger.states import PlanState, PromiseState
from ledger.tables.case import Plan, Promise
from ledger.tables.work import Proposal
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tools.plan_book import plan_lines
from tools.promise_book import kept_records

INVOICE = "inv_acc_a_1"
Promised = Callable[..., str]


@pytest.fixture
def promised(desk: Desk) -> Promised:
    """A promise of theirs of a hundred dollars, given a week ago for today."""
    desk.account("acc_a", (600_00, 400_00))

    def add(name: str = "prm_1", **values: Any) -> str:
        row = {
            "account_id": "acc_a",
            "direction": "theirs",
            "kind": "payment",
            "amount_minor": 100_00,
            "currency": "USD",
            "promised_on": AS_OF - timedelta(days=7),
            "due_on": AS_OF,
            "invoice_ids": "",
            "state": "pending",
            "source": "call",
            "method_days": 0,
            "kept_minor": 0,
            "settled_by": "",
        }
        desk.books.add("promise", id=name, **(row | values))
        return name

    return add


def pay(desk: Desk, minor: int, days: int = 0, invoice: str = INVOICE, **changes: Any) -> None:
    """Money received and applied so many days after the business date."""
    on = AS_OF + timedelta(days=days)
    name = f"R{days}{minor}{invoice}"
    values = {"account_id": "acc_a", "currency": "USD", "received_on": on}
    desk.books.receipt(name, minor, **(values | changes))
    desk.books.apply(f"app_{name}", invoice, minor, receipt_id=name, currency="USD", applied_on=on)


def play(desk: Desk, days: int, stale: bool = False) -> Night:
    """The pass of a night so many days later, with receipts read up to it."""
    on = AS_OF + timedelta(days=days)
    if not stale:
        with desk.house.ledger.write() as session:
            mark_feed(session, "receipts", on, NOON)
    night = start_night(desk.house, on, lambda *_: None)
    promises_pass(night)
    with desk.house.ledger.read() as session:
        assert check_ledger(session, night.as_of) == []
    return night


def row(desk: Desk, table: Any, key: str) -> Any:
    with desk.house.ledger.read() as session:
        found = session.get(table, key)
        session.expunge(found)
        return found


def waiting(desk: Desk) -> list[dict[str, Any]]:
    with desk.house.ledger.read() as session:
        rows = session.scalars(select(Proposal.action).order_by(Proposal.created_at, Proposal.id))
        return [orjson.loads(each) for each in rows]


def decide(desk: Desk, action: Any, person: str = "felix") -> str:
    """Put an action before a person who says yes; returns what was done."""
    proposal = desk.proposal(desk.ask(action))
    desk.inbox(person).approve(proposal.id, proposal.digest)
    return desk.proposal(proposal.id).outcome


class TestTheirs:
    def test_paid_within_grace__is_kept_with_its_day_and_amount(self, desk, promised):
        promised()
        pay(desk, 60_00)
        pay(desk, 40_00, 2)
        assert play(desk, 2).counts["cash"]["promises"] == ["prm_1"]
        kept = row(desk, Promise, "prm_1")
        assert (kept.state, kept.kept_minor) == (PromiseState.KEPT, 100_00)
        assert kept.kept_on == AS_OF + timedelta(days=2)
        assert kept.settled_by == "ledger"

    @pytest.mark.parametrize(
        ("minor", "state"), [(40_00, PromiseState.PARTLY_KEPT), (None, PromiseState.BROKEN)]
    )
    def test_not_paid_by_the_end_of_grace__is_broken_or_partly_kept(
        self, desk, promised, minor, state
    ):
        promised()
        if minor:
            pay(desk, minor)
        play(desk, 3)  # the third banking day is the last
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING
        play(desk, 4)
        assert row(desk, Promise, "prm_1").state == state

    def test_cheque__takes_its_days_first(self, desk, promised):
        promised(method_days=3)
        play(desk, 8)
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING
        play(desk, 9)
        assert row(desk, Promise, "prm_1").state == PromiseState.BROKEN

    def test_cash_of_the_account_waits__nothing_breaks(self, desk, promised):
        promised()
        desk.books.receipt("R1", 5_00, account_id="acc_a", currency="USD", received_on=AS_OF)
        play(desk, 30)
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING

    def test_receipts_not_read__nothing_breaks(self, desk, promised):
        promised()
        play(desk, 30, stale=True)
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING

    @pytest.mark.parametrize(
        ("minor", "payer", "currency", "waits"),
        [
            (100_00, "", "USD", True),  # the promised amount
            (70_00, "Company of nobody", "USD", True),  # a word of the name
            (70_00, "Fjord Supply", "USD", False),
            (100_00, "", "EUR", False),
        ],
    )
    def test_money_of_nobody__is_waited_for_where_it_may_be_theirs(
        self, desk, promised, minor, payer, currency, waits
    ):
        promised()
        values = {"payer_name": payer, "currency": currency, "received_on": AS_OF}
        desk.books.receipt("R1", minor, account_id=None, **values)
        play(desk, 4)
        expected = PromiseState.PENDING if waits else PromiseState.BROKEN
        assert row(desk, Promise, "prm_1").state == expected
        play(desk, 20)  # nobody waits for ever
        assert row(desk, Promise, "prm_1").state == PromiseState.BROKEN

    def test_invoice_credited__is_cancelled_and_not_broken(self, desk, promised):
        promised(invoice_ids=INVOICE)
        desk.books.credit("C1", 600_00, account_id="acc_a", currency="USD", issued_on=AS_OF)
        desk.books.apply(
            "app_c", INVOICE, 600_00, credit_memo_id="C1", currency="USD", applied_on=AS_OF
        )
        play(desk, 0)
        assert row(desk, Promise, "prm_1").state == PromiseState.CANCELLED

    def test_disputed_invoice__is_not_asked_for_and_waits_for_its_date(self, desk, promised):
        promised(invoice_ids=INVOICE)
        desk.books.add(
            "dispute",
            id="dsp_1",
            account_id="acc_a",
            invoice_id=INVOICE,
            reason="PRICE",
            opened_on=AS_OF,
            state="open",
            quote="",
            resolved_by="",
            level="invoice",
        )
        play(desk, 0)
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING
        play(desk, 4)
        assert row(desk, Promise, "prm_1").state == PromiseState.CANCELLED

    def test_two_promises_money_for_one__counts_once_over_several_nights(self, desk, promised):
        promised("prm_1")
        promised("prm_2", due_on=AS_OF + timedelta(days=1))
        pay(desk, 100_00)
        play(desk, 0)
        play(desk, 8)
        states = [row(desk, Promise, name).state for name in ("prm_1", "prm_2")]
        assert states == [PromiseState.KEPT, PromiseState.BROKEN]

    def test_kept_rate__is_drawn_to_that_of_the_house(self, desk, promised):
        desk.account("acc_b")
        for number, state in enumerate(["kept", "kept", "kept", "broken"]):
            promised(f"prm_{number}", state=state, account_id="acc_b")
        promised("prm_9", state="broken")
        with desk.house.ledger.read() as session:
            found = kept_records(session, AS_OF, ["acc_a", "acc_b"])
        assert (found["acc_b"].kept, found["acc_b"].failed) == (3, 1)
        assert 0 < found["acc_a"].rate < found["acc_b"].rate < 0.75


class TestOurs:
    def test_credit_given__keeps_what_we_promised(self, desk, promised):
        promised(direction="ours", kind="credit", amount_minor=None, currency=None)
        play(desk, 0)
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING
        desk.books.credit("C1", 10_00, account_id="acc_a", currency="USD", issued_on=AS_OF)
        play(desk, 1)
        kept = row(desk, Promise, "prm_1")
        assert (kept.state, kept.settled_by) == (PromiseState.KEPT, "ledger: credit memo C1")

    def test_credit_of_another_invoice__is_not_what_we_promised(self, desk, promised):
        promised(direction="ours", kind="credit", invoice_ids=INVOICE, amount_minor=None)
        desk.books.credit(
            "C1", 9_00, account_id="acc_a", currency="USD", issued_on=AS_OF, invoice_number="ACCA-2"
        )
        play(desk, 0)
        assert row(desk, Promise, "prm_1").state == PromiseState.PENDING

    def test_overdue__is_told_once_with_what_to_do(self, desk, promised):
        promised(direction="ours", kind="callback", owner="cora")
        play(desk, 0)
        assert waiting(desk) == []
        assert play(desk, 1).counts["promises"]["ours_overdue"] == 1
        play(desk, 2)
        (told,) = waiting(desk)
        assert (told["type"], told["to_role"]) == ("escalate", "collector")
        assert "cora sees to it" in told["summary"]
        assert "dunwell promises keep prm_1" in told["summary"]

    def test_person_says_it_is_done__another_agrees_and_chasing_goes_on(self, desk, promised):
        promised(direction="ours", kind="callback")
        action = KeepPromise(account_id="acc_a", promise_id="prm_1", note="called today")
        assert "kept" in decide(desk, action, "cora")
        kept = row(desk, Promise, "prm_1")
        assert (kept.state, kept.settled_by, kept.kept_on) == ("kept", "cora", AS_OF)
        assert desk.facts("acc_a").promises == ()

    def test_promise_we_record__has_an_owner(self, desk, promised):
        desk.books.change("account", "id", "acc_a", owner="amara")
        action = RecordPromise(
            account_id="acc_a", direction="ours", kind="copy", due_on=AS_OF + timedelta(days=2)
        )
        decide(desk, action, "cora")
        with desk.house.ledger.read() as session:
            assert session.scalars(select(Promise.owner)).all() == ["amara"]


def parts_of(*pairs: tuple[int, int]) -> tuple[PlanPart, ...]:
    return tuple(
        PlanPart(due_on=AS_OF + timedelta(days=days), amount_minor=minor) for days, minor in pairs
    )


@pytest.fixture
def plan_id(desk: Desk) -> str:
    """An approved plan over a thousand dollars that the customer has not answered yet."""
    desk.account("acc_a", (600_00, 400_00))
    action = ProposePlan(
        account_id="acc_a",
        currency="USD",
        invoice_ids=(INVOICE, "inv_acc_a_2"),
        parts=parts_of((10, 500_00), (41, 500_00)),
    )
    decide(desk, action)
    with desk.house.ledger.read() as session:
        return session.scalars(select(Plan.id)).one()


def accept(desk: Desk, plan_id: str) -> None:
    decide(desk, AcceptPlan(account_id="acc_a", plan_id=plan_id))


class TestPlans:
    def test_approved__is_proposed_and_its_letter_waits_once(self, desk, plan_id):
        plan = row(desk, Plan, plan_id)
        assert (plan.state, plan.approved_by, plan.agreed_on) == ("proposed", "felix", None)
        play(desk, 0)
        play(desk, 1)
        (letter,) = (each for each in waiting(desk) if each["type"] == "answer_query")
        assert (letter["template_id"], letter["about"]) == ("plan_proposal", plan_id)

    def test_accepted__runs_and_promises_about_it_count_no_more(self, desk, plan_id, promised_for):
        promised_for(INVOICE)
        accept(desk, plan_id)
        plan = row(desk, Plan, plan_id)
        assert (plan.state, plan.accepted_on) == (PlanState.ACTIVE, AS_OF)
        assert row(desk, Promise, "prm_1").state == PromiseState.SUPERSEDED

    def test_not_answered__is_taken_back(self, desk, plan_id):
        play(desk, 14)
        assert row(desk, Plan, plan_id).state == PlanState.PROPOSED
        assert play(desk, 15).counts["promises"]["plans_ended"] == 1
        assert row(desk, Plan, plan_id).state == PlanState.CANCELLED
        assert desk.facts("acc_a").plans == ()

    def test_missed__is_breached_told_and_cured_when_it_is_paid(self, desk, plan_id):
        accept(desk, plan_id)
        play(desk, 15)
        assert row(desk, Plan, plan_id).state == PlanState.ACTIVE
        play(desk, 16)
        plan = row(desk, Plan, plan_id)
        assert (plan.state, plan.breached_on) == (PlanState.BREACHED, AS_OF + timedelta(days=16))
        told = [each for each in waiting(desk) if each["type"] == "escalate"]
        assert "500.00 USD is late" in told[0]["summary"]
        pay(desk, 500_00, 17)
        assert play(desk, 18).counts["promises"]["plans_cured"] == 1
        assert row(desk, Plan, plan_id).state == PlanState.ACTIVE

    def test_not_cured__ends_and_goes_back_to_the_ladder(self, desk, plan_id):
        accept(desk, plan_id)
        play(desk, 16)
        cure_by = row(desk, Plan, plan_id).cure_by
        assert cure_by is not None
        days = (cure_by - AS_OF).days
        play(desk, days)
        assert row(desk, Plan, plan_id).state == PlanState.BREACHED
        play(desk, days + 1)
        assert row(desk, Plan, plan_id).state == PlanState.CANCELLED
        assert desk.reminder("acc_a").stage == 1  # one step, whatever the time that went by

    def test_cash_waits__nothing_is_breached(self, desk, plan_id):
        accept(desk, plan_id)
        desk.books.receipt("R1", 5_00, account_id="acc_a", currency="USD", received_on=AS_OF)
        play(desk, 30)
        assert row(desk, Plan, plan_id).state == PlanState.ACTIVE

    def test_all_paid__is_completed(self, desk, plan_id):
        accept(desk, plan_id)
        pay(desk, 600_00, 9)
        pay(desk, 400_00, 9, "inv_acc_a_2")
        assert play(desk, 10).counts["promises"]["plans_completed"] == 1
        assert row(desk, Plan, plan_id).state == PlanState.COMPLETED

    def test_ended_by_a_person__counts_no_more(self, desk, plan_id):
        accept(desk, plan_id)
        decide(desk, EndPlan(account_id="acc_a", plan_id=plan_id))
        assert row(desk, Plan, plan_id).state == PlanState.CANCELLED

    def test_new_plan_accepted__replaces_the_old_one(self, desk, plan_id):
        accept(desk, plan_id)
        again = ProposePlan(
            account_id="acc_a",
            currency="USD",
            invoice_ids=(INVOICE,),
            parts=parts_of((20, 300_00), (50, 300_00)),
        )
        decide(desk, again)
        with desk.house.ledger.read() as session:
            query = select(Plan.id).where(Plan.state == PlanState.PROPOSED)
            new = session.scalars(query).one()
        assert row(desk, Plan, plan_id).state == PlanState.ACTIVE
        accept(desk, new)
        states = [row(desk, Plan, each).state for each in (plan_id, new)]
        assert states == [PlanState.CANCELLED, PlanState.ACTIVE]

    def test_lines__tell_what_is_paid_late_and_open(self, desk, plan_id):
        accept(desk, plan_id)
        pay(desk, 200_00, 9)
        with desk.house.ledger.read() as session:
            on = AS_OF + timedelta(days=20)
            (line,) = plan_lines(session, desk.house.policy, on, "acc_a")
        assert (line.paid.minor, line.late.minor) == (200_00, 300_00)
        assert [part.open.minor for part in line.parts] == [300_00, 500_00]

    @pytest.fixture
    def promised_for(self, desk: Desk) -> Callable[[str], None]:
        def add(invoice: str) -> None:
            action = RecordPromise(
                account_id="acc_a", due_on=date(2026, 3, 20), invoice_ids=(invoice,)
            )
            decide(desk, action, "cora")
            with desk.house.ledger.write() as session:
                session.scalars(select(Promise)).one().id = "prm_1"

        return add
