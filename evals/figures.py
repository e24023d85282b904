"""What a run of suites came to: counts, intervals and pass^k, by suite and model."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import comb

from engines.intervals import wilson
from evals.stage.play import Result

CONTROL = "control:"


@dataclass(frozen=True, slots=True)
class Figure:
    """One suite under one model. Shares are of cases: playing one again is no new evidence.

    Attributes:
        cases: Different cases.
        plays: How often they were played, over models and epochs.
        passed: Cases in which all was as it has to be, in every play.
        breached: Cases in which something came about that may not, in any play.
        share: Share of cases that passed, with its 95 % interval (Wilson 1927).
        most_breaches: With no breach in n cases, the share of breaches is below 3/n with 95 %
            confidence (rule of three, Hanley & Lippman-Hand 1983); else the end of its interval.
        every_time: pass^k for k = `epochs`: the chance that a case passes k times in a row, the
            unbiased estimate of Yao et al. 2024.
        harm: Share of weight that did not pass; a case counts by the harm it would do.
        tokens: Tokens in and out.
        cost_micros: Cost in millionths of a cent; None without a price.
    """

    suite: str
    model: str
    cases: int
    plays: int
    passed: int
    breached: int
    share: tuple[float, float, float]
    most_breaches: float
    epochs: int
    every_time: float
    harm: float
    seconds: float
    tokens: tuple[int, int]
    cost_micros: int | None


def figures(results: Iterable[Result]) -> list[Figure]:
    """Count results by suite and model, in the order they came."""
    groups: dict[tuple[str, str], list[Result]] = defaultdict(list)
    for each in results:
        groups[each.suite, each.model].append(each)
    return [_figure(suite, model, members) for (suite, model), members in groups.items()]


def total(name: str, results: Sequence[Result]) -> Figure:
    """All results as one line."""
    return _figure("all", name, results)


def _figure(suite: str, model: str, results: Sequence[Result]) -> Figure:
    by_case = _grouped(results, lambda each: each.case_id)
    by_model = _grouped(results, lambda each: (each.case_id, each.model))
    cases = len(by_case)
    passed = sum(all(x.passed for x in plays) for plays in by_case)
    breached = sum(any(x.breaches for x in plays) for plays in by_case)
    costs = [each.cost_micros for each in results if each.cost_micros is not None]
    epochs = min((len(plays) for plays in by_model), default=0)
    weight = sum(each.weight for each in results)
    return Figure(
        suite=suite,
        model=model,
        cases=cases,
        plays=len(results),
        passed=passed,
        breached=breached,
        share=(passed / cases if cases else 0.0, *wilson(passed, cases)),
        most_breaches=wilson(breached, cases)[1] if breached else min(1.0, 3 / max(cases, 1)),
        epochs=epochs,
        every_time=pass_hat(by_model, epochs),
        harm=sum(each.weight for each in results if not each.passed) / weight if weight else 0.0,
        seconds=sum(each.seconds for each in results),
        tokens=(sum(x.tokens[0] for x in results), sum(x.tokens[1] for x in results)),
        cost_micros=sum(costs) if costs else None,
    )


def _grouped(results: Sequence[Result], key: Callable[[Result], object]) -> list[list[Result]]:
    groups: dict[object, list[Result]] = defaultdict(list)
    for each in results:
        groups[key(each)].append(each)
    return list(groups.values())


def pass_hat(cases: Sequence[Sequence[Result]], k: int) -> float:
    """pass^k: mean over cases of C(passed, k) / C(played, k).

    Args:
        cases: Every play of each case.
        k: How often in a row.
    """
    if not cases or not k:
        return 0.0
    chances = [comb(sum(x.passed for x in plays), k) / comb(len(plays), k) for plays in cases]
    return sum(chances) / len(chances)
