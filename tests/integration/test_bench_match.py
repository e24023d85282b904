"""The bench of cash application counts what it says it counts; no test here looks at a time."""

import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engines.matching.model import Action, Book, OpenDocument, Payment
from evals.bench import match
from evals.bench.catalog import BENCHES
from evals.bench.frame import BenchOptions
from evals.bench.match import bench_match, bench_match_large, growth, match_copies, match_world
from evals.bench.match_naive import match_naively

DAY = date(2026, 11, 20)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    def work_here(work: Callable[..., Any], *args: Any) -> Any:
        return work(*args)

    monkeypatch.setattr(match, "apart", work_here)


def pay(minor: int, memo: str = "") -> Payment:
    return Payment("p", DAY, minor, "EUR", memo=memo)


def naive_answer(payment: Payment) -> tuple[Action, tuple[tuple[str, ...], ...]]:
    documents = tuple(
        OpenDocument(number, "c", minor, "EUR")
        for number, minor in {"A1": 100, "A2": 250, "B1": 70, "B2": 70}.items()
    )
    (outcome,) = match_naively(Book(documents), [payment])
    return outcome.action, tuple(each.documents for each in outcome.alternatives)


@pytest.mark.parametrize(
    ("payment", "answer"),
    [
        (pay(350, "A1/A2"), (Action.AUTO, (("A1", "A2"),))),
        (pay(100, "A1/A2"), (Action.AUTO, (("A1",),))),
        (pay(250), (Action.AUTO, (("A2",),))),
        (pay(70), (Action.SUGGEST, (("B1",), ("B2",)))),
        (pay(71, "A1"), (Action.HOLD, ())),
    ],
)
def test_naive_design__believes_substrings_then_amounts(payment, answer) -> None:
    assert naive_answer(payment) == answer


def test_world__is_matched_and_judged_by_both() -> None:
    ours, score = match_world("engine", 7, 120, 500)
    naive, scanned = match_world("naive", 7, 120, 500)
    assert (ours.payments, ours.items) == (naive.payments, naive.items)
    assert score.payments == scanned.payments == ours.payments == 120
    assert ours.items >= 500
    assert score.ceiling == scanned.ceiling
    assert score.wrong_strict < scanned.wrong_strict
    assert min(ours.seconds, naive.seconds) > 0
    assert ours.peak > 10_000_000


@pytest.mark.usefixtures("here")
def test_bench__has_the_scan_beside_every_figure(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(match, "PAYMENTS", 60)
    monkeypatch.setattr(match, "ITEMS", 250)
    told: list[str] = []
    figures = list(BENCHES["match"](BenchOptions(folder=tmp_path, seed=3, tell=told.append)))
    assert BENCHES["match"] is bench_match
    assert [each.unit for each in figures] == [
        "s of one core",
        "payments/s on one core",
        "MB",
        "%",
        "payments",
        "payments",
    ]
    assert all(each.baseline_value is not None for each in figures)
    assert all("60 payments" in each.case for each in figures)
    assert figures[1].value == pytest.approx(60 / figures[0].value)
    assert told == ["matching 60 payments"]


@pytest.mark.usefixtures("here")
def test_large_bench__states_the_last_size_and_the_growth(tmp_path: Path, monkeypatch) -> None:
    sizes = {7: (700, 3500, 2.0), 21: (2100, 10500, 7.0), 63: (6300, 31500, 24.0)}
    monkeypatch.setattr(match, "time_sizes", lambda _seed, copies: iter([sizes[copies[0]]]))
    figures = list(BENCHES["match-large"](BenchOptions(folder=tmp_path)))
    assert BENCHES["match-large"] is bench_match_large
    shown = [each for each in figures if not each.detail]
    assert [each.value for each in shown if each.unit == "s of one core"] == [24.0]
    assert "6,300 payments, 31,500 open items" in shown[0].case
    assert shown[-1].unit == "exponent of n log n"
    assert 0.9 < shown[-1].value < 1.1


def test_copies__are_matched() -> None:
    small = match_copies(3, 1)
    assert small.payments == 1600
    assert small.items >= 8000


@pytest.mark.parametrize("power", [0.5, 1.0, 2.0])
def test_growth__is_the_power_of_n_log_n(power: float) -> None:
    sizes = (1_000, 10_000, 100_000)
    seconds = [3e-6 * (size * math.log(size)) ** power for size in sizes]
    assert growth(sizes, seconds) == pytest.approx(power)
