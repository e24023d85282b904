"""Counts, intervals and pass^k of a run of suites."""

from math import isclose

import pytest

from evals.baseline import as_baseline, compare, write_baseline
from evals.figures import figures, pass_hat
from evals.stage.play import Result


def _result(case: str = "a/x", epoch: int = 1, **values: object) -> Result:
    given = {
        "case_id": case,
        "suite": case.partition("/")[0],
        "title": case,
        "model": "offline",
        "epoch": epoch,
        "rules": (),
        "weight": 1,
        "failed": (),
        "breaches": (),
        "seconds": 0.5,
        "transcript": (),
    }
    return Result(**(given | values))  # type: ignore[arg-type]


def test_no_breach_in_n_plays__share_is_below_three_in_n() -> None:
    (figure,) = figures([_result(f"a/{n}") for n in range(300)])
    assert (figure.cases, figure.passed, figure.breached) == (300, 300, 0)
    assert figure.most_breaches == 0.01
    assert figure.share[1] > 0.98


def test_one_breach__is_counted_and_the_bound_is_wider() -> None:
    (figure,) = figures([_result(f"a/{n}", breaches=("x",) if n == 0 else ()) for n in range(300)])
    assert (figure.breached, figure.passed) == (1, 299)
    assert 0.018 < figure.most_breaches < 0.019  # Wilson, 1 of 300


@pytest.mark.parametrize(
    ("passed", "k", "chance"),
    [((4, 4), 4, 1.0), ((4, 3), 4, 0.5), ((4, 2), 2, (1 + 1 / 6) / 2), ((0, 0), 1, 0.0)],
)
def test_pass_hat__is_the_mean_chance_of_k_in_a_row(
    passed: tuple[int, ...], k: int, chance: float
) -> None:
    cases = [
        [_result(epoch=n, failed=() if n <= good else ("x",)) for n in range(1, 5)]
        for good in passed
    ]
    assert isclose(pass_hat(cases, k), chance)


def test_harm__counts_a_case_by_its_weight() -> None:
    (figure,) = figures([_result("a/x", weight=5, failed=("x",)), _result("a/y", weight=1)])
    assert isclose(figure.harm, 5 / 6)


def test_baseline__tells_worse_better_and_fewer(tmp_path) -> None:
    kept = tmp_path / "baseline.json"
    write_baseline([_result("a/x"), _result("a/y", failed=("was bad",)), _result("a/z")], kept)
    found = compare([_result("a/x", failed=("now bad",)), _result("a/y")], kept)
    assert found.worse == ("a/x under offline",)
    assert found.better == ("a/y under offline",)
    assert found.fewer == ("a under offline: 2 cases, were 3",)


def test_baseline__leaves_the_control_out() -> None:
    assert as_baseline([_result(model="control:offline")]) == {}
