"""What can happen in a scenario: the catalog of steps, and how one is carried out.

A step is a function of a scene (it happens to every case) or of a stage (it happens once to all
who share the home). What it returns is kept under its name, for `expect` to look at. Errors that
the house means to give (`ArError`) are an answer too: they are kept as `error`.
"""

import functools
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from evals.stage.scene import Scene, Stage
from ledger.errors import ArError, BadInput

_MODULES = (
    "steps_night",
    "steps_people",
    "steps_inbox",
    "steps_outage",
    "steps_books",
    "steps_gate",
    "steps_attacks",
    "steps_attacks_doors",
    "steps_words",
    "steps_figures",
    "steps_twins",
    "steps_assistant",
    "steps_cash",
    "steps_replies",
    "steps_learning",
)


def run_step(stage: Stage, scenes: list[Scene], place: int) -> None:
    """Carry out one step for every scene of a stage, each as its own row says it.

    Raises:
        BadInput: There is no such step.
    """
    name, given = _named(scenes[0], place)
    work = steps()[name]
    if _shared(work):
        answer = _carry_out(work, stage, given)
        for scene in scenes:
            _keep(scene, name, given, answer)
        return
    for scene in scenes:
        name, given = _named(scene, place)
        _keep(scene, name, given, _carry_out(steps()[name], scene, given))


def _named(scene: Scene, place: int) -> tuple[str, Any]:
    step = scene.case.scenario.steps[place]
    (name, given), *more = step.items() if isinstance(step, dict) else [(step, None)]
    if more or name not in steps():
        raise BadInput(f"{scene.case.id}: no step is called {name!r}; one of {sorted(steps())}")
    return name, given


@functools.cache
def steps() -> Mapping[str, Callable[..., Any]]:
    """Every step by name; a module of steps lists its own as `STEPS`."""
    found: dict[str, Callable[..., Any]] = {}
    for module in _MODULES:
        found |= import_module(f"evals.stage.{module}").STEPS
    return found


def needs_home(step: dict[str, Any] | str) -> bool:
    """Whether a step plays in a home; checks of words and figures alone need none."""
    name = step if isinstance(step, str) else next(iter(step))
    return name not in steps() or not getattr(steps()[name], "is_pure", False)


def pure(work: Callable[..., Any]) -> Callable[..., Any]:
    """Mark a step that needs no home."""
    work.is_pure = True  # type: ignore[attr-defined]
    return work


def _shared(work: Callable[..., Any]) -> bool:
    return next(iter(work.__annotations__.values()), None) is Stage


def _carry_out(work: Callable[..., Any], where: Stage | Scene, given: Any) -> Any:
    try:
        if given is None:
            return work(where)
        return work(where, **given) if isinstance(given, dict) else work(where, given)
    except ArError as error:
        return error


def _keep(scene: Scene, name: str, given: Any, answer: Any) -> None:
    told = "" if given is None else f" {given}"
    if isinstance(answer, ArError):
        scene.said["error"] = answer.message
        scene.notes.append(f"{name}{told}: refused: {answer.message}")
        return
    if answer is not None:
        scene.said[name] = answer
    scene.notes.append(f"{name}{told}" + ("" if answer is None else f": {answer}"))
