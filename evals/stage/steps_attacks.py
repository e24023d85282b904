"""What somebody with ill intent does: changes letters and records, mixes up hands."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import select

from batch.dispatch import dispatch
from batch.proof import prove
from batch.proof_evidence import CounterExample
from evals.stage.scene import Scene
from graph.bootstrap import House, open_house
from graph.inbox import Inbox, decider_of
from graph.settings import Settings
from ledger.errors import NotFound
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.work import Proposal

_DATABASE = "ledger.db"


def tamper(scene: Scene, column: str, value: str) -> dict[str, int]:
    """In a copy of the home, somebody with a hand in the database rewrites a waiting letter.

    Returns:
        What the dispatcher then does with it.
    """
    with _rewritten(scene, "outbox", column, value) as house:
        done = dispatch(house, scene.stage.day, None)
    return {"sent": done.sent, "stopped": done.stopped}


def approve_as_seen(scene: Scene, seen: int, approved: int, person: str) -> dict[str, str]:
    """A colleague looks at one of the customer's requests and says yes to another.

    Args:
        scene: The case.
        seen: Which one was on the screen, in the order of their ids.
        approved: Which one the yes is sent to.
        person: Who decides.
    """
    scene.stage.by_people = True
    with scene.house.ledger.read() as session:
        found = session.execute(
            select(Proposal.id, Proposal.digest)
            .where(
                Proposal.account_id == scene.account_id,
                Proposal.state.in_(sorted(OPEN_PROPOSAL_STATES)),
            )
            .order_by(Proposal.currency)
        ).all()
    if max(seen, approved) >= len(found):
        raise NotFound(f"{scene.case.id}: only {len(found)} requests wait")
    house = scene.house
    inbox = Inbox(house, house.deps(scene.stage.day), decider_of(house, person), attended=False)
    outcome = inbox.approve(found[approved].id, seen_digest=found[seen].digest)
    return {"state": outcome.state}


def forge(scene: Scene, table: str, column: str, value: str) -> dict[str, Any]:
    """In a copy of the home, somebody with every right to the database rewrites a record.

    Returns:
        The promises that `dunwell verify` then finds broken.
    """
    with _rewritten(scene, table, column, value) as house:
        found = list(prove(house, lambda *_step: None))
    broken = {each.promise for each in found if isinstance(each, CounterExample)}
    return {"broken": sorted(broken)}


@contextmanager
def _rewritten(scene: Scene, table: str, column: str, value: str) -> Iterator[House]:
    """A copy of the home in which the newest row of a table says something else."""
    source = scene.house.home
    with TemporaryDirectory(dir=source.parent) as folder:
        copy = Path(folder) / "home"
        shutil.copytree(source, copy)
        _rewrite(copy / _DATABASE, table, column, value)
        house = open_house(settings=Settings(home=copy))
        try:
            yield house
        finally:
            house.close()


def _rewrite(database: Path, table: str, column: str, value: str) -> None:
    """Take down what keeps rows as they are, and rewrite the newest one."""
    with closing(sqlite3.connect(database)) as connection, connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        for (trigger,) in connection.execute(named).fetchall():
            connection.execute(f'DROP TRIGGER "{trigger}"')
        newest = f"rowid = (SELECT max(rowid) FROM {table})"  # noqa: S608 - names are ours
        forged = f"UPDATE {table} SET {column} = ? WHERE {newest}"  # noqa: S608 - names are ours
        if connection.execute(forged, (value,)).rowcount != 1:
            raise NotFound(f"there is no {table} to rewrite")


STEPS: dict[str, Any] = {"tamper": tamper, "approve_as_seen": approve_as_seen, "forge": forge}
