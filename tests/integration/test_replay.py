"""A decision derives again offline, and where it does not, the first difference is named."""

import json
import subprocess
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import select, text
from sqlmodel import Session

from batch.night import run_night
from batch.replay import replay
from graph.bootstrap import House
from ledger.errors import NotFound
from ledger.facts import pack
from ledger.ids import digest
from ledger.states import Disposition
from ledger.tables.account import Account
from ledger.tables.work import DispositionRow, Snapshot
from tests.support.played_home import AS_OF, Homes, PlayedHome


@pytest.fixture(scope="module")
def night(homes: Homes) -> PlayedHome:
    """A home after one night."""
    home = homes.copy()
    with home.opened() as house:
        run_night(house, AS_OF, lambda *_: None)
    return home


@pytest.fixture
def house(night: PlayedHome) -> Iterator[House]:
    with night.opened() as opened:
        yield opened


def let_change(session: Session, house: House) -> None:
    """Take away what keeps decisions as they are."""
    if house.ledger.is_sqlite:
        session.execute(text("DROP TRIGGER disposition_is_append_only_update"))
    else:
        session.execute(text("DROP TRIGGER disposition_is_append_only ON disposition"))


def one(house: House, kind: Disposition) -> str:
    """An account the night decided so."""
    with house.ledger.read() as session:
        query = select(DispositionRow.account_id).where(DispositionRow.kind == kind)
        return session.scalars(query.order_by(DispositionRow.account_id)).first()


@pytest.mark.parametrize(
    "kind",
    [Disposition.SENT, Disposition.WAITING, Disposition.HELD],
)
def test_recorded_decision__derives_the_same(house: House, kind: Disposition) -> None:
    account = one(house, kind)

    found = replay(house, "1", account)

    assert (found.kind, found.differs) == (kind.value, None)
    assert found.as_of == AS_OF.isoformat()
    assert bool(found.rules) == (kind is not Disposition.SENT)
    assert found.counterfactual.startswith("It would be routine if") == bool(found.rules)


def test_night_named_by_date_and_id__is_the_same_night(house: House) -> None:
    account = one(house, Disposition.SENT)
    by_date = replay(house, AS_OF.isoformat(), account)
    assert replay(house, by_date.run_id, account) == by_date


def test_account_never_judged__says_nothing_was_due(house: House) -> None:
    with house.ledger.read() as session:
        judged = select(DispositionRow.account_id)
        quiet = session.scalars(select(Account.id).where(Account.id.not_in(judged))).first()
    with pytest.raises(NotFound, match="nothing of it was due"):
        replay(house, "1", quiet)


@pytest.mark.parametrize("named", ["7", "2031-01-01", "run_nothing"])
def test_unknown_night__is_told(house: House, named: str) -> None:
    with pytest.raises(NotFound, match=named):
        replay(house, named, one(house, Disposition.SENT))


@pytest.mark.parametrize(
    ("column", "value", "what"),
    [
        ("kind", "held", "kind"),
        ("rule_ids", "never_chase_disputed", "rule never_chase_disputed"),
        ("reason", "because", "reason"),
    ],
)
def test_decision_altered__names_the_first_difference(
    night: PlayedHome, homes: Homes, column: str, value: str, what: str
) -> None:
    copy = Homes(homes.root, homes.server, homes._numbers, night).copy()
    with copy.opened() as house:
        account = one(house, Disposition.SENT)
        with house.ledger.write() as session:
            let_change(session, house)
            changed = text(f"UPDATE disposition SET {column} = :value WHERE account_id = :account")
            session.execute(changed, {"value": value, "account": account})
        found = replay(house, "1", account)
        assert found.differs.what == what
        assert found.differs.recorded in (value, "objected")
        status = command(copy, "replay", "1", account)
    homes.drop(copy)
    assert status.returncode == 1
    assert f"different: {what}" in status.stdout


@pytest.mark.parametrize(
    ("name_it", "differs"), [(True, None), (False, "recorded facts")], ids=["its_own", "another"]
)
def test_facts_of_a_program_that_knew_fewer__stand_by_their_own_digest(
    night: PlayedHome, homes: Homes, name_it: bool, differs: str | None
) -> None:
    copy = Homes(homes.root, homes.server, homes._numbers, night).copy()
    with copy.opened() as house:
        account = one(house, Disposition.SENT)
        with house.ledger.write() as session:
            let_change(session, house)
            row = session.scalars(
                select(DispositionRow).where(DispositionRow.account_id == account)
            ).one()
            told = orjson.loads(zlib.decompress(session.get_one(Snapshot, row.facts_hash).facts))
            del told["arms"]
            known = orjson.dumps(told)
            key = digest(known) if name_it else "0" * 32
            session.add(Snapshot(hash=key, facts=pack(known)))
            session.flush()
            session.execute(
                text("UPDATE disposition SET facts_hash = :key WHERE account_id = :account"),
                {"key": key, "account": account},
            )
        found = replay(house, "1", account)
    homes.drop(copy)
    assert (found.differs.what if found.differs else None) == differs


def test_facts_that_moved_since__are_told(night: PlayedHome, homes: Homes) -> None:
    copy = Homes(homes.root, homes.server, homes._numbers, night).copy()
    with copy.opened() as house:
        account = one(house, Disposition.SENT)
        with house.ledger.write() as session:
            session.execute(
                text("UPDATE account SET segment = 'enterprise' WHERE id = :account"),
                {"account": account},
            )
        found = replay(house, "1", account)
    homes.drop(copy)
    assert found.differs is None
    assert any("segment changed" in told for told in found.since)


def test_verify_and_replay_on_the_command_line__answer_in_json(night: PlayedHome) -> None:
    proven = command(night, "verify", "--json")
    assert proven.returncode == 0, proven.stderr
    told = json.loads(proven.stdout)
    assert told["holds"] is True
    assert told["promises"][0]["promise"] == "no_send_under_hold"
    with night.opened() as house:
        account = one(house, Disposition.HELD)
    replayed = command(night, "replay", "1", account, "--json")
    assert json.loads(replayed.stdout)["same"] is True


def test_counter_example_on_the_command_line__exits_1_and_says_how_to_look(
    night: PlayedHome, homes: Homes
) -> None:
    copy = Homes(homes.root, homes.server, homes._numbers, night).copy()
    (copy.folder / "mail" / "new" / "out_stray.dunwell").write_bytes(b"")
    status = command(copy, "verify")
    homes.drop(copy)
    assert status.returncode == 1
    assert "never_twice does not hold: out_stray" in status.stdout
    assert "look:" in status.stdout


def command(home: PlayedHome, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run `dunwell` as somebody at a shell does."""
    database = {"DUNWELL_DATABASE_URL": home.url} if home.url else {}
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from cli.main import main; main()",
            *arguments,
            "--home",
            str(home.folder),
        ],
        cwd=Path(__file__).parents[2],
        env={"PATH": "", **database},
        capture_output=True,
        text=True,
        timeout=120,
    )
