"""`dunwell chat`: one question, a conversation, and the conversations that were kept."""

import json
import sys
from pathlib import Path

import pytest

from cli.main import main
from graph.chat import thread_of
from graph.threads import MAX_LINES
from ledger.clock import SystemClock
from ledger.tables.work import ChatMessage
from tests.support.desk import Desk

Captured = pytest.CaptureFixture[str]


def typed(capsys: Captured, *words: object) -> tuple[int, str, str]:
    """Type a command; returns the exit code, stdout and stderr."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


@pytest.fixture
def home(desk: Desk, database_url: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    monkeypatch.setenv("DUNWELL_DATABASE_URL", database_url)
    monkeypatch.delenv("DUNWELL_USER", raising=False)
    return ["--home", desk.house.home]


class TestChat:
    def test_one_question__is_answered(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        desk.waiting_reminder()
        words = ["chat", "who should I work today?", "--as", "cora", "--json", *home]
        code, out, _err = typed(capsys, *words)
        assert (code, "Company acc_a" in json.loads(out)["answer"]) == (0, True)

    def test_request_before_the_first_night__derives_again(
        self, desk: Desk, home: list[object], capsys: Captured
    ) -> None:
        desk.account("acc_a")
        wish = "send Company acc_a a reminder"
        code, out, _err = typed(capsys, "chat", wish, "--as", "cora", "--json", *home)
        assert (code, len(json.loads(out)["proposal_ids"])) == (0, 1)
        assert typed(capsys, "verify", *home)[0] == 0

    def test_conversation__ends_with_its_input(
        self,
        desk: Desk,
        home: list[object],
        capsys: Captured,
        monkeypatch: pytest.MonkeyPatch,
        tmp_path: Path,
    ) -> None:
        lines = tmp_path / "lines"
        lines.write_text("what waits for approval?\nwho is overdue?\n")
        with lines.open() as typed_in:
            monkeypatch.setattr(sys, "stdin", typed_in)
            code, out, _err = typed(capsys, "chat", "--as", "cora", "--json", *home)
        assert (code, len(out.splitlines())) == (0, 2)

    def test_conversations__are_listed_found_and_printed(
        self, home: list[object], capsys: Captured
    ) -> None:
        typed(capsys, "chat", "what is unapplied?", "--session", "m", "--as", "cora", *home)
        assert "m  what is unapplied?" in typed(capsys, "chat", "--list", "--as", "cora", *home)[1]
        found = typed(capsys, "chat", "--search", "elephants", "--as", "cora", *home)[1]
        assert "no such conversation" in found
        export = ["chat", "--session", "m", "--export", "markdown", "--as", "cora", *home]
        assert "# what is unapplied?" in typed(capsys, *export)[1]
        assert typed(capsys, "chat", "--list", "--as", "milo", "--json", *home)[1] == "[]\n"

    def test_session_name__is_checked(self, home: list[object], capsys: Captured) -> None:
        words = ["chat", "hello", "--session", "a:b", "--as", "cora", *home]
        code, _out, err = typed(capsys, *words)
        assert (code, "a session name is" in err) == (2, True)


def test_many_and_long_conversations__are_listed_and_exported_whole(
    desk: Desk, home: list[object], capsys: Captured
) -> None:
    with desk.house.ledger.write() as writing:
        for number in range(MAX_LINES + 1):
            for name in ("long", f"t{number}"):
                writing.add(
                    ChatMessage(
                        thread_id=thread_of("cora", name),
                        role="person",
                        body=f"word {number}",
                        said_at=SystemClock().now(),
                        person_id="cora",
                    )
                )
    _code, out, _err = typed(capsys, "chat", "--list", "--as", "cora", "--json", *home)
    assert len({each["session"] for each in json.loads(out)}) == MAX_LINES + 2
    words = ["chat", "--session", "long", "--export", "json", "--as", "cora", *home]
    _code, out, _err = typed(capsys, *words)
    assert [each["text"] for each in json.loads(out)["lines"]][:1] == ["word 0"]
