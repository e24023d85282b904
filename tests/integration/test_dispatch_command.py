"""`dunwell dispatch` as it is typed, and what `dunwell doctor` says of the channels."""

import json
import re
from pathlib import Path

import pytest

from cli.doctor import examine
from cli.main import main
from graph.settings import Settings
from ledger.states import OutboxState
from policies.load import with_changes
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tests.support.smtp_server import mail_server
from tools.proposals import submit

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(desk: Desk) -> Desk:
    """A home with one message in its outbox."""
    autonomy = desk.house.home / "policies" / "autonomy.toml"
    text = autonomy.read_text("utf-8")
    autonomy.write_text(text.replace('\nmode = "draft"', '\nmode = "auto"'), "utf-8")
    policy = desk.house.policy
    auto = policy.autonomy.model_copy(update={"mode": "auto"})
    desk.house.policy = with_changes(policy, autonomy=auto)
    desk.house.remember_policy(AS_OF)
    desk.account("acc_a")
    with desk.house.ledger.write() as session:
        submit(
            session,
            [desk.reminder("acc_a")],
            author="collector",
            role="collector",
            facts=desk.facts("acc_a"),
            policy=desk.house.policy,
            now=NOON.replace(month=3, day=17),
        )
    return desk


def typed(desk: Desk, capsys: Captured, *words: object) -> tuple[int, str, str]:
    """Type a command; returns the exit code, stdout and stderr."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in ("dispatch", "--home", desk.house.home, *words)])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


@pytest.fixture(autouse=True)
def _embedded(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command opens the home of the desk, whose database lies elsewhere."""
    monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url or "")


class TestDispatch:
    def test_typed__hands_over_what_is_due(self, home: Desk, capsys: Captured) -> None:
        code, out, _err = typed(home, capsys)
        assert (code, out) == (0, "1 sent, 0 stopped, 0 not accepted, 0 to be tried again\n")
        code, out, _err = typed(home, capsys, "--json")
        assert json.loads(out)["sent"] == 0
        assert home.queued()[0].state == OutboxState.SENT

    def test_uncertain_message__is_shown_and_settled_by_a_person(
        self, home: Desk, capsys: Captured
    ) -> None:
        (row,) = home.queued()
        home.books.change("outbox", "id", row.id, state="uncertain", stopped_by="lost")
        _code, out, _err = typed(home, capsys)
        assert f"{row.id} to pat@acc-a.example may or may not have arrived: lost" in out
        code, out, err = typed(home, capsys, "--lost", row.id, "--as", "cora")
        assert (code, "queued again" in err) == (0, True)
        assert out.startswith("1 sent")

    def test_auditor__may_not_settle(self, home: Desk, capsys: Captured) -> None:
        (row,) = home.queued()
        home.books.change("outbox", "id", row.id, state="uncertain")
        code, _out, err = typed(home, capsys, "--arrived", row.id, "--as", "ines")
        assert code == 2
        assert err.count("\n") == 1
        assert home.queued()[0].state == OutboxState.UNCERTAIN

    def test_no_such_message__is_one_line(self, home: Desk, capsys: Captured) -> None:
        code, _out, err = typed(home, capsys, "--lost", "out_x", "--as", "cora")
        assert code == 2
        assert re.fullmatch(r"dunwell: no message out_x\n", err)


class TestDoctor:
    def says(self, desk: Desk, **settings: str) -> dict[str, tuple[str, str]]:
        given = desk.house.settings.model_dump() | settings
        return {each.name: (each.state, each.says) for each in examine(Settings(**given))}

    def test_mail_server__is_signed_in_at(self, desk: Desk) -> None:
        with mail_server() as server:
            assert self.says(desk, smtp_url=f"smtp://{server.url}")["mail"] == ("ok", server.url)
        state, says = self.says(desk, smtp_url=f"smtp://{server.url}")["mail"]
        assert state == "fail"
        assert "check DUNWELL_SMTP_URL" in says

    def test_nobody_hands_over_by_day__is_told(self, home: Desk) -> None:
        with mail_server() as server:
            state, says = self.says(home, smtp_url=f"smtp://{server.url}")["mail"]
        assert state == "warn"
        assert "past their hour: 1" in says

    def test_unusable_address__is_told_as_a_setting(self, desk: Desk) -> None:
        assert self.says(desk, sms_url="sms:1")["settings"][0] == "fail"

    def test_key_others_may_read__is_told(self, desk: Desk) -> None:
        assert self.says(desk)["reply key"][0] == "ok"
        Path(desk.house.home / "reply.key").chmod(0o644)
        state, says = self.says(desk)["reply key"]
        assert state == "warn"
        assert "chmod 600" in says
