"""What people confirm is remembered from the journal, shown, used by the next night, revocable."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from batch.cash_pass import cash_pass
from batch.run import start_night
from cli.main import main
from ledger.errors import NotFound, Refused
from ledger.states import ProposalState
from ledger.tables.receivable import Application
from ledger.tables.work import Proposal
from tests.support.books import NOON
from tests.support.desk import AS_OF, PEOPLE, Desk
from tools.authority import Decider
from tools.cash_memory import cash_memory, forget, memory_lines

IBAN = "DE89 3704 0044 0532 0130 00"
PAYER = "ZENTRALE ZAHLSTELLE NORD"


def night_on(day: int) -> date:
    return AS_OF + timedelta(days=day)


def pay(desk: Desk, receipt_id: str, minor: int, memo: str, day: int) -> None:
    """Money the bank told of, from an account and a name nobody knows."""
    told: dict[str, Any] = {"payer_name": PAYER, "memo": memo, "currency": "USD"}
    desk.books.receipt(receipt_id, minor, account_id=None, received_on=night_on(day), **told)
    desk.books.add(
        "bank_line",
        id=f"bnk_{receipt_id}", line_key=receipt_id, statement_account="", kind="receipt",
        booked_on=night_on(day), amount_minor=minor, payer_account=IBAN, bank_ref="",
        customer_ref="", code="", return_of="", file_digest="f", receipt_id=receipt_id,
        batch_id="imp_1", **told,
    )  # fmt: skip


def play(desk: Desk, day: int) -> None:
    cash_pass(start_night(desk.house, night_on(day), lambda *_: None))


def paid(desk: Desk) -> set[str]:
    with desk.house.ledger.read() as session:
        return set(session.scalars(select(Application.invoice_id)))


def waiting(desk: Desk) -> str:
    with desk.house.ledger.read() as session:
        return session.scalars(
            select(Proposal.id).where(Proposal.state == ProposalState.PENDING)
        ).one()


def learned(desk: Desk) -> set[tuple[str, str, int, int]]:
    with desk.house.ledger.read() as session:
        lines = memory_lines(session)
    return {(line.kind, line.account_number, line.right, line.wrong) for line in lines}


def decider(person: str) -> Decider:
    name, roles = PEOPLE[person]
    return Decider(person, name, (roles,))


@pytest.fixture
def asked(desk: Desk) -> Desk:
    """A stranger named an invoice and paid too much: a person was asked."""
    desk.account("acc_a", (120_00, 64_20, 64_20), name="Harbor Homes Building")
    pay(desk, "rcp_1", 125_00, "ACCA-1", 1)
    play(desk, 1)
    return desk


class TestLearning:
    def test_nobody_answered__nothing_is_learned(self, asked: Desk) -> None:
        assert learned(asked) == set()

    def test_yes__teaches_account_name_and_pattern(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        assert learned(asked) == {
            ("account", "acc_a", 1, 0),
            ("alias", "acc_a", 1, 0),
            ("pattern", "", 1, 0),
        }

    def test_no__speaks_against_the_pattern_only(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).reject(waiting(asked), "not theirs")
        assert learned(asked) == {("pattern", "", 0, 1)}

    def test_posted_alone__teaches_nothing(self, desk: Desk) -> None:
        desk.account("acc_a", name="Harbor Homes Building")
        pay(desk, "rcp_1", 120_00, "ACCA-1", 1)
        play(desk, 1)
        assert paid(desk) == {"inv_acc_a_1"}
        assert learned(desk) == set()

    def test_known_by_then__the_next_unnamed_payment_is_theirs(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        asked.account("acc_b", (77_10,), name="Nordic Timber Trading")
        asked.books.invoice("inv_x", 33_33, account_id="acc_a", currency="USD")
        pay(asked, "rcp_2", 33_33, "thank you", 2)
        play(asked, 2)
        assert paid(asked) == {"inv_acc_a_1", "inv_x"}


class TestForgetting:
    def keys(self, desk: Desk, *kinds: str) -> list[str]:
        with desk.house.ledger.read() as session:
            return [line.key for line in memory_lines(session) if line.kind in kinds]

    def drop(self, desk: Desk, key: str, person: str = "cora") -> None:
        with desk.house.ledger.write() as session:
            forget(session, key, decider(person), desk.house.policy, NOON)

    def test_forgotten__the_next_payment_is_a_strangers_again(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        for key in self.keys(asked, "account", "alias"):
            self.drop(asked, key)
        assert learned(asked) == {("pattern", "", 1, 0)}
        asked.books.invoice("inv_x", 33_33, account_id="acc_a", currency="USD")
        pay(asked, "rcp_2", 33_33, "thank you", 2)
        play(asked, 2)
        assert paid(asked) == {"inv_acc_a_1"}

    def test_confirmed_after_it_was_forgotten__it_counts_from_then(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        for key in self.keys(asked, "account", "alias", "pattern"):
            self.drop(asked, key)
        assert learned(asked) == {("pattern", "", 0, 0)}  # blocked
        pay(asked, "rcp_2", 70_00, "ACCA-2", 2)
        play(asked, 2)
        asked.inbox("cora", night_on(2)).approve(waiting(asked))
        assert ("account", "acc_a", 1, 0) in learned(asked)

    def test_forgotten_pattern__is_blocked_until_a_person_confirms_it_anew(
        self, desk: Desk
    ) -> None:
        desk.account("acc_a", (120_00, 64_20), name="Harbor Homes Building")
        cash = desk.house.policy.cash
        careful = cash.model_copy(update={"unattended_evidence": ()})
        desk.house.policy = desk.house.policy.model_copy(update={"cash": careful})
        pay(desk, "rcp_1", 120_00, "ACCA-1", 1)
        play(desk, 1)
        desk.inbox("cora", night_on(1)).approve(waiting(desk))
        desk.house.policy = desk.house.policy.model_copy(update={"cash": cash})
        for key in self.keys(desk, "account", "alias", "pattern"):
            self.drop(desk, key)
        with desk.house.ledger.read() as session:
            (line,) = [each for each in memory_lines(session) if each.kind == "pattern"]
            blocked = cash_memory(session).revoked_patterns
        assert (line.blocked, line.right) == (True, 0)
        assert blocked == {line.what}
        pay(desk, "rcp_2", 64_20, "ACCA-2", 2)
        play(desk, 2)
        assert paid(desk) == {"inv_acc_a_1"}  # certain, and yet a person is asked
        desk.inbox("cora", night_on(2)).approve(waiting(desk))
        with desk.house.ledger.read() as session:
            assert cash_memory(session).revoked_patterns == frozenset()

    def test_unknown_key__is_said(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        for key in ("mem_zzzzzzz", "mem_"):
            with pytest.raises(NotFound, match="dunwell cash memory"):
                self.drop(asked, key)

    def test_auditor__may_not(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        with pytest.raises(Refused):
            self.drop(asked, self.keys(asked, "account")[0], "ines")

    def test_memory__is_the_same_read_twice(self, asked: Desk) -> None:
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        with asked.house.ledger.read() as session:
            assert cash_memory(session) == cash_memory(session)


class TestCommand:
    def command(self, desk: Desk, *words: str) -> int:
        with pytest.raises(SystemExit) as ended:
            main(["cash", *words, "--home", str(desk.house.home)])
        return int(ended.value.code or 0)

    def test_memory_and_forget__as_typed(
        self,
        asked: Desk,
        database_url: str,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
        asked.inbox("cora", night_on(1)).approve(waiting(asked))
        capsys.readouterr()
        assert self.command(asked, "memory", "--json") == 0
        lines = json.loads(capsys.readouterr().out)
        (account,) = (line for line in lines if line["kind"] == "account")
        assert self.command(asked, "forget", account["key"], "--as", "cora") == 0
        assert "Forgotten: account" in capsys.readouterr().out
        assert self.command(asked, "forget", account["key"], "--as", "cora") == 2
        assert "nothing learned has the key" in capsys.readouterr().err
