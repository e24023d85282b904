"""What comes later changes no answer: the future is shuffled, and every figure stays as it was."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engines.risk.figures import habits_of
from engines.risk.habits import HabitBook
from engines.risk.history import NEVER, InvoiceHistory
from engines.risk.model import TimingModel, fit
from engines.risk.ranking import rank_accounts
from tests.support.ledgers import invented_ledger

ASKED = date(2024, 9, 1)
DAY = np.datetime64(ASKED, "D")
LEDGER = invented_ledger(invoices=700)
KNOWN = LEDGER.known_before(ASKED)


@pytest.fixture(scope="module")
def model() -> TimingModel:
    return fit(LEDGER, ASKED)


def with_another_future(history: InvoiceHistory, seed: int) -> InvoiceHistory:
    """Everything from the day on is other: payments moved, invoices mixed, dropped and doubled."""
    random = np.random.default_rng(seed)
    later = history.issued_on >= DAY
    unknown = np.isnat(history.cleared_on) | (history.cleared_on >= DAY)
    moved = DAY + random.integers(0, 300, len(history))
    moved = np.where(random.random(len(history)) < 0.3, NEVER, moved)
    account = history.account_id.copy()
    account[later] = random.permutation(account[later])
    amount = np.where(later, random.integers(1, 10**9, len(history)), history.amount)
    changed = replace(
        history,
        account_id=account,
        amount=amount,
        cleared_on=np.where(unknown, moved, history.cleared_on),
    )
    kept = np.flatnonzero(~later | (random.random(len(history)) < 0.7))
    return changed.take(np.concatenate([kept, np.flatnonzero(later)[:20]]))


class TestNoFuture:
    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
    def test_future_is_other__outlook_curves_and_ranks_are_the_same(
        self, model: TimingModel, seed: int
    ) -> None:
        other = with_another_future(LEDGER, seed)
        items = KNOWN.open_on(ASKED).take(slice(0, 25))
        ours, theirs = (model.outlook(items, ASKED, known) for known in (LEDGER, other))
        for name in ("p_late", "p_late_7", "p10", "p50", "p90"):
            assert np.array_equal(getattr(ours, name), getattr(theirs, name)), name
        curves = (model.curves(items, ASKED, 30, known) for known in (LEDGER, other))
        assert np.array_equal(*curves)
        ranks = [rank_accounts(model, items, ASKED, known) for known in (LEDGER, other)]
        assert np.array_equal(ranks[0].account_id, ranks[1].account_id)

    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    def test_invoices_to_come_paid_otherwise__their_curves_are_the_same(
        self, model: TimingModel, seed: int
    ) -> None:
        given_ones = LEDGER.issued_between(ASKED, date(2024, 11, 30)).take(slice(0, 40))
        assert len(given_ones) >= 20
        random = np.random.default_rng(seed)
        otherwise = given_ones.with_cleared(DAY + random.integers(0, 300, len(given_ones)))
        told = [
            model.curves(items, ASKED, 91, known)
            for items, known in (
                (given_ones, LEDGER),
                (otherwise, with_another_future(LEDGER, seed)),
                (given_ones.without_outcome(), KNOWN),
            )
        ]
        assert np.array_equal(told[0], told[1])
        assert np.array_equal(told[0], told[2])

    def test_future_is_other__what_is_learnt_is_the_same(self, model: TimingModel) -> None:
        again = fit(with_another_future(LEDGER, 5), ASKED)
        assert model.core.curve is not None
        assert again.core.curve is not None
        assert again.core.curve.text == model.core.curve.text
        assert again.calibration == model.calibration

    @given(seed=st.integers(0, 10_000))
    @settings(max_examples=8, deadline=None)
    def test_book_holds_the_future__habits_of_a_day_are_the_same(self, seed: int) -> None:
        items = KNOWN.take(slice(0, 200))
        told = []
        for history in (KNOWN, LEDGER, with_another_future(LEDGER, seed)):
            book = HabitBook(history)
            asked = book.questions(items, np.full(200, DAY.astype(np.int64)))
            told.append(habits_of(book, asked))
        for other in told[1:]:
            assert np.array_equal(told[0].figures, other.figures, equal_nan=True)
            assert np.array_equal(told[0].reach, other.reach)
            assert np.array_equal(told[0].weekday, other.weekday)

    def test_past_is_other__answers_change(self, model: TimingModel) -> None:
        items = KNOWN.open_on(ASKED)
        slower = replace(LEDGER, cleared_on=LEDGER.cleared_on + 9)
        ours, theirs = (model.outlook(items, ASKED, known) for known in (LEDGER, slower))
        assert not np.array_equal(ours.p_late, theirs.p_late)
