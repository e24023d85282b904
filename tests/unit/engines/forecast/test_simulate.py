"""Paths of cash and how payers slip together."""

from datetime import date

import numpy as np
import pytest

from engines.forecast.cash import ExpectedItems
from engines.forecast.shock import ASSUMED, PastWeeks, Shock, fit_shock, past_weeks
from engines.forecast.simulate import Part, bands, simulate
from tests.support.ledger_columns import expected_items, labelled

EDGES = np.array([0, 7, 14, 21])
ALONE = Shock(0.0, 0.0)


@pytest.fixture
def items() -> ExpectedItems:
    rng = np.random.default_rng(5)
    paid = rng.dirichlet(np.ones(22), 300)
    accounts = [f"a{n % 40}" for n in range(300)]
    found = expected_items(paid.tolist(), rng.integers(1, 90_000, 300).tolist(), account=accounts)
    return labelled(found, [f"s{n % 3}" for n in range(300)], [f"e{n % 2}" for n in range(300)])


class TestSimulate:
    def test_parts__add_up_to_the_total_on_every_path(self, items: ExpectedItems) -> None:
        found = simulate(items, EDGES, paths=50, by=("segment", "entity"))
        total = found.paths[Part("total", "", "EUR")]
        for dimension in ("segment", "entity"):
            parts = [cash for part, cash in found.paths.items() if part.dimension == dimension]
            assert np.array_equal(np.sum(parts, axis=0), total)

    def test_other_parts_kept_apart__total_stays_a_sum_of_whole_items(
        self, items: ExpectedItems
    ) -> None:
        total = simulate(items, EDGES, paths=50).paths[Part("total", "", "EUR")]
        assert np.array_equal(total, np.rint(total))
        assert total.sum(axis=0).max() <= items.amount.sum()

    def test_mean_of_the_paths__is_the_expected_cash(self, items: ExpectedItems) -> None:
        total = simulate(items, EDGES, paths=4_000).paths[Part("total", "", "EUR")]
        assert total.mean(axis=1) == pytest.approx(items.expected(EDGES), rel=0.02)

    def test_common_shock__widens_the_total(self, items: ExpectedItems) -> None:
        def width(shock: Shock) -> float:
            total = simulate(items, EDGES, shock).paths[Part("total", "", "EUR")]
            low, _, high = bands(total)[:, 0]
            return high - low

        assert width(Shock(0.3, 0.0)) > 2 * width(ALONE)

    def test_same_seed__same_paths(self, items: ExpectedItems) -> None:
        one, two = (simulate(items, EDGES, paths=20, seed=3).paths for _ in range(2))
        assert all(np.array_equal(one[part], two[part]) for part in one)

    def test_two_currencies__are_never_added_up(self, items: ExpectedItems) -> None:
        other = expected_items([[1.0, *[0.0] * 21]], [777], currency="USD")
        found = simulate(items.joined(other), EDGES, paths=10).paths
        assert found[Part("total", "", "USD")][0].tolist() == [777.0] * 10
        assert Part("total", "", "") not in found

    def test_accounts_asked_for__bands_of_each(self, items: ExpectedItems) -> None:
        found = simulate(items, EDGES, paths=40, accounts=True).accounts
        assert len(found) == 40
        assert all((np.diff(band, axis=0) >= 0).all() for band in found.values())

    def test_nothing_open__no_parts(self) -> None:
        nothing = expected_items([], [], date(2024, 6, 3))
        assert simulate(nothing, EDGES).paths == {}


class TestShock:
    def test_too_few_weeks__the_assumed_shares(self) -> None:
        one = np.ones(3)
        assert fit_shock(PastWeeks(one, one, one, one, one)) == ASSUMED
        assert fit_shock(None) == ASSUMED

    @pytest.mark.parametrize(("true", "low", "high"), [(0.0, 0.0, 0.01), (0.1, 0.05, 0.2)])
    def test_payers_that_slip_together__are_found(
        self, true: float, low: float, high: float
    ) -> None:
        rng = np.random.default_rng(2)
        past = []
        for _ in range(60):
            paid = rng.dirichlet(np.full(22, 3.0), 400)
            items = expected_items(paid.tolist(), [1000] * 400)
            together, alone = rng.standard_normal(), rng.standard_normal(400)
            drawn = np.sqrt(true) * together + np.sqrt(1 - true) * alone
            until = np.cumsum(paid, axis=1)
            day = (until < _normal(drawn)[:, None]).sum(axis=1)
            past.append(past_weeks(items, EDGES, np.where(day < 21, day, -1)))
        assert low <= fit_shock(PastWeeks.joined(past)).common <= high


def _normal(x: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return ndtr(x)
