"""Disputes from opening to end: who answers by when, what a resolution books, what is undone."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from graph.asking import ask_for
from graph.inbox import decider_of
from guardrails.business_days import add_business_days
from guardrails.verdict import Deny
from ledger.actions import OpenDisputeCase, ReopenDispute, ResolveDispute
from ledger.checks import check_ledger
from ledger.errors import Conflict, Refused
from ledger.tables.case import Dispute, Promise
from ledger.tables.receivable import Application, CreditMemo, Invoice
from ledger.tables.work import Audit
from tests.support.desk import AS_OF, Desk

ACC, INV = "acc_a", "inv_acc_a_1"  # 120.00 and another of 80.50


def rows(desk: Desk, table: Any, **where: Any) -> list[Any]:
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(table).filter_by(**where)))
        session.expunge_all()
        return found


def ask(desk: Desk, action: Any, by: str = "cora") -> Any:
    return ask_for(desk.house, desk.deps, decider_of(desk.house, by), "dispute_analyst", action)


def opened(desk: Desk, **more: Any) -> Dispute:
    """Open a dispute and return its row."""
    given_ = {"account_id": ACC, "invoice_id": INV, "reason": "PRICE", "quote": "too dear"}
    action = OpenDisputeCase(**given_ | more)
    done = ask(desk, action)
    assert done.proposal_id is None, done.outcome
    (row,) = rows(desk, Dispute, invoice_id=action.invoice_id, reason=action.reason)
    return row


def resolved(desk: Desk, dispute: Dispute, resolution: str, **more: Any) -> str:
    """Ask for a resolution as a collector and have finance approve it; returns what happened."""
    action = ResolveDispute(
        account_id=dispute.account_id, dispute_id=dispute.id, resolution=resolution, **more
    )
    done = ask(desk, action)
    assert done.proposal_id, done.outcome
    return desk.inbox("felix").approve(done.proposal_id).happened


def reopened(desk: Desk, dispute: Dispute) -> str:
    done = ask(desk, ReopenDispute(account_id=dispute.account_id, dispute_id=dispute.id))
    assert done.proposal_id, done.outcome
    return desk.inbox("felix").approve(done.proposal_id).happened


def open_minor(desk: Desk, invoice_id: str = INV) -> int:
    return rows(desk, Invoice, id=invoice_id)[0].open_minor


def sound(desk: Desk) -> bool:
    with desk.house.ledger.read() as session:
        return check_ledger(session, desk.as_of) == []


class TestOpening:
    def test_invoice__department_of_its_reason_answers_in_business_days(self, desk: Desk) -> None:
        desk.account(ACC)
        row = opened(desk, reason="QTY_SHORT")
        policy = desk.house.policy.dispute
        assert (row.level, row.owner) == ("invoice", policy.reason_of("QTY_SHORT").owner)
        calendar = desk.house.policy.company.calendar
        assert row.answer_by == add_business_days(calendar, AS_OF, policy.answer_within_days)

    def test_reason_with_a_clock_of_its_own__runs_by_it(self, desk: Desk) -> None:
        desk.account(ACC)
        row = opened(desk, reason="PO_MISSING")
        calendar = desk.house.policy.company.calendar
        assert row.answer_by == add_business_days(calendar, AS_OF, 3)

    def test_strategic_customer__is_answered_by_its_owner(self, desk: Desk) -> None:
        desk.account(ACC, strategic=True)
        assert opened(desk).owner == "account_owner"

    def test_part_of_an_invoice__is_kept_as_an_amount(self, desk: Desk) -> None:
        desk.account(ACC)
        row = opened(desk, amount_minor=30_00)
        assert (row.level, row.amount_minor, row.currency) == ("amount", 30_00, "USD")
        (item,) = [i for i in desk.facts(ACC).open_items if i.invoice_id == INV]
        assert (item.disputed_minor, item.asked(AS_OF)[0].open_minor) == (30_00, 90_00)

    def test_more_than_is_open__is_refused(self, desk: Desk) -> None:
        desk.account(ACC)
        action = OpenDisputeCase(
            account_id=ACC, invoice_id=INV, reason="PRICE", amount_minor=120_01
        )
        assert isinstance(ask(desk, action).verdict, Deny)
        assert rows(desk, Dispute) == []

    def test_auditor__may_not_ask(self, desk: Desk) -> None:
        desk.account(ACC)
        with pytest.raises(Refused, match="not decide"):
            ask(desk, OpenDisputeCase(account_id=ACC, reason="PRICE"), by="ines")


class TestResolving:
    @pytest.mark.parametrize(
        ("resolution", "kind", "left"),
        [
            ("credit", "credit", 0),
            ("rebill", "credit", 0),
            ("write_off", "write_off", 0),
            ("allow_discount", "discount", 0),
        ],
    )
    def test_all_of_it__comes_off_the_invoice(self, desk, resolution, kind, left) -> None:
        desk.account(ACC)
        dispute = opened(desk)
        resolved(desk, dispute, resolution)
        (row,) = rows(desk, Dispute)
        assert (row.state, row.resolution, row.resolved_minor) == ("resolved", resolution, 120_00)
        assert (row.resolved_by, row.resolved_on) == ("felix", AS_OF)
        (made,) = rows(desk, Application)
        assert (made.kind, made.amount_minor, made.invoice_id) == (kind, 120_00, INV)
        assert made.cause.startswith(f"dispute:{row.id}:")
        assert open_minor(desk) == left
        assert open_minor(desk, "inv_acc_a_2") == 80_50
        assert sound(desk)

    def test_part__leaves_the_rest_open(self, desk: Desk) -> None:
        desk.account(ACC)
        resolved(desk, opened(desk), "credit", amount_minor=45_00)
        assert open_minor(desk) == 75_00
        (memo,) = rows(desk, CreditMemo)
        assert (memo.amount_minor, memo.unapplied_minor, memo.invoice_number) == (
            45_00,
            0,
            "ACCA-1",
        )
        assert desk.facts(ACC).disputes == ()
        assert sound(desk)

    def test_disputed_part__is_what_is_given_where_no_amount_is_said(self, desk: Desk) -> None:
        desk.account(ACC)
        resolved(desk, opened(desk, amount_minor=30_00), "allow_discount")
        assert open_minor(desk) == 90_00
        assert desk.facts(ACC).open_items[0].disputed_minor == 0
        assert sound(desk)

    @pytest.mark.parametrize(
        ("resolution", "note"), [("deny", "Delivered and signed for."), ("withdrawn", "")]
    )
    def test_nothing_given__nothing_is_booked(self, desk, resolution, note) -> None:
        desk.account(ACC)
        resolved(desk, opened(desk), resolution, note=note)
        assert (open_minor(desk), rows(desk, Application)) == (120_00, [])
        assert rows(desk, Dispute)[0].resolved_minor == 0

    def test_rebill__promises_a_corrected_invoice_and_chasing_waits(self, desk: Desk) -> None:
        desk.account(ACC)
        happened = resolved(desk, opened(desk), "rebill")
        assert "a corrected invoice is promised" in happened
        (promise,) = rows(desk, Promise)
        assert (promise.direction, promise.kind, promise.invoice_ids) == ("ours", "correction", INV)
        assert [p.direction for p in desk.facts(ACC).promises] == ["ours"]

    def test_account_disputed__money_comes_off_the_invoice_named(self, desk: Desk) -> None:
        desk.account(ACC)
        dispute = opened(desk, invoice_id=None)
        assert dispute.level == "account"
        resolved(desk, dispute, "credit", invoice_id=INV, amount_minor=20_00)
        assert (open_minor(desk), rows(desk, Dispute)[0].currency) == (100_00, "USD")
        assert sound(desk)

    def test_who_may__depends_on_what_is_given_and_how_much(self, desk: Desk) -> None:
        desk.account(ACC, amounts=(6_000_000_00, 3_000_000_00))
        dispute = opened(desk)

        def given_up(minor: int) -> ResolveDispute:
            return ResolveDispute(
                account_id=ACC, dispute_id=dispute.id, resolution="credit", amount_minor=minor
            )

        small = ask(desk, given_up(10_00)).proposal_id
        assert desk.inbox("amara").approve(small).state == "pending"
        assert rows(desk, CreditMemo) == []
        large = ask(desk, given_up(5_000_000_01)).proposal_id
        with pytest.raises(Refused, match="no authority for resolve_dispute"):
            desk.inbox("felix").approve(large)
        assert desk.inbox("felix").approve(small).state == "executed"

    def test_paid_meanwhile__books_nothing_and_asks_or_refuses(self, desk: Desk) -> None:
        desk.account(ACC)
        dispute = opened(desk)
        action = ResolveDispute(
            account_id=ACC, dispute_id=dispute.id, resolution="credit", amount_minor=120_00
        )
        waiting = ask(desk, action).proposal_id
        desk.books.receipt("rcp_1", 100_00, account_id=ACC, currency="USD")
        desk.books.change("invoice", "id", INV, open_minor=20_00)
        done = desk.inbox("felix").approve(waiting)
        assert "refused" in done.happened
        assert rows(desk, CreditMemo) == []
        assert rows(desk, Dispute)[0].state == "open"


class TestReopening:
    @pytest.mark.parametrize("resolution", ["credit", "rebill", "write_off", "allow_discount"])
    def test_what_was_given__is_charged_back(self, desk: Desk, resolution: str) -> None:
        desk.account(ACC)
        dispute = opened(desk)
        resolved(desk, dispute, resolution, amount_minor=45_00)
        happened = reopened(desk, dispute)
        assert "45.00" in happened
        (row,) = rows(desk, Dispute)
        assert (row.state, row.resolution, row.resolved_minor) == ("open", None, None)
        assert open_minor(desk) == 120_00
        assert rows(desk, Audit, kind="dispute_reopened", subject_id=dispute.id)
        assert sound(desk)

    def test_twice_over__each_resolution_counts_once(self, desk: Desk) -> None:
        desk.account(ACC)
        dispute = opened(desk)
        for amount in (45_00, 30_00):
            resolved(desk, dispute, "credit", amount_minor=amount)
            reopened(desk, dispute)
        resolved(desk, dispute, "write_off", amount_minor=20_00)
        assert open_minor(desk) == 100_00
        assert sound(desk)

    def test_open_dispute__cannot_be_reopened(self, desk: Desk) -> None:
        desk.account(ACC)
        dispute = opened(desk)
        action = ReopenDispute(account_id=ACC, dispute_id=dispute.id)
        assert isinstance(ask(desk, action).verdict, Deny)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "part", "credit", "rebill", "write_off", "allow_discount"])
        | st.sampled_from(["deny", "withdrawn", "reopen"]),
        st.integers(1, 150_00),
    ),
    max_size=6,
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_any_sequence__the_books_balance(desk: Desk, steps) -> None:
    """Examples share the books; each has an account of its own in them."""
    account = desk.account(f"acc_{desk.count(Invoice)}")
    invoice = f"inv_{account}_1"
    for kind, minor in steps:
        take(desk, account, invoice, kind, minor)
        assert 0 <= open_minor(desk, invoice) <= 120_00
    assert sound(desk)


def take(desk: Desk, account: str, invoice: str, kind: str, minor: int) -> None:
    """One step, as a collector asks and finance approves; what the gate refuses stays undone."""
    found = rows(desk, Dispute, account_id=account)
    dispute_id = found[0].id if found else "dsp_none"
    if kind in ("open", "part"):
        part = minor if kind == "part" else None
        action: Any = OpenDisputeCase(
            account_id=account, invoice_id=invoice, reason="PRICE", amount_minor=part
        )
    elif kind == "reopen":
        action = ReopenDispute(account_id=account, dispute_id=dispute_id)
    else:
        gives = kind not in ("deny", "withdrawn")
        action = ResolveDispute(
            account_id=account,
            dispute_id=dispute_id,
            resolution=kind,
            amount_minor=minor if gives and minor % 3 else None,
            note="as checked",
        )
    done = ask(desk, action)
    if done.proposal_id:
        # The same wish on the same day is the request that was decided already.
        with suppress(Conflict):
            desk.inbox("felix").approve(done.proposal_id)


def test_lifted_dispute__the_ladder_goes_on_at_one_step(desk: Desk) -> None:
    """Disputed before the second stage, denied weeks later: one letter, of the next stage."""
    from tools.collections_turn import take_turn

    desk.account(ACC, amounts=(500_00,))
    desk.books.change(
        "invoice",
        "id",
        INV,
        dunning_level=1,
        dunned_on=AS_OF - timedelta(days=40),
        due_on=AS_OF - timedelta(days=60),
        issued_on=AS_OF - timedelta(days=90),
    )
    dispute = opened(desk)
    assert take_turn(desk.facts(ACC), desk.house.policy, desk.deps.now).leaving == ()
    resolved(desk, dispute, "deny", note="Delivered and signed for.")
    turn = take_turn(desk.facts(ACC), desk.house.policy, desk.deps.now)
    stages = [message.action.stage for message in (*turn.leaving, *turn.asking)]
    assert stages == [2]
