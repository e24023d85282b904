"""Decisions over the inbox on a real database: who may, what they bind, and what comes of it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from graph.resume import sweep
from ledger.actions import SendStatement
from ledger.errors import Conflict, Refused
from ledger.tables.work import Decision, Permit
from tests.support.desk import AS_OF, Desk


class TestApprove:
    def test_colleague_approves__letter_is_queued_with_permit(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        shown = desk.inbox("cora").show(waiting)
        done = desk.inbox("cora").approve(waiting, shown.digest)
        assert (done.state, done.says) == ("executed", "approved")
        assert done.happened.startswith("queued to pat@acc-a.example")
        [letter] = desk.queued()
        assert (letter.subject, letter.body) == (shown.draft.subject, shown.draft.body)
        assert letter.proposal_id == waiting
        assert desk.count(Permit) == 1

    def test_finished__thread_is_forgotten(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        thread = {"configurable": {"thread_id": desk.proposal(waiting).thread_id}}
        assert desk.house.checkpointer.get_tuple(thread) is not None
        desk.inbox("cora").approve(waiting)
        assert desk.house.checkpointer.get_tuple(thread) is None

    def test_thread_is_gone__it_is_carried_out_all_the_same(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.house.checkpointer.delete_thread(desk.proposal(waiting).thread_id)
        assert desk.inbox("cora").approve(waiting).state == "executed"

    def test_never_paused__it_is_carried_out_all_the_same(self, desk: Desk) -> None:
        waiting = desk.ask(desk.reminder(desk.account("acc_a")), paused=False)
        assert desk.inbox("cora").approve(waiting).state == "executed"

    def test_twice__second_hears_who_was_first(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora").approve(waiting)
        with pytest.raises(Conflict, match=r"already decided: approve by cora .*queued to pat@"):
            desk.inbox("milo").approve(waiting)
        assert len(desk.queued()) == 1

    def test_two_at_once__exactly_one_wins(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        barrier = Barrier(4)

        def decide(person: str) -> str:
            inbox = desk.inbox(person)
            barrier.wait()
            try:
                return inbox.approve(waiting).state
            except Conflict as error:
                return error.message

        with ThreadPoolExecutor(4) as pool:
            told = list(pool.map(decide, ("cora", "milo", "felix", "amara")))
        assert told.count("executed") == 1
        assert sum("already decided: approve by" in line for line in told) == 3
        assert len(desk.queued()) == desk.count(Permit) == desk.count(Decision) == 1

    def test_approve_and_reject_at_once__one_of_them_holds(self, desk: Desk) -> None:
        for number in range(5):
            waiting = desk.waiting_reminder(f"acc_{number}")
            barrier = Barrier(2)

            def decide(verb: str, waiting: str = waiting, barrier: Barrier = barrier) -> str:
                inbox = desk.inbox("cora" if verb == "approve" else "milo")
                barrier.wait()
                try:
                    done = (
                        inbox.approve(waiting) if verb == "approve" else inbox.reject(waiting, "no")
                    )
                    return done.state
                except Conflict:
                    return "conflict"

            with ThreadPoolExecutor(2) as pool:
                told = sorted(pool.map(decide, ("approve", "reject")))
            assert told in (["conflict", "executed"], ["conflict", "rejected"])
            sent = [row for row in desk.queued() if row.proposal_id == waiting]
            assert len(sent) == told.count("executed")

    def test_author__is_refused(self, desk: Desk) -> None:
        waiting = desk.ask(desk.reminder(desk.account("acc_a")), author="cora")
        with pytest.raises(Refused, match="author of a request never approves"):
            desk.inbox("cora").approve(waiting)
        assert desk.inbox("milo").approve(waiting).state == "executed"

    def test_amount_beyond_authority__is_refused(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder(amounts=(100_000_01,))
        with pytest.raises(
            Refused, match=r"Cora Lind \(collector\) has no authority .*100,000\.01"
        ):
            desk.inbox("cora").approve(waiting)
        assert desk.proposal(waiting).state == "pending"
        assert desk.inbox("felix").approve(waiting).state == "executed"

    def test_role_that_only_reads__decides_nothing(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        ines = desk.inbox("ines")
        for decide in (
            lambda: ines.approve(waiting),
            lambda: ines.reject(waiting, "no"),
            lambda: ines.assign(waiting, "cora"),
            lambda: ines.answer(waiting, "why?"),
            lambda: ines.edit(waiting, {"stage": 1}),
        ):
            with pytest.raises(Refused, match="may read the inbox, not decide"):
                decide()
        assert desk.count(Decision) == 0

    def test_nobody_signed_in__decides_nothing(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(Refused, match="say who decides"):
            desk.inbox().approve(waiting)

    def test_other_digest_than_seen__is_a_conflict(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(Conflict, match="not the one you saw"):
            desk.inbox("cora").approve(waiting, "0" * 32)
        assert desk.queued() == []

    def test_strategic_account__owner_and_collector_both_needed(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder(segment="strategic")
        card = desk.inbox().show(waiting)
        assert card.authority.missing == (("account_owner",), ("collector",))
        first = desk.inbox("cora").approve(waiting)
        assert (first.state, first.says) == ("pending", "approved; still needs account_owner")
        assert desk.queued() == []
        with pytest.raises(Conflict, match="you have approved this already"):
            desk.inbox("cora").approve(waiting)
        with pytest.raises(Refused, match=r"still needs account_owner; Milo Varga \(collector\)"):
            desk.inbox("milo").approve(waiting)
        shown = desk.inbox().show(waiting).authority
        assert [person.id for person in shown.approved_by] == ["cora"]
        assert [person.id for person in shown.may_approve] == ["amara", "felix"]
        assert desk.inbox("amara").approve(waiting).state == "executed"

    def test_owner_stands_in_for_collector__one_yes_is_enough(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder(segment="strategic")
        assert desk.inbox("amara").approve(waiting).state == "executed"

    def test_expired__is_a_conflict_and_never_approved(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        late = AS_OF + timedelta(days=15)
        with pytest.raises(Conflict, match="expired after 2026-03-31"):
            desk.inbox("cora", as_of=late).approve(waiting)
        assert desk.queued() == []

    def test_last_day__is_still_in_time(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.books.change("feed", "name", "invoices", read_through=AS_OF + timedelta(days=14))
        desk.books.change("feed", "name", "receipts", read_through=AS_OF + timedelta(days=14))
        done = desk.inbox("cora", as_of=AS_OF + timedelta(days=14)).approve(waiting)
        assert done.state == "executed"

    def test_day_on_which_nobody_is_written_to__letter_leaves_on_the_next_one(
        self, desk: Desk
    ) -> None:
        waiting = desk.waiting_reminder()
        saturday = AS_OF + timedelta(days=4)
        for feed in ("invoices", "receipts"):
            desk.books.change("feed", "name", feed, read_through=saturday + timedelta(days=2))
        assert desk.inbox("cora", as_of=saturday).show(waiting).now == "delayed"
        done = desk.inbox("cora", as_of=saturday).approve(waiting)
        assert done.state == "decided"
        assert "leaves when the customer may be written to again" in done.happened
        assert desk.queued() == []
        with pytest.raises(Conflict, match="already decided: approve by cora"):
            desk.inbox("milo", as_of=saturday).approve(waiting)
        sweep(desk.house, desk.house.deps(saturday + timedelta(days=2)))
        assert desk.proposal(waiting).state == "executed"
        assert len(desk.queued()) == 1


class TestWorldMoved:
    def test_invoice_is_paid__refused_and_says_what_moved(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.books.receipt("rcp_1", 80_50, account_id="acc_a", currency="USD")
        desk.books.apply("app_1", "inv_acc_a_2", 80_50, account_id="acc_a", receipt_id="rcp_1")
        card = desk.inbox().show(waiting)
        assert card.now == "refused"  # the reminder names an item that is no longer open
        assert card.changed == ("ACCA-2 is settled (80.50 USD was open)",)
        done = desk.inbox("cora").approve(waiting)
        assert done.state == "refused"
        assert "Since it was drafted: ACCA-2 is settled (80.50 USD was open)." in done.happened
        assert desk.queued() == []

    def test_part_payment_arrives__asks_again_with_a_new_request(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.books.receipt("rcp_1", 20_00, account_id="acc_a", currency="USD")
        desk.books.apply("app_1", "inv_acc_a_1", 20_00, account_id="acc_a", receipt_id="rcp_1")
        moved = "ACCA-1: 20.00 USD arrived, 100.00 USD still open"
        card = desk.inbox().show(waiting)
        assert (card.now, card.now_because, card.changed) == ("asks_again", moved, (moved,))
        done = desk.inbox("cora").approve(waiting)
        assert done.state == "refused"
        [new] = done.new_proposal_ids
        assert done.happened == f"asks again as {new}: {moved}"
        assert desk.queued() == []
        successor = desk.proposal(new)
        assert (successor.state, successor.supersedes_id) == ("pending", waiting)
        assert successor.thread_id is not None
        assert moved in successor.why
        assert "100.00" in desk.inbox().show(new).draft.body
        assert desk.inbox("cora").approve(new).state == "executed"
        assert "100.00" in desk.queued()[0].body

    def test_hold_is_placed__refused(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.hold("acc_a")
        card = desk.inbox().show(waiting)
        assert card.now == "refused"
        assert card.changed == ("a hold was placed (manual)",)
        done = desk.inbox("cora").approve(waiting)
        assert done.state == "refused"
        assert "No message leaves while a hold is in force. (manual)" in done.happened
        assert (desk.queued(), done.new_proposal_ids) == ([], ())

    def test_dispute_is_opened__refused(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.books.add(
            "dispute", id="dsp_1", account_id="acc_a", invoice_id="inv_acc_a_1", reason="PRICING",
            opened_on=AS_OF, state="open", quote="",
        )  # fmt: skip
        done = desk.inbox("cora").approve(waiting)
        assert "Never chase while a dispute is open." in done.happened
        assert desk.queued() == []

    def test_ticket_escalates__somebody_else_is_asked(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.books.add(
            "ticket", id="tic_1", account_id="acc_a", ticket_number="T-1", opened_on=AS_OF,
            severity=1, state="open", subject="down",
        )  # fmt: skip
        done = desk.inbox("cora").approve(waiting)
        [new] = done.new_proposal_ids
        assert desk.inbox().show(new).authority.missing == (("account_owner",), ("collector",))

    def test_only_the_date_moved__statement_is_still_what_was_approved(self, desk: Desk) -> None:
        desk.account("acc_a")
        waiting = desk.ask(
            SendStatement(account_id="acc_a", contact_id="con_acc_a", currency="USD")
        )
        tomorrow = AS_OF + timedelta(days=1)
        shown = desk.inbox(as_of=tomorrow).show(waiting)
        assert "18 March 2026" in shown.draft.body
        assert desk.inbox("cora", as_of=tomorrow).approve(waiting).state == "executed"
        assert desk.queued()[0].body == shown.draft.body
