"""Plays suites: every case under every model its suite names, on as many processes as there are."""

import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from evals.players import OFFLINE, PLAYERS
from evals.scenario import FOLDER, Case, Suite, read_cases, read_suites
from evals.stage.play import Asked, Result, play, plays_in_a_home
from evals.stage.room import Room
from evals.stage.worlds import build_template
from ledger.errors import BadInput

_ON_ONE_STAGE = 40
_IDLE = (OFFLINE, "silent")  # in a plain loop they ask for nothing, which shows nothing
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM_FOR_HOMES = 1 << 29
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to run.

    Attributes:
        suites: Names; none means all.
        models: Players or the name of a model behind an endpoint; none means those of each suite.
        epochs: How often each case is played.
        control: Whether the plain tool loop is played where a suite asks for it.
        settings: Settings of the home, where an endpoint is asked.
        workers: Processes; None for one a core, 1 to stay in this one.
        folder: Where the suites are.
    """

    suites: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    epochs: int = 1
    control: bool = False
    settings: dict[str, Any] | None = None
    workers: int | None = None
    folder: Path = FOLDER


@dataclass(frozen=True, slots=True)
class Job:
    """Cases on one stage, and how they are played."""

    cases: tuple[Case, ...]
    asked: Asked


def run_suites(wanted: Wanted, tell: Tell = lambda _done, _total: None) -> list[Result]:
    """Play what is wanted, in homes of its own, which are thrown away.

    Raises:
        BadInput: There is no such suite, or a file cannot be read.
    """
    jobs = list(plan(wanted))
    return run_jobs(jobs, wanted.workers, tell)


def run_jobs(
    jobs: Sequence[Job], workers: int | None = None, tell: Tell = lambda _done, _total: None
) -> list[Result]:
    """Play jobs; results in the order given."""
    if not jobs:
        raise BadInput("there is no case to play; `dunwell eval --list` shows the suites")
    total = sum(len(job.cases) for job in jobs)
    found: dict[int, list[Result]] = {}
    with tempfile.TemporaryDirectory(prefix="dunwell-eval-", dir=in_memory()) as folder:
        templates = Path(folder)
        for on in {job.cases[0].scenario.as_of for job in jobs if _in_home(job)}:
            build_template(templates / on.isoformat(), on)
        work = functools.partial(_play, templates)
        for place, results in _each(list(enumerate(jobs)), work, workers):
            found[place] = results
            tell(sum(map(len, found.values())), total)
    return [each for place in range(len(jobs)) for each in found[place]]


def plan(wanted: Wanted) -> Iterator[Job]:
    """What has to be played, suite by suite."""
    suites = read_suites(wanted.folder)
    for name in wanted.suites or tuple(suites):
        if name not in suites:
            raise BadInput(f"there is no suite {name!r}; one of {', '.join(suites)}")
        yield from _of_suite(suites[name], read_cases(name, wanted.folder), wanted)


def _of_suite(suite: Suite, cases: Sequence[Case], wanted: Wanted) -> Iterator[Job]:
    models = wanted.models or tuple(suite.models)
    for model in models:
        held = suite.models.get(model)
        if held is None and model in PLAYERS:
            continue
        grade = held.grade if held else "expect"
        for epoch in range(1, wanted.epochs + 1):
            asked = Asked(model, grade, epoch, settings=_settings(model, wanted))
            fitting = [each for each in cases if _fits(each, model, suite)]
            yield from (Job(stage, asked) for stage in _stages(fitting))
            if wanted.control and suite.control and model not in _IDLE:
                plain = replace(asked, grade="forbid", control=True)
                alone = [each for each in fitting if plays_in_a_home(each)]
                yield from (Job((each,), plain) for each in alone)


def _settings(model: str, wanted: Wanted) -> dict[str, Any] | None:
    return None if model == OFFLINE or model in PLAYERS else wanted.settings


def _fits(case: Case, model: str, suite: Suite) -> bool:
    """Whether a case is played with a model: checks of words and figures alone need none."""
    asked = case.scenario.models
    if asked is not None and model in suite.models:
        return model in asked
    return model == OFFLINE or plays_in_a_home(case)


def _stages(cases: Iterable[Case]) -> Iterator[tuple[Case, ...]]:
    """Cases of a file that share a home stand on one stage, a few at a time."""
    shared: dict[str, list[Case]] = {}
    for case in cases:
        if case.scenario.together:
            shared.setdefault(case.file, []).append(case)
        else:
            yield (case,)
    for members in shared.values():
        for first in range(0, len(members), _ON_ONE_STAGE):
            yield tuple(members[first : first + _ON_ONE_STAGE])


def _each(
    jobs: list[tuple[int, Job]],
    work: Callable[[tuple[int, Job]], tuple[int, list[Result]]],
    workers: int | None,
) -> Iterator[tuple[int, list[Result]]]:
    if workers == 1 or len(jobs) == 1:
        yield from map(work, jobs)
        return
    with ProcessPoolExecutor(workers or os.cpu_count(), get_context("spawn")) as pool:
        for future in as_completed([pool.submit(work, job) for job in jobs]):
            yield future.result()


def _play(templates: Path, numbered: tuple[int, Job]) -> tuple[int, list[Result]]:
    place, job = numbered
    return place, play_job(templates, job)


def play_job(templates: Path, job: Job, epoch: int | None = None) -> list[Result]:
    """Play one job in this process.

    Args:
        templates: Where templates and rooms are; a template that is missing is built.
        job: What is played.
        epoch: Which epoch; that of the job by default.
    """
    asked = job.asked if epoch is None else replace(job.asked, epoch=epoch)
    if not _in_home(job):
        return play(None, templates, job.cases, asked)
    on = job.cases[0].scenario.as_of
    template = templates / on.isoformat()
    if not template.exists():
        build_template(template, on)
    return play(_room(templates), template, job.cases, asked)


def _in_home(job: Job) -> bool:
    return any(plays_in_a_home(each) for each in job.cases)


@functools.cache
def _room(folder: Path) -> Room:
    """The room of this process."""
    return Room(folder / f"room-{os.getpid()}")


def in_memory() -> Path | None:
    """Where homes that are thrown away cost no disk; None where the system has no such place."""
    there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if there and shutil.disk_usage(_MEMORY).free > _ROOM_FOR_HOMES else None
