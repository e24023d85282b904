"""Money and customer state on both databases: nothing is exceeded, doubled, or written by half."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledger import postings, postings_cases, postings_disputes, postings_promises
from ledger.checks import check_ledger
from ledger.errors import Conflict, NotFound
from ledger.states import ApplicationKind, PlanState, PromiseState
from ledger.tables.account import Account, Contact, Hold
from ledger.tables.case import Plan, PlanInstalment, Promise
from ledger.tables.receivable import Application, CreditMemo, Invoice, Receipt
from ledger.tables.work import CallTask, Message
from tests.support.books import NOON, Books, open_books

DAY = date(2025, 2, 10)
DENIED = postings_disputes.Resolved("deny", DAY, "ann", "prp_1")
CASH, CREDIT = ApplicationKind.CASH, ApplicationKind.CREDIT


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        fill(opened)
        yield opened


def fill(books: Books, tag: str = "") -> None:
    """One account with two invoices of a hundred, money and a credit of a hundred and fifty."""
    account = books.account(f"acc_a{tag}")
    books.change("account", "id", account, next_action_on=date(2026, 1, 1))
    books.invoice(f"inv_1{tag}", 100_00, account_id=account)
    books.invoice(f"inv_2{tag}", 100_00, account_id=account)
    books.receipt(f"rcp_1{tag}", 150_00, account_id=account)
    books.credit(f"crd_1{tag}", 150_00, account_id=account)


def apply(books: Books, *parts: tuple[str, int], **changes: Any) -> list[str]:
    values = {"kind": CASH, "source_id": "rcp_1", "applied_on": DAY, "cause": "test"} | changes
    with books.ledger.write() as session:
        return postings.apply_to_invoices(session, parts=parts, **values)


def value(books: Books, column: Any, row_id: str) -> Any:
    with books.ledger.read() as session:
        return session.scalar(select(column).where(column.class_.id == row_id))


def count(books: Books, table: Any) -> int:
    with books.ledger.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def balances(books: Books, tag: str = "") -> tuple[int, int, int, int]:
    """Open balances of both invoices, then what is unapplied of the receipt and the credit."""
    return (
        value(books, Invoice.open_minor, f"inv_1{tag}"),
        value(books, Invoice.open_minor, f"inv_2{tag}"),
        value(books, Receipt.unapplied_minor, f"rcp_1{tag}"),
        value(books, CreditMemo.unapplied_minor, f"crd_1{tag}"),
    )


def sound(books: Books) -> bool:
    with books.ledger.read() as session:
        return check_ledger(session, DAY + timedelta(days=400)) == []


PLAN = {
    "account_id": "acc_a",
    "currency": "EUR",
    "invoice_ids": "inv_1",
    "frequency": "monthly",
    "proposed_on": DAY,
    "approved_by": "felix",
}
UNTOUCHED = (100_00, 100_00, 150_00, 150_00)


class TestApplyToInvoices:
    def test_receipt_over_two_invoices__moves_every_projection(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00), ("inv_2", 50_00))
        assert len(made) == 2
        assert balances(books) == (0, 50_00, 0, 150_00)
        assert value(books, Account.next_action_on, "acc_a") is None
        assert sound(books)

    def test_credit_and_write_off__reduce_what_is_open(self, books: Books) -> None:
        apply(books, ("inv_1", 30_00), kind=CREDIT, source_id="crd_1")
        apply(books, ("inv_1", 70_00), kind=ApplicationKind.WRITE_OFF, source_id=None)
        assert balances(books) == (0, 100_00, 150_00, 120_00)
        assert sound(books)

    def test_adjustment_upwards__raises_what_is_open(self, books: Books) -> None:
        apply(books, ("inv_1", -5_00), kind=ApplicationKind.ADJUSTMENT, source_id=None)
        assert balances(books) == (105_00, 100_00, 150_00, 150_00)

    @pytest.mark.parametrize(
        "parts",
        [
            [("inv_1", 100_01)],  # more than is open
            [("inv_1", 100_00), ("inv_2", 50_01)],  # more than was received
            [("inv_1", 1), ("inv_2", 100_01)],
        ],
    )
    def test_more_than_there_is__is_refused_and_nothing_is_written(self, books, parts) -> None:
        with pytest.raises(Conflict, match="has less than"):
            apply(books, *parts)
        assert balances(books) == UNTOUCHED
        assert count(books, Application) == 0

    @pytest.mark.parametrize(
        ("parts", "source"),
        [([("inv_x", 1)], "rcp_1"), ([("inv_1", 1)], "rcp_x"), ([("inv_1", 1)], None)],
    )
    def test_no_such_document__is_refused_and_nothing_is_written(self, books, parts, source):
        with pytest.raises(NotFound):
            apply(books, *parts, source_id=source)
        assert count(books, Application) == 0

    @pytest.mark.parametrize(("kind", "source"), [(CASH, "rcp_e"), (CREDIT, "crd_e")])
    def test_two_currencies__are_refused(self, books: Books, kind, source) -> None:
        books.receipt("rcp_e", 1_00, currency="USD")
        books.credit("crd_e", 1_00, currency="USD")
        with pytest.raises(Conflict, match="in USD, invoice inv_1 in EUR"):
            apply(books, ("inv_1", 1_00), kind=kind, source_id=source)
        assert balances(books) == UNTOUCHED

    @pytest.mark.parametrize(
        ("kind", "source", "first"),
        [
            (CASH, "rcp_1", date(2025, 2, 1)),
            (CREDIT, "crd_1", date(2025, 2, 1)),
            (ApplicationKind.WRITE_OFF, None, date(2025, 1, 1)),
        ],
    )
    def test_day_before_a_document__is_refused(self, books: Books, kind, source, first) -> None:
        with pytest.raises(Conflict, match=f"before {first}"):
            apply(
                books,
                ("inv_1", 1),
                kind=kind,
                source_id=source,
                applied_on=first - timedelta(days=1),
            )
        assert apply(books, ("inv_1", 1), kind=kind, source_id=source, applied_on=first)
        assert sound(books)

    def test_same_cause_again__is_applied_once(self, books: Books) -> None:
        assert len(apply(books, ("inv_1", 40_00))) == 1
        assert apply(books, ("inv_1", 40_00)) == []
        assert balances(books) == (60_00, 100_00, 110_00, 150_00)
        assert len(apply(books, ("inv_1", 40_00), cause="another")) == 1

    def test_unidentified_receipt__belongs_to_the_account_it_pays(self, books: Books) -> None:
        books.receipt("rcp_u", 10_00, account_id=None)
        apply(books, ("inv_1", 10_00), source_id="rcp_u")
        assert value(books, Receipt.account_id, "rcp_u") == "acc_a"


class TestReverseApplication:
    def reverse(self, books: Books, application_id: str, on: date = DAY) -> str:
        with books.ledger.write() as session:
            return postings.reverse_application(session, application_id, on, "returned")

    def test_reversed__invoice_and_receipt_are_open_again(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00))
        self.reverse(books, made[0])
        assert balances(books) == UNTOUCHED
        assert count(books, Application) == 2
        assert sound(books)

    def test_reversed_twice__is_refused(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00))
        self.reverse(books, made[0])
        with pytest.raises(Conflict, match="already reversed"):
            self.reverse(books, made[0])
        assert balances(books) == UNTOUCHED

    def test_reversal_reversed__is_refused(self, books: Books) -> None:
        back = self.reverse(books, apply(books, ("inv_1", 100_00))[0])
        with pytest.raises(Conflict, match="not reversed"):
            self.reverse(books, back)

    def test_before_it_was_posted__is_refused(self, books: Books) -> None:
        made = apply(books, ("inv_1", 100_00))
        with pytest.raises(Conflict, match="was posted on 2025-02-10"):
            self.reverse(books, made[0], DAY - timedelta(days=1))
        assert balances(books) == (0, 100_00, 50_00, 150_00)

    def test_unknown__is_refused(self, books: Books) -> None:
        with pytest.raises(NotFound):
            self.reverse(books, "app_x")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["cash", "credit", "write_off", "reverse"]),
        st.sampled_from(["inv_1", "inv_2"]),
        st.integers(1, 120_00),
    ),
    max_size=12,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_any_sequence__projections_equal_postings(books: Books, steps) -> None:
    """Examples share the books; each has an account of its own in them."""
    tag = f"_{count(books, Account)}"
    fill(books, tag)
    made: list[str] = []
    for number, step in enumerate(steps):
        before = balances(books, tag)
        try:
            take(books, made, tag, number, *step)
        except (Conflict, NotFound):
            assert balances(books, tag) == before
    assert sound(books)
    assert min(balances(books, tag)) >= 0


def take(
    books: Books, made: list[str], tag: str, number: int, kind: str, invoice: str, amount: int
) -> None:
    """One step; a reversal is of one of the applications made before."""
    cause = f"step {number}{tag}"
    if kind == "reverse":
        with books.ledger.write() as session:
            first = made[amount % len(made)] if made else "app_x"
            postings.reverse_application(session, first, DAY, cause)
        return
    sources = {"cash": (CASH, f"rcp_1{tag}"), "credit": (CREDIT, f"crd_1{tag}")}
    of, source_id = sources.get(kind, (ApplicationKind.WRITE_OFF, None))
    part = (f"{invoice}{tag}", amount)
    made += apply(books, part, kind=of, source_id=source_id, cause=cause)


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
            postings_promises.move_plan(session, plan_id, end)
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
