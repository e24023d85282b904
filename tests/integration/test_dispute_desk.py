"""The disputes desk by night and day: clocks, late cases, billing errors, pipeline, evidence."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select

from ledger.postings_disputes import DisputeTerms, Resolved, open_dispute, resolve_dispute
from ledger.tables.case import Dispute
from ledger.tables.work import CallTask, Proposal
from tests.support.desk import AS_OF, Desk
from tests.support.disputes import ACC, INV, add, rows
from tools.dispute_checks import billing_findings, tell_billing
from tools.dispute_desk import ask_about_late, note_evidence, start_clocks
from tools.dispute_metrics import dispute_metrics
from tools.dispute_pipeline import find_dispute, pipeline


class TestOpenedTwice:
    TERMS = DisputeTerms(owner="sales", answer_by=AS_OF)

    def opened(self, session: Any, words: str = "too much", claim: str | None = None) -> str:
        terms = replace(self.TERMS, claim_id=claim)
        return open_dispute(session, ACC, INV, "PRICE", AS_OF, words, terms)

    def test_told_again_while_open__is_the_same(self, desk: Desk) -> None:
        desk.account(ACC)
        with desk.house.ledger.write() as session:
            assert self.opened(session) == self.opened(session)
            assert session.scalar(select(func.count()).select_from(Dispute)) == 1

    def test_resolved_and_told_again_the_same_day__is_another_and_the_first_stays(
        self, desk: Desk
    ) -> None:
        desk.account(ACC)
        denied = Resolved("deny", AS_OF, "felix", "prp_1")
        with desk.house.ledger.write() as session:
            first = self.opened(session)
            resolve_dispute(session, first, denied)
            second = self.opened(session)
            assert second != first
            assert self.opened(session) == second
            rows = {row.id: (row.state, row.resolution) for row in session.scalars(select(Dispute))}
        assert rows == {first: ("resolved", "deny"), second: ("open", None)}

    def test_two_like_ones_on_a_day__are_told_apart_by_words_or_claim(self, desk: Desk) -> None:
        desk.account(ACC)
        with desk.house.ledger.write() as session:
            ids = {
                self.opened(session),
                self.opened(session, "price per box is wrong"),
                self.opened(session, claim="clm_1"),
                self.opened(session, claim="clm_2"),
            }
        assert len(ids) == 4


def late(desk: Desk, as_of: date = AS_OF, prepared: frozenset[str] = frozenset()) -> Any:
    with desk.house.ledger.write() as session:
        policy, now = desk.house.policy, desk.house.deps(as_of).now
        return ask_about_late(session, policy, as_of, now, None, prepared)


class TestLate:
    def test_overdue__is_put_before_a_person_once(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, answer_by=AS_OF - timedelta(days=1))
        asked = late(desk)
        assert (asked.overdue, len(asked.waiting)) == (1, 1)
        (proposal,) = rows(desk, Proposal)
        assert "finance_lead" in proposal.approver_roles
        assert "The answer is overdue: PRICE on ACCA-1" in json.loads(proposal.action)["summary"]
        for days in (0, 1, 30):
            again = late(desk, AS_OF + timedelta(days=days))
            assert (again.overdue, again.waiting) == (0, ())

    def test_due_today__is_not_overdue(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, answer_by=AS_OF)
        assert late(desk).overdue == 0

    def test_two_of_an_account__are_one_request(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, "1", answer_by=AS_OF - timedelta(days=1))
        add(desk, "2", invoice_id="inv_acc_a_2", answer_by=AS_OF - timedelta(days=2))
        assert (late(desk).overdue, desk.count(Proposal)) == (2, 1)

    def test_prepared_the_same_night__is_not_asked_beside(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, answer_by=AS_OF - timedelta(days=1))
        assert late(desk, prepared=frozenset({ACC})).waiting == ()
        assert late(desk).overdue == 0

    def test_claim_nothing_spoke_for__is_a_persons_again(self, desk: Desk) -> None:
        desk.account(ACC)
        days = desk.house.policy.dispute.evidence_within_days
        common = {"claim_id": "clm_1", "answer_by": AS_OF + timedelta(days=99)}
        add(desk, "1", opened_on=AS_OF - timedelta(days=days), **common)
        assert late(desk).unproven == 0
        add(desk, "2", opened_on=AS_OF - timedelta(days=days + 1), **common)
        assert late(desk).unproven == 1
        assert late(desk).unproven == 0

    def test_claim_with_evidence__is_left_alone(self, desk: Desk) -> None:
        desk.account(ACC)
        add(
            desk,
            claim_id="clm_1",
            opened_on=AS_OF - timedelta(days=60),
            answer_by=AS_OF + timedelta(days=99),
        )
        with desk.house.ledger.write() as session:
            note_evidence(
                session,
                find_dispute(session, "dsp_number1"),
                kind="delivery_note",
                source="note.txt",
                body="ten boxes",
                person_id="cora",
                on=AS_OF,
                now=desk.deps.now,
            )
        assert late(desk).unproven == 0

    def test_dispute_of_the_accounting_system__gets_owner_and_clock(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, owner=None, answer_by=None, opened_on=AS_OF - timedelta(days=40))
        with desk.house.ledger.write() as session:
            assert start_clocks(session, desk.house.policy) == 1
            assert start_clocks(session, desk.house.policy) == 0
        (row,) = rows(desk, Dispute)
        assert row.owner == "sales"
        assert row.answer_by is not None
        assert row.answer_by < AS_OF


def bill(desk: Desk, number: str, po: str | None, *, due: int = 10, **values: Any) -> str:
    """An invoice due so many days from now."""
    row = {
        "account_id": ACC,
        "invoice_number": number,
        "currency": "USD",
        "issued_on": AS_OF - timedelta(days=20 - due),
        "due_on": AS_OF + timedelta(days=due),
        "po_number": po,
    }
    amount = values.pop("amount", 100_00)
    return desk.books.invoice(f"inv_{number}", amount, **row | values)


def found(desk: Desk) -> list[tuple[str, str]]:
    with desk.house.ledger.read() as session:
        findings = billing_findings(session, desk.house.policy, AS_OF)
    return [(each.invoice_number, each.reason) for each in findings]


class TestBeforeTheComplaint:
    def test_order_number_missing_where_it_is_the_habit__is_found(self, desk: Desk) -> None:
        desk.account(ACC, amounts=())
        for number in range(4):
            bill(desk, f"N{number}", f"PO-{number}", due=-30 - number, amount=number + 1)
        bill(desk, "N9", None)
        assert found(desk) == [("N9", "PO_MISSING")]

    def test_no_habit_of_order_numbers__nothing_is_found(self, desk: Desk) -> None:
        desk.account(ACC, amounts=())
        bill(desk, "N1", "PO-1", due=-30)
        for number in range(2, 6):
            bill(desk, f"N{number}", None, due=-30 - number)
        bill(desk, "N9", None)
        assert found(desk) == []

    def test_contract_note_asks_for_an_order_number__it_is_missed(self, desk: Desk) -> None:
        desk.account(ACC, amounts=())
        desk.books.add(
            "contract_note",
            id="not_1",
            account_id=ACC,
            noted_on=AS_OF,
            body="Invoices need our Purchase Order number.",
            sensitive=False,
        )
        bill(desk, "N9", None)
        assert found(desk) == [("N9", "PO_MISSING")]

    def test_order_of_a_sister_company__is_found(self, desk: Desk) -> None:
        desk.account("acc_p", amounts=())
        desk.account(ACC, amounts=(), parent_id="acc_p")
        desk.account("acc_b", amounts=(), parent_id="acc_p")
        bill(desk, "B1", "PO-7", due=-30, account_id="acc_b")
        bill(desk, "N9", "PO-7", amount=70_00)
        assert found(desk) == [("N9", "BILL_TO_WRONG")]
        bill(desk, "N0", "PO-7", due=-60, amount=10_00)
        assert found(desk) == []

    def test_same_order_and_amount_twice__the_later_is_found(self, desk: Desk) -> None:
        desk.account(ACC, amounts=())
        bill(desk, "N1", "PO-7", due=5)
        bill(desk, "N2", "PO-7", due=10)
        bill(desk, "N3", "PO-8", due=10)
        assert found(desk) == [("N2", "DUPLICATE_BILL")]

    def test_first_one_credited_or_later_one_disputed__it_is_known_already(self, desk) -> None:
        desk.account(ACC, amounts=())
        first = bill(desk, "N1", "PO-7", due=5)
        second = bill(desk, "N2", "PO-7", due=10)
        add(desk, invoice_id=second)
        assert found(desk) == []
        desk.books.change("dispute", "id", "dsp_number1", state="resolved")
        assert found(desk) == [("N2", "DUPLICATE_BILL")]
        desk.books.credit("crd_1", 100_00, account_id=ACC, currency="USD")
        desk.books.apply("app_1", first, 100_00, currency="USD", credit_memo_id="crd_1")
        assert found(desk) == []

    def test_monthly_series__is_no_duplicate_and_its_outlier_is_found(self, desk: Desk) -> None:
        desk.account(ACC, amounts=())
        for month in range(1, 4):
            bill(desk, f"M{month}", "PO-7", due=10 - 60 * month)
        bill(desk, "M8", "PO-7", due=9)
        assert found(desk) == []
        bill(desk, "M9", "PO-7", due=10, amount=130_00)
        assert found(desk) == [("M9", "PRICE")]

    def test_told__once_as_a_task_before_the_due_date(self, desk: Desk) -> None:
        desk.account(ACC, amounts=())
        bill(desk, "N1", "PO-7", due=5)
        bill(desk, "N2", "PO-7", due=10)
        for told in (1, 0):
            with desk.house.ledger.write() as session:
                done = tell_billing(session, desk.house.policy, AS_OF, desk.deps.now, None)
            assert len(done) == told
        (task,) = rows(desk, CallTask)
        assert task.summary.startswith("For billing: N2 (100.00 USD): order PO-7")
        assert AS_OF < task.due_on < AS_OF + timedelta(days=10)


class TestPipeline:
    def test_urgent_ones_come_first_and_sums_cover_all(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, "1")
        add(desk, "2", invoice_id="inv_acc_a_2", answer_by=AS_OF - timedelta(days=3))
        add(desk, "3", reason="TAX", level="amount", amount_minor=20_00, currency="USD")
        add(desk, "4", state="resolved", resolution="deny", resolved_on=AS_OF)
        with desk.house.ledger.read() as session:
            view = pipeline(session, desk.house.policy, AS_OF, limit=1)
        assert [line.id for line in view.disputes] == ["dsp_number2"]
        assert (view.found, view.overdue, view.per_stage["opened"]) == (3, 1, 3)
        sums = {each.reason: (each.disputes, str(each.amount)) for each in view.per_reason}
        assert sums == {"PRICE": (2, "200.50 USD"), "TAX": (1, "20.00 USD")}

    def test_metrics__count_what_was_opened(self, desk: Desk) -> None:
        desk.account(ACC)
        done = {"state": "resolved", "resolution": "credit", "resolved_on": AS_OF}
        add(desk, "1", **done)
        add(desk, "2", invoice_id="inv_acc_a_2", **done, answer_by=AS_OF - timedelta(days=1))
        add(desk, "3", reason="TAX")
        with desk.house.ledger.read() as session:
            figures = dispute_metrics(session, desk.house.policy, AS_OF)
        assert (figures.opened, figures.resolved, figures.days_median) == (3, 2, 1)
        assert figures.right_first_time_rate == 0.5
        assert figures.opened_rate == 3 / 2

    def test_followed_by_another_of_the_invoice__was_not_right(self, desk: Desk) -> None:
        desk.account(ACC)
        add(desk, "1", state="resolved", resolution="deny", resolved_on=AS_OF)
        with desk.house.ledger.read() as session:
            assert dispute_metrics(session, desk.house.policy, AS_OF).right_first_time_rate == 1
        add(desk, "2", opened_on=AS_OF)
        with desk.house.ledger.read() as session:
            assert dispute_metrics(session, desk.house.policy, AS_OF).right_first_time_rate == 0
