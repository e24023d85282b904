"""The command line as it is typed: results on stdout, one line for an error, the exit code."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from batch.dispatch import dispatch
from cli.main import main
from ledger.clock import FixedClock
from tests.support.desk import AS_OF, Desk
from tests.support.shared_data import ROOT

Captured = pytest.CaptureFixture[str]


def typed(capsys: Captured, *words: object) -> tuple[int, str, str]:
    """Type a command; returns the exit code, stdout and stderr."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server never listened")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("DUNWELL_") and "TEST" not in name]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
    return ["--home", desk.house.home]


class TestInbox:
    def test_list__shows_what_waits(self, desk: Desk, home: list[object], capsys: Captured) -> None:
        assert typed(capsys, "inbox", "list", *home) == (0, "Nothing waits.\n", "")
        waiting = desk.waiting_reminder()
        code, out, _err = typed(capsys, "inbox", *home)
        assert (code, "1 of 1" in out) == (0, True)
        assert waiting in out
        code, out, _err = typed(capsys, "inbox", "list", "--json", *home)
        [line] = json.loads(out)["lines"]
        assert (line["id"], line["value"]) == (waiting, {"amount": "200.50", "currency": "USD"})

    def test_filters__narrow_the_list(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        desk.waiting_reminder("acc_a", amounts=(50_00,))
        big = desk.waiting_reminder("acc_b", amounts=(900_00,))
        filters = ["--min", "100", "--currency", "USD", "--role", "collector"]
        for words in (filters, ["--account", "acc_b"], ["--rule", "autonomy_waits", "--limit", 1]):
            _code, out, _err = typed(capsys, "inbox", "list", "--json", *words, *home)
            assert [line["id"] for line in json.loads(out)["lines"]] == [big]

    def test_show__prints_the_letter_and_nothing_that_acts(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        waiting = desk.waiting_reminder(name="Evil \x1b[31m[link=http://x]Ltd\u202e")
        code, out, _err = typed(capsys, "inbox", "show", waiting[:10], *home)
        assert code == 0
        body = desk.inbox().show(waiting).draft.body
        assert all(f"  | {line}\n" in out for line in body.splitlines())
        assert not {"\x1b", "\u202e"} & set(out)
        assert "[link=http://x]" in out

    def test_approve__carries_out_and_hands_over(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        waiting = desk.waiting_reminder()
        code, out, err = typed(capsys, "inbox", "approve", waiting, "--as", "cora", *home)
        assert code == 0
        assert "`dunwell inbox undo ID` takes it back" in err
        assert "queued to pat@acc-a.example" in out
        assert not list((desk.house.home / "mail").glob("new/*"))
        desk.house.system_clock = FixedClock(desk.house.system_clock.now() + timedelta(minutes=2))
        assert dispatch(desk.house, AS_OF, None).sent == 1
        assert len(list((desk.house.home / "mail" / "new").iterdir())) == 1
        code, out, err = typed(capsys, "inbox", "approve", waiting, "--as", "milo", *home)
        assert (code, out) == (2, "")
        assert err.startswith("dunwell: already decided: approve by cora at ")

    def test_other_verbs(self, desk: Desk, home: list[object], capsys: Captured) -> None:
        words = {
            "reject": (["--reason", "they called"], "rejected"),
            "snooze": (["--until", "2026-03-19"], "snoozed"),
            "assign": (["milo"], "pending"),
            "answer": (["ask for the order"], "superseded"),
            "edit": (["--set", "subject=Your open invoices"], "superseded"),
        }
        for verb, (given, state) in words.items():
            waiting = desk.waiting_reminder(f"acc_{verb}")
            code, out, err = typed(
                capsys, "inbox", verb, waiting, *given, "--as", "cora", "--json", *home
            )
            assert (code, json.loads(out)["state"]) == (0, state), err

    def test_edit__takes_a_letter_from_a_file(
        self, desk: Desk, home: list[object], capsys: Captured, tmp_path: Path
    ) -> None:
        waiting = desk.waiting_reminder()
        letter = tmp_path / "letter.txt"
        letter.write_text("Dear Pat Doe,\n\nPlease look at the open invoices.\n")
        given = ["--body", letter, "--set", 'language="en"', "--as", "cora", "--json"]
        _code, out, _err = typed(capsys, "inbox", "edit", waiting, *given, *home)
        [new] = json.loads(out)["new_proposal_ids"]
        assert desk.inbox().show(new).draft.body == letter.read_text()

    @pytest.mark.parametrize(
        ("words", "says"),
        [
            (["show", "prp_zzzzz"], "no proposal 'prp_zzzzz'"),
            (["list", "--min", "5"], "--min needs --currency"),
            (["list", "--state", "gone"], "no state 'gone'; there are pending"),
            (["list", "--role", "boss"], "no role 'boss'"),
            (["list", "--rule", "x"], "no rule 'x'"),
            (["list", "--currency", "XXQ"], "unknown currency 'XXQ'"),
            (["list", "--cursor", "%%"], "not a cursor"),
            (["list", "--limit", "0"], "a page holds 1 to 200"),
            (["list", "--account", "nobody"], "no account is called 'nobody'"),
            (["reject", "prp_zzzzz"], "say who decides with --as PERSON"),
            (["reject", "prp_zzzzz", "--as", "zoe"], "nobody is called 'zoe' here"),
            (["edit", "prp_zzzzz", "--set", "stage"], "write --set field=value"),
            (["edit", "prp_zzzzz", "--body", "missing.txt"], "--body missing.txt: cannot be read"),
            (["snooze", "prp_zzzzz", "--until", "soon"], "'soon' is not a date"),
            (["approve"], "Missing argument"),
            (["fly"], "No such command"),
        ],
    )
    def test_bad_input__one_line_and_exit_2(
        self, home: list[object], capsys: Captured, words: list[str], says: str
    ) -> None:
        at = [] if words == ["fly"] else home
        code, out, err = typed(capsys, "inbox", *words, *at)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert err.startswith("dunwell: ")
        assert says in err

    def test_person_from_the_environment(
        self,
        desk: Desk,
        home: list[object],
        capsys: Captured,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setenv("DUNWELL_USER", "cora")
        waiting = desk.waiting_reminder()
        assert typed(capsys, "inbox", "approve", waiting, *home)[0] == 0


class TestAccounts:
    def test_account__by_number_name_or_id(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        desk.account("acc_a")
        for named in ("acc_a", "company ACC"):
            code, out, _err = typed(capsys, "account", named, *home)
            assert (code, "ACCA-1" in out, "120.00 USD" in out) == (0, True, True)
        _code, out, _err = typed(capsys, "account", "acc_a", "--json", *home)
        assert json.loads(out)["open"] == [{"amount": "200.50", "currency": "USD"}]

    def test_why__tells_the_rule_and_the_counterfactual(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        facts_hash = desk.proposal(desk.waiting_reminder()).facts_hash
        assert typed(capsys, "why", "acc_a", *home)[0] == 2
        desk.books.add(
            "disposition", run_id="run_a", account_id="acc_a", kind="held", reason="manual",
            rule_ids="no_send_under_hold", account_class="exception", facts_hash=facts_hash,
        )  # fmt: skip
        desk.hold("acc_a")
        code, out, _err = typed(capsys, "why", "acc_a", *home)
        assert code == 0
        assert "It would be routine if no hold were in force." in out
        assert "since then: a hold was placed (manual)" in out

    def test_why__quiet_account_has_no_row_and_still_an_answer(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        desk.account("acc_a")
        desk.books.change("account", "id", "acc_a", disposition="nothing_due", next_action_on=AS_OF)
        code, out, _err = typed(capsys, "why", "acc_a", "--json", *home)
        assert (code, json.loads(out)["reason"]) == (
            0, "nothing is due; looked at again on 2026-03-17",
        )  # fmt: skip


class TestHome:
    def test_init__makes_a_home_once(self, tmp_path: Path, capsys: Captured) -> None:
        at = ["--home", tmp_path / "new"]
        code, out, _err = typed(capsys, "init", "--json", *at)
        assert (code, json.loads(out)["created"]) == (0, True)
        policy = tmp_path / "new" / "policies" / "contact.toml"
        edited = policy.read_text("utf-8").replace("per_7_days = 3", "per_7_days = 2")
        assert edited != policy.read_text("utf-8")
        policy.write_text(edited, "utf-8")
        assert json.loads(typed(capsys, "init", "--json", *at)[1])["created"] is False
        assert policy.read_text("utf-8") == edited
        code, out, _err = typed(capsys, "doctor", *at)
        assert code == 0
        assert "warn  feeds" in out
        assert "warn  people" in out

    def test_demo__names_the_folder_it_takes(self, capsys: Captured) -> None:
        code, out, _err = typed(capsys, "demo", "--help")
        assert (code, "dunwell-demo" in out, "DUNWELL_HOME" in out) == (0, True, False)

    def test_no_home__says_how_to_make_one(self, tmp_path: Path, capsys: Captured) -> None:
        at = ["--home", tmp_path / "none"]
        code, _out, err = typed(capsys, "inbox", *at)
        assert (code, "dunwell init" in err) == (2, True)
        code, out, _err = typed(capsys, "doctor", *at)
        assert (code, "fail  home" in out) == (1, True)

    def test_doctor__all_well_and_model_half_set(
        self, desk: Desk, home: list[object], capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code, out, _err = typed(capsys, "doctor", "--json", *home)
        states = {check["name"]: check["state"] for check in json.loads(out)["checks"]}
        # Whether a compliance rule starts soon depends on the day the tests run.
        assert states.pop("compliance") in ("ok", "warn")
        assert (code, set(states.values())) == (0, {"ok"})
        monkeypatch.setenv("DUNWELL_MODEL", "some-model")
        assert "warn  model" in typed(capsys, "doctor", *home)[1]

    def test_doctor__broken_policy_and_unreachable_database_fail(
        self, desk: Desk, home: list[object], capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        contact = desk.house.home / "policies" / "contact.toml"
        contact.write_text("id = 3")
        code, out, _err = typed(capsys, "doctor", *home)
        assert (code, "fail  policy: contact.toml" in out) == (1, True)
        url = "postgresql+psycopg://nobody@127.0.0.1:1/none?connect_timeout=1"
        monkeypatch.setenv("DUNWELL_DATABASE_URL", url)
        code, out, _err = typed(capsys, "doctor", *home)
        assert (code, "fail  database: postgresql is not reachable" in out) == (1, True)

    def test_people_and_keys(self, home: list[object], capsys: Captured) -> None:
        add = ["people", "add", "zoe", "--name", "Zoe Hall"]
        code, _out, err = typed(capsys, *add, "--role", "boss", *home)
        assert (code, "no role 'boss'" in err) == (2, True)
        assert typed(capsys, *add, "--role", "legal", "--role", "compliance", *home)[0] == 0
        people = json.loads(typed(capsys, "people", "list", "--json", *home)[1])
        zoe = {"id": "zoe", "name": "Zoe Hall", "roles": ["legal", "compliance"], "sees": "all"}
        assert zoe | {"known_as": None, "pinned": False} in people
        code, out, err = typed(capsys, "key", "create", "zoe", "--scope", "decide", *home)
        assert (code, out.startswith("ark_"), out.count("\n")) == (0, True, 1)
        assert out.strip() not in err
        [key] = json.loads(typed(capsys, "key", "list", "--json", *home)[1])
        assert (key["scopes"], key["revoked"]) == ("decide", False)
        assert out.strip() not in str(key)
        assert typed(capsys, "key", "revoke", key["id"], *home)[0] == 0
        assert typed(capsys, "key", "revoke", "key_none", *home)[0] == 2
        assert typed(capsys, "key", "create", "zoe", "--scope", "all", *home)[0] == 2
        assert typed(capsys, "key", "create", "nobody", *home)[0] == 2


class TestPolicy:
    def test_check_show_and_diff(self, desk: Desk, home: list[object], capsys: Captured) -> None:
        code, out, _err = typed(capsys, "policy", "check", *home)
        assert (code, "can be used" in out) == (0, True)
        assert "no difference" in typed(capsys, "policy", "diff", *home)[1].lower()
        autonomy = desk.house.home / "policies" / "autonomy.toml"
        autonomy.write_text(autonomy.read_text().replace('mode = "draft"', 'mode = "auto"', 1))
        code, out, _err = typed(capsys, "policy", "diff", *home)
        assert out.splitlines()[0] == "LOOSENS ~ autonomy.mode: draft -> auto"
        _code, out, _err = typed(capsys, "policy", "diff", "--json", *home)
        assert json.loads(out)["changes"][0]["loosens"] is True
        assert "Autonomy is auto." in typed(capsys, "policy", "show", *home)[1]

    def test_check__names_file_and_field(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        dunning = desk.house.home / "policies" / "dunning.toml"
        dunning.write_text(dunning.read_text() + "\nfee = 5\n")
        code, out, err = typed(capsys, "policy", "check", *home)
        assert (code, out, err.count("\n")) == (2, "", 1)
        assert "dunning.toml" in err

    def test_check__letter_that_does_more_than_fill_slots(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        letters = desk.house.home / "policies" / "letters" / "en"
        letters.mkdir(parents=True)
        (letters / "reminder_1.txt").write_text("version: 2\nsubject: x\n\n{{ 'a' * 10**9 }}\n")
        code, _out, err = typed(capsys, "policy", "check", *home)
        assert (code, "letters/en/reminder_1.txt" in err) == (2, True)

    def test_no_folder__says_so(self, capsys: Captured, tmp_path: Path) -> None:
        code, _out, err = typed(capsys, "policy", "check", tmp_path / "none")
        assert (code, "is no policies folder" in err) == (2, True)


class TestErrors:
    def test_accident__one_line_and_the_way_to_see_more(
        self, home: list[object], capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("cli.cards.show_queue", lambda _page: 1 / 0)
        code, _out, err = typed(capsys, "inbox", *home)
        assert (code, err.count("\n")) == (1, 1)
        assert "ZeroDivisionError: division by zero; run it again with --debug" in err
        with pytest.raises(ZeroDivisionError):
            main(["inbox", "--debug", *map(str, home)])

    def test_reader_goes_away__nothing_is_said(self, desk: Desk, home: list[object]) -> None:
        desk.waiting_reminder()
        command = (
            f"{Path(sys.executable).with_name('dunwell')} policy show --home {home[1]} | head -1"
        )
        done = subprocess.run(
            ["bash", "-c", command], capture_output=True, text=True, cwd=ROOT, check=False
        )
        assert (done.stdout.startswith("Policy of"), done.stderr) == (True, "")

    def test_interrupted__exit_130(
        self, home: list[object], capsys: Captured, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def interrupted(_page: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("cli.cards.show_queue", interrupted)
        assert typed(capsys, "inbox", *home) == (130, "", "")

    def test_server_is_interrupted__ends_quietly(self, desk: Desk, home: list[object]) -> None:
        port = free_port()
        program = [Path(sys.executable).with_name("dunwell"), "serve", "--port", str(port), *home]
        pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
        with subprocess.Popen(program, cwd=ROOT, **pipes) as running:
            assert running.stderr is not None
            assert f"http://127.0.0.1:{port}/desk" in running.stderr.readline()
            wait_for(port)
            running.send_signal(signal.SIGINT)
            assert running.wait(30) == 0
            told = running.stderr.read().splitlines()
        assert told[0].startswith(f"http://127.0.0.1:{port}/openapi.json")
        assert [line.split(":")[0] for line in told[2:]] == [
            "  Felix Ortega (finance_lead)",
            "  Cora Lind (collector)",
        ]

    def test_port_is_taken__says_so(self, home: list[object], capsys: Captured) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            code, out, err = typed(capsys, "serve", "--port", port, *home)
        assert (code, out) == (2, "")
        assert f"dunwell: cannot listen on 127.0.0.1:{port}" in err

    def test_help__lists_every_command(self) -> None:
        program = [Path(sys.executable).with_name("dunwell"), "--help"]
        done = subprocess.run(program, capture_output=True, text=True, cwd=ROOT, check=True)
        for command in ("demo", "init", "import", "night", "report", "inbox", "chat", "account",
                        "why", "serve", "verify", "replay", "policy", "metrics", "doctor",
                        "bench"):  # fmt: skip
            assert f"\n  {command} " in done.stdout
