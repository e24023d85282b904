"""The same scenarios under Inspect AI: both count alike."""

import gc
import warnings

import pytest

pytest.importorskip("inspect_ai", reason="needs the extra inspect")

import inspect_ai

from evals.inspect_task import dunwell
from evals.runner import Wanted, plan, run_jobs

SUITE, EPOCHS = "send_path", 2
FILE = "send_path/after_approval"
CASES = (f"{FILE}[paid_in_full]", f"{FILE}[held]")


def test_suite_under_inspect__agrees_case_by_case_with_the_own_runner(tmp_path) -> None:
    wanted = Wanted(suites=(SUITE,), models=("offline",), epochs=EPOCHS)
    jobs = [job for job in plan(wanted) if job.cases[0].file == FILE]
    results = [each for each in run_jobs(jobs, workers=1) if each.case_id in CASES]
    ours = {(each.case_id, each.epoch): each.passed for each in results}
    task = dunwell(SUITE, "offline")
    task.dataset = task.dataset.filter(lambda sample: sample.id in CASES)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it closes streams of its own late
        (log,) = inspect_ai.eval(
            task,
            model=None,
            epochs=EPOCHS,
            log_dir=str(tmp_path),
            display="none",
        )
        gc.collect()
    theirs = {
        (str(sample.id), sample.epoch): sample.scores["ended_well"].value == "C"
        for sample in log.samples
    }
    assert log.status == "success"
    assert theirs == ours
    assert len(theirs) == EPOCHS * len(CASES)
    assert "night" in log.samples[0].output.completion
