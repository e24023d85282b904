"""Counts, intervals and pass^k of a run of suites."""

from math import isclose

import pytest

from evals.baseline import as_baseline, compare, read_baseline, write_baseline
from evals.figures import figures, pass_hat, total
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
    found = compare([_result("a/x", failed=("now bad",)), _result("a/y")], read_baseline(kept))
    assert found.worse == ("a/x under offline",)
    assert found.better == ("a/y under offline",)
    assert found.fewer == ("a under offline: 2 cases, were 3",)


def test_same_cases_again__are_no_new_evidence() -> None:
    (figure,) = figures([_result(f"a/{n}", epoch) for n in range(10) for epoch in (1, 2, 3)])
    assert (figure.cases, figure.plays, figure.epochs) == (10, 30, 3)
    assert isclose(figure.most_breaches, 0.3)


def test_breach_in_one_play__is_a_breach_of_the_case() -> None:
    found = total("", [_result("a/x"), _result("a/x", model="sloppy", breaches=("x",))])
    assert (found.cases, found.passed, found.breached) == (1, 0, 1)


def test_no_baseline__every_failure_is_a_loss() -> None:
    assert compare([_result(failed=("x",))], {}).worse == ("a/x under offline",)


def test_whole_run_without_a_suite__says_that_it_is_gone() -> None:
    kept = as_baseline([_result("a/x"), _result("b/x")])
    assert compare([_result("a/x")], kept).fewer == ()
    assert compare([_result("a/x")], kept, whole=True).fewer == (
        "b under offline: not played any more",
    )


def test_baseline__leaves_the_control_out() -> None:
    assert as_baseline([_result(model="control:offline")]) == {}
