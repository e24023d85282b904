"""What the suites came to when it was last looked at, so that the next run shows what differs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from evals.figures import CONTROL
from evals.stage.play import Result
from ledger.errors import BadInput

FILE = Path(__file__).parent / "baseline.json"


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run did otherwise than its baseline.

    Attributes:
        worse: Cases that passed and do not any more, as `case under model`.
        better: Cases that did not pass and do now.
        fewer: Suites and models with fewer cases than before, in words.
    """

    worse: tuple[str, ...] = ()
    better: tuple[str, ...] = ()
    fewer: tuple[str, ...] = ()


def as_baseline(results: Sequence[Result]) -> dict[str, dict[str, object]]:
    """Cases counted by suite and model, and the names of those that did not pass."""
    groups: dict[str, list[Result]] = defaultdict(list)
    for each in results:
        if not each.model.startswith(CONTROL):
            groups[f"{each.suite} under {each.model}"].append(each)
    return {
        name: {
            "cases": len({each.case_id for each in members}),
            "failing": sorted({each.case_id for each in members if not each.passed}),
        }
        for name, members in sorted(groups.items())
    }


def write_baseline(results: Sequence[Result], path: Path = FILE) -> None:
    """Keep a run as the measure of the next."""
    path.write_bytes(orjson.dumps(as_baseline(results), option=orjson.OPT_INDENT_2) + b"\n")


def compare(results: Sequence[Result], path: Path = FILE) -> Difference:
    """What differs from a baseline, for the suites and models that were run.

    Raises:
        BadInput: It is no baseline.
    """
    try:
        kept = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise BadInput(f"{path}: no baseline ({error}); write one with --write-baseline") from None
    worse, better, fewer = [], [], []
    for name, now in as_baseline(results).items():
        was = kept.get(name)
        if was is None:
            continue
        model = name.partition(" under ")[2]
        failing, failed = set(now["failing"]), set(was["failing"])  # type: ignore[call-overload]
        worse += [f"{case} under {model}" for case in sorted(failing - failed)]
        better += [f"{case} under {model}" for case in sorted(failed - failing)]
        if now["cases"] < was["cases"]:  # type: ignore[operator]
            fewer.append(f"{name}: {now['cases']} cases, were {was['cases']}")
    return Difference(tuple(worse), tuple(better), tuple(fewer))
