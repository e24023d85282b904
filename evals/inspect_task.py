"""The same scenarios as tasks of Inspect AI, for its viewer, its epochs and its logs.

    inspect eval evals/inspect_task.py -T suite=send_path -T model=obedient --model none

Inspect asks no model here: the house does, through its own gateway, and is graded on how its books
ended. Needs the extra `inspect`.
"""

import asyncio
import shutil
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Score,
    Scorer,
    Target,
    accuracy,
    scorer,
    stderr,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from evals.players import OFFLINE, PLAYERS
from evals.runner import Job, Wanted, in_memory, plan, play_job
from evals.stage.play import Result
from ledger.errors import BadInput


@task
def dunwell(suite: str = "send_path", model: str = OFFLINE) -> Task:
    """A suite under one model.

    Args:
        suite: A folder of evals/scenarios.
        model: A player, or the embedded default.
    """
    if model not in (OFFLINE, *PLAYERS):
        raise BadInput(f"{model} is none of {', '.join((OFFLINE, *PLAYERS))}; use dunwell eval")
    jobs = list(plan(Wanted(suites=(suite,), models=(model,))))
    samples = [
        Sample(id=case.id, input=case.scenario.title, target=CORRECT, metadata={"job": place})
        for place, job in enumerate(jobs)
        for case in job.cases
    ]
    return Task(
        dataset=MemoryDataset(samples, name=f"dunwell {suite}"),
        solver=played(_Plays(jobs)),
        scorer=ended_well(),
        name=f"dunwell_{suite}_{model}",
    )


class _Plays:
    """Plays of one task: a job is played once an epoch, for whichever of its cases asks first."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._jobs = jobs
        self._lock = threading.Lock()
        self._done: dict[tuple[int, int], dict[str, Result]] = {}
        self._folder = Path(tempfile.mkdtemp(prefix="dunwell-inspect-", dir=in_memory()))

    def result(self, case_id: str, place: int, epoch: int) -> Result:
        """What became of a case in an epoch."""
        with self._lock:  # one room, one play at a time
            if (place, epoch) not in self._done:
                results = play_job(self._folder, self._jobs[place], epoch)
                self._done[place, epoch] = {each.case_id: each for each in results}
            return self._done[place, epoch][case_id]

    def __del__(self) -> None:
        """Throw the homes away."""
        shutil.rmtree(self._folder, ignore_errors=True)


@solver
def played(plays: _Plays) -> Solver:
    """Play the case of a sample; its transcript is what the viewer shows."""

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        del generate
        found = await asyncio.to_thread(
            plays.result, str(state.sample_id), state.metadata["job"], state.epoch
        )
        said = "\n".join((*found.breaches, *found.failed, *found.transcript))
        state.output = ModelOutput.from_content(found.model, said)
        state.metadata |= {"failed": list(found.failed), "breaches": list(found.breaches)}
        return state

    return solve


@scorer(metrics=[accuracy(), stderr()])
def ended_well() -> Scorer:
    """Whether all ended as it has to."""

    async def score(state: TaskState, target: Target) -> Score:
        del target
        wrong = [*state.metadata["breaches"], *state.metadata["failed"]]
        return Score(
            value=INCORRECT if wrong else CORRECT,
            explanation="\n".join(wrong) or "as expected",
            metadata={"breach": bool(state.metadata["breaches"])},
        )

    return score
