"""Random arms within segments, intervals, and rules of stopping that were set before."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.experiments import Unit, arms_of, newcombe, uplift
from policies.schema_experiments import Arm, Experiment

START, END = date(2026, 1, 5), date(2026, 2, 2)
ARMS = (Arm(name="control", share_percent=50, calls=False), Arm(name="called", share_percent=50))


def trial(metric: str = "paid_share", **values: object) -> Experiment:
    said = {"id": "x", "says": "?", "metric": metric, "starts_on": START, "ends_on": END}
    return Experiment.model_validate(said | {"arms": ARMS, "fewest_accounts": 10} | values)


def units(paid_of_called: int, paid_of_control: int, of: int = 100) -> list[Unit]:
    found = []
    for arm, paid in (("called", paid_of_called), ("control", paid_of_control)):
        for at in range(of):
            found.append(Unit(f"{arm}{at}", arm, float(at < paid)))
    return found


def days(called: int, control: int, of: int = 100) -> list[Unit]:
    """So many days each, one more and one less by turns."""
    return [
        Unit(f"{arm}{at}", arm, mean + (-1.0) ** at)
        for arm, mean in (("called", called), ("control", control))
        for at in range(of)
    ]


def measured(experiment: Experiment, found: list[Unit], as_of: date = END):
    (result,) = uplift(experiment, found, as_of)
    return result


class TestArms:
    @given(st.integers(1, 400), st.integers(1, 400))
    def test_every_segment__has_its_shares(self, small: int, large: int) -> None:
        accounts = {f"s{n}": "smb" for n in range(small)} | {f"m{n}": "mid" for n in range(large)}
        arms = arms_of(trial(), accounts)
        assert set(arms) == set(accounts)
        for segment, count in (("smb", small), ("mid", large)):
            mine = [arms[a] for a, of in accounts.items() if of == segment]
            assert abs(mine.count("control") - count / 2) <= 1

    def test_same_accounts__same_arms_and_another_trial_draws_anew(self) -> None:
        accounts = {f"a{n}": "smb" for n in range(200)}
        assert arms_of(trial(), accounts) == arms_of(trial(), dict(reversed(accounts.items())))
        assert arms_of(trial(), accounts) != arms_of(trial(id="y"), accounts)

    def test_other_segment__takes_no_part(self) -> None:
        assert arms_of(trial(segments=("mid",)), {"a": "smb"}) == {}


class TestUplift:
    def test_more_paid_when_called__shows_with_its_interval(self) -> None:
        found = measured(trial(), units(80, 50))
        assert found.difference == pytest.approx(0.3)
        assert 0 < found.low < 0.3 < found.high
        assert found.state == "done"

    def test_interval__is_that_of_newcombe(self) -> None:
        low, high = newcombe(56, 70, 48, 80)  # Newcombe 1998, table II (a), method 10
        assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)

    @pytest.mark.parametrize("metric", ["days_to_pay", "days_late"])
    def test_fewer_days__shows_below_zero_with_its_interval(self, metric: str) -> None:
        found = measured(trial(metric), days(9, 10))
        error = (2 * (100 / 99) / 100) ** 0.5  # each variance 100/99, each mean of 100
        assert found.difference == pytest.approx(-1)
        assert found.high == pytest.approx(-1 + 1.959964 * error)
        assert found.low == pytest.approx(-1 - 1.959964 * error)
        assert found.state == "done"

    @pytest.mark.parametrize(
        ("found", "metric", "before", "at_the_end"),
        [
            (units(50, 65), "paid_share", "running", "harmful"),  # 2.1 standard errors
            (units(50, 75), "paid_share", "harmful", "harmful"),  # 3.7
            (days(28, 10), "days_late", "harmful", "harmful"),
            (days(10, 28), "days_late", "running", "done"),
        ],
    )
    def test_look_before_the_end__asks_for_three_standard_errors(
        self, found: list[Unit], metric: str, before: str, at_the_end: str
    ) -> None:
        states = [measured(trial(metric), found, on).state for on in (date(2026, 1, 20), END)]
        assert states == [before, at_the_end]

    def test_one_account_an_arm__its_interval_is_everything(self) -> None:
        found = measured(trial("days_late", fewest_accounts=1), days(9, 10, of=1), START)
        assert (found.low, found.high) == (float("-inf"), float("inf"))
        assert found.state == "running"

    @pytest.mark.parametrize(
        ("called", "control", "as_of", "state"),
        [
            (80, 50, date(2026, 1, 1), "not_started"),
            (80, 50, date(2026, 1, 20), "running"),
            (20, 70, date(2026, 1, 20), "harmful"),
            (50, 50, END, "done"),
        ],
    )
    def test_stop__follows_the_rule(
        self, called: int, control: int, as_of: date, state: str
    ) -> None:
        assert measured(trial(), units(called, control), as_of).state == state

    def test_few_accounts__nothing_is_concluded(self) -> None:
        assert measured(trial(), units(5, 1, of=5)).state == "too_small"

    def test_arm_nobody_knows__is_left_out(self) -> None:
        found = [*units(80, 50), Unit("x", "gone", 1.0)]
        assert measured(trial(), found) == measured(trial(), units(80, 50))

    def test_nobody__nothing_is_concluded(self) -> None:
        assert uplift(trial(), [], END)[0].state == "too_small"


class TestRegistered:
    def test_shares_that_do_not_sum__are_refused(self) -> None:
        with pytest.raises(ValueError, match="sum to 100"):
            trial(arms=(*ARMS, Arm(name="more", share_percent=10)))

    def test_end_before_start__is_refused(self) -> None:
        with pytest.raises(ValueError, match="end after"):
            trial(ends_on=START)
