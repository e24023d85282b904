"""The bench of the whole gate counts what it says it counts; no test here looks at a time."""

from dataclasses import asdict

from evals.bench import full_gate
from evals.bench.catalog import BENCHES
from evals.bench.frame import BenchOptions
from evals.bench.full_gate import bench_full_gate, full_gate_rates

FEW = 12


def test_rates__are_those_of_different_messages() -> None:
    rates = full_gate_rates(FEW, seed=3)
    assert all(rate > 0 for rate in asdict(rates).values())
    assert rates.rules > rates.rules_compiled_each_time


def test_bench__is_in_the_catalog_and_states_its_aim(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(full_gate, "MESSAGES", FEW)
    told: list[str] = []
    figures = list(BENCHES["full-gate"](BenchOptions(folder=tmp_path, tell=told.append)))
    assert BENCHES["full-gate"] is bench_full_gate
    assert [each.unit for each in figures] == [
        "messages/s on one core",
        "messages/s on one core",
        "µs",
    ]
    assert all(each.aim for each in figures)
    assert told == ["the whole gate on message records"]
