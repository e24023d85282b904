"""Customer state on both databases: nothing is doubled, nothing ends twice."""

from datetime import timedelta

import pytest

from ledger import postings, postings_cases, postings_disputes, postings_promises
from ledger.errors import Conflict, NotFound
from ledger.states import PlanState, PromiseState
from ledger.tables.account import Account, Contact, Hold
from ledger.tables.case import Plan, PlanInstalment, Promise
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import CallTask, Message
from tests.support.books import NOON, Books
from tests.support.posted import DAY, books, count, sound, value

__all__ = ["books"]

DENIED = postings_disputes.Resolved("deny", DAY, "ann", "prp_1")
PLAN = {
    "account_id": "acc_a",
    "currency": "EUR",
    "invoice_ids": "inv_1",
    "frequency": "monthly",
    "proposed_on": DAY,
    "approved_by": "felix",
}


class TestCustomerState:
    def test_hold_placed_twice__is_one(self, books: Books) -> None:
        assert self.place(books) == self.place(books)
        assert count(books, Hold) == 1

    def test_hold_lifted_and_placed_again_the_same_day__is_in_force(self, books: Books) -> None:
        hold_id = self.place(books)
        with books.ledger.write() as session:
            postings_cases.release_hold(session, hold_id, "ann", NOON)
        assert value(books, Hold.lifted_by, hold_id) == "ann"
        assert self.place(books) == hold_id
        assert value(books, Hold.lifted_at, hold_id) is None

    def place(self, books: Books) -> str:
        row = {
            "account_id": "acc_a",
            "invoice_id": None,
            "reason": "manual",
            "placed_on": DAY,
            "ends_on": None,
            "ends_with": None,
            "lift_role": "finance_lead",
            "placed_by": "ann",
            "source": "",
            "lifted_at": None,
            "lifted_by": None,
        }
        with books.ledger.write() as session:
            return postings_cases.place_hold(session, row)

    def test_newer_promise__supersedes_the_older_over_the_same_invoices(self, books: Books):
        first, other = self.promise(books, 10), self.promise(books, 10, "inv_2")
        second = self.promise(books, 20)
        assert value(books, Promise.state, first) == PromiseState.SUPERSEDED
        assert value(books, Promise.state, second) == PromiseState.PENDING
        assert value(books, Promise.state, other) == PromiseState.PENDING

    def test_first_promise_repeated__stands_again(self, books: Books) -> None:
        first, second = self.promise(books, 10), self.promise(books, 20)
        assert self.promise(books, 10) == first
        assert value(books, Promise.state, first) == PromiseState.PENDING
        assert value(books, Promise.state, second) == PromiseState.SUPERSEDED

    def test_promise_settled_the_same_day__is_not_revived(self, books: Books) -> None:
        first = self.promise(books, 10)
        with books.ledger.write() as session:
            settled = postings_promises.Settled(PromiseState.KEPT)
            postings_promises.settle_promises(session, {first: settled})
        self.promise(books, 10)
        assert value(books, Promise.state, first) == PromiseState.KEPT

    def test_newer_promise_over_more_invoices__supersedes_what_it_covers(self, books: Books):
        part, both = self.promise(books, 10), self.promise(books, 20, "inv_1,inv_2")
        again = self.promise(books, 30, "inv_2")
        states = [value(books, Promise.state, each) for each in (part, both, again)]
        assert states == [PromiseState.SUPERSEDED, PromiseState.PENDING, PromiseState.PENDING]

    def test_two_promises_of_one_message__stand_side_by_side(self, books: Books) -> None:
        first = self.promise(books, 10, claim_id="clm_1")
        second = self.promise(books, 20, claim_id="clm_1")
        assert value(books, Promise.state, first) == PromiseState.PENDING
        self.promise(books, 30, claim_id="clm_2")
        states = [value(books, Promise.state, each) for each in (first, second)]
        assert states == [PromiseState.SUPERSEDED] * 2

    @pytest.mark.parametrize("end", [PlanState.CANCELLED, PlanState.COMPLETED])
    def test_plan_that_ended__does_not_run_again(self, books: Books, end: PlanState) -> None:
        parts = [(DAY, 40_00), (DAY + timedelta(days=30), 60_00)]
        with books.ledger.write() as session:
            plan_id = postings_promises.propose_plan(session, PLAN, parts)
            postings_promises.move_plan(session, plan_id, end, DAY)
        with pytest.raises(Conflict, match="cannot become active"), books.ledger.write() as session:
            postings_promises.accept_plan(session, plan_id, DAY)

    def promise(
        self, books: Books, days: int, invoice: str = "inv_1", claim_id: str | None = None
    ) -> str:
        row = {
            "claim_id": claim_id,
            "account_id": "acc_a",
            "direction": "theirs",
            "kind": "payment",
            "amount_minor": 5_00,
            "currency": "EUR",
            "promised_on": DAY,
            "due_on": DAY + timedelta(days=days),
            "invoice_ids": invoice,
            "source": "ann",
        }
        with books.ledger.write() as session:
            return postings_promises.record_promise(session, row)

    def test_plan_agreed_twice__is_one_with_its_parts(self, books: Books) -> None:
        parts = [(DAY, 40_00), (DAY + timedelta(days=30), 60_00)]
        for _ in range(2):
            with books.ledger.write() as session:
                postings_promises.propose_plan(session, PLAN, parts)
        assert (count(books, Plan), count(books, PlanInstalment)) == (1, 2)
        assert sound(books)

    def test_dunning__moves_level_and_date_of_the_items_given(self, books: Books) -> None:
        with books.ledger.write() as session:
            postings.post_dunning(session, {"inv_1": 2}, DAY)
            postings.post_dunning(session, {}, DAY)
        assert value(books, Invoice.dunning_level, "inv_1") == 2
        assert value(books, Invoice.dunned_on, "inv_1") == DAY
        assert value(books, Invoice.dunning_level, "inv_2") == 0

    def test_answered__messages_up_to_the_day(self, books: Books) -> None:
        for number, on in enumerate((DAY, DAY + timedelta(days=1))):
            books.add(
                "message",
                id=f"msg_{number}",
                account_id="acc_a",
                direction="in",
                channel="email",
                purpose="",
                stage=0,
                sent_on=on,
                subject="",
                body="",
                answered=False,
                invoice_ids="",
            )
        with books.ledger.write() as session:
            postings_cases.mark_answered(session, "acc_a", DAY)
        assert value(books, Message.answered, "msg_0") is True
        assert value(books, Message.answered, "msg_1") is False

    def test_limit_hold_opt_out_and_task__are_kept(self, books: Books) -> None:
        books.add(
            "contact",
            id="con_1",
            account_id="acc_a",
            name="",
            role="owner",
            consents="",
            opted_out=False,
            bounced=False,
        )
        task = {
            "account_id": "acc_a",
            "kind": "call",
            "summary": "ring",
            "due_on": DAY,
            "assignee": None,
            "state": "open",
            "created_by": "ann",
        }
        with books.ledger.write() as session:
            postings_cases.set_credit_limit(session, "acc_a", 5_00, "EUR")
            postings_cases.set_credit_hold(session, "acc_a", True)
            postings_cases.opt_out(session, "con_1")
            assert postings_cases.add_call_task(session, task) == postings_cases.add_call_task(
                session, task
            )
            postings.hold_receipt(session, ["rcp_1"], "overpayment")
        assert value(books, Account.credit_limit_minor, "acc_a") == 5_00
        assert value(books, Account.credit_hold, "acc_a") is True
        assert value(books, Contact.opted_out, "con_1") is True
        assert value(books, Receipt.hold_reason, "rcp_1") == "overpayment"
        assert count(books, CallTask) == 1

    @pytest.mark.parametrize(
        "change",
        [
            lambda s: postings_disputes.resolve_dispute(s, "x", DENIED),
            lambda s: postings_cases.release_hold(s, "x", "ann", NOON),
            lambda s: postings_cases.set_credit_hold(s, "x", True),
            lambda s: postings_promises.settle_promises(
                s, {"x": postings_promises.Settled(PromiseState.KEPT)}
            ),
            lambda s: postings_cases.opt_out(s, "x"),
        ],
    )
    def test_row_that_is_not_there__is_refused(self, books: Books, change) -> None:
        with pytest.raises(NotFound, match=r"no \w+ x"), books.ledger.write() as session:
            change(session)
