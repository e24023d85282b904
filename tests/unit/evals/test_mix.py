import pytest

from evals.worlds.mix import DEMO, ONE_IN_TEN, PRESETS, SHARES, PortfolioMix
from ledger.errors import BadInput


@pytest.mark.parametrize("preset", PRESETS.values(), ids=PRESETS)
@pytest.mark.parametrize("accounts", [0, 1, 7, 300, 50_000])
def test_any_number_of_accounts__is_shared_out_without_rest(
    preset: PortfolioMix, accounts: int
) -> None:
    assert sum(preset.counts(accounts).values()) == accounts


def test_one_in_ten__is_exactly_one_in_ten() -> None:
    counts = ONE_IN_TEN.counts(50_000)
    assert (counts["needs_person"], counts["due"]) == (5_000, 15_000)


def test_shares_of_three_thirds__the_odd_account_goes_to_the_largest_remainder() -> None:
    mix = PortfolioMix(due=0.5, nothing_due=0.3, settled=0.2)
    assert {name: n for name, n in mix.counts(4).items() if n} == {
        "due": 2,
        "nothing_due": 1,
        "settled": 1,
    }


@pytest.mark.parametrize("shares", [{}, {"due": 0.9}, {"due": 1.5, "held": -0.5}])
def test_shares_that_are_no_whole__are_refused(shares: dict[str, float]) -> None:
    with pytest.raises(BadInput, match="sum to 1"):
        PortfolioMix(**shares)


def test_demo__gives_every_situation_a_share() -> None:
    assert set(DEMO.shares) == set(SHARES)
    assert min(DEMO.shares.values()) > 0
