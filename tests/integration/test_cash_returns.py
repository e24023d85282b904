"""Money that went back: taken off alone where the bank's reference says so, else by a person."""

from datetime import date, timedelta
from itertools import count
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from batch.cash_pass import cash_pass
from batch.run import Night, start_night
from ledger.checks import check_ledger
from ledger.errors import Conflict, NotFound, Refused
from ledger.postings_returns import return_receipt
from ledger.queries.as_of import totals_as_of
from ledger.states import ProposalState
from ledger.tables.receivable import Application, Invoice, Receipt, ReceiptReturn
from ledger.tables.work import CallTask, Proposal
from tests.support.desk import AS_OF, PEOPLE, Desk
from tools.authority import Decider
from tools.cash_returns import ask_to_take_back, returns_left

TONIGHT = AS_OF + timedelta(days=1)
TRACE = "091000019876543"
_TAGS = count(1000)


def bank_line(desk: Desk, line_id: str, minor: int, **values: Any) -> str:
    row = {
        "line_key": line_id, "statement_account": "", "kind": "return", "booked_on": TONIGHT,
        "currency": "USD", "payer_name": "", "payer_account": "", "bank_ref": "",
        "customer_ref": "", "memo": "", "code": "", "return_of": "", "file_digest": "f",
        "receipt_id": None, "batch_id": "imp_1",
    }  # fmt: skip
    desk.books.add("bank_line", id=line_id, amount_minor=minor, **(row | values))
    return line_id


def receive(desk: Desk, minor: int, memo: str, **values: Any) -> str:
    """Money of the bank, with its line."""
    receipt_id = values.pop("receipt_id", f"rcp_{desk.count(Receipt) + 1}")
    told = {"currency": "USD", "payer_name": values.pop("payer_name", ""), "memo": memo}
    line = {name: values.pop(name) for name in ("bank_ref", "payer_account") if name in values}
    on = values.pop("received_on", AS_OF)
    row = {"account_id": None, "received_on": on} | told | values
    desk.books.receipt(receipt_id, minor, **row)
    bank_line(desk, f"bnk_{receipt_id}", minor, kind="receipt", booked_on=on,
              receipt_id=receipt_id, **told, **line)  # fmt: skip
    return receipt_id


def play(desk: Desk, day: date) -> Night:
    night = start_night(desk.house, day, lambda *_: None)
    cash_pass(night)
    sound(desk, day)
    return night


def sound(desk: Desk, day: date) -> None:
    with desk.house.ledger.read() as session:
        assert check_ledger(session, day) == []


def rows(desk: Desk, table: Any) -> list[Any]:
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(table)))
        session.expunge_all()
        return found


def open_minor(desk: Desk, invoice_id: str) -> int:
    with desk.house.ledger.read() as session:
        return session.scalars(select(Invoice.open_minor).where(Invoice.id == invoice_id)).one()


def waiting(desk: Desk, action_type: str = "reverse_receipt") -> list[dict[str, Any]]:
    return [
        orjson.loads(row.action)
        for row in rows(desk, Proposal)
        if row.state == ProposalState.PENDING and row.action_type == action_type
    ]


@pytest.fixture
def paid(desk: Desk) -> Desk:
    """One invoice of two paid by a direct debit whose trace the bank told."""
    desk.account("acc_a")
    desk.books.change("invoice", "id", "inv_acc_a_1", dunning_level=2, dunned_on=AS_OF)
    receive(desk, 120_00, "ACCA-1", payer_name="Company acc_a", bank_ref=TRACE)
    play(desk, TONIGHT)
    assert open_minor(desk, "inv_acc_a_1") == 0
    return desk


class TestCertain:
    def test_reference_and_amount__invoice_is_open_again_with_its_age(self, paid: Desk) -> None:
        before = next(each for each in rows(paid, Invoice) if each.id == "inv_acc_a_1")
        back_on = TONIGHT + timedelta(days=1)
        bank_line(paid, "bnk_back", -120_00, return_of=f"R01 {TRACE}", booked_on=back_on)
        night = play(paid, back_on)
        after = next(each for each in rows(paid, Invoice) if each.id == "inv_acc_a_1")
        assert after.open_minor == 120_00
        assert (after.due_on, after.dunning_level, after.dunned_on) == (
            before.due_on,
            2,
            AS_OF,
        )
        assert night.counts["cash"]["returned"] == 1
        (back,) = rows(paid, ReceiptReturn)
        assert (back.receipt_id, back.amount_minor, back.bank_line_id) == (
            "rcp_1",
            120_00,
            "bnk_back",
        )
        (task,) = rows(paid, CallTask)
        assert "R01" in task.summary
        assert "Open again: ACCA-1" in task.summary

    def test_as_of__counts_from_its_day(self, paid: Desk) -> None:
        back_on = TONIGHT + timedelta(days=1)
        bank_line(paid, "bnk_back", -120_00, return_of=TRACE, booked_on=back_on)
        play(paid, back_on)
        with paid.house.ledger.read() as session:
            (before,) = totals_as_of(session, TONIGHT)
            (after,) = totals_as_of(session, back_on)
        assert (before.open_minor, before.unapplied_cash_minor) == (80_50, 0)
        assert (after.open_minor, after.unapplied_cash_minor) == (200_50, 0)
        assert after.returned_minor == 120_00

    def test_next_night__does_not_take_it_back_twice(self, paid: Desk) -> None:
        bank_line(paid, "bnk_back", -120_00, return_of=TRACE, booked_on=TONIGHT)
        for day in (1, 2):
            play(paid, TONIGHT + timedelta(days=day))
        assert len(rows(paid, ReceiptReturn)) == 1

    def test_paid_anew__is_no_duplicate(self, paid: Desk) -> None:
        day = TONIGHT + timedelta(days=1)
        bank_line(paid, "bnk_back", -120_00, return_of=TRACE, booked_on=day)
        play(paid, day)
        receive(paid, 120_00, "ACCA-1", payer_name="Company acc_a", received_on=day)
        play(paid, day + timedelta(days=1))
        assert open_minor(paid, "inv_acc_a_1") == 0

    def test_facts__show_what_went_back(self, paid: Desk) -> None:
        day = TONIGHT + timedelta(days=1)
        bank_line(paid, "bnk_back", -120_00, return_of=f"R01 {TRACE}", booked_on=day)
        play(paid, day)
        paid.as_of = day
        (returned,) = paid.facts("acc_a").returned
        assert (returned.receipt_id, returned.amount_minor) == ("rcp_1", 120_00)

    def test_unidentified_money__leaves_alone(self, desk: Desk) -> None:
        desk.account("acc_a")
        receive(desk, 77_77, "transfer", bank_ref=TRACE)
        bank_line(desk, "bnk_back", -77_77, return_of=TRACE)
        play(desk, TONIGHT)
        (receipt,) = rows(desk, Receipt)
        assert receipt.unapplied_minor == 0
        assert rows(desk, CallTask) == []


class TestForAPerson:
    def test_persons_match__is_asked_about_and_undone_only_on_a_yes(self, desk: Desk) -> None:
        desk.account("acc_a", (75_00, 75_00))
        receive(desk, 75_00, "thank you", account_id="acc_a", bank_ref=TRACE)
        play(desk, TONIGHT)
        (asked,) = [row.id for row in rows(desk, Proposal)]
        desk.inbox("cora", TONIGHT).approve(asked)
        day = TONIGHT + timedelta(days=1)
        bank_line(desk, "bnk_back", -75_00, return_of=TRACE, booked_on=day)
        night = play(desk, day)
        assert night.counts["cash"]["returned"] == 0
        assert rows(desk, ReceiptReturn) == []
        ((action,), applied) = waiting(desk), [a.amount_minor for a in rows(desk, Application)]
        assert (action["receipt_id"], applied) == ("rcp_1", [75_00])
        (request,) = [row for row in rows(desk, Proposal) if row.action_type == "reverse_receipt"]
        assert "returns_without_certainty_need_person" in request.rule_ids
        desk.inbox("cora", day).approve(request.id)
        assert [each.receipt_id for each in rows(desk, ReceiptReturn)] == ["rcp_1"]
        assert sum(each.open_minor for each in rows(desk, Invoice)) == 150_00
        sound(desk, day)

    def test_payer_and_amount_only__a_person_confirms(self, paid: Desk) -> None:
        bank_line(paid, "bnk_back", -120_00, payer_name="COMPANY ACC_A", booked_on=TONIGHT)
        play(paid, TONIGHT + timedelta(days=1))
        ((action),) = waiting(paid)
        assert (action["receipt_id"], action["evidence"]) == ("rcp_1", "payer_and_amount")
        assert rows(paid, ReceiptReturn) == []

    def test_part_of_a_receipt__a_person_confirms_and_the_rest_stays_paid(self, paid: Desk) -> None:
        bank_line(paid, "bnk_back", -50_00, return_of=TRACE, booked_on=TONIGHT)
        day = TONIGHT + timedelta(days=1)
        play(paid, day)
        (request,) = [row for row in rows(paid, Proposal) if row.action_type == "reverse_receipt"]
        paid.inbox("cora", day).approve(request.id)
        assert open_minor(paid, "inv_acc_a_1") == 50_00
        sound(paid, day)

    def test_two_receipts_fit__both_are_offered(self, desk: Desk) -> None:
        desk.account("acc_a")
        for memo in ("ACCA-1", "ACCA-1 again"):
            receive(desk, 60_00, memo, account_id="acc_a", payer_account="DE89370400440532013000")
        play(desk, TONIGHT)
        bank_line(desk, "bnk_back", -60_00, payer_account="DE89370400440532013000")
        night = play(desk, TONIGHT + timedelta(days=1))
        assert night.counts["cash"]["returns_asked"] == 1
        (request,) = [row for row in rows(desk, Proposal) if row.action_type == "reverse_receipt"]
        card = desk.inbox("cora", TONIGHT + timedelta(days=1)).show(request.id)
        assert "Or: payment rcp_" in card.why

    def test_no_receipt__the_line_is_left_for_a_person(self, desk: Desk) -> None:
        desk.account("acc_a")
        bank_line(desk, "bnk_back", -99_00, return_of="AC04", payer_name="Somebody")
        night = play(desk, TONIGHT)
        assert night.counts["cash"]["returns_to_look_at"] == 1
        assert rows(desk, Proposal) == []

    def test_person_says_which_payment_it_was__a_colleague_approves(self, paid: Desk) -> None:
        bank_line(paid, "bnk_back", -120_00, return_of="AC04", payer_name="Somebody")
        name, roles = PEOPLE["cora"]
        day = TONIGHT + timedelta(days=1)
        asking = (Decider("cora", name, (roles,)), paid.house.policy, day, paid.deps.now)
        with paid.house.ledger.write() as session:
            assert [each.bank_line_id for each in returns_left(session, day)] == ["bnk_back"]
            with pytest.raises(NotFound):
                ask_to_take_back(session, "bnk_rcp_1", "rcp_1", *asking)
            asked, _account = ask_to_take_back(session, "bnk_back", "rcp_1", *asking)
        with pytest.raises(Refused, match="author"):
            paid.inbox("cora", day).approve(asked)
        assert paid.inbox("milo", day).approve(asked).state == ProposalState.EXECUTED
        assert open_minor(paid, "inv_acc_a_1") == 120_00
        with paid.house.ledger.read() as session:
            assert returns_left(session, day) == []

    def test_another_receipt_used_the_line__approval_is_refused(self, paid: Desk) -> None:
        bank_line(paid, "bnk_back", -120_00, payer_name="COMPANY ACC_A", booked_on=TONIGHT)
        day = TONIGHT + timedelta(days=1)
        play(paid, day)
        (request,) = [row for row in rows(paid, Proposal) if row.action_type == "reverse_receipt"]
        with paid.house.ledger.write() as session:
            return_receipt(session, "rcp_1", 120_00, day, bank_line_id="bnk_back", reason="",
                           cause="x")  # fmt: skip
        outcome = paid.inbox("cora", day).approve(request.id)
        assert outcome.state == ProposalState.REFUSED
        assert len(rows(paid, ReceiptReturn)) == 1


@pytest.mark.parametrize(
    ("planted", "check"),
    [
        ({"unapplied_minor": 121_00}, "receipt_unapplied_equals_postings"),
        ({"unapplied_minor": 0}, "receipt_unapplied_equals_postings"),
    ],
)
def test_return_without_its_projection__is_seen(
    paid: Desk, planted: dict[str, int], check: str
) -> None:
    paid.books.receipt("rcp_x", 120_00, account_id="acc_a", currency="USD", received_on=AS_OF)
    paid.books.give_back("ret_x", "rcp_x", 20_00, currency="USD", returned_on=AS_OF)
    sound(paid, TONIGHT)
    paid.books.change("receipt", "id", "rcp_x", **planted)
    with paid.house.ledger.read() as session:
        found = check_ledger(session, TONIGHT)
    assert [(error.check, error.subject_id) for error in found] == [(check, "rcp_x")]


def test_fee_taken_with_the_payment__is_taken_back_with_it(desk: Desk) -> None:
    desk.account("acc_a", (1_000_00,))
    receive(desk, 988_00, "ACCA-1", account_id="acc_a", bank_ref=TRACE)
    play(desk, TONIGHT)
    assert open_minor(desk, "inv_acc_a_1") == 0
    day = TONIGHT + timedelta(days=1)
    bank_line(desk, "bnk_back", -988_00, return_of=TRACE, booked_on=day)
    play(desk, day)
    assert open_minor(desk, "inv_acc_a_1") == 1_000_00


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_any_sequence_of_returns__books_hold_and_no_cent_is_lost(
    desk: Desk, data: st.DataObject
) -> None:
    tag = f"{next(_TAGS)}"
    account = f"acc_{tag}"
    amounts = data.draw(st.lists(st.integers(1, 500), min_size=1, max_size=4))
    desk.account(account, tuple(amounts))
    extra = data.draw(st.integers(0, 50))
    total = sum(amounts) + extra
    receipt_id = receive(desk, total, "x", account_id=account, receipt_id=f"rcp_{tag}")
    for number, minor in enumerate(amounts, start=1):
        desk.books.apply(f"app_{tag}_{number}", f"inv_{account}_{number}", minor,
                         receipt_id=receipt_id, account_id=account, currency="USD",
                         applied_on=AS_OF)  # fmt: skip
    left = total
    for number, back in enumerate(data.draw(st.lists(st.integers(1, 700), max_size=4))):
        line = bank_line(desk, f"bnk_{tag}_{number}", -back)
        fits = back <= left
        try:
            with desk.house.ledger.write() as session:
                return_receipt(session, receipt_id, back, TONIGHT, bank_line_id=line, reason="",
                               cause="t")  # fmt: skip
            assert fits
            left -= back
        except Conflict:
            assert not fits
    sound(desk, TONIGHT)
    invoices = [each for each in rows(desk, Invoice) if each.account_id == account]
    paid_now = sum(each.amount_minor - each.open_minor for each in invoices)
    (receipt,) = [each for each in rows(desk, Receipt) if each.id == receipt_id]
    assert receipt.unapplied_minor + paid_now == left
