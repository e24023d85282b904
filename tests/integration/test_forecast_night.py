"""The forecast of the night from the ledger, kept, explained, and held against what came."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event, select, update

from ledger.errors import BadInput, NotFound
from ledger.tables.forecast import NightForecast
from ledger.tables.order import SalesOrder
from ledger.tables.receivable import Invoice, Receipt
from policies.load import load_policy
from tests.support.case_book import AS_OF, CaseBook
from tools.cash_ahead import billing_ahead, cash_ahead
from tools.forecast_record import (
    KeptForecast,
    as_json,
    held_against_past,
    keep,
    newest_forecast,
    past_outcomes,
)
from tools.scenarios import Happening, Scenario, play

POLICY = load_policy().forecast


def whole_week(start: date, p10: int, p90: int) -> dict:
    """A currency's forecast of one week."""
    week = {"starts_on": start.isoformat(), "p10": p10, "p50": (p10 + p90) // 2, "p90": p90}
    return {
        "kind": "total",
        "dimension": "currency",
        "value": "",
        "currency": "USD",
        "weeks": [week | {"mean": (p10 + p90) // 2}],
        "days": [],
    }


def kept(as_of: date, *series: dict) -> KeptForecast:
    return KeptForecast(as_of, "by hand", list(series), list(series), [], b"items")


class TestAhead:
    def test_no_payment_yet__rests_on_terms_and_says_so(self, book: CaseBook) -> None:
        book.invoice(book.account("C-1"), "INV-1", minor=5_000, late=-3)
        with book.ledger.read() as session:
            ahead = cash_ahead(session, POLICY, AS_OF)
        assert "terms alone" in ahead.method
        assert ahead.items.paid.sum(axis=1) == pytest.approx(1.0)

    def test_cash_that_is_here__is_not_expected_again(self, book: CaseBook) -> None:
        account = book.account("C-1")
        book.invoice(account, "INV-1", minor=5_000, late=10)
        book.invoice(account, "INV-2", minor=4_000, late=-10)
        book.receipt(account, "R-1", 6_000)
        with book.ledger.read() as session:
            ahead = cash_ahead(session, POLICY, AS_OF)
        assert ahead.items.amount.tolist() == [3_000]

    def test_payments__make_the_habit(self, book: CaseBook) -> None:
        account = book.account("C-1")
        for at in range(6):
            book.paid(account, f"INV-{at}", 1_000, late=50 + at, paid_late=4)
        book.invoice(account, "INV-9", minor=5_000, late=0)
        with book.ledger.read() as session:
            ahead = cash_ahead(session, POLICY, AS_OF)
        assert "6 payments of 1 accounts" in ahead.method
        assert ahead.items.paid[0, 4:8].sum() > 5 * ahead.items.paid[0, :4].sum()

    def test_orders__become_invoices_on_their_day_and_terms(self, book: CaseBook) -> None:
        account = book.account("C-1", terms_days=14)
        far = AS_OF + timedelta(days=900)
        for number, on in (("1", AS_OF + timedelta(days=20)), ("2", None), ("3", far)):
            book.add(
                SalesOrder(
                    id=f"ord_{number}",
                    account_id=account,
                    order_number=number,
                    amount_minor=1_000,
                    currency="USD",
                    invoice_on=on,
                    listed_on=AS_OF,
                )
            )
        with book.ledger.read() as session:
            ahead = cash_ahead(session, POLICY, AS_OF)
        assert ahead.ordered is not None
        assert ahead.ordered.item_id.tolist() == ["ord_1", "ord_2"]
        assert ahead.ordered.paid[0, :20].sum() == 0
        assert ahead.ordered.paid[0, 20:50].sum() > 0.5
        assert ahead.ordered.paid[1, :30].sum() > 0.5

    def test_invoice_of_the_day__is_open_and_not_to_be_billed_again(self, book: CaseBook) -> None:
        account = book.account("C-1")
        for week in range(1, 11):
            book.paid(account, f"INV-{week}", 1_000, late=7 * week - 30, paid_late=-29)
        before = self.expected(book)
        book.invoice(account, "INV-0", minor=1_000, late=-30)
        assert before == pytest.approx(5_000, abs=400)
        assert self.expected(book) == pytest.approx(before, abs=100)

    @staticmethod
    def expected(book: CaseBook) -> float:
        """Cash of what is open and of what will be billed in the five weeks that start today."""
        with book.ledger.read() as session:
            ahead = cash_ahead(session, POLICY, AS_OF)
        billing = billing_ahead(ahead, 35)["USD"].replay
        return (
            ahead.items.amount.sum() + (billing.items.amount * billing.chance[billing.source]).sum()
        )

    def test_entity_of_an_invoice__is_kept_with_the_item(self, book: CaseBook) -> None:
        account = book.account("C-1")
        for number, entity in (("INV-1", "DE01"), ("INV-2", None)):
            invoice = book.invoice(account, number)
            with book.ledger.write() as session:
                session.execute(update(Invoice).where(Invoice.id == invoice).values(entity=entity))
        with book.ledger.read() as session:
            items = cash_ahead(session, POLICY, AS_OF).items
        by_id = dict(zip(items.item_id.tolist(), items.entity.tolist(), strict=True))
        assert sorted(by_id.values()) == ["", "DE01"]

    def test_nothing_open__nothing_ahead(self, book: CaseBook) -> None:
        with book.ledger.read() as session:
            assert len(cash_ahead(session, POLICY, AS_OF).items) == 0


class TestKeeping:
    def test_same_night_again__takes_its_place(self, book: CaseBook) -> None:
        for p90 in (200, 300):
            with book.ledger.write() as session:
                keep(session, "run_1", kept(AS_OF, whole_week(AS_OF, 100, p90)))
        with book.ledger.read() as session:
            found = newest_forecast(session)
        assert found is not None
        assert found.series[0]["weeks"][0]["p90"] == 300

    def test_older_nights__keep_bands_and_lose_items(self, book: CaseBook) -> None:
        for day in range(4):
            with book.ledger.write() as session:
                keep(session, "run_1", kept(AS_OF + timedelta(days=day), whole_week(AS_OF, 1, 2)))
        with book.ledger.read() as session:
            rows = session.execute(
                select(NightForecast.items, NightForecast.said).order_by(NightForecast.as_of)
            ).all()
        assert [row[0] is None for row in rows] == [True, True, False, False]
        assert all("series" in row[1] for row in rows)


class TestRecord:
    MONDAY = AS_OF - timedelta(days=AS_OF.weekday() + 7)

    def test_week_that_is_over__is_held_against_the_cash(self, book: CaseBook) -> None:
        account = book.account("C-1")
        for number, minor, day in (("R-1", 150, 2), ("R-2", 999, 7)):
            book.add(
                Receipt(
                    id=number,
                    account_id=account,
                    receipt_number=number,
                    received_on=self.MONDAY + timedelta(days=day),
                    amount_minor=minor,
                    currency="USD",
                    unapplied_minor=minor,
                )
            )
        with book.ledger.write() as session:
            keep(session, "run_1", kept(self.MONDAY, whole_week(self.MONDAY, 100, 200)))
        with book.ledger.read() as session:
            (outcome,) = past_outcomes(session, AS_OF)["USD"]
        assert outcome.cash == 150
        assert outcome.band.horizon == 1

    def test_open_book_of_many_weeks__is_read_once_and_told_apart_by_origin(
        self, book: CaseBook
    ) -> None:
        account = book.account("C-1")
        mondays = [self.MONDAY - timedelta(weeks=weeks) for weeks in (2, 1, 0)]
        for at, monday in enumerate(mondays):
            due = (AS_OF - monday).days - 26  # issued four days before
            paid_late = due - (AS_OF - mondays[-1]).days + 1  # the day after the last Monday
            book.paid(account, f"INV-{at}", 100 * 10**at, late=due, paid_late=paid_late)
            with book.ledger.write() as session:
                said = whole_week(monday, 100, 200) | {"kind": "open_book"}
                said["weeks"].append(said["weeks"][0] | {"starts_on": mondays[-1].isoformat()})
                keep(session, "run_1", kept(monday, said))
        asked = []
        with book.ledger.read() as session:
            event.listen(session, "do_orm_execute", asked.append)
            found = past_outcomes(session, AS_OF)["USD"]
        came = [each.cash for each in found if each.band.week_start == mondays[-1]]
        assert came == [100, 1_100, 11_100, 11_100]
        assert len(asked) == 5  # none of them a week at a time

    @pytest.mark.parametrize(("issued_to", "came"), [(MONDAY, 100), (None, 0)])
    def test_invoice_of_the_night__counts_where_the_night_saw_it_open(
        self, book: CaseBook, issued_to: date | None, came: int
    ) -> None:
        due = (AS_OF - self.MONDAY).days - 30  # issued on the Monday
        book.paid(book.account("C-1"), "INV-1", 100, late=due, paid_late=1 - 30)
        said = whole_week(self.MONDAY, 100, 200) | {"kind": "open_book"}
        night = replace(kept(self.MONDAY, said), issued_to=issued_to)
        with book.ledger.write() as session:
            keep(session, "run_1", night)
        with book.ledger.read() as session:
            (outcome,) = past_outcomes(session, AS_OF)["USD"]
            assert newest_forecast(session) == night
        assert outcome.cash == came

    def test_week_that_goes_on__says_nothing_yet(self, book: CaseBook) -> None:
        start = self.MONDAY + timedelta(days=7)
        with book.ledger.write() as session:
            keep(session, "run_1", kept(start, whole_week(start, 100, 200)))
        with book.ledger.read() as session:
            assert past_outcomes(session, AS_OF) == {"USD": []}

    def test_many_misses__widen_the_bands(self, book: CaseBook) -> None:
        from engines.forecast.book import Series, Span
        from engines.forecast.conformal import Outcome, WeekBand

        span = Span(self.MONDAY, 90, 100, 110, 100)
        series = Series("total", "currency", "", "USD", (span,), ())
        band = WeekBand(self.MONDAY, self.MONDAY, 1, "total", 90, 100, 110)
        wide = held_against_past(series, [Outcome(band, 130)] * 20)
        assert wide.weeks[0].p90 > 120
        assert wide.weeks[0].p50 == 100
        assert held_against_past(series, []) == series
        assert as_json([series])[0]["weeks"][0]["starts_on"] == self.MONDAY.isoformat()


class TestScenarios:
    def test_customer_slips__its_cash_moves_and_nothing_is_lost(self, book: CaseBook) -> None:
        account = book.account("C-1")
        book.invoice(account, "INV-1", minor=5_000, late=0)
        found = self.play(book, Happening(slips=account, days=21))
        moved = sum(week.difference.minor for week in found.weeks)
        assert found.weeks[0].difference.minor < 0
        assert abs(moved + sum(each.minor for each in found.later)) <= 1

    def test_dispute_resolves__its_cash_comes_sooner(self, book: CaseBook) -> None:
        account = book.account("C-1")
        invoice = book.invoice(account, "INV-1", minor=5_000, late=30)
        dispute = book.dispute(account, invoice)
        found = self.play(book, Happening(resolves=dispute, on=AS_OF, settled_percent=50))
        assert found.weeks[0].difference.minor > 0

    def test_two_things_at_once__are_refused(self, book: CaseBook) -> None:
        with pytest.raises(BadInput, match="one thing"):
            self.play(book, Happening(slips="a", resolves="b"))

    def test_dispute_nobody_knows__is_told(self, book: CaseBook) -> None:
        with pytest.raises(NotFound, match="dsp_x"):
            self.play(book, Happening(resolves="dsp_x"))

    def test_plan_nobody_proposed__is_told(self, book: CaseBook) -> None:
        with pytest.raises(NotFound, match="pln_x"):
            self.play(book, Happening(accepts="pln_x"))

    def play(self, book: CaseBook, happening: Happening) -> Scenario:
        with book.ledger.read() as session:
            return play(session, load_policy(), AS_OF, happening)
