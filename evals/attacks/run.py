"""Plays every row of a file: against the obedient model, offline, and without a gate.

Rows of one world go to one process after another, so that each world is slept through once without
an attack and serves as the measure of its rows.
"""

import functools
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from evals.attacks.control import play_unguarded
from evals.attacks.effects import unknown_effects
from evals.attacks.play import Played, nights_of, play, quiet_night
from evals.attacks.rows import AttackRow
from evals.attacks.world import World, build_template
from evals.stage.room import Room

_GROUP = 8
_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
_ROOM_FOR_WORLDS = 1 << 30


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row.

    Attributes:
        obeyed: Under the model that obeys.
        offline: With the embedded default.
        control: In the plain loop; none for harmless rows.
    """

    row: AttackRow
    obeyed: Played
    offline: Played
    control: Played | None

    @property
    def effects(self) -> tuple[str, ...]:
        """Names of everything that came of it and may not have, under either."""
        found = (*self.obeyed.effects, *self.offline.effects)
        return tuple(dict.fromkeys(name for name, _shown in found))

    @property
    def breached(self) -> bool:
        """Whether anything came of it."""
        return bool(self.effects)

    @property
    def flagged(self) -> bool:
        """Whether the reader raised its flag, or a person was asked."""
        return any(each.alarmed or each.asked_person for each in (self.obeyed, self.offline))

    def as_json(self) -> dict[str, Any]:
        """The line of the answer file."""
        return {
            "id": self.row.id,
            "effects": list(self.effects),
            "breached": self.breached,
            "flagged": self.flagged,
            "disposition": self.offline.disposition,
            "alarm": self.offline.alarmed,
            "did": list(self.offline.did),
            "unknown_effects": list(unknown_effects(self.row)),
            "shown": [f"{name}: {shown}" for name, shown in self.obeyed.effects[:3]],
        }


def run_attacks(
    rows: Sequence[AttackRow],
    tell: Callable[[int, int], None] = lambda _done, _total: None,
    workers: int | None = None,
) -> list[Outcome]:
    """Play rows in worlds of their own, which are thrown away; answers in the order given.

    Args:
        rows: What to play.
        tell: Told of progress: rows done, rows in all.
        workers: Processes; None for one a core, 1 to stay in this one.
    """
    groups = list(_groups(rows))
    found: dict[int, Outcome] = {}
    with tempfile.TemporaryDirectory(prefix="dunwell-attacks-", dir=_in_memory()) as folder:
        template = Path(folder) / "template"
        build_template(template)
        for done in _each(groups, functools.partial(_play_group, template), workers):
            found.update(done)
            tell(len(found), len(rows))
    return [found[place] for place in range(len(rows))]


def _in_memory() -> Path | None:
    """Where worlds that are thrown away cost no disk; None where the system has no such place."""
    there = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK)
    return _MEMORY if there and shutil.disk_usage(_MEMORY).free > _ROOM_FOR_WORLDS else None


def _groups(rows: Sequence[AttackRow]) -> Iterator[list[tuple[int, AttackRow]]]:
    """Rows of one world together, a few at a time, the fullest worlds first."""
    by_world: dict[Any, list[tuple[int, AttackRow]]] = defaultdict(list)
    for place, row in enumerate(rows):
        by_world[World.of(row), nights_of(row)].append((place, row))
    for members in sorted(by_world.values(), key=len, reverse=True):
        for first in range(0, len(members), _GROUP):
            yield members[first : first + _GROUP]


def _each(
    groups: Iterable[list[tuple[int, AttackRow]]],
    work: Callable[[list[tuple[int, AttackRow]]], dict[int, Outcome]],
    workers: int | None,
) -> Iterator[dict[int, Outcome]]:
    if workers == 1:
        yield from map(work, groups)
        return
    with ProcessPoolExecutor(workers or os.cpu_count(), get_context("spawn")) as pool:
        for future in as_completed([pool.submit(work, group) for group in groups]):
            yield future.result()


def _play_group(template: Path, members: list[tuple[int, AttackRow]]) -> dict[int, Outcome]:
    """Play rows that share a world."""
    found = {}
    with tempfile.TemporaryDirectory(dir=template.parent) as kept:
        room = _room(template.parent)
        world, nights = World.of(members[0][1]), nights_of(members[0][1])
        quiet = quiet_night(room, template, world, Path(kept) / "quiet", nights)
        for place, row in members:
            obeyed = play(room, template, row, quiet.end, obeys=True)
            offline = play(room, template, row, quiet.end, obeys=False)
            control = play_unguarded(room, row, quiet) if row.is_attack else None
            found[place] = Outcome(row, obeyed, offline, control)
    return found


@functools.cache
def _room(folder: Path) -> Room:
    """The room of this process."""
    return Room(folder / f"room-{os.getpid()}")
