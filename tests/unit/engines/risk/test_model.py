"""Curves are coherent, learn habits, and say what they rest on."""

from datetime import date

import numpy as np
import pytest

from engines.risk.calibration import Calibration
from engines.risk.history import NEVER, InvoiceHistory
from engines.risk.model import PRIOR_ONLY, FitOptions, TimingModel, fit
from engines.risk.ranking import rank_accounts
from engines.risk.spread import days_late_at, later_than, monotone, tied
from tests.support.ledgers import invented_ledger

ASKED = date(2024, 9, 2)
LEDGER = invented_ledger(invoices=700)


@pytest.fixture(scope="module")
def model() -> TimingModel:
    return fit(LEDGER, ASKED, options=FitOptions(calibrate=False))


def item(account: str, issued: str = "2024-09-02", due: str = "2024-10-02") -> InvoiceHistory:
    return InvoiceHistory(
        np.array(["X"]),
        np.array([account]),
        np.array([50_000]),
        np.array(["EUR"]),
        np.array([issued], dtype="datetime64[D]"),
        np.array([due], dtype="datetime64[D]"),
        np.array([NEVER]),
        np.array([30.0]),
    )


class TestTimingModel:
    def test_open_items__each_curve_sums_to_one(self, model: TimingModel) -> None:
        curves = model.curves(LEDGER.open_on(ASKED), ASKED, 60)
        assert curves.shape[1] == 61
        assert (curves >= 0).all()
        assert curves.sum(axis=1) == pytest.approx(1)

    def test_late_payer__later_than_a_prompt_one(self, model: TimingModel) -> None:
        prompt, late = (model.outlook(item(name), ASKED) for name in ("A2", "A3"))
        assert late.p_late[0] > 0.7 > 0.4 > prompt.p_late[0]
        assert 3 <= late.p50[0] <= 9
        assert prompt.p50[0] <= 0

    def test_new_customer__terms_and_segment_only(self, model: TimingModel) -> None:
        told = model.outlook(item("NEW"), ASKED)
        assert told.grounds[0] == PRIOR_ONLY
        assert 0.1 < told.p_late[0] < 0.9

    def test_assumed_item__not_paid_before_it_is_issued(self, model: TimingModel) -> None:
        curves = model.curves(item("A2", "2024-09-20", "2024-10-20"), ASKED, 70)
        assert curves[0, :18].sum() == 0
        assert curves[0, 18:].sum() == pytest.approx(1)

    def test_past_due__late_for_certain(self, model: TimingModel) -> None:
        told = model.outlook(item("A2", "2024-07-01", "2024-07-31"), ASKED)
        assert told.p_late[0] == 1
        assert told.p50[0] >= 33

    def test_no_history__a_plain_belief_that_says_so(self) -> None:
        bare = fit(InvoiceHistory.empty(), ASKED)
        assert bare.note.startswith("no payment seen yet")
        curves = bare.curves(item("A1"), ASKED, 90)
        assert curves.sum() == pytest.approx(1)
        told = bare.outlook(item("A1"), ASKED)
        assert told.p10[0] < told.p50[0] < told.p90[0]

    def test_few_payments__own_habit_shows(self) -> None:
        few = LEDGER.take(slice(0, 120))
        thin = fit(few, ASKED)
        late = thin.outlook(item("A3"), ASKED).p_late[0]
        assert late > thin.outlook(item("A2"), ASKED).p_late[0]

    def test_same_seed__same_model(self, model: TimingModel) -> None:
        again = fit(LEDGER, ASKED, options=FitOptions(calibrate=False))
        items = LEDGER.open_on(ASKED).take(slice(0, 20))
        assert np.array_equal(model.curves(items, ASKED, 30), again.curves(items, ASKED, 30))


class TestRanking:
    def test_same_amounts__late_payers_first(self, model: TimingModel) -> None:
        items = [item(f"A{code}", "2024-08-10", "2024-09-09") for code in range(12)]
        names = [f.name for f in InvoiceHistory.__dataclass_fields__.values()]
        together = InvoiceHistory(
            *(np.concatenate([getattr(each, name) for each in items]) for name in names)
        )
        order = rank_accounts(model, together, ASKED, LEDGER)
        assert {int(name[1:]) % 2 for name in order.account_id[:6]} == {1}
        assert (np.diff(order.expected_gain) <= 0).all()


class TestSpread:
    def test_falls__taken_out(self) -> None:
        told = monotone(np.array([[0.1, 0.5, 0.3, 0.9]]))
        assert (np.diff(told) >= 0).all()

    def test_tied__chances_are_the_given_ones(self) -> None:
        curve = np.linspace(0.02, 0.98, 40)[None, :]
        told = tied(curve, np.array([10]), np.array([0.4]), np.array([0.1]))
        assert later_than(told, np.array([10]), 0) == pytest.approx(0.4)
        assert later_than(told, np.array([10]), 7) == pytest.approx(0.1)
        assert (np.diff(told) >= 0).all()

    def test_quantile__first_day_that_reaches_it(self) -> None:
        curve = np.array([[0.0, 0.4, 0.5, 1.0]])
        assert days_late_at(curve, np.array([1]), 0.5)[0] == 1

    def test_no_answers__nothing_is_changed(self) -> None:
        chance = np.array([0.2, 0.7])
        assert Calibration().of_late(chance, 0) == pytest.approx(chance)
