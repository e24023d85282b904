"""What a person asks for and says on an account: holds, write-offs, answers given outside."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from cli.main import _run
from graph.asking import ask_for
from graph.inbox import decider_of
from ledger.actions import ReleaseHold, WriteOff, read_action
from ledger.errors import BadInput, Conflict, NotFound, Refused
from ledger.tables.account import Account, Hold
from ledger.tables.case import Promise
from ledger.tables.notes import AccountNote
from ledger.tables.work import Audit, Message, Proposal
from tests.support.desk import AS_OF, Desk
from tests.support.pages import post, signed_in
from tools.account_timeline import timeline
from tools.account_wishes import wish_to_lift, wish_to_write_off
from tools.inbound_by_hand import answered_outside, unanswered
from tools.promise_book import settle_ours

PAGE = "/desk/accounts/acc_a"
HOSTILE = '<img src=x onerror=alert(1)><div hx-post="/approve" hx-trigger="load">'
Run = Callable[..., Any]


@pytest.fixture
def account(desk: Desk) -> str:
    desk.account("acc_b")
    return desk.account("acc_a")


@pytest.fixture
def run(desk: Desk, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """A command on this home, and what it printed."""
    if desk.house.settings.database_url:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url)

    def command(*words: str) -> Any:
        assert _run([*words, "--home", str(desk.house.home), "--json"], debug=True) == 0
        return json.loads(capsys.readouterr().out)

    return command


def asked(desk: Desk) -> list[Proposal]:
    with desk.house.ledger.read() as session:
        rows = list(session.scalars(select(Proposal).order_by(Proposal.created_at, Proposal.id)))
        session.expunge_all()
        return rows


def in_force(desk: Desk, hold_id: str = "hld_acc_a_hardship") -> bool:
    with desk.house.ledger.read() as session:
        return session.get_one(Hold, hold_id).lifted_at is None


class TestLift:
    HOLD = "hld_acc_a_hardship"
    DEED = f"{PAGE}/holds/{HOLD}/lift"

    @pytest.mark.parametrize("person", ["cora", "felix"])
    def test_asked_on_the_page__waits_whoever_asks_and_a_colleague_lifts_it(
        self, desk: Desk, client: TestClient, account: str, person: str
    ) -> None:
        desk.hold(account, "hardship")
        browser = signed_in(desk, client, person)
        assert self.DEED in browser.get(PAGE).text
        sent = post(browser, PAGE, self.DEED, reason="Pat says they pay again")
        assert (sent.status_code, sent.headers["location"]) == (303, PAGE)
        (waiting,) = asked(desk)
        assert read_action(waiting.action) == ReleaseHold(
            account_id=account, hold_id=self.HOLD, note="Pat says they pay again"
        )
        assert waiting.author == person
        assert "says: Pat says they pay again" in waiting.why
        assert in_force(desk)
        with pytest.raises(Refused):
            desk.inbox(person).approve(waiting.id, waiting.digest)
        other = "lena" if person == "felix" else "felix"
        desk.inbox(other).approve(waiting.id, waiting.digest)
        assert not in_force(desk)
        assert desk.facts(account).holds == ()

    def test_asked_twice__second_is_told_of_the_first(
        self, desk: Desk, client: TestClient, account: str
    ) -> None:
        desk.hold(account, "hardship")
        browser = signed_in(desk, client, "cora")
        for reason, status in (("one", 303), ("two", 409)):
            assert post(browser, PAGE, self.DEED, reason=reason).status_code == status
        assert len(asked(desk)) == 1

    def test_just_this_was_refused_today__is_not_said_to_wait(
        self, desk: Desk, account: str
    ) -> None:
        desk.hold(account, "hardship")
        wish = ReleaseHold(account_id=account, hold_id=self.HOLD, note="please")
        cora = decider_of(desk.house, "cora")
        done = ask_for(desk.house, desk.deps, cora, "collector", wish)
        assert done.proposal_id
        desk.inbox("felix").reject(done.proposal_id, "they are insolvent")
        with pytest.raises(Conflict, match="decided"):
            ask_for(desk.house, desk.deps, cora, "collector", wish)

    def test_no_reason_or_another_accounts_hold__asks_for_nothing(
        self, desk: Desk, client: TestClient, account: str
    ) -> None:
        desk.hold(account, "hardship")
        desk.hold("acc_b", "hardship")
        browser = signed_in(desk, client, "cora")
        theirs = f"{PAGE}/holds/hld_acc_b_hardship/lift"
        assert post(browser, PAGE, self.DEED, reason=" ").status_code == 422
        assert post(browser, PAGE, theirs, reason="x").status_code == 404
        assert asked(desk) == []

    def test_several_holds__which_must_be_said(self, desk: Desk, account: str) -> None:
        with desk.house.ledger.read() as session, pytest.raises(NotFound):
            wish_to_lift(session, account, None, "x")
        desk.hold(account, "hardship")
        desk.hold(account, "legal")
        named = pytest.raises(BadInput, match=r"hld_acc_a_hardship \(hardship\)")
        with desk.house.ledger.read() as session, named:
            wish_to_lift(session, account, None, "x")

    def test_command__asks_in_their_name(self, desk: Desk, run: Run, account: str) -> None:
        desk.hold(account, "hardship")
        told = run("hold", "lift", account, "--reason", "they pay again", "--as", "felix")
        (waiting,) = asked(desk)
        assert (told["proposal_id"], waiting.author) == (waiting.id, "felix")
        assert "Felix Ortega says: they pay again" in waiting.why
        assert in_force(desk)


class TestWriteOff:
    DEED = f"{PAGE}/write-off"

    @pytest.mark.parametrize(("amount", "minor"), [("", 120_00), ("20.50", 20_50)])
    def test_asked__waits_and_a_yes_takes_it_off(
        self, desk: Desk, client: TestClient, account: str, amount: str, minor: int
    ) -> None:
        browser = signed_in(desk, client, "cora")
        fields = {"invoice": "inv_acc_a_1", "amount": amount, "reason": "too small to chase"}
        assert post(browser, PAGE, self.DEED, **fields).status_code == 303
        (waiting,) = asked(desk)
        wanted = WriteOff(
            account_id=account,
            invoice_id="inv_acc_a_1",
            amount_minor=minor,
            note="too small to chase",
        )
        assert read_action(waiting.action) == wanted
        assert sum(item.open_minor for item in desk.facts(account).open_items) == 200_50
        desk.inbox("felix").approve(waiting.id, waiting.digest)
        left = sum(item.open_minor for item in desk.facts(account).open_items)
        assert left == 200_50 - minor

    @pytest.mark.parametrize(
        ("invoice", "amount", "status"),
        [
            ("inv_acc_a_1", "120.01", 422),
            ("inv_acc_a_1", "12,50", 422),
            ("inv_acc_a_1", "-1", 422),
            ("inv_acc_b_1", "", 404),
            ("", "", 404),
        ],
    )
    def test_more_than_is_open_or_not_theirs__asks_for_nothing(
        self, desk: Desk, client: TestClient, account: str, invoice: str, amount: str, status: int
    ) -> None:
        browser = signed_in(desk, client, "cora")
        fields = {"invoice": invoice, "amount": amount, "reason": "x"}
        assert post(browser, PAGE, self.DEED, **fields).status_code == status
        assert asked(desk) == []

    def test_paid_meanwhile__has_nothing_to_write_off(self, desk: Desk, account: str) -> None:
        desk.books.change("invoice", "id", "inv_acc_a_1", open_minor=0)
        with desk.house.ledger.read() as session, pytest.raises(BadInput, match="less open"):
            wish_to_write_off(session, account, "ACCA-1", None, "x")

    def test_command__asks_by_the_invoices_number(self, desk: Desk, run: Run, account: str) -> None:
        told = run("cash", "write-off", account, "ACCA-1", "--reason", "small", "--as", "cora")
        (waiting,) = asked(desk)
        assert told["proposal_id"] == waiting.id


class TestAnswered:
    DEED = f"{PAGE}/messages/msg_1/answered"
    WORDS = "Told Pat where the truck is"

    @pytest.fixture(autouse=True)
    def wrote(self, desk: Desk, account: str) -> None:
        """Two messages wait for an answer."""
        for number, inbound in ((1, "inb_1"), (2, None)):
            desk.books.add(
                "message",
                id=f"msg_{number}",
                account_id=account,
                direction="in",
                sent_on=AS_OF - timedelta(days=number),
                subject=HOSTILE,
                body=f"Where is the truck? {HOSTILE}",
                answered=False,
                inbound_id=inbound,
            )

    def say(self, desk: Desk, message_id: str, by: str = "cora", words: str = WORDS) -> str:
        with desk.house.ledger.write() as session:
            return answered_outside(
                session,
                message_id,
                decider_of(desk.house, by),
                "phone",
                words,
                desk.house.policy,
                AS_OF,
                desk.house.clock_at(AS_OF).now(),
            )

    def waiting(self, desk: Desk) -> list[str]:
        with desk.house.ledger.read() as session:
            return [each.message_id for each in unanswered(session, "acc_a")]

    @pytest.mark.parametrize(("how", "kind"), [("phone", "call"), ("mail", "note")])
    def test_said_on_the_page__that_message_alone_is_answered_and_it_is_told(
        self, desk: Desk, client: TestClient, how: str, kind: str
    ) -> None:
        desk.books.change("account", "id", "acc_a", next_action_on=AS_OF + timedelta(days=9))
        browser = signed_in(desk, client, "cora")
        assert self.waiting(desk) == ["msg_2", "msg_1"]
        assert self.DEED in browser.get(PAGE).text
        sent = post(browser, PAGE, self.DEED, how=how, note=self.WORDS)
        assert (sent.status_code, sent.headers["location"]) == (303, PAGE)
        assert self.waiting(desk) == ["msg_2"]
        with desk.house.ledger.read() as session:
            (note,) = session.scalars(select(AccountNote))
            assert (note.kind, note.body, note.noted_by) == (kind, self.WORDS, "cora")
            (said,) = session.scalars(select(Audit).where(Audit.kind == "mail_answered_outside"))
            told = orjson.loads(said.payload)
            assert (said.subject_id, said.actor) == ("msg_1", "cora")
            assert (told["account"], told["way"]) == ("acc_a", how)
            assert session.get_one(Account, "acc_a").next_action_on is None
            kept = [e for e in timeline(session, "acc_a").entries if e.kind == "logged"]
            assert [each.words for each in kept] == [self.WORDS]

    def test_all_answered__account_may_be_chased_again(self, desk: Desk) -> None:
        assert desk.facts("acc_a").inbound_unanswered
        for message in ("inb_1", "msg_2"):
            assert self.say(desk, message) == "acc_a"
        assert not desk.facts("acc_a").inbound_unanswered

    def test_answered_already_or_unknown__is_told(self, desk: Desk) -> None:
        self.say(desk, "msg_1")
        with pytest.raises(Conflict, match="answered already"):
            self.say(desk, "inb_1", by="milo")
        with pytest.raises(NotFound):
            self.say(desk, "msg_none")

    @pytest.mark.parametrize(
        ("page", "fields", "status"),
        [
            ("acc_a", {"how": "telepathy", "note": "x"}, 422),
            ("acc_a", {"how": "phone", "note": ""}, 422),
            ("acc_b", {"how": "phone", "note": "x"}, 404),
        ],
    )
    def test_form_that_does_not_fit__leaves_it_waiting(
        self, desk: Desk, client: TestClient, page: str, fields: dict[str, str], status: int
    ) -> None:
        browser = signed_in(desk, client, "cora")
        deed = f"/desk/accounts/{page}/messages/msg_1/answered"
        assert post(browser, PAGE, deed, **fields).status_code == status
        assert self.waiting(desk) == ["msg_2", "msg_1"]
        with desk.house.ledger.read() as session:
            assert session.scalars(select(AccountNote)).all() == []

    def test_command__takes_the_id_of_the_mail(self, desk: Desk, run: Run) -> None:
        words = ("inb_1", "--as", "cora", "--how", "other", "--note", self.WORDS)
        assert run("mail", "answered", *words)["account"] == "acc_a"
        assert self.waiting(desk) == ["msg_2"]

    def test_their_words__are_text(self, desk: Desk, client: TestClient) -> None:
        text = signed_in(desk, client, "cora").get(PAGE).text
        assert "&lt;img src=x" in text
        assert "<img src=x" not in text
        assert "<div hx-post" not in text


class TestWho:
    DEEDS = (
        (TestLift.DEED, {"reason": "x"}),
        (TestWriteOff.DEED, {"invoice": "inv_acc_a_1", "reason": "x"}),
        (TestAnswered.DEED, {"how": "phone", "note": "x"}),
    )

    @pytest.fixture(autouse=True)
    def wrote(self, desk: Desk, account: str) -> None:
        desk.hold(account, "hardship")
        desk.books.add(
            "message", id="msg_1", account_id=account, direction="in", sent_on=AS_OF,
            answered=False, subject="Hello", body="Hello",
        )  # fmt: skip

    def untouched(self, desk: Desk) -> bool:
        with desk.house.ledger.read() as session:
            owed = session.get_one(Message, "msg_1").answered is False
        return owed and in_force(desk) and asked(desk) == []

    def test_who_only_reads__is_shown_no_form_and_moves_nothing(
        self, desk: Desk, client: TestClient
    ) -> None:
        browser = signed_in(desk, client, "ines")
        text = browser.get(PAGE).text
        for deed, fields in self.DEEDS:
            assert deed not in text
            assert post(browser, PAGE, deed, **fields).status_code == 403
        assert self.untouched(desk)

    def test_who_does_not_see_the_account__finds_nothing(
        self, desk: Desk, client: TestClient
    ) -> None:
        desk.books.change("person", "id", "cora", sees="own")
        browser = signed_in(desk, client, "cora")
        for deed, fields in self.DEEDS:
            assert post(browser, "/desk/me", deed, **fields).status_code == 404
        assert self.untouched(desk)

    def test_who_owns_it__does_all_of_it(self, desk: Desk, client: TestClient) -> None:
        desk.books.change("person", "id", "cora", sees="own")
        desk.books.change("account", "id", "acc_a", owner="cora")
        browser = signed_in(desk, client, "cora")
        for deed, fields in self.DEEDS:
            assert post(browser, PAGE, deed, **fields).status_code == 303, deed
        assert len(asked(desk)) == 2

    def test_without_the_forms_token__nothing_happens(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        for deed, fields in self.DEEDS:
            assert browser.post(deed, data=fields, follow_redirects=False).status_code == 403
        assert self.untouched(desk)


class TestCallback:
    @pytest.fixture(autouse=True)
    def promised(self, desk: Desk, account: str) -> None:
        """We promised the day before yesterday to call back today."""
        desk.books.add(
            "promise", id="prm_1", account_id=account, direction="ours", kind="callback",
            promised_on=AS_OF - timedelta(days=2), due_on=AS_OF, state="pending", source="",
        )  # fmt: skip

    def log(self, desk: Desk, days_ago: int, kind: str = "call") -> None:
        on = AS_OF - timedelta(days=days_ago)
        desk.books.add(
            "account_note", id="not_1", account_id="acc_a", kind=kind, body="rang them",
            noted_on=on, noted_by="cora", noted_at=desk.house.clock_at(on).now(),
        )  # fmt: skip

    def kept(self, desk: Desk) -> bool:
        with desk.house.ledger.write() as session:
            settle_ours(session, AS_OF)
        with desk.house.ledger.read() as session:
            return session.get_one(Promise, "prm_1").state == "kept"

    @pytest.mark.parametrize(
        ("days_ago", "kind", "kept"),
        [(0, "call", True), (1, "call", True), (2, "call", False), (0, "note", False)],
    )
    def test_call_written_down_after_the_promise__keeps_it(
        self, desk: Desk, days_ago: int, kind: str, kept: bool
    ) -> None:
        self.log(desk, days_ago, kind)
        assert self.kept(desk) is kept

    def test_promised_for_the_same_day__a_call_of_that_day_keeps_it(self, desk: Desk) -> None:
        desk.books.change("promise", "id", "prm_1", promised_on=AS_OF)
        self.log(desk, 0)
        assert self.kept(desk)
