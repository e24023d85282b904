"""The morning letter to our own people: the night sends it, once a morning, to who wants it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from sqlalchemy import select

from adapters.outgoing.message import OutgoingMessage
from adapters.outgoing.refusals import Refusal, RefusalKind
from batch import digests
from batch.digests import LOCAL, send_digests
from batch.night import run_night
from cli.people import ADDRESS
from ledger.clock import FixedClock
from ledger.tables.review import Digest
from policies.load import with_changes
from policies.schema_reviewing import ReviewPolicy
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tools.digests import choose_digest

TWO_AT_NIGHT = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def wanting(desk: Desk) -> Desk:
    """A home with such letters, Cora who wants one, Milo who does not, and a request that waits."""
    approval = desk.house.policy.approval
    changed = approval.model_copy(update={"reviewing": ReviewPolicy(digest=True)})
    desk.house.policy = with_changes(desk.house.policy, approval=changed)
    with desk.house.ledger.write() as session:
        choose_digest(session, "cora", "cora@dunwell.example", True, NOON)
        choose_digest(session, "milo", "milo@dunwell.example", False, NOON)
    desk.waiting_reminder()
    at(desk, TWO_AT_NIGHT)
    return desk


def at(desk: Desk, now: datetime) -> None:
    desk.house.system_clock = FixedClock(now)


def night(desk: Desk, as_of: date, limit: int | None = None) -> None:
    for feed in desk.house.policy.contact.feed_max_age_days:
        desk.books.change("feed", "name", feed, read_through=as_of, read_at=NOON)
    run_night(desk.house, as_of, lambda *_: None, limit)


def letters(desk: Desk) -> list[str]:
    """To whom letters went, oldest first."""
    folder = desk.house.home / "internal-mail" / "new"
    files = sorted(folder.iterdir()) if folder.exists() else []
    return [str(message_from_bytes(each.read_bytes(), policy=default)["to"]) for each in files]


class _Port:
    """Mail that is refused in a certain way until it is mended."""

    def __init__(self, kind: RefusalKind | None) -> None:
        self.kind = kind
        self.took: list[str] = []

    def deliver(self, messages: Sequence[OutgoingMessage]) -> dict[str, Refusal]:
        if self.kind is not None:
            return {each.outbox_id: Refusal(self.kind, "no") for each in messages}
        self.took += [each.recipient for each in messages]
        return {}


class TestNight:
    def test_night__sends_it_to_who_wants_it_once(self, wanting: Desk) -> None:
        night(wanting, AS_OF + DAY)
        assert letters(wanting) == ["cora@dunwell.example"]
        night(wanting, AS_OF + DAY)
        assert send_digests(wanting.house, AS_OF + DAY).sent == 0
        assert len(letters(wanting)) == 1

    def test_next_night__sends_the_next(self, wanting: Desk) -> None:
        night(wanting, AS_OF + DAY)
        at(wanting, TWO_AT_NIGHT + DAY)
        night(wanting, AS_OF + 2 * DAY)
        assert len(letters(wanting)) == 2

    def test_missed_nights_caught_up_in_one_morning__send_one(self, wanting: Desk) -> None:
        for number in range(1, 4):
            at(wanting, TWO_AT_NIGHT + timedelta(minutes=number))
            night(wanting, AS_OF + number * DAY)
        assert len(letters(wanting)) == 1

    def test_night_left_accounts_out__sends_it_when_it_is_whole(self, wanting: Desk) -> None:
        night(wanting, AS_OF + DAY, limit=1)
        assert letters(wanting) == []
        night(wanting, AS_OF + DAY)
        assert len(letters(wanting)) == 1

    def test_policy_without_letters__sends_none(self, wanting: Desk) -> None:
        approval = wanting.house.policy.approval
        changed = approval.model_copy(update={"reviewing": ReviewPolicy(digest=False)})
        wanting.house.policy = with_changes(wanting.house.policy, approval=changed)
        night(wanting, AS_OF + DAY)
        assert letters(wanting) == []


class TestRefused:
    def test_server_takes_nothing__goes_again_once_it_does(
        self, wanting: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = _Port(RefusalKind.LATER)
        monkeypatch.setattr(digests, "open_internal_mail", lambda _settings: port)
        assert send_digests(wanting.house, AS_OF).refused == 1
        port.kind = None
        assert send_digests(wanting.house, AS_OF).sent == 1
        assert send_digests(wanting.house, AS_OF).sent == 0
        assert port.took == ["cora@dunwell.example"]

    def test_nobody_can_tell__never_goes_again(
        self, wanting: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        port = _Port(RefusalKind.UNCERTAIN)
        monkeypatch.setattr(digests, "open_internal_mail", lambda _settings: port)
        assert send_digests(wanting.house, AS_OF).refused == 1
        port.kind = None
        assert send_digests(wanting.house, AS_OF).sent == 0
        with wanting.house.ledger.read() as session:
            assert session.scalars(select(Digest.state)).one() == "uncertain"

    def test_died_while_sending__never_goes_again(
        self, wanting: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def die(_settings: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(digests, "open_internal_mail", die)
        with pytest.raises(KeyboardInterrupt):
            send_digests(wanting.house, AS_OF)
        monkeypatch.undo()
        assert send_digests(wanting.house, AS_OF).sent == 0


def test_links_without_a_public_address__lead_to_where_the_desk_answers() -> None:
    assert LOCAL == ADDRESS
