"""Exports dropped into the intake folder are booked by the night, or stay and are named."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from batch.night import run_night
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.queries.as_of import totals_as_of

AS_OF = date(2026, 11, 20)
INVOICES = """invoice_number,customer_number,customer_name,issued_on,due_on,amount,currency
INV-1,C1,Harbor Homes,2026-10-01,2026-10-31,1200.50,EUR
INV-2,C1,Harbor Homes,2026-10-09,2026-11-08,99.50,EUR
"""


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    house = create_home(settings=Settings(home=tmp_path / "home", database_url=database_url))
    yield house
    house.close()


def drop(house: House, kind: str, name: str, text: str) -> Path:
    path = house.home / "intake" / kind / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


class TestDroppedFiles:
    def test_good_file__is_booked_and_put_away(self, house: House) -> None:
        path = drop(house, "invoices", "erp.csv", INVOICES)
        night = run_night(house, AS_OF, lambda *_: None)
        assert night.counts["intake"]["files_taken_in"] == 1
        assert not path.exists()
        assert (house.home / "intake" / "done" / "2026-11-20" / "invoices-erp.csv").exists()
        with house.ledger.read() as session:
            (total,) = totals_as_of(session, AS_OF)
        assert total.open_minor == 130_000

    def test_bad_file__stays_and_the_night_goes_on(self, house: House) -> None:
        path = drop(house, "invoices", "bad.csv", "no,header\nat,all\n")
        night = run_night(house, AS_OF, lambda *_: None)
        assert path.exists()
        (refused,) = night.counts["intake"]["files_refused"]
        assert refused.startswith("invoices/bad.csv: ")
        assert night.counts["dispositions"] == dict.fromkeys(night.counts["dispositions"], 0)

    def test_night_again__takes_nothing_in_twice(self, house: House) -> None:
        drop(house, "invoices", "erp.csv", INVOICES)
        run_night(house, AS_OF, lambda *_: None)
        drop(house, "invoices", "erp.csv", INVOICES)
        run_night(house, AS_OF, lambda *_: None)
        with house.ledger.read() as session:
            (total,) = totals_as_of(session, AS_OF)
        assert total.open_minor == 130_000
