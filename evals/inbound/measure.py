"""Measures the reading: on our own cases unseen, on the shared sample, on attacks, for speed."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from engines.reading.decision import DOUBT
from engines.reading.linear import Model, trained
from engines.reading.model import Reading
from engines.reading.read import read_message
from evals.inbound.pages import CALENDAR
from evals.inbound.phrases import phrase_examples
from evals.inbound.rows import EXAMINATION, SHARED, Case, case_of, read_cases, read_rows
from evals.inbound.scoring import Score, score
from evals.inbound.staging import (
    Kept,
    first_heads,
    fit_all,
    looks,
    second_heads,
    without_each,
)
from evals.inbound.train import assembled, told_of

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


def unseen(cases: Sequence[Case]) -> dict[str, Pairs]:
    """Read each own case with a model of which no head, first or second, saw its writer.

    The second heads and limits learn from looks at the other writers, each by first heads that
    had not seen the writer looked at.

    Returns:
        The cases of each writer with their readings.
    """
    told, beside = told_of(cases), phrase_examples()
    kept: Kept = {}
    fit_all(without_each(told), beside, kept)
    looked = looks(told, beside, kept)
    found: dict[str, Pairs] = {}
    for writer in sorted({each.writer for each in cases}):
        others = [each for each in told if each.case.writer != writer]
        seconds = second_heads([each for each in looked if each.told.case.writer != writer])
        model = assembled(first_heads(others, beside, kept), *seconds)
        found[writer] = read_all([each for each in cases if each.writer == writer], model)
    return found


def examined() -> dict[str, Score]:
    """The blind examinations, read with the model of the project."""
    return {
        path.stem: score(read_all(read_cases([path]), trained()))
        for path in sorted(EXAMINATION.glob("*.jsonl"))
    }


def trade_off(pairs: Pairs, recalls: Sequence[float]) -> list[tuple[float, float, float]]:
    """What share of harmless messages is handled alone if so many for a person reach one.

    Returns:
        The recall, from which risk on, the share.
    """
    risks = {True: [], False: []}
    for case, reading in pairs:
        routed = any(each != DOUBT for each in reading.why_human)
        risks[case.label["needs_human"]].append(2.0 if routed else reading.risk)
    held = sorted(risks[True])
    found = []
    for recall in recalls:
        limit = held[int((1 - recall) * len(held))]
        alone = sum(each < limit for each in risks[False]) / max(1, len(risks[False]))
        found.append((recall, limit, alone))
    return found


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
