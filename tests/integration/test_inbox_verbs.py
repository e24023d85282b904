"""Editing, rejecting, snoozing and assigning over the inbox, and how a request is named."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger.errors import ArError, BadInput, NotFound, Refused
from ledger.queries.inbox import QueueFilter
from ledger.tables.work import Audit, Decision
from tests.support.desk import AS_OF, Desk


class TestEdit:
    def test_untraced_amount__is_refused_and_nothing_changes(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        body = "Dear Pat Doe,\n\nPlease pay $9,999.00.\n"
        with pytest.raises(Refused, match=r"9,999\.00"):
            desk.inbox("cora").edit(waiting, {"body": body})
        assert desk.proposal(waiting).state == "pending"
        assert desk.count(Decision) == 0

    def test_own_words__wait_for_somebody_else(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        before = desk.inbox().show(waiting)
        body = "Dear Pat Doe,\n\nWould you have a look at the open invoices? Thank you.\n"
        done = desk.inbox("cora").edit(waiting, {"body": body})
        [new] = done.new_proposal_ids
        card = desk.inbox().show(new)
        assert (card.author, card.draft.wording) == ("cora", "person")
        assert (card.draft.subject, card.draft.body) == (before.draft.subject, body)
        assert "no_free_text_unattended" in [rule.id for rule in card.rules]
        assert desk.proposal(waiting).state == "superseded"
        with pytest.raises(Refused, match="author"):
            desk.inbox("cora").approve(new)
        assert desk.inbox("milo").approve(new).state == "executed"
        assert desk.queued()[0].body == body

    def test_subject_only__body_stays_as_the_letter_has_it(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        before = desk.inbox().show(waiting).draft
        [new] = desk.inbox("cora").edit(waiting, {"subject": "Your invoices"}).new_proposal_ids
        after = desk.inbox().show(new).draft
        assert (after.subject, after.body) == ("Your invoices", before.body)

    def test_payment_after_own_words__asks_again_though_no_word_differs(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        body = "Dear Pat Doe,\n\nWould you have a look at the open invoices? Thank you.\n"
        [new] = desk.inbox("cora").edit(waiting, {"body": body}).new_proposal_ids
        desk.books.receipt("rcp_1", 20_00, account_id="acc_a", currency="USD")
        desk.books.apply("app_1", "inv_acc_a_1", 20_00, account_id="acc_a", receipt_id="rcp_1")
        done = desk.inbox("milo").approve(new)
        assert "asks again" in done.happened
        assert desk.queued() == []

    @pytest.mark.parametrize(
        ("changes", "says"),
        [
            ({}, "nothing was changed"),
            ({"account_id": "acc_b"}, "account_id cannot be edited"),
            ({"type": "write_off"}, "type cannot be edited"),
            ({"wording": "template"}, "wording cannot be edited"),
            ({"stage": "often"}, r"the edit is not valid: send_reminder\.?stage|stage"),
            ({"discount": 5}, "discount"),
        ],
    )
    def test_change_that_cannot_be__one_clear_line(
        self, desk: Desk, changes: dict[str, object], says: str
    ) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(BadInput, match=says):
            desk.inbox("cora").edit(waiting, changes)
        assert desk.proposal(waiting).state == "pending"

    def test_invoice_of_another_account__is_refused(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.account("acc_b")
        with pytest.raises(Refused):
            desk.inbox("cora").edit(waiting, {"invoice_ids": ("inv_acc_b_1",)})

    def test_skipping_a_stage__is_refused(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(Refused, match="A stage is reached from the stage before it"):
            desk.inbox("felix").edit(waiting, {"stage": 3, "template_id": "reminder_3"})


class TestOtherVerbs:
    def test_reject__completes_the_case(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        done = desk.inbox("cora").reject(waiting, "they called")
        assert (done.state, done.happened) == ("rejected", "rejected: they called")
        assert desk.queued() == []
        assert desk.inbox("cora").list_waiting(QueueFilter()).count == 0

    def test_reject_without_reason__says_so(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(BadInput, match="needs a reason"):
            desk.inbox("cora").reject(waiting, "  ")

    def test_snooze__comes_back_on_its_day(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        until = AS_OF + timedelta(days=3)
        assert desk.inbox("cora").snooze(waiting, until).state == "snoozed"
        assert desk.inbox().list_waiting(QueueFilter()).count == 0
        assert desk.inbox(as_of=until).list_waiting(QueueFilter()).count == 1

    @pytest.mark.parametrize("days", [0, -1, 15])
    def test_snooze_to_a_useless_day__says_which_days_can_be(self, desk: Desk, days: int) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(BadInput, match="snooze until a date after 2026-03-17"):
            desk.inbox("cora").snooze(waiting, AS_OF + timedelta(days=days))

    def test_assign__is_listed_for_the_colleague(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        assert desk.inbox("cora").assign(waiting, "milo").says == "assigned to milo"
        assert desk.inbox().list_waiting(QueueFilter(assignee="milo")).count == 1
        assert desk.inbox().list_waiting(QueueFilter(assignee="")).count == 0
        assert desk.inbox("milo").approve(waiting).state == "executed"

    def test_assign_to_nobody_known__says_so(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        with pytest.raises(BadInput, match="nobody is called 'zoe'"):
            desk.inbox("cora").assign(waiting, "zoe")

    def test_every_decision__is_in_the_journal(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora").assign(waiting, "milo")
        desk.inbox("milo").approve(waiting)
        with desk.house.ledger.read() as session:
            kinds = list(
                session.scalars(
                    select(Audit.kind).where(Audit.subject_id == waiting).order_by(Audit.seq)
                )
            )
        assert kinds == [
            "proposal_made",
            "proposal_assign",
            "proposal_approve",
            "proposal_executed",
        ]


class TestNames:
    def test_beginning_of_an_id__is_enough(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        assert desk.inbox().show(waiting[:9]).id == waiting

    def test_several_begin_like_this__is_not_found(self, desk: Desk) -> None:
        desk.waiting_reminder("acc_a")
        desk.waiting_reminder("acc_b")
        with pytest.raises(NotFound, match="no proposal 'prp_'"):
            desk.inbox().show("prp_")
        copy = desk.proposal(desk.waiting_reminder("acc_c")).model_dump()
        desk.books.add("proposal", **(copy | {"id": copy["id"][:12] + "aa"}))
        with pytest.raises(NotFound, match="several proposals begin with"):
            desk.inbox("cora").approve(copy["id"][:12])

    @pytest.mark.parametrize("name", ["", "prp_%", "prp_' or 1", "zzzzzzz", "prp_zzzzzz"])
    def test_unknown_id__is_not_found(self, desk: Desk, name: str) -> None:
        desk.waiting_reminder()
        with pytest.raises(ArError, match=re.escape(repr(name))):
            desk.inbox().show(name)
