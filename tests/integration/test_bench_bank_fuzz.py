"""The fuzz of bank files finds each fault it says it counts, and makes the same mutants again."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from evals.bench import bank_fuzz, bank_fuzz_checks
from evals.bench.bank_fuzz import bench_bank_fuzz, by_kind, make_mutant, read_mutants
from evals.bench.bank_fuzz_changes import CHANGES, mutant
from evals.bench.bank_fuzz_checks import Known, controls_of, known, verdict
from evals.bench.bank_fuzz_seeds import OWN, SeedFile, seed_files
from evals.bench.catalog import BENCHES
from evals.bench.frame import BenchOptions
from ledger.errors import BadInput

FEW = 400
WITHOUT_CONTROLS = {"ofx", "qif", "csv", "remit_email"}


@pytest.fixture(scope="module")
def before() -> list[Known]:
    return [known(each) for each in seed_files(None)]


def one(kind: str) -> Known:
    return known(SeedFile(kind, kind, OWN[kind]))


def spoiled(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> None:
    """Make the readers return something else than they read."""

    def read(name: str, data: bytes) -> BankFile:
        return replace(read_bank_file(name, data), **changes)

    monkeypatch.setattr(bank_fuzz_checks, "read_bank_file", read)


@pytest.mark.parametrize("kind", OWN)
def test_own_file__is_read_and_judged_by_its_control_figures(kind: str) -> None:
    read = read_bank_file("own", OWN[kind])
    assert read.lines or read.remittances
    assert bool(one(kind).controls) == (kind not in WITHOUT_CONTROLS)
    assert read.balances == ("none" if kind in ("ofx", "qif") else "tie")


def test_few_mutants__are_dealt_with(before: list[Known]) -> None:
    tally = read_mutants(before, 20_26, 0, FEW)
    assert sum(tally.ended.values()) == FEW
    assert tally.ended["refused"] > FEW / 10
    assert tally.ended["read"] > FEW / 10
    assert tally.ended["held"] > FEW / 20
    assert tally.faults == []


def test_mutants__are_the_same_for_a_seed_and_number(before: list[Known]) -> None:
    kinds = by_kind(before)
    made = [make_mutant(kinds, 1, number)[1] for number in range(50)]
    assert made == [make_mutant(kinds, 1, number)[1] for number in range(50)]
    assert made != [make_mutant(kinds, 2, number)[1] for number in range(50)]
    unchanged = sum(data in OWN.values() for data in made)
    assert unchanged < 10


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("data", [b"", b"1", b"a'b~c\nd>1.5"])
def test_change__takes_any_file(change, data: bytes) -> None:
    for number in range(30):
        assert isinstance(change(data, random.Random(number), b"other\n1"), bytes)
        assert len(mutant(data, data, random.Random(number))) < 1000


def test_refusal_in_one_line__is_no_fault() -> None:
    assert verdict(one("mt940"), b"hello") == ("refused", "")


def test_anything_else_raised__is_a_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_name: str, _data: bytes) -> BankFile:
        raise KeyError("x")

    monkeypatch.setattr(bank_fuzz_checks, "read_bank_file", read)
    assert verdict(Known(SeedFile("k", "n", b"")), b"x")[0] == "crash"


def test_reading_without_end__is_a_hang(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_name: str, _data: bytes) -> BankFile:
        while True:
            try:
                sum(range(1000))
            except Exception:  # noqa: BLE001 - as a careless reader would
                continue

    monkeypatch.setattr(bank_fuzz_checks, "read_bank_file", read)
    ended, told = verdict(Known(SeedFile("k", "n", b"")), b"x", seconds=0.05)
    assert ended == "hang"
    assert "0.05 s" in told


@pytest.mark.parametrize("message", ["file: a\nb", "no name", "file: a\u2028b"])
def test_refusal_that_is_no_line_about_the_file__is_unclear(
    message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(_name: str, _data: bytes) -> BankFile:
        raise BadInput(message)

    monkeypatch.setattr(bank_fuzz_checks, "read_bank_file", read)
    assert verdict(Known(SeedFile("k", "n", b"")), b"x")[0] == "unclear"


def test_warning_of_two_lines__is_unclear(monkeypatch: pytest.MonkeyPatch) -> None:
    before = one("mt940")
    spoiled(monkeypatch, warnings=("file: a\nb",))
    assert verdict(before, before.seed.data)[0] == "unclear"


@pytest.mark.parametrize(
    ("totals", "ended"), [("tie", "lost"), ("none", "unproven"), ("differ", "held")]
)
def test_lines_gone_while_control_figures_stand__is_a_loss_unless_flagged(
    totals: str, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = one("bai2")
    spoiled(monkeypatch, statements=(), totals=totals)
    assert verdict(before, before.seed.data)[0] == ended


def test_warning__says_that_something_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    before = one("bai2")
    spoiled(monkeypatch, statements=(), totals="none", warnings=("file: one record is unknown",))
    assert verdict(before, before.seed.data)[0] == "held"


def test_other_control_figures__judge_nothing() -> None:
    before = one("lockbox")
    changed = before.seed.data.replace(b"145.50", b"195.50").replace(b"(50.00)", b"(100.00)")
    assert controls_of("lockbox", changed) != before.controls
    assert verdict(before, changed) == ("read", "")


def test_statement_that_ties_wrongly__is_a_loss(monkeypatch: pytest.MonkeyPatch) -> None:
    before = one("mt940")
    first, *rest = read_bank_file("f", before.seed.data).statements
    spoiled(monkeypatch, statements=(replace(first, lines=first.lines[1:]), *rest))
    ended, told = verdict(before, b":20:X\n" + before.seed.data)
    assert ended == "lost"
    assert "said to tie" in told


def test_seed_files_of_a_folder__are_its_small_bank_files(tmp_path: Path) -> None:
    folder = tmp_path / "qif"
    folder.mkdir()
    (folder / "a.qif").write_bytes(OWN["qif"])
    (folder / "large.qif").write_bytes(OWN["qif"] * 1000)
    (folder / "expected.json").write_text("{}")
    (folder / "empty.qif").write_bytes(b"")
    found = seed_files(tmp_path)[len(OWN) :]
    assert [(each.kind, each.name) for each in found] == [("qif", "qif/a.qif")]


def test_bench__counts_every_mutant_once_and_names_what_failed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bank_fuzz, "_CHUNK", 40)
    monkeypatch.setattr(bank_fuzz, "_workers", lambda: 1)
    told: list[str] = []
    options = BenchOptions(folder=tmp_path, inputs=100, seed=5, tell=told.append)
    figures = list(BENCHES["bank-fuzz"](options))
    assert BENCHES["bank-fuzz"] is bench_bank_fuzz
    faults = [each for each in figures if not each.detail]
    assert [each.aim for each in faults] == ["0"] * 5
    counted = [each.value for each in figures if each.unit == "files"]
    assert sum(counted) == 100
    assert all(f"100 mutants of {len(OWN)} files" in each.case for each in figures)
    assert told[0].startswith("40 of 100 bank files, ")
    assert len(told) == 1 + sum(each.value for each in faults)
