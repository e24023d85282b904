"""The benches count rightly and say what they measured; no test here looks at a time."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cli.main import main
from evals.bench import catalog
from evals.bench.catalog import read_sizes, run_benches
from evals.bench.frame import BenchOptions, Measured, apart
from evals.bench.gate import gate_rates
from evals.bench.homes import stored_bytes
from evals.bench.imports import import_bare, import_checked, write_open_items
from evals.bench.inbox import Sizes, measure
from evals.bench.machine import Machine, this_machine
from evals.bench.naive import run_naive
from evals.bench.night import bench_night, run_one_night
from evals.bench.report import HEADS, as_document, as_markdown, cells
from evals.worlds.home import build_home
from evals.worlds.mix import EVERYTHING_DUE, NOTHING_DUE, ONE_IN_TEN
from ledger.clock import stopwatch
from ledger.errors import BadInput

ACCOUNTS = 40
FIGURE = Measured("gate", "40 letters", "letters judged", "messages/s", 1234.5, "in a loop")
MACHINE = Machine(2, "A CPU", 24.0, "Linux x86_64", "3.11.7", "3.46.0", 0.5)


@pytest.fixture(autouse=True, scope="module")
def once(database_kind: str) -> None:
    """These homes are on SQLite whatever the run is on: one run of them is enough."""
    if database_kind != "sqlite":
        pytest.skip("builds homes of its own on SQLite; runs with the tests on SQLite")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


class TestNight:
    def test_one_in_ten__every_account_has_a_disposition_and_due_letters_leave(
        self, home: Path
    ) -> None:
        build_home(home, ONE_IN_TEN, ACCOUNTS, 7)
        night = run_one_night(home, stopwatch(), second=False)
        assert sum(night.dispositions.values()) == night.portfolio
        assert night.dispositions["sent"] == night.sent == ACCOUNTS * 0.3
        assert night.dispositions["waiting_for_approval"] >= 1
        assert set(night.phases) >= {"cash", "collections", "dispatch"}
        assert night.growth > 0
        assert night.peak > 10_000_000

    def test_second_night_without_a_change__sends_nothing(self, home: Path) -> None:
        build_home(home, EVERYTHING_DUE, ACCOUNTS, 7)
        first = run_one_night(home, stopwatch(), second=False)
        second = run_one_night(home, stopwatch(), second=True)
        assert first.sent == ACCOUNTS * 0.9
        assert second.sent == 0
        assert second.growth < first.growth / 2

    def test_nothing_due__grows_by_the_curves_of_the_newest_nights_alone(
        self, tmp_path: Path
    ) -> None:
        """Only the newest nights keep the curves of their open items, so it does not add up."""
        grown, sizes = [], (200, 400)
        for accounts in sizes:
            home = tmp_path / str(accounts)
            build_home(home, NOTHING_DUE, accounts, 7)
            run_one_night(home, stopwatch(), second=False)
            grown.append(run_one_night(home, stopwatch(), second=True).growth)
        assert abs(grown[1] - grown[0]) <= 300 * (sizes[1] - sizes[0])

    def test_dispositions_do_not_sum_up__gives_no_figure(
        self, home: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        build_home(home, NOTHING_DUE, 5, 7)
        monkeypatch.setattr("batch.run.portfolio_size", lambda _session: 6)
        with pytest.raises(ValueError, match="do not sum to 6"):
            run_one_night(home, stopwatch(), second=False)

    def test_bench__has_the_naive_design_beside_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        here = "evals.bench.night.apart"
        monkeypatch.setattr(here, lambda work, *args, **options: work(*args, **options))
        options = BenchOptions(folder=tmp_path, sizes=(20,), sample=10)
        figures = list(bench_night(options))
        whole = [each for each in figures if each.what == "accounts of the book"]
        assert [each.case for each in whole] == [
            f"{mix}, 20 accounts" for mix in ("one_in_ten", "everything_due", "nothing_due")
        ]
        assert "sync" in whole[0].baseline
        assert whole[0].baseline_value is not None
        assert whole[0].baseline_value > 0
        assert any(each.aim == ">= 20" for each in figures)


def test_naive_design__decides_like_the_night(tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("night", "naive")]
    for home in homes:
        build_home(home, replace(ONE_IN_TEN, paying=0, nothing_due=0.6), ACCOUNTS, 7)
    night = run_one_night(homes[0], stopwatch(), second=False)
    naive = run_naive(homes[1], "exit")
    assert naive.accounts == night.portfolio
    assert naive.sent == night.sent
    assert naive.waiting == night.dispositions["waiting_for_approval"]
    assert len(list((homes[1] / "mail" / "new").iterdir())) == naive.sent


def test_naive_design_with_sync_durability__stores_more(tmp_path: Path) -> None:
    grown = {}
    for mode in ("sync", "exit"):
        build_home(tmp_path / mode, ONE_IN_TEN, 10, 7)
        grown[mode] = run_naive(tmp_path / mode, mode).growth
    assert grown["sync"] > 2 * grown["exit"]


def test_gate__has_a_rate_for_each_piece_of_work(home: Path) -> None:
    build_home(home, EVERYTHING_DUE, 10, 7)
    rates = gate_rates(home, 0.01)
    assert min(rates.judged, rates.worded, rates.traced, rates.closely_read) > 0


def test_import__books_every_row_both_ways(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    write_open_items(path, 200, 7)
    assert import_checked(tmp_path / "ours", path).rows == 200
    assert import_bare(tmp_path / "bare", path).rows == 200


def test_open_items__are_the_same_for_a_seed(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path, seed in zip(paths, (1, 1, 2), strict=True):
        write_open_items(path, 20, seed)
    assert paths[0].read_bytes() == paths[1].read_bytes() != paths[2].read_bytes()


def test_stored_bytes__count_the_ledger(home: Path) -> None:
    build_home(home, NOTHING_DUE, 5, 7)
    assert stored_bytes(home) == (home / "ledger.db").stat().st_size > 0


def test_work_apart__is_done_by_another_process() -> None:
    assert apart(os.getpid) != os.getpid()


def test_machine__is_named_in_one_line() -> None:
    line = this_machine().line
    assert "cores of" in line
    assert "\n" not in line


def test_report__says_the_same_in_three_forms() -> None:
    beside = replace(FIGURE, baseline="wording alone", baseline_value=0.25, aim=">= 1,000")
    assert cells(beside) == (
        "letters judged",
        "40 letters",
        "1,234",
        "messages/s",
        ">= 1,000",
        "0.25 (wording alone)",
    )
    document = as_document(MACHINE, [beside])
    assert document["measures"][0]["value"] == 1234.5
    assert document["machine"]["line"] == MACHINE.line
    lines = as_markdown(MACHINE, [FIGURE, replace(FIGURE, detail=True)]).splitlines()
    assert len(lines) == 5
    assert lines[0] == f"Measured on {MACHINE.line}."
    assert all(line.count("|") == len(HEADS) + 1 for line in lines[2:])


class TestCommand:
    @pytest.fixture
    def one_bench(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def bench(options: BenchOptions) -> Iterator[Measured]:
            options.tell("measuring")
            yield replace(FIGURE, case=f"{options.sizes}")

        monkeypatch.setattr(catalog, "BENCHES", {"gate": bench})

    @pytest.mark.usefixtures("one_bench")
    def test_json__is_one_document_and_progress_goes_elsewhere(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["bench", "--json", "--sizes", "10,5"])
        out, err = capsys.readouterr()
        assert ended.value.code == 0
        assert out.count("\n") == 1
        assert '"case":"(5, 10)"' in out
        assert "measuring" in err

    @pytest.mark.parametrize("sizes", ["none", "0", "-5,10", ""])
    def test_sizes_are_no_numbers__says_so(
        self, sizes: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as ended:
            main(["bench", "--sizes", sizes])
        assert ended.value.code == 2
        assert "sizes are numbers of accounts" in capsys.readouterr().err

    def test_no_such_bench__names_those_there_are(self, tmp_path: Path) -> None:
        with pytest.raises(BadInput, match="gate, import, inbox, match, match-large, night"):
            run_benches(BenchOptions(folder=tmp_path), ["speed"])

    def test_sizes__are_sorted_and_once(self) -> None:
        assert read_sizes("10,5,10") == (5, 10)


class TestInbox:
    def test_small_one__is_filled_asked_and_approved(self, home: Path) -> None:
        sizes = Sizes(proposals=400, waiting=120, accounts=40, approved=3, asked=2)
        times = measure(home, None, 7, sizes)
        assert len(times.lists) == 5
        every = (*times.lists.values(), times.approved)
        assert all(each.clock > 0 and each.busy > 0 for each in every)
