"""A snapshot is what the ledger holds about one account, and of nobody else."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from ledger.balances import DueItem
from ledger.facts import AccountFacts, DuePart, PlannedPart
from ledger.queries.account_facts import load_facts
from ledger.queries.as_of import open_items_as_of
from ledger.tables.receivable import Invoice
from tests.support.books import NOON, Books, open_books

AS_OF = date(2025, 3, 1)


def day(offset: int) -> date:
    return AS_OF + timedelta(days=offset)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        opened.account("acc_a")
        opened.account("acc_b")
        yield opened


def facts_of(books: Books, account_id: str = "acc_a", as_of: date = AS_OF) -> AccountFacts:
    with books.ledger.read() as session:
        return load_facts(session, as_of, [account_id])[account_id]


HOLD = {"lift_role": "finance_lead", "placed_by": "", "source": "", "reason": "manual"}
DISPUTE = {"reason": "PRICE", "opened_on": day(-1), "quote": ""}
PROMISE = {
    "kind": "payment", "promised_on": day(-3), "due_on": day(3), "invoice_ids": "", "source": "",
}  # fmt: skip
TICKET = {"ticket_number": "T-1", "opened_on": day(-2), "subject": ""}
MESSAGE = {
    "channel": "email", "purpose": "x", "stage": 1, "subject": "", "body": "", "invoice_ids": "",
    "currency": "EUR", "answered": True,
}  # fmt: skip


class TestOneAccount:
    def test_bare_account__has_nothing(self, books: Books) -> None:
        facts = facts_of(books)
        assert (facts.account_id, facts.as_of, facts.open_items) == ("acc_a", AS_OF, ())
        assert not facts.inbound_unanswered
        assert not facts.sensitive_contract
        assert facts.broken_promises == 0

    def test_unknown_account__is_left_out(self, books: Books) -> None:
        with books.ledger.read() as session:
            assert list(load_facts(session, AS_OF, ["acc_x", "acc_b"])) == ["acc_b"]

    def test_rows_of_another_account__are_not_in_it(self, books: Books) -> None:
        books.invoice("inv_b", 5_00, account_id="acc_b")
        books.receipt("rcp_b", 5_00, account_id="acc_b")
        books.credit("crd_b", 5_00, account_id="acc_b")
        books.add("hold", id="h", account_id="acc_b", placed_on=day(-1), **HOLD)
        books.add("dispute", id="d", account_id="acc_b", state="open", **DISPUTE)
        mine, theirs = facts_of(books), facts_of(books, "acc_b")
        for concept in ("open_items", "receipts", "credits", "holds", "disputes"):
            assert getattr(mine, concept) == ()
            assert len(getattr(theirs, concept)) == 1

    def test_settled_documents__are_not_open(self, books: Books) -> None:
        books.invoice("inv_1", 5_00)
        books.receipt("rcp_1", 5_00)
        books.apply("app_1", "inv_1", 5_00, receipt_id="rcp_1")
        facts = facts_of(books)
        assert (facts.open_items, facts.receipts) == ((), ())

    @pytest.mark.parametrize(
        ("ends", "lifted", "in_force"),
        [(None, None, True), (day(0), None, True), (day(-1), None, False), (None, NOON, False)],
    )
    def test_hold__is_in_force_through_its_last_day(self, books, ends, lifted, in_force) -> None:
        row = {"placed_on": day(-9), "ends_on": ends, "lifted_at": lifted} | HOLD
        books.add("hold", id="h", account_id="acc_a", **row)
        assert bool(facts_of(books).holds) == in_force

    @pytest.mark.parametrize(
        ("state", "open_now"), [("open", True), ("in_review", True), ("resolved", False)]
    )
    def test_dispute__is_open_until_it_is_resolved(self, books: Books, state, open_now) -> None:
        books.add("dispute", id="d", account_id="acc_a", state=state, **DISPUTE)
        assert bool(facts_of(books).disputes) == open_now

    def test_promises__pending_are_listed_and_their_broken_ones_counted(self, books: Books):
        rows = [("pending", "theirs"), ("broken", "theirs"), ("broken", "ours"), ("kept", "theirs")]
        for number, (state, direction) in enumerate(rows):
            row = {"state": state, "direction": direction} | PROMISE
            books.add("promise", id=f"p{number}", account_id="acc_a", **row)
        facts = facts_of(books)
        assert [promise.promise_id for promise in facts.promises] == ["p0"]
        assert facts.broken_promises == 1

    @pytest.mark.parametrize(("ago", "lately"), [(-3, True), (29, True), (30, False)])
    def test_broken_promise__is_told_for_thirty_days(self, books: Books, ago, lately) -> None:
        row = PROMISE | {"state": "broken", "direction": "theirs", "due_on": day(-ago)}
        books.add("promise", id="p", account_id="acc_a", **row)
        facts = facts_of(books)
        assert [each.promise_id for each in facts.broken_lately] == ["p"] * lately
        assert facts.broken_promises == 1

    @pytest.mark.parametrize(("ago", "told"), [(-1, False), (0, True), (29, True), (30, False)])
    def test_payment__is_told_whole_for_thirty_days(self, books: Books, ago, told) -> None:
        books.receipt("rcp_1", 900, account_id="acc_a", received_on=day(-ago), unapplied_minor=0)
        facts = facts_of(books)
        assert [(p.receipt_id, p.amount_minor) for p in facts.payments] == [("rcp_1", 900)] * told
        assert facts.receipts == ()

    @pytest.mark.parametrize("state", ["open", "escalated", "closed"])
    def test_ticket__is_told_until_it_is_closed(self, books: Books, state) -> None:
        books.add("ticket", id="t", account_id="acc_a", severity=1, state=state, **TICKET)
        assert bool(facts_of(books).tickets) == (state != "closed")

    @pytest.mark.parametrize(("ago", "counts"), [(0, True), (29, True), (30, False)])
    def test_history__reaches_back_thirty_days(self, books: Books, ago, counts) -> None:
        row = {"direction": "out", "sent_on": day(-ago)} | MESSAGE
        books.add("message", id="m", account_id="acc_a", **row)
        assert bool(facts_of(books).contact_history) == counts
        assert not facts_of(books).inbound_unanswered

    @pytest.mark.parametrize("answered", [True, False])
    def test_message_of_the_customer__waits_until_it_is_answered(self, books, answered) -> None:
        row = MESSAGE | {"direction": "in", "sent_on": day(-90), "answered": answered}
        books.add("message", id="m", account_id="acc_a", **row)
        facts = facts_of(books)
        assert facts.inbound_unanswered == (not answered)
        assert facts.contact_history == ()

    @pytest.mark.parametrize(
        ("parent", "strategic"),
        [
            ({"segment": "smb"}, False),
            ({"segment": "enterprise"}, True),
            ({"strategic": True}, True),
        ],
    )
    def test_branch_of_a_strategic_customer__is_strategic(self, books, parent, strategic) -> None:
        books.change("account", "id", "acc_b", **parent)
        books.change("account", "id", "acc_a", parent_id="acc_b")
        assert facts_of(books).strategic == strategic

    def test_receipt_of_nobody__is_shown_only_where_asked_for(self, books: Books) -> None:
        books.receipt("rcp_u", 5_00, account_id=None)
        assert facts_of(books).receipts == ()
        with books.ledger.read() as session:
            facts = load_facts(session, AS_OF, ["acc_a"], ["rcp_u"])["acc_a"]
        assert [receipt.receipt_id for receipt in facts.receipts] == ["rcp_u"]

    def test_feeds__are_the_same_for_all(self, books: Books) -> None:
        books.add("feed", name="receipts", read_through=day(-1), read_at=NOON)
        assert [feed.name for feed in facts_of(books).feeds] == ["receipts"]

    def test_lists_in_columns__become_tuples(self, books: Books) -> None:
        zones = "America/New_York,America/Chicago"
        books.change("account", "id", "acc_a", time_zones=zones, places="US-NY")
        facts = facts_of(books)
        assert facts.time_zones == ("America/New_York", "America/Chicago")
        assert facts.places == ("US-NY",)


class TestPlans:
    def agree(self, books: Books, *offsets: int, state: str = "active") -> None:
        books.add(
            "plan",
            id="pln_1",
            account_id="acc_a",
            state=state,
            amount_minor=300,
            currency="EUR",
            invoice_ids="inv_1,inv_2",
        )
        for number, offset in enumerate(offsets, start=1):
            books.add(
                "plan_instalment",
                id=f"pin_{number}",
                plan_id="pln_1",
                number=number,
                due_on=day(offset),
                amount_minor=100,
            )

    @pytest.mark.parametrize(
        ("offsets", "expected"),
        [((-40, -10, 20), 20), ((-10, 0, 20), 0), ((5, 35, 65), 5), ((-70, -40, -10), -10)],
    )
    def test_next_part__is_the_first_not_before_the_day_else_the_last(
        self, books, offsets, expected
    ) -> None:
        self.agree(books, *offsets)
        plan = facts_of(books).plans[0]
        assert plan.next_due_on == day(expected)
        assert plan.parts == tuple(PlannedPart(day(offset), 100) for offset in offsets)
        assert plan.invoice_ids == ("inv_1", "inv_2")

    def test_plan_without_parts__has_nothing_due_next(self, books: Books) -> None:
        self.agree(books, state="proposed")
        assert facts_of(books).plans[0].next_due_on is None

    def test_plan_that_is_breached__is_told_until_it_is_cured_or_ends(self, books: Books) -> None:
        self.agree(books, 5, state="breached")
        assert facts_of(books).plans[0].state == "breached"

    @pytest.mark.parametrize("state", ["completed", "cancelled"])
    def test_plan_that_ended__is_not_told(self, books: Books, state) -> None:
        self.agree(books, 5, state=state)
        assert facts_of(books).plans == ()


class TestInstalments:
    def billed(self, books: Books, **values: object) -> None:
        books.invoice("inv_1", 100_00, due_on=day(20), **values)
        for number, (offset, minor) in enumerate(((-40, 30_00), (-10, 30_00), (20, 40_00)), 1):
            books.instalment("inv_1", number, day(offset), minor)

    def test_nothing_paid__is_due_with_its_first_part(self, books: Books) -> None:
        self.billed(books)
        item = facts_of(books).open_items[0]
        assert (item.due_on, item.open_minor) == (day(-40), 100_00)
        assert [part.due_on for part in item.asked(AS_OF)] == [day(-40), day(-10)]

    def test_first_part_paid__is_due_with_what_is_left_of_the_second(self, books: Books) -> None:
        self.billed(books, dunning_level=3, dunned_on=day(-12))
        books.receipt("rcp_1", 45_00)
        books.apply("app_1", "inv_1", 45_00, receipt_id="rcp_1")
        item = facts_of(books).open_items[0]
        assert item.instalments == (DuePart(day(-10), 15_00), DuePart(day(20), 40_00))
        assert (item.due_on, item.dunning_level, item.dunned_on) == (day(-10), 0, None)

    @settings(
        max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
    )
    @given(
        st.lists(st.integers(1, 9_000), min_size=1, max_size=5),
        st.lists(st.integers(1, 9_000), max_size=4),
    )
    def test_parts__are_those_of_aging(self, books: Books, amounts, payments) -> None:
        """The snapshot and aging share out one open balance in the same way."""
        with books.ledger.read() as session:
            invoice_id = f"inv_{session.scalar(select(func.count()).select_from(Invoice))}"
        books.invoice(invoice_id, sum(amounts))
        for part, amount in enumerate(amounts, start=1):
            books.instalment(invoice_id, part, day(30 * part), amount)
        for turn, paid in enumerate(payments):
            left = next(
                (i.open_minor for i in facts_of(books).open_items if i.invoice_id == invoice_id), 0
            )
            if paid <= left:
                books.apply(f"app_{invoice_id}_{turn}", invoice_id, paid)
        mine = [
            (part.due_on, part.open_minor)
            for item in facts_of(books).open_items
            if item.invoice_id == invoice_id
            for part in item.parts
        ]
        assert mine == [
            (due.due_on, due.open_minor)
            for due in self.aging(books)
            if due.invoice_id == invoice_id
        ]

    def aging(self, books: Books) -> list[DueItem]:
        with books.ledger.read() as session:
            return list(open_items_as_of(session, day(400)))
