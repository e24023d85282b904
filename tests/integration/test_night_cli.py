"""`dunwell night`, `report` and `metrics` as they are typed."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest

from cli import night as night_command
from cli.main import main
from cli.morning import show_report
from cli.night import progress_for
from tests.support.played_home import AS_OF, Homes, PlayedHome
from tests.unit.tools.test_morning_report import morning, sent, waiting

Captured = pytest.CaptureFixture[str]


@pytest.fixture
def home(homes: Homes, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlayedHome]:
    made = homes.copy()
    if made.url is not None:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", made.url)
    yield made
    homes.drop(made)


def typed(capsys: Captured, *words: object) -> tuple[int, str, str]:
    """Type a command; returns the exit code, stdout and stderr."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    out, err = capsys.readouterr()
    return int(stopped.value.code or 0), out, err


class TestNight:
    def test_night__reports_on_stdout_and_logs_each_phase_on_stderr(self, home, capsys):
        code, out, err = typed(capsys, "night", "--as-of", AS_OF, "--home", home.folder)

        assert code == 0
        assert re.match(r"\d+ accounts looked at, \d+ messages sent, .*nothing failed\.", out)
        for part in ("Waiting for you", "Sent", "Not done, and why", "The book", "no model: 0"):
            assert part in out
        phases = re.findall(r"event=(\w+) as_of=2025-03-12$", err, re.MULTILINE)
        assert phases == [
            "intake", "cash", "disputes", "credit", "collections", "forecast", "dispatch", "report",
        ]  # fmt: skip

    def test_night_as_json__prints_one_document(self, home, capsys):
        code, out, _err = typed(capsys, "night", "--as-of", AS_OF, "--json", "--home", home.folder)

        assert code == 0
        told = json.loads(out)
        assert told["as_of"] == "2025-03-12"
        assert told["ties"] is True

    def test_shadow_mode__nothing_leaves_that_night(self, home, capsys):
        words = ("night", "--as-of", AS_OF, "--mode", "shadow", "--json", "--home", home.folder)
        code, out, _err = typed(capsys, *words)

        assert code == 0
        lines = json.loads(out)["sent"]["lines"]
        assert [line for line in lines if line["what"].startswith("Reminder")] == []

    def test_another_night_running__one_line_and_exit_2(self, home, capsys):
        with home.opened() as house, house.night_lock():
            code, out, err = typed(capsys, "night", "--as-of", AS_OF, "--home", home.folder)

        assert (code, out) == (2, "")
        assert re.fullmatch(r"dunwell: another night is running on this home;[^\n]*\n", err)

    def test_earlier_date_than_the_last_night__one_line_and_exit_2(self, home, capsys):
        typed(capsys, "night", "--as-of", AS_OF, "--limit", 1, "--home", home.folder)
        before = AS_OF - timedelta(days=1)
        code, out, err = typed(capsys, "night", "--as-of", before, "--home", home.folder)

        assert (code, out) == (2, "")
        assert "nights only go forward" in err

    def test_interrupted__says_that_the_same_command_goes_on(self, home, capsys, monkeypatch):
        def stop(*_arguments: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr("batch.night.run_night", stop)
        code, out, err = typed(capsys, "night", "--as-of", AS_OF, "--home", home.folder)

        assert (code, out) == (130, "")
        assert "`dunwell night --as-of 2025-03-12` goes on where it stopped" in err


class TestReport:
    def test_report__is_told_as_it_was_written_and_as_a_page(self, home, capsys, tmp_path):
        typed(capsys, "night", "--as-of", AS_OF, "--home", home.folder)
        page = tmp_path / "page.html"
        words = ("report", "--as-of", AS_OF, "--html", page, "--home", home.folder)
        code, out, err = typed(capsys, *words)

        kept = (home.folder / "reports" / f"{AS_OF}.html").read_text("utf-8")
        assert code == 0
        assert "Cash expected" in out
        assert f"written to {page}" in err
        assert page.read_text("utf-8") == kept

    def test_page_that_cannot_be_written__one_line_and_exit_2(self, home, capsys, tmp_path):
        typed(capsys, "night", "--as-of", AS_OF, "--limit", 1, "--home", home.folder)
        page = tmp_path / "nowhere" / "page.html"
        words = ("report", "--as-of", AS_OF, "--html", page, "--home", home.folder)
        code, out, err = typed(capsys, *words)

        assert (code, out) == (2, "")
        assert err == f"dunwell: {page}: cannot be written: No such file or directory\n"

    def test_date_without_a_night__says_how_to_run_one(self, home, capsys):
        code, out, err = typed(capsys, "report", "--as-of", "2024-01-01", "--home", home.folder)

        assert (code, out) == (2, "")
        assert "run it with `dunwell night --as-of 2024-01-01`" in err


class TestMetrics:
    def test_metrics__tell_aging_and_days_of_any_date(self, home, capsys):
        code, out, _err = typed(capsys, "metrics", "--as-of", AS_OF, "--home", home.folder)

        assert code == 0
        assert "Receivables as of 2025-03-12" in out
        for head in ("Not due", "90+ days", "DSO", "BPDSO", "ADD", "CEI %", "Kept %"):
            assert head in out

    def test_metrics_as_json__buckets_sum_to_open_in_every_currency(self, home, capsys):
        words = ("metrics", "--as-of", AS_OF, "--json", "--home", home.folder)
        told = json.loads(typed(capsys, *words)[1])

        assert told["currencies"]
        for line in told["currencies"]:
            cents = [int(m["amount"].replace(".", "")) for m in line["aging"].values()]
            assert sum(cents) == int(line["open"]["amount"].replace(".", ""))

    def test_date_before_the_book__says_that_nothing_was_posted(self, home, capsys):
        code, out, _err = typed(capsys, "metrics", "--as-of", "2001-01-01", "--home", home.folder)

        assert code == 0
        assert "Nothing has been posted by this date." in out


def test_quiet_night__is_three_lines(capsys: Captured):
    show_report(morning())

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 3
    assert lines[0] == (
        "0 accounts looked at, 0 messages sent, nothing waits for you, nothing failed."
    )


def test_short_report__shows_five_cases_and_the_full_one_all(capsys: Captured):
    report = morning(waiting=waiting(7), sent=sent(1))
    show_report(report)
    short = capsys.readouterr().out
    show_report(report, full=True)
    full = capsys.readouterr().out

    assert (short.count("prp_"), full.count("prp_")) == (5, 7)


def test_progress_on_a_terminal__draws_a_bar_for_each_phase(monkeypatch, capsys):
    monkeypatch.setattr(night_command.sys.stderr, "isatty", lambda: True)
    with progress_for(date(2025, 3, 12)) as progress:
        progress("cash", 0, 0)
        progress("collections", 0, 0)
        progress("collections", 30, 120)
        progress("report", 0, 0)

    drawn = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", capsys.readouterr().err)
    for words in ("Night as of 2025-03-12", "cash", "collections", "120/120", "report"):
        assert words in drawn
