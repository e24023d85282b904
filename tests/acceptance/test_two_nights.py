"""Two nights on one home at once: one does the work, the other says so and changes nothing."""

import pytest
from sqlalchemy import select

from batch.proof import CounterExample, prove
from ledger.errors import Conflict
from ledger.states import OutboxState
from ledger.tables.work import Outbox, Run
from tests.support.crash import CONFLICT, Nights
from tests.support.played_home import AS_OF, Homes


def test_night_while_another_runs__refuses_and_writes_nothing(homes: Homes, nights: Nights) -> None:
    home = homes.copy()
    with home.opened() as house, house.night_lock():
        assert nights.run(home.folder, home.url, AS_OF).code == CONFLICT
        with house.ledger.read() as session:
            assert session.scalars(select(Run)).first() is None
    homes.drop(home)


def test_verify_while_a_night_runs__refuses(homes: Homes) -> None:
    home = homes.copy()
    with (
        home.opened() as house,
        home.opened() as other,
        house.night_lock(),
        pytest.raises(Conflict, match="another night is running"),
    ):
        prove(other, lambda *_: None)
    homes.drop(home)


def test_nights_started_at_one_instant__one_works_and_nothing_is_sent_twice(
    homes: Homes, nights: Nights
) -> None:
    home = homes.copy()

    ended = nights.run_together(home.folder, home.url, AS_OF, count=3)

    assert sorted(each.code for each in ended) == [0, CONFLICT, CONFLICT]
    with home.opened() as house:
        with house.ledger.read() as session:
            sent = set(session.scalars(select(Outbox.id).where(Outbox.state == OutboxState.SENT)))
        arrived = [path.name for path in (home.folder / "mail" / "new").iterdir()]
        assert sorted(arrived) == sorted(f"{each}.dunwell" for each in sent)
        assert len(arrived) > 20
        results = prove(house, lambda *_: None)
    assert not [each for each in results if isinstance(each, CounterExample)]
    homes.drop(home)


def test_night_run_again__sends_and_asks_nothing_more(homes: Homes, nights: Nights) -> None:
    home = homes.copy()
    assert nights.run(home.folder, home.url, AS_OF).code == 0
    first = sorted(path.name for path in (home.folder / "mail" / "new").iterdir())

    assert nights.run(home.folder, home.url, AS_OF).code == 0

    assert sorted(path.name for path in (home.folder / "mail" / "new").iterdir()) == first
    with home.opened() as house:
        results = prove(house, lambda *_: None)
    assert not [each for each in results if isinstance(each, CounterExample)]
    homes.drop(home)
