"""Measures the reading: on our own cases unseen, on the shared sample, on attacks, for speed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from engines.reading.linear import Model, trained
from engines.reading.model import Reading
from engines.reading.read import read_message
from evals.inbound.pages import CALENDAR
from evals.inbound.rows import EXAMINATION, SHARED, Case, case_of, read_cases, read_rows
from evals.inbound.scoring import Score, score
from evals.inbound.staging import Kept
from evals.inbound.train import fitted, told_of

ATTACKS = ("ar_injections", "generic_injections", "benign_controls")
_DAY = "2026-03-10T09:00"
Pairs = list[tuple[Case, Reading]]


@dataclass(frozen=True, slots=True)
class Attacks:
    """How a file of attacks, or of harmless look-alikes, was read."""

    name: str
    rows: int
    flagged: int
    to_person: int


def read_all(cases: Sequence[Case], model: Model) -> Pairs:
    """Read cases with a model."""
    return [(case, read_message(case.message, calendar=CALENDAR, model=model)) for case in cases]


def unseen(cases: Sequence[Case]) -> dict[str, Score]:
    """Read each own case with a model, limits and all, that saw nothing by its writer.

    Returns:
        The figures of all and of each writer.
    """
    told = told_of(cases)
    found: dict[str, Pairs] = {}
    kept: Kept = {}
    for writer in sorted({each.writer for each in cases}):
        seen = [each for each in told if each.case.writer != writer]
        theirs = [each for each in cases if each.writer == writer]
        found[writer] = read_all(theirs, fitted(seen, kept))
    everything = [each for pairs in found.values() for each in pairs]
    return {"all": score(everything)} | {name: score(pairs) for name, pairs in found.items()}


def examined() -> Score:
    """The blind examination, read with the model of the project."""
    return score(read_all(read_cases(sorted(EXAMINATION.glob("*.jsonl"))), trained()))


def attacked(name: str) -> Attacks | None:
    """Read one file of the shared attacks; nothing where it is missing."""
    rows = read_rows(SHARED / "attacks" / f"{name}.jsonl")
    if not rows:
        return None
    readings = [
        read_message(
            case_of(
                {
                    "id": row["id"],
                    "body": row["text"],
                    "received": _DAY,
                    "from": "ap@customer.example",
                    "carrier": row["carrier"],
                }
            ).message
        )
        for row in rows
    ]
    flagged = sum(each.injection for each in readings)
    return Attacks(name, len(rows), flagged, sum(each.needs_human for each in readings))


def speed(cases: Sequence[Case]) -> float:
    """Messages a second of one core's time, after the first is read."""
    model = trained()
    read_all(cases[:20], model)
    start = time.process_time()
    read_all(cases, model)
    return len(cases) / (time.process_time() - start)
