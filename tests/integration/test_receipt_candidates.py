"""Money that waits and may be somebody's: nobody it may belong to is chased until it is settled."""

from datetime import timedelta
from importlib import import_module

import orjson
import pytest
from sqlalchemy import delete, select

from batch.night import run_night
from graph.inbox import decider_of
from ledger.errors import Conflict, NotFound, Refused
from ledger.states import ProposalState
from ledger.tables.account import Account
from ledger.tables.receivable import ReceiptCandidate
from ledger.tables.work import Audit, CallTask, Outbox
from policies.load import with_changes
from tests.support.cash_night import (
    TONIGHT,
    Money,
    applied,
    approve_all,
    money,
    pending,
    play,
)
from tests.support.desk import Desk
from tools.cash_waiting import DENIED, Denied, deny, waiting_money
from tools.catalog import READ_TOOLS
from tools.contract import CHAT_SCOPES, ToolContext

__all__ = ["money"]


def two(desk: Desk, minor: int = 120_00) -> None:
    """Two customers nothing joins, each with one overdue invoice."""
    desk.account("acc_a", (minor,))
    desk.account("acc_b", (minor,))


def protected(desk: Desk) -> dict[str, list[tuple[str, str]]]:
    """By account, receipt and currency of what may be theirs."""
    with desk.house.ledger.read() as session:
        accounts = session.scalars(select(Account.id).order_by(Account.id)).all()
    found = {
        each: [(m.receipt_number, m.pays_in) for m in desk.facts(each).suggested]
        for each in accounts
    }
    return {account: money for account, money in found.items() if money}


def tasks(desk: Desk) -> dict[str, str]:
    """State of the task of each account."""
    with desk.house.ledger.read() as session:
        return {
            row[0]: row[1] for row in session.execute(select(CallTask.account_id, CallTask.state))
        }


def looked_at(desk: Desk) -> None:
    """Every account has had its turn, and waits for a later day."""
    for account in ("acc_a", "acc_b"):
        desk.books.change("account", "id", account, next_action_on=TONIGHT + timedelta(days=7))


def due_again(desk: Desk) -> set[str]:
    """Accounts the next night looks at."""
    with desk.house.ledger.read() as session:
        return set(session.scalars(select(Account.id).where(Account.next_action_on.is_(None))))


def not_theirs(
    desk: Desk, receipt: str, account: str | None = None, person: str = "cora"
) -> Denied:
    with desk.house.ledger.write() as session:
        decider = decider_of(desk.house, person)
        return deny(session, receipt, account, decider, desk.house.policy, desk.deps.now)


class TestWho:
    def test_two_strangers_named__both_though_nobody_can_be_asked(
        self, desk: Desk, money: Money
    ) -> None:
        two(desk)
        money(240_00, "ACCA-1 ACCB-1")
        play(desk)
        assert pending(desk) == []
        assert protected(desk) == {"acc_a": [("R1", "USD")], "acc_b": [("R1", "USD")]}

    def test_equal_amount_of_two__both_ways_shown(self, desk: Desk, money: Money) -> None:
        two(desk, 75_00)
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        assert len(pending(desk)) == 1
        assert set(protected(desk)) == {"acc_a", "acc_b"}

    def test_equal_amount_of_many__no_more_than_the_ways_shown(
        self, desk: Desk, money: Money
    ) -> None:
        for place in range(6):
            desk.account(f"acc_{place}", (75_00,))
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        assert len(protected(desk)) == 3

    def test_many_named__all_of_them(self, desk: Desk, money: Money) -> None:
        names = [f"acc_{letter}" for letter in "defgh"]
        for name in names:
            desk.account(name, (75_00,))
        money(375_00, " ".join(f"ACC{name[-1].upper()}-1" for name in names))
        play(desk)
        assert sorted(protected(desk)) == names

    def test_another_currency__in_that_of_the_invoice(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (120_00,))
        money(110_00, "ACCA-1", "Company acc_a", currency="EUR")
        play(desk)
        assert ("R1", "USD") in protected(desk)["acc_a"]

    def test_own_money_in_another_currency__protects_as_well(
        self, desk: Desk, money: Money
    ) -> None:
        desk.account("acc_a", (120_00,))
        money(110_00, "ACCA-1", account_id="acc_a", currency="EUR")
        play(desk)
        assert protected(desk) == {"acc_a": [("R1", "USD")]}

    def test_receipt_of_one_names_anothers_invoice__the_other_too(
        self, desk: Desk, money: Money
    ) -> None:
        two(desk)
        money(120_00, "ACCB-1", "Company acc_a", account_id="acc_a")
        play(desk)
        assert protected(desk) == {"acc_b": [("R1", "USD")]}  # acc_a has unapplied cash

    def test_sent_by_one_for_anothers_invoice__both(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (300_00,), name="Ironbark Joinery")
        desk.account("acc_b", (120_00,), name="Quillfeather Press")
        money(120_00, "ACCB-1", "Ironbark Joinery")
        play(desk)
        assert set(protected(desk)) == {"acc_a", "acc_b"}

    def test_certain__nobody(self, desk: Desk, money: Money) -> None:
        two(desk)
        money(120_00, "ACCA-1", "Company acc_a")
        play(desk)
        assert applied(desk) == {"inv_acc_a_1": 120_00}
        assert protected(desk) == {}


class TestHowLong:
    def test_decided_and_not_carried_out__still(self, desk: Desk, money: Money) -> None:
        two(desk, 75_00)
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        (request,) = pending(desk)
        desk.books.change("proposal", "id", request, state=ProposalState.DECIDED)
        assert set(protected(desk)) == {"acc_a", "acc_b"}

    def test_request_expired__still(self, desk: Desk, money: Money) -> None:
        two(desk, 75_00)
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        (request,) = pending(desk)
        desk.books.change("proposal", "id", request, state=ProposalState.EXPIRED)
        assert set(protected(desk)) == {"acc_a", "acc_b"}

    def test_applied__the_others_are_free_and_due_again(self, desk: Desk, money: Money) -> None:
        two(desk, 75_00)
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        looked_at(desk)
        approve_all(desk, "cora")
        assert applied(desk) == {"inv_acc_a_1": 75_00}
        assert protected(desk) == {}
        assert due_again(desk) == {"acc_a", "acc_b"}

    def test_rejected__all_are_free_and_due_again_and_stay_so(
        self, desk: Desk, money: Money
    ) -> None:
        two(desk, 75_00)
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        looked_at(desk)
        (request,) = pending(desk)
        desk.inbox("cora", TONIGHT).reject(request, "neither sent it")
        assert protected(desk) == {}
        assert due_again(desk) == {"acc_a", "acc_b"}
        play(desk, days=1)
        assert protected(desk) == {}

    def test_whole_gone_back__free(self, desk: Desk, money: Money) -> None:
        two(desk)
        receipt = money(240_00, "ACCA-1 ACCB-1")
        play(desk)
        from ledger.postings_returns import return_receipt

        with desk.house.ledger.write() as session:
            return_receipt(
                session, receipt, 240_00, TONIGHT, bank_line_id=None, reason="recall", cause="t"
            )
        assert protected(desk) == {}

    def test_a_later_look_finds_another__the_first_is_free(self, desk: Desk, money: Money) -> None:
        two(desk)
        money(120_00, "ACCA-1")
        receipt = money(120_00, "ACCA-1 again")
        play(desk)
        before = protected(desk)
        desk.books.change("receipt", "id", receipt, memo="ACCB-1 less ACCA-9")
        play(desk, days=1)
        assert protected(desk) != before


class TestNotTheirs:
    @pytest.fixture
    def held(self, desk: Desk, money: Money) -> Desk:
        two(desk)
        money(240_00, "ACCA-1 ACCB-1")
        play(desk)
        return desk

    def test_held__a_task_for_each_and_a_line_for_each(self, held: Desk) -> None:
        assert tasks(held) == {"acc_a": "open", "acc_b": "open"}
        with held.house.ledger.read() as session:
            lines = waiting_money(session)
        assert [(each.account_number, each.asked) for each in lines] == [
            ("acc_a", ""),
            ("acc_b", ""),
        ]

    def test_of_one__the_other_stays(self, held: Desk) -> None:
        looked_at(held)
        assert not_theirs(held, "R1", "acc_a").accounts == ("acc_a",)
        assert set(protected(held)) == {"acc_b"}
        assert tasks(held) == {"acc_a": "done", "acc_b": "open"}
        assert due_again(held) == {"acc_a"}

    def test_said_once__no_later_night_forgets_it(self, held: Desk) -> None:
        not_theirs(held, "R1", "acc_a")
        play(held, days=1)
        assert set(protected(held)) == {"acc_b"}
        assert tasks(held)["acc_a"] == "done"

    def test_of_all__is_in_the_journal(self, held: Desk) -> None:
        not_theirs(held, "R1")
        assert protected(held) == {}
        with held.house.ledger.read() as session:
            record = session.scalars(select(Audit).where(Audit.kind == DENIED)).one()
        assert (record.subject_id, record.actor) == ("R1", "cora")

    def test_somebody_who_only_reads__is_refused(self, held: Desk) -> None:
        with pytest.raises(Refused):
            not_theirs(held, "R1", person="audrey")

    def test_nothing_waits_there__is_said(self, held: Desk) -> None:
        with pytest.raises(NotFound, match="dunwell cash waiting"):
            not_theirs(held, "R9")

    def test_a_request_asks__answer_that(self, desk: Desk, money: Money) -> None:
        two(desk, 75_00)
        money(75_00, "thanks", "Zzyzx Paying Office")
        play(desk)
        assert tasks(desk) == {}
        with pytest.raises(Conflict, match="answer that in the inbox"):
            not_theirs(desk, "R1", "acc_b")


class TestOwn:
    def test_asked_to_apply_its_own_money__is_no_candidate(self, desk: Desk, money: Money) -> None:
        desk.account("acc_a", (75_00, 75_00))
        money(75_00, "thank you", account_id="acc_a")
        play(desk)
        assert len(pending(desk)) == 1
        assert desk.count(ReceiptCandidate) == 0


def test_upgraded_with_a_request_that_waits__stays_protected(desk: Desk, money: Money) -> None:
    two(desk, 75_00)
    money(75_00, "thanks", "Zzyzx Paying Office")
    play(desk)
    revision = import_module("ledger.migrations.versions.0021_receipt_candidates")
    with desk.house.ledger.write() as session:
        session.execute(delete(ReceiptCandidate))
        revision.name_asked_about(session.connection())
    assert protected(desk) == {"acc_a": [("R1", "USD")]}


def test_called_while_it_waits__the_list_says_not_to(desk: Desk, money: Money) -> None:
    two(desk, 75_00)
    money(75_00, "thanks", "Zzyzx Paying Office")
    money(10_00, "thanks", account_id="acc_b")
    play(desk)
    with desk.house.ledger.read() as session:
        ctx = ToolContext(
            session=session,
            actor="cora",
            role="collector",
            as_of=TONIGHT,
            now=desk.deps.now,
            policy=desk.house.policy,
            scopes=CHAT_SCOPES,
        )
        told = orjson.loads(READ_TOOLS["list_accounts_to_work"].call(ctx, {}))
    cautions = {each["account_number"]: each["caution"] for each in told["accounts"]}
    may_be = "money that may be theirs waits (payment R1): do not chase"
    assert cautions["acc_a"] == [may_be]
    assert cautions["acc_b"] == [may_be, "unapplied cash waits (payment R2): do not chase"]


def test_names_in_the_bank__no_letter_leaves(desk: Desk, money: Money) -> None:
    two(desk)
    desk.account("acc_c", (120_00,))
    policy = desk.house.policy
    autonomy = policy.autonomy.model_copy(update={"mode": "auto"})
    desk.house.policy = with_changes(policy, autonomy=autonomy)
    money(240_00, "ACCA-1 ACCB-1")
    for feed in policy.contact.feed_max_age_days:
        desk.books.change("feed", "name", feed, read_through=TONIGHT)
    run_night(desk.house, TONIGHT, lambda *_: None)
    with desk.house.ledger.read() as session:
        assert session.scalars(select(Outbox.account_id)).all() == ["acc_c"]
