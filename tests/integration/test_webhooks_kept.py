"""How long tellings stay in the books, and what waits for an endpoint that is paused."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError

from adapters.webhooks import Told
from batch.night import run_night
from batch.webhooks import PAUSES, Tellings, forget_tellings, tell_webhooks
from cli.doctor import examine
from ledger.clock import FixedClock, SystemClock
from ledger.errors import Conflict, NotFound
from ledger.identities import Identity
from ledger.session import open_engine
from ledger.tables.webhooks import WebhookDelivery
from ledger.tables.work import Audit
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tests.support.webhook_receiver import Receiver, receiver
from tools.webhooks import (
    NewEndpoint,
    add_endpoint,
    endpoint_of,
    judge_endpoint,
    list_endpoints,
    pause_endpoint,
    remove_endpoint,
    replay,
    resume_endpoint,
)
from tools.webhooks_told import KEPT, DeliveryState

LONG_AGO = timedelta(days=4000)
HOUR = timedelta(hours=1)


@pytest.fixture
def heard() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


@pytest.fixture
def now(desk: Desk) -> datetime:
    """The instant at which this house does everything."""
    desk.house.system_clock = FixedClock(SystemClock().now().replace(microsecond=0))
    return desk.house.system_clock.now()


def added(desk: Desk, url: str = "http://127.0.0.1:9/hook", *events: str) -> NewEndpoint:
    wanted = judge_endpoint(url, events, at_the_machine=True)
    with desk.house.ledger.write() as session:
        return add_endpoint(session, wanted, "operator", SystemClock().now())


def settled(desk: Desk, seq: int, state: DeliveryState, at: datetime | None) -> None:
    """A telling as it was left long ago."""
    desk.books.add(
        "webhook_delivery", seq=seq, endpoint_id="whe_a", event="payment.received",
        subject_id=f"rcp_{seq}", kind="receipt", happened_on=AS_OF, queued_at=NOON - LONG_AGO,
        state=state, attempts=1, says="", settled_at=at,
    )  # fmt: skip


def standing(desk: Desk) -> dict[int | None, WebhookDelivery]:
    with desk.house.ledger.read() as session:
        rows = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.seq))
        return {row.seq: row for row in rows}


def a_receipt(desk: Desk, number: int = 1) -> None:
    desk.books.receipt(f"rcp_{number}", 12_34, account_id=None)


class TestForgotten:
    def test_settled_long_ago__goes_and_the_rest_stays(self, desk: Desk, now: datetime) -> None:
        for seq, state in enumerate(KEPT):
            settled(desk, 10 * seq, state, now - KEPT[state] - HOUR)
            settled(desk, 10 * seq + 1, state, now - KEPT[state] + HOUR)
        settled(desk, 90, "waiting", None)
        assert forget_tellings(desk.house) == 2
        assert sorted(map(str, standing(desk))) == ["1", "11", "90"]
        assert forget_tellings(desk.house) == 0

    def test_given_up__outlives_what_was_delivered(self, desk: Desk, now: datetime) -> None:
        between = now - KEPT["delivered"] - HOUR
        settled(desk, 1, "delivered", between)
        settled(desk, 2, "dead", between)
        forget_tellings(desk.house)
        assert list(standing(desk)) == [2]

    def test_many_at_once__one_statement_for_each_way_to_end(
        self, desk: Desk, now: datetime
    ) -> None:
        for seq in range(40):
            settled(desk, seq, "delivered" if seq % 2 else "dead", now - LONG_AGO)
        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            said.append(statement)

        engine = desk.house.ledger.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            assert forget_tellings(desk.house) == 40
        finally:
            event.remove(engine, "before_cursor_execute", note)
        assert len([each for each in said if "webhook_delivery" in each]) == len(KEPT) == 2

    def test_night__forgets_and_counts_it_nowhere(self, desk: Desk, now: datetime) -> None:
        settled(desk, 1, "delivered", now - LONG_AGO)
        settled(desk, 2, "dead", now - HOUR)
        night = run_night(desk.house, AS_OF + timedelta(days=1), lambda *_: None)
        assert list(standing(desk)) == [2]
        assert "webhook" not in str(night.counts)
        assert tell_webhooks(desk.house) == Tellings()

    @pytest.mark.parametrize("identity", list(Identity))
    def test_identities_of_the_database__may_not(
        self, desk: Desk, now: datetime, identity: Identity
    ) -> None:
        settled(desk, 1, "delivered", now - LONG_AGO)
        with pytest.raises(DBAPIError), desk.house.ledger.write(as_=identity) as session:
            session.connection().exec_driver_sql("DELETE FROM webhook_delivery")
        assert list(standing(desk)) == [1]


class TestSettled:
    def test_delivered__then_sent_again_it_waits_anew(
        self, desk: Desk, heard: Receiver, now: datetime
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk)
        assert [each.settled_at for each in standing(desk).values()] == [None]
        tell_webhooks(desk.house)
        assert [each.settled_at for each in standing(desk).values()] == [now]
        with desk.house.ledger.read() as session:
            assert list_endpoints(session)[0].last_delivered_at == now
        with desk.house.ledger.write() as session:
            replay(session, end.id, "operator", now, AS_OF.replace(year=2020))
        assert [each.settled_at for each in standing(desk).values()] == [None]

    def test_given_up_after_the_last_try__says_when(self, desk: Desk, now: datetime) -> None:
        added(desk)
        a_receipt(desk)
        at = now
        for pause in (*PAUSES, None):
            tell_webhooks(desk.house, lambda *_: Told(False, "status 500", unwell=True))
            (row,) = standing(desk).values()
            assert (row.settled_at is None) == (pause is not None)
            at = at + (pause + HOUR if pause else timedelta())
            desk.house.system_clock = FixedClock(at)
        assert [(each.state, each.settled_at) for each in standing(desk).values()] == [("dead", at)]

    @pytest.mark.parametrize("way", ["removed", "gone"])
    def test_given_up_with_its_endpoint__says_when(
        self, desk: Desk, heard: Receiver, now: datetime, way: str
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk, 1)
        a_receipt(desk, 2)
        if way == "gone":
            heard.answers = [410]
            tell_webhooks(desk.house)
        else:
            with desk.house.ledger.write() as session:
                remove_endpoint(session, end.id, "operator", now)
        found = [(each.state, each.settled_at) for each in standing(desk).values()]
        assert found == [("dead", now)] * 2


class TestPaused:
    def test_what_happens_meanwhile__waits_and_goes_in_order_once_resumed(
        self, desk: Desk, heard: Receiver, now: datetime
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk, 1)
        with desk.house.ledger.write() as session:
            pause_endpoint(session, end.id, "otto", now)
        a_receipt(desk, 2)
        assert tell_webhooks(desk.house) == Tellings()
        assert (heard.taken, len(standing(desk))) == ([], 2)
        with desk.house.ledger.write() as session:
            resume_endpoint(session, end.id, "otto", now)
        assert tell_webhooks(desk.house) == Tellings(delivered=2)
        assert [each["data"]["id"] for each in heard.verified(end.secret)] == ["rcp_1", "rcp_2"]
        with desk.house.ledger.read() as session:
            noted = session.scalars(select(Audit).where(Audit.subject_id == end.id))
            kinds = [(each.kind, each.actor) for each in noted]
        assert kinds[1:] == [("webhook_paused", "otto"), ("webhook_resumed", "otto")]

    def test_others__are_told_all_the_same(
        self, desk: Desk, heard: Receiver, now: datetime
    ) -> None:
        paused, _other = added(desk, heard.url), added(desk, heard.url)
        with desk.house.ledger.write() as session:
            pause_endpoint(session, paused.id, "otto", now)
        a_receipt(desk)
        assert tell_webhooks(desk.house) == Tellings(delivered=1)

    def test_done_twice__the_second_is_told_so(self, desk: Desk, now: datetime) -> None:
        end = added(desk)
        with desk.house.ledger.write() as session:
            with pytest.raises(Conflict, match="active already"):
                resume_endpoint(session, end.id, "otto", now)
            pause_endpoint(session, end.id, "otto", now)
            with pytest.raises(Conflict, match="paused already"):
                pause_endpoint(session, end.id, "otto", now)

    def test_removed__is_neither_paused_nor_resumed(self, desk: Desk, now: datetime) -> None:
        end = added(desk)
        with desk.house.ledger.write() as session:
            pause_endpoint(session, end.id, "otto", now)
            remove_endpoint(session, end.id, "otto", now)
            for turn in (pause_endpoint, resume_endpoint):
                with pytest.raises(NotFound):
                    turn(session, end.id, "otto", now)
            with pytest.raises(NotFound):
                endpoint_of(session, end.id)

    def test_doctor__warns_once_something_waits_for_it(self, desk: Desk, now: datetime) -> None:
        end = added(desk)
        with desk.house.ledger.write() as session:
            pause_endpoint(session, end.id, "otto", now)
        assert doctor(desk)[0] == "ok"
        a_receipt(desk)
        state, says = doctor(desk)
        assert (state, f"1 wait for {end.id}, which is paused" in says) == ("warn", True)


def doctor(desk: Desk) -> tuple[str, str]:
    check = next(each for each in examine(desk.house.settings) if each.name == "webhooks")
    return check.state, check.says


def test_books_of_before__know_when_as_nearly_as_can_be_and_forget_the_pause(
    desk: Desk, now: datetime
) -> None:
    end = added(desk)
    settled(desk, 1001, "delivered", now)
    settled(desk, 1002, "waiting", None)
    with desk.house.ledger.write() as session:
        pause_endpoint(session, end.id, "otto", now)
    engine = open_engine(desk.house.ledger.engine.url.render_as_string(hide_password=False))
    config = Config()
    config.set_main_option("script_location", "ledger/migrations")
    try:
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.downgrade(config, "0019")
            state = connection.execute(text("SELECT state FROM webhook_endpoint")).scalar()
            command.upgrade(config, "0020")
            connection.commit()
    finally:
        engine.dispose()
    assert state == "active"
    assert [each.settled_at for each in standing(desk).values()] == [NOON - LONG_AGO, None]
    a_receipt(desk, 3)
    assert len(standing(desk)) == 3
