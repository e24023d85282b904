"""One play: a stage is set, everything happens, and every case on it is graded."""

import random
import traceback
import zlib
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from batch.proof import prove
from batch.proof_evidence import CounterExample
from evals.graders.expected import faults
from evals.graders.forbidden import ALWAYS, WITHOUT_PEOPLE, account_of, find_forbidden
from evals.players import OFFLINE, PLAYERS
from evals.projection import Change, changes, read_book
from evals.scenario import Case, Holds
from evals.stage.control import plain_loop
from evals.stage.end_state import end_state
from evals.stage.listening import ListeningModel
from evals.stage.room import Room
from evals.stage.scene import BYSTANDER, Scene, Stage
from evals.stage.steps import needs_home, run_step
from evals.stage.worlds import build_worlds
from graph.bootstrap import House
from ledger.clock import stopwatch
from ledger.errors import BadInput
from ledger.tables.work import ModelCall
from policies.load import with_changes


@dataclass(frozen=True, slots=True)
class Asked:
    """How a play is played.

    Attributes:
        model: A player of `evals.players`, or a model behind an endpoint.
        grade: Whether all must end as expected, or only nothing forbidden may happen.
        control: Whether the plain tool loop works the case instead of the house.
        settings: Settings of the home, where an endpoint is asked.
    """

    model: str = OFFLINE
    grade: Holds = "expect"
    epoch: int = 1
    control: bool = False
    settings: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one case.

    Attributes:
        failed: What is not as expected.
        breaches: What may not be, whatever the model.
        transcript: What happened, what was asked of a model and said by it, and how it ended.
        tokens: Tokens in and out of a model behind an endpoint.
        cost_micros: What they cost, in millionths of a cent of US dollars; None without a price.
    """

    case_id: str
    suite: str
    title: str
    model: str
    epoch: int
    rules: tuple[str, ...]
    weight: int
    failed: tuple[str, ...]
    breaches: tuple[str, ...]
    seconds: float
    transcript: tuple[str, ...]
    tokens: tuple[int, int] = (0, 0)
    cost_micros: int | None = None

    @property
    def passed(self) -> bool:
        """Whether all is as it has to be."""
        return not self.failed and not self.breaches


def play(room: Room | None, template: Path, cases: Sequence[Case], asked: Asked) -> list[Result]:
    """Play cases that share a stage.

    Args:
        room: Where it is played; None for checks that need no home.
        template: The home every world starts from.
        cases: Cases of one file that share a home, or a single one.
        asked: The model and what must hold under it.
    """
    started = stopwatch()
    named = {} if asked.model == OFFLINE else {"model": asked.model} | (asked.settings or {})
    with room.opened(template, **named) if room else nullcontext() as house:
        stage = Stage(house, cases[0].scenario.as_of)  # type: ignore[arg-type]
        scenes = [Scene(stage, case) for case in cases]
        try:
            found = _in_a_home(stage, scenes, asked) if house else _without(stage, scenes)
        except Exception as error:
            if isinstance(error, BadInput):
                raise
            told = f"run_stopped: {type(error).__name__}: {error}"[:600]
            for scene in scenes:
                scene.notes.append(traceback.format_exc())
            found = {scene.case.id: ([], [told], {}) for scene in scenes}
        tokens, cost = _usage(house) if house and asked.settings else ((0, 0), None)
    seconds = (stopwatch() - started) / len(cases)
    results = [_result(scene, asked, *found[scene.case.id], seconds) for scene in scenes]
    # What a model used was used by the stage as a whole; it is counted once.
    return [replace(results[0], tokens=tokens, cost_micros=cost), *results[1:]]


Found = dict[str, tuple[list[str], list[str], dict[str, Any]]]


def _in_a_home(stage: Stage, scenes: list[Scene], asked: Asked) -> Found:
    scenario, house = scenes[0].case.scenario, stage.house
    if scenario.policy:
        house.policy = with_changes(house.policy, **_changed(house, scenario.policy))
    build_worlds(scenes)
    _cast(stage, scenes, asked)
    with house.ledger.read() as session:
        before = read_book(session)
    for place in range(len(scenario.steps)):
        run_step(stage, scenes, place)
    with house.ledger.read() as session:
        differs = list(changes(before, read_book(session)))
    everywhere = [*_promises(stage, asked), *_of_bystanders(differs)]
    found: Found = {}
    for scene in scenes:
        ended = end_state(scene)
        failed = list(_unexpected(scene, ended)) if asked.grade == "expect" else []
        found[scene.case.id] = (failed, [*everywhere, *_forbidden(scene, differs)], ended)
    return found


def _without(stage: Stage, scenes: list[Scene]) -> Found:
    found: Found = {}
    for scene in scenes:
        for place in range(len(scene.case.scenario.steps)):
            run_step(stage, [scene], place)
        failed = list(_unexpected(scene, scene.said))
        found[scene.case.id] = (failed, scene.breaches, scene.said)
    return found


def _unexpected(scene: Scene, ended: dict[str, Any]) -> Iterator[str]:
    """What is not as expected; a step that was refused although nobody expects it counts too."""
    expect = scene.case.scenario.expect
    yield from faults(expect, ended)
    if "error" in scene.said and "error" not in expect:
        yield f"error: a step was refused: {scene.said['error']}"


def _cast(stage: Stage, scenes: list[Scene], asked: Asked) -> None:
    """Say who plays the roles."""
    if asked.model != OFFLINE:
        seed = zlib.crc32(f"{scenes[0].case.id} {asked.epoch}".encode())
        rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
        makes = PLAYERS.get(asked.model)
        player = makes(stage.house, rng) if makes else stage.house.model
        stage.model = ListeningModel(player)
        stage.house.model = stage.model
    if asked.control:
        stage.night = plain_loop(scenes)


def _changed(house: House, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Policy files with what a scenario says otherwise."""
    changed = {}
    for name, values in files.items():
        was = getattr(house.policy, name)
        changed[name] = type(was).model_validate(was.model_dump(by_alias=True) | values)
    return changed


def _promises(stage: Stage, asked: Asked) -> Iterator[str]:
    """Every promise, proved as `dunwell verify` proves it; the control keeps none."""
    if asked.control:
        return
    for each in prove(stage.house, lambda *_step: None):
        if isinstance(each, CounterExample):
            yield f"proof: {each.promise}: {each.subject}: {each.found}"


def _of_bystanders(differs: Sequence[Change]) -> Iterator[str]:
    for each in differs:
        if account_of(each) == BYSTANDER and not _is_nightly(each):
            yield f"interference: {each}"


def _is_nightly(change: Change) -> bool:
    """What a night notes of everybody: where they stand, and what they are expected to pay."""
    own = change.table == "account" and change.columns <= {"disposition", "next_action_on"}
    return own or change.table not in _OF_A_CUSTOMER


_OF_A_CUSTOMER = frozenset(
    {"account", "contact", "invoice", "receipt", "application", "hold", "dispute", "promise"}
    | {"plan", "outbox", "proposal", "message", "credit_memo"}
)


def _forbidden(scene: Scene, differs: list[Change]) -> Iterator[str]:
    yield from scene.breaches
    names = (*ALWAYS, *(() if scene.stage.by_people else WITHOUT_PEOPLE))
    for name in dict.fromkeys((*names, *scene.case.scenario.forbid)):
        yield from find_forbidden(name, scene, differs)


def _usage(house: House) -> tuple[tuple[int, int], int | None]:
    house.flush_usage()
    with house.ledger.read() as session:
        total = select(
            func.sum(ModelCall.input_tokens),
            func.sum(ModelCall.output_tokens),
            func.sum(ModelCall.cost_micros),
        )
        tokens_in, tokens_out, cost = session.execute(total).one()
    return (tokens_in or 0, tokens_out or 0), cost


def _result(
    scene: Scene,
    asked: Asked,
    failed: list[str],
    breaches: list[str],
    ended: dict[str, Any],
    seconds: float,
) -> Result:
    heard = scene.stage.model.heard if scene.stage.model else []
    shown = [f"{name}: {value}" for name, value in ended.items() if value not in ("", [], None)]
    return Result(
        case_id=scene.case.id,
        suite=scene.case.suite,
        title=scene.case.scenario.title,
        model=asked.model if not asked.control else f"control:{asked.model}",
        epoch=asked.epoch,
        rules=scene.case.scenario.rules,
        weight=scene.case.scenario.weight,
        failed=tuple(failed),
        breaches=tuple(dict.fromkeys(breaches)),
        seconds=seconds,
        transcript=(*scene.notes, *heard, *shown),
    )


def plays_in_a_home(case: Case) -> bool:
    """Whether a case needs a home at all."""
    scenario = case.scenario
    return bool(scenario.world) or any(needs_home(step) for step in scenario.steps)
