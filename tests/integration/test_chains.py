"""Sealed records verify after they have been through the database, whatever their zone."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import StatementError

from ledger.chains import append_audit
from ledger.checks import check_ledger
from ledger.journal import audit
from tests.support.books import NOON, Books, open_books


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    with open_books(database_url) as opened:
        yield opened


def sound(books: Books) -> bool:
    with books.ledger.read() as session:
        return check_ledger(session, date(2026, 1, 1)) == []


class TestChains:
    @pytest.mark.parametrize("hours", [-11, -5, 2, 14])
    def test_record_of_another_zone__verifies_after_reading_back(self, books, hours) -> None:
        zone = timezone(timedelta(hours=hours))
        at = datetime(2025, 3, 1, 23, 59, 59, 123456, tzinfo=zone)
        with books.ledger.write() as session:
            audit(session, at, "noted", "acc_a", "ann", text="ü")
            audit(session, at.astimezone(UTC), "noted", "acc_a", "ann")
        assert sound(books)

    def test_instant_without_a_zone__is_refused(self, books: Books) -> None:
        row = {
            "at": NOON.replace(tzinfo=None),
            "kind": "noted",
            "subject_id": "x",
            "actor": "ann",
            "payload": "{}",
        }
        with pytest.raises(StatementError, match="needs a zone"), books.ledger.write() as session:
            append_audit(session, [row])
