"""A night killed anywhere and started again does what an undisturbed night does, once."""

import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from batch.proof import CounterExample, prove
from graph.bootstrap import House
from ledger.states import OPEN_PROPOSAL_STATES
from ledger.tables.account import Account
from ledger.tables.receivable import Application, Receipt
from ledger.tables.work import CallTask, Message, Outbox, Proposal
from tests.support.crash import Nights
from tests.support.played_home import AS_OF, Homes, PlayedHome

SEED = 20250312
PARTS = 5  # so that two workers share the points
BETWEEN = {
    "chunk written, threads not open": ("batch.collections_pass:open_threads", 1, False),
    "threads open, not noted": ("graph.resume:_note_threads", 2, False),
    "chunk written, a case not worked": ("batch.collections_pass:work_case", 1, False),
    "case asked, not paused": ("batch.collections_pass:work_case", 1, True),
    "cash applied, suggestions not written": ("batch.cash_pass:open_threads", 1, True),
    "suggestions written, threads not open": ("batch.cash_pass:open_threads", 2, False),
    "outbox committed, nothing handed over": ("adapters.mail:MaildirMail.deliver", 1, False),
    "mail written, not moved": ("os:sync", 1, True),
    "some mail moved": ("pathlib:Path.rename", 7, True),
    "second batch handed over, not recorded": ("batch.dispatch:record_accepted", 2, False),
    "recorded, not committed": ("batch.accepted:record_sent", 1, True),
    "everything sent, night not closed": ("batch.night:finish_night", 1, False),
    "night closed, report not written": ("batch.night:write_report", 1, False),
}


@pytest.fixture(scope="module")
def undisturbed(homes: Homes, nights: Nights) -> tuple[dict[str, Any], int, float]:
    """What a night does that nobody kills, with its effects and seconds."""
    home = homes.copy()
    ended = nights.run(home.folder, home.url, AS_OF)
    assert ended.code == 0
    with home.opened() as house:
        done = what_was_done(house)
    homes.drop(home)
    assert len(done["sent"]) > 20
    assert len(done["waiting"]) > 5
    return done, ended.effects, ended.seconds


@pytest.mark.parametrize("part", range(PARTS))
def test_night_killed_at_random_points__nothing_twice_nothing_lost(
    homes: Homes,
    nights: Nights,
    undisturbed: tuple[dict[str, Any], int, float],
    request: pytest.FixtureRequest,
    part: int,
) -> None:
    expected, effects, seconds = undisturbed
    points = -(-request.config.getoption("--crash-points") // PARTS)
    rng = random.Random(SEED + part)
    killed = 0
    for point in range(points):
        # Half at a counted effect, which anybody can repeat; half by the clock, from outside.
        where = {"effect": rng.randint(1, effects)} if point % 2 else {}
        where = where or {"seconds": rng.uniform(0, seconds)}
        home = homes.copy()
        killed += nights.run(home.folder, home.url, AS_OF, **where).killed
        assert_same_after_restart(nights, home, expected, str(where))
        homes.drop(home)
    assert killed >= points // 2


@pytest.mark.parametrize("where", BETWEEN)
def test_night_killed_between_two_steps__nothing_twice_nothing_lost(
    homes: Homes,
    nights: Nights,
    undisturbed: tuple[dict[str, Any], int, float],
    where: str,
) -> None:
    call, nth, after = BETWEEN[where]
    home = homes.copy()

    ended = nights.run(home.folder, home.url, AS_OF, call=call, nth=nth, after=after)

    assert ended.killed
    assert_same_after_restart(nights, home, undisturbed[0], where)
    homes.drop(home)


def assert_same_after_restart(
    nights: Nights, home: PlayedHome, expected: dict[str, Any], where: str
) -> None:
    assert nights.finish(home.folder, home.url, AS_OF).code == 0, where
    with home.opened() as house:
        done, results = what_was_done(house), prove(house, lambda *_: None)
    for kind, wanted in expected.items():
        assert done[kind] == wanted, f"{kind} after a kill at {where}"
    assert not [each for each in results if isinstance(each, CounterExample)], where


def what_was_done(house: House) -> dict[str, Any]:
    """Everything a night leaves behind that somebody outside would notice."""
    with house.ledger.read() as session:

        def rows(*columns: Any, where: Any = True) -> list[tuple[Any, ...]]:
            return sorted(tuple(row) for row in session.execute(select(*columns).where(where)))

        return {
            "mail": sorted(path.name for path in mail_files(house.home)),
            "sent": rows(Outbox.id, Outbox.digest, Outbox.state),
            "history": rows(Message.id),
            "waiting": rows(
                Proposal.account_id,
                Proposal.action_type,
                Proposal.action,
                Proposal.role,
                where=Proposal.state.in_(OPEN_PROPOSAL_STATES),
            ),
            "tasks": rows(CallTask.id),
            "standing": rows(Account.id, Account.disposition.is_(None), Account.disposition),
            "cash": rows(Application.id, Application.amount_minor),
            "set aside": rows(Receipt.id, where=Receipt.hold_reason.is_not(None)),
        }


def mail_files(home: Path) -> list[Path]:
    """What arrived."""
    return [path for part in ("new", "cur") for path in (home / "mail" / part).iterdir()]
