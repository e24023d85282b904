"""What the suites came to when it was last looked at, so that the next run shows what differs."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from evals.figures import CONTROL
from evals.stage.play import Result
from ledger.errors import BadInput

FILE = Path(__file__).parent / "baseline.json"
Kept = dict[str, dict[str, Any]]


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


def as_baseline(results: Sequence[Result]) -> Kept:
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


def compare(results: Sequence[Result], kept: Kept, *, whole: bool = False) -> Difference:
    """What differs from a baseline.

    Args:
        results: What was run.
        kept: The baseline; an empty one lists nothing as failing.
        whole: Whether every suite was run under every model, so that what is missing is missed.
    """
    worse, better, fewer = [], [], []
    now = as_baseline(results)
    for name, found in now.items():
        was = kept.get(name, {"cases": 0, "failing": []})
        model = name.partition(" under ")[2]
        failing, failed = set(found["failing"]), set(was["failing"])
        worse += [f"{case} under {model}" for case in sorted(failing - failed)]
        better += [f"{case} under {model}" for case in sorted(failed - failing)]
        if found["cases"] < was["cases"]:
            fewer.append(f"{name}: {found['cases']} cases, were {was['cases']}")
    if whole:
        fewer += [f"{name}: not played any more" for name in sorted(kept.keys() - now.keys())]
    return Difference(tuple(worse), tuple(better), tuple(fewer))


def read_baseline(path: Path = FILE) -> Kept:
    """A kept run.

    Raises:
        BadInput: There is none, or it is no baseline.
    """
    try:
        return orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise BadInput(f"{path}: no baseline ({error}); write one with --write-baseline") from None
