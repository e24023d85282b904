"""Switches controls off one at a time, each in a process of its own, and plays what names them.

A process is forked from one that has everything imported and every template built, switches one
control off and plays the cases whose `rules` name it until one fails. Afterwards the cases that
noticed are played once more with everything in place: a case that fails then too proves nothing.
"""

import functools
import importlib
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any

from evals.mutations.mutation import Killed, Mutation
from evals.mutations.table import mutations
from evals.players import OFFLINE
from evals.runner import Job, Wanted, in_memory, plan
from evals.stage.play import Result, play, plays_in_a_home
from evals.stage.room import Room
from evals.stage.worlds import build_template
from evals.threats import taken_out
from evals.threats.run import switch_off
from evals.threats.table import Control
from ledger.clock import stopwatch

_LONGEST = 300
_STOPPED = "run_stopped: "
_ENOUGH = 3
"""Files with a case that noticed; a single one may fail with everything in place too."""
_FORK = get_context("fork")
Tell = Callable[[int, int], None]
Answer = tuple[list[tuple[str, str]], str, float]
_NO_ANSWER: Answer = ([], f"its process died, or gave no answer within {_LONGEST} s", 0.0)


def run_mutations(
    tell: Tell = lambda _done, _total: None, chosen: Sequence[Mutation] | None = None
) -> list[Killed]:
    """Switch off one control after another.

    Args:
        tell: Told of progress: done, in all.
        chosen: Mutations; every one of the table by default.
    """
    wanted = list(mutations() if chosen is None else chosen)
    by_name = _jobs_by_name(plan(Wanted()))
    with tempfile.TemporaryDirectory(prefix="dunwell-mutations-", dir=in_memory()) as folder:
        templates = Path(folder)
        jobs = [_of(each, by_name) for each in wanted]
        _build(templates, (job for some in jobs for job in some))
        _warm(templates)
        tasks = [
            functools.partial(_without, each, templates, jobs[place])
            for place, each in enumerate(wanted)
        ]
        answers = [each or _NO_ANSWER for each in _in_children(tasks, tell)]
        noticed = {case_id for failed, _said, _seconds in answers for case_id, _why in failed}
        sound = _sound(templates, noticed, [job for some in jobs for job in some])
    return [
        _killed(mutation, some, answer, sound)
        for mutation, some, answer in zip(wanted, jobs, answers, strict=True)
    ]


def _killed(mutation: Mutation, jobs: Sequence[Job], answer: Answer, sound: set[str]) -> Killed:
    failed, said, seconds = answer
    count = sum(len(job.cases) for job in jobs)
    for case_id, why in failed:
        if case_id in sound:
            return Killed(mutation, count, case_id, why, seconds)
    if failed:
        said = f"{failed[0][0]} fails with everything in place too"
    return Killed(mutation, count, "", said, seconds)


def _jobs_by_name(jobs: Iterable[Job]) -> dict[str, list[Job]]:
    """Jobs cut down to the cases that name a control, the embedded model and pure checks first."""
    found: dict[str, list[Job]] = {}
    for job in jobs:
        for name in dict.fromkeys(rule for case in job.cases for rule in case.scenario.rules):
            named = tuple(case for case in job.cases if name in case.scenario.rules)
            found.setdefault(name, []).append(replace(job, cases=named))
    for some in found.values():
        some.sort(key=_cost)
    return found


def _cost(job: Job) -> tuple[bool, int, int]:
    """The embedded model first, then pure checks, then short scenarios."""
    return job.asked.model != OFFLINE, _in_home(job), len(job.cases)


def _of(mutation: Mutation, by_name: dict[str, list[Job]]) -> list[Job]:
    """What names it; rules of the packs are shown by messages alone, which need no home."""
    named = by_name.get(mutation.name, [])
    return [job for job in named if not _in_home(job)] if mutation.dropped else named


def _in_home(job: Job) -> bool:
    return any(plays_in_a_home(each) for each in job.cases)


def _build(templates: Path, jobs: Iterable[Job]) -> None:
    days: set[date] = {job.cases[0].scenario.as_of for job in jobs if _in_home(job)}
    for on in days:
        build_template(templates / on.isoformat(), on)


def _warm(templates: Path) -> None:
    """Import what a night imports, so that no child has to; a child says what that is."""
    job = next((job for job in plan(Wanted(models=(OFFLINE,))) if _sleeps(job, templates)), None)
    if job is None:
        return
    ours, theirs = _FORK.Pipe(duplex=False)
    child = _FORK.Process(target=_say_modules, args=(templates, job, theirs))
    child.start()
    theirs.close()
    with suppress(EOFError):
        for name in ours.recv():
            with suppress(Exception):
                importlib.import_module(name)
    child.join()


def _sleeps(job: Job, templates: Path) -> bool:
    steps = job.cases[0].scenario.steps
    return "night" in steps and (templates / job.cases[0].scenario.as_of.isoformat()).exists()


def _say_modules(templates: Path, job: Job, to: Connection) -> None:
    import sys

    _play(templates, job)
    to.send([name for name in sys.modules if not name.startswith("__")])


def _without(mutation: Mutation, templates: Path, jobs: Sequence[Job]) -> Answer:
    """In a child: the first case that fails without a control, and what it said."""
    started = stopwatch()
    for each in (mutation, *mutation.beside):
        _take_out(each)
    found: list[tuple[str, str]] = []
    for job in jobs:
        failed = [each for each in _play(templates, job) if not each.passed and _shows(each)]
        found += [(_key(job, each), (*each.breaches, *each.failed)[0]) for each in failed]
        if len({case_id.partition("[")[0] for case_id, _why in found}) >= _ENOUGH:
            break
    said = "nothing noticed" if jobs else "no case names it"
    return found, said, stopwatch() - started


def _shows(result: Result) -> bool:
    """Whether a case failed by how it ended.

    One that broke off, or in which a step found nothing to do, shows that something is wrong, not
    that the control is missing.
    """
    stopped = any(each.startswith(_STOPPED) for each in result.breaches)
    idle = any(f": refused: {result.case_id}: " in note for note in result.transcript)
    return not stopped and not idle


def _take_out(mutation: Mutation) -> None:
    taken_out.DROPPED.update({mutation.dropped} - {""})
    if mutation.here:
        module, _, name = mutation.where.partition(":")
        setattr(importlib.import_module(module), name, mutation.off)
        return
    switch_off(Control("", mutation.where, mutation.off, ()))


def _key(job: Job, result: Result) -> str:
    model = "" if job.asked.model == OFFLINE else f" under {job.asked.model}"
    return f"{result.case_id}{model}"


def _play(templates: Path, job: Job) -> list[Result]:
    template = templates / job.cases[0].scenario.as_of.isoformat()
    room = _room(templates, os.getpid()) if _in_home(job) else None
    return play(room, template, job.cases, job.asked)


@functools.cache
def _room(templates: Path, process: int) -> Room:
    return Room(templates / f"room-{process}")


def _sound(templates: Path, noticed: set[str], jobs: Sequence[Job]) -> set[str]:
    """Which of the cases that noticed pass with everything in place."""
    played: dict[tuple[str, ...], Job] = {}
    for job in jobs:
        keys = {
            f"{case.id}{'' if job.asked.model == OFFLINE else f' under {job.asked.model}'}"
            for case in job.cases
        }
        if keys & noticed:
            played.setdefault((job.asked.model, *(case.id for case in job.cases)), job)
    tasks = [functools.partial(_passing, templates, job) for job in played.values()]
    answers = _in_children(tasks, lambda _done, _total: None)
    return {key for keys in answers for key in keys or ()}


def _passing(templates: Path, job: Job) -> list[str]:
    return [_key(job, each) for each in _play(templates, job) if each.passed]


def _in_children(tasks: Sequence[Callable[[], Any]], tell: Tell) -> Iterator[Any]:
    """Answers of tasks in their order, each from a child of its own, as many at once as cores.

    A child that died or took too long gives None.
    """
    found: dict[int, Any] = {}
    waiting = dict(enumerate(tasks))
    running: dict[Connection, tuple[int, Any]] = {}
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            place = next(iter(waiting))
            ours, theirs = _FORK.Pipe(duplex=False)
            child = _FORK.Process(target=_answer, args=(waiting.pop(place), theirs))
            child.start()
            theirs.close()
            running[ours] = (place, child)
        ready = wait(list(running), _LONGEST)
        for pipe in ready or list(running):
            place, child = running.pop(pipe)  # type: ignore[index]
            found[place] = _received(pipe) if ready else _stopped(child)  # type: ignore[arg-type]
            child.join()
            tell(len(found), len(tasks))
    yield from (found[place] for place in range(len(tasks)))


def _answer(task: Callable[[], Any], to: Connection) -> None:
    to.send(task())
    to.close()


def _received(pipe: Connection) -> Any:
    try:
        return pipe.recv()
    except EOFError:
        return None


def _stopped(child: Any) -> None:
    child.kill()
