"""A real ledger through three consecutive nights: the books tie, nobody is forgotten."""

from datetime import date
from pathlib import Path

import pytest

from evals.three_nights import ThreeNights, run_three_nights
from graph.settings import Settings
from tests.support.shared_data import shared


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> ThreeNights:
    invoices = shared("ar/highradius_invoices.csv")
    home: Path = tmp_path_factory.mktemp("real")
    return run_three_nights(home, invoices, date(2019, 11, 18), Settings(home=home))


class TestThreeNights:
    def test_three_nights__every_row_is_in_the_books(self, outcome: ThreeNights) -> None:
        assert outcome.rows == 32_000

    def test_three_nights__control_totals_tie_each_morning(self, outcome: ThreeNights) -> None:
        assert [report.ties for report in outcome.reports] == [True, True, True]
        assert all(report.control.portfolio == 320 for report in outcome.reports)

    def test_three_nights__open_balance_is_the_export_to_the_cent(
        self, outcome: ThreeNights
    ) -> None:
        total = {line.currency: str(line.open.amount) for line in outcome.reports[0].currencies}
        assert total == {"CAD": "8539562.38", "USD": "53217202.28"}

    def test_three_nights__one_message_per_customer_currency_and_day(
        self, outcome: ThreeNights
    ) -> None:
        assert outcome.doubled == 0
        assert sum(report.sent.messages for report in outcome.reports) > 50

    def test_three_nights__no_stage_is_skipped(self, outcome: ThreeNights) -> None:
        assert outcome.highest_level == 1

    def test_three_nights__every_promise_derives_again(self, outcome: ThreeNights) -> None:
        assert outcome.broken == ()
