"""`python -m evals.matching --write`: the page says what the run found and shows no path."""

from pathlib import Path

import pytest

from engines.matching.model import Action, Alternative, Outcome, Part
from evals.matching.__main__ import main
from evals.matching.desk import Truth
from evals.matching.measured import as_page, compare, together
from evals.matching.mix import World, build_world
from evals.matching.runner import Run, run_benchmark
from evals.matching.scoring import score_outcomes


@pytest.fixture(scope="module")
def world() -> World:
    return build_world(5, 120, 500, "unseen", None, "synthetic")


def wrong_everywhere(world: World) -> Run:
    """A run that posts each payment to a document there is not."""
    outcomes = [
        Outcome(
            each.payment_id,
            Action.AUTO,
            None,
            (Alternative((Part("none", each.amount_minor),), "named/same", (), 1.0),),
        )
        for each in world.payments
    ]
    return Run(world, score_outcomes(outcomes, world.payments, world.truths), 1.0)


def cells(page: str, name: str) -> list[str]:
    (line,) = [each for each in page.splitlines() if each.startswith(f"| {name} |")]
    return [each.strip() for each in line.split("|")[2:-1]]


def test_figures__are_those_of_all_worlds_with_the_worst_and_the_best(world: World) -> None:
    (good,) = run_benchmark(5, 120, 500, "unseen", None)
    runs = [good, wrong_everywhere(world)]
    page = as_page([compare(run) for run in runs], "unseen", "the command")
    whole = together([run.score for run in runs])
    assert whole.payments == 240
    assert whole.wrong_strict == 120 + good.score.wrong_strict
    assert sum(kind.payments for kind in whole.kinds.values()) == 240
    precise = cells(page, "posts right to the document and the cent")
    assert precise[:1] == [">= 0.998"]
    assert precise[2:4] == ["0", f"{good.score.precision:.4g}"]
    assert float(precise[1]) == pytest.approx(whole.precision, abs=1e-3)
    assert cells(page, "wrong posts per 1,600 payments")[3] == "1600"
    assert "240 labelled payments in 2 worlds (2 synthetic unseen)" in page
    assert "never used to build or train" in page


def test_scan_beside_it__is_of_the_same_payments(world: World) -> None:
    compared = compare(wrong_everywhere(world))
    assert compared.naive.payments == len(world.payments)
    assert compared.naive.ceiling == compared.run.score.ceiling
    assert 0 < compared.naive.posted < len(world.payments)


def test_together__leaves_the_parts_as_they_were() -> None:
    truth = Truth("p", "named_single", True, {"A": 100})
    outcome = Outcome("p", Action.HOLD)
    payment = build_world(5, 20, 100, "unseen", None, "synthetic").payments[0]
    one = score_outcomes(
        [outcome], [type(payment)("p", payment.value_on, 100, "EUR")], {"p": truth}
    )
    assert together([one, one]).kinds["named_single"].payments == 2
    assert one.kinds["named_single"].payments == 1


def test_write__makes_the_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "page.md"
    main(["--seed", "5", "--payments", "120", "--items", "500", "--write", str(target)])
    page = target.read_text(encoding="utf-8")
    assert "| named_single |" in page
    assert "| named_single |" in capsys.readouterr().out
    assert "`python -m evals.matching --seed 5 --seeds 1 --payments 120" in page
    assert str(tmp_path) not in page


def test_sizes__write_nothing_but_figures(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def timed(_seed: int, copies: tuple[int, ...]):
        return ((1600 * each, 8000 * each, 0.5 * each) for each in copies)

    monkeypatch.setattr("evals.matching.__main__.time_sizes", timed)
    main(["--sizes", "1,8"])
    first, second = capsys.readouterr().out.splitlines()
    assert '"payments": 1600' in first
    assert '"seconds": 4.0' in second
