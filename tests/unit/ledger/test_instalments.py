"""Of an invoice in instalments the earliest is settled first."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.facts import DuePart
from ledger.queries.instalments import in_instalments, unsettled
from tests.support.facts import day, item

SCHEDULE = ((day(-40), 30_00), (day(-10), 30_00), (day(20), 40_00))


@pytest.mark.parametrize(
    ("open_minor", "left"),
    [
        (100_00, [(-40, 30_00), (-10, 30_00), (20, 40_00)]),
        (99_99, [(-40, 29_99), (-10, 30_00), (20, 40_00)]),
        (70_00, [(-10, 30_00), (20, 40_00)]),
        (55_00, [(-10, 15_00), (20, 40_00)]),
        (1, [(20, 1)]),
        (105_00, [(-40, 35_00), (-10, 30_00), (20, 40_00)]),  # raised by an adjustment
        (-5_00, [(20, -5_00)]),  # a credit balance
    ],
)
def test_open_balance__is_shared_out_from_the_last_part_back(open_minor, left) -> None:
    expected = tuple(DuePart(day(offset), minor) for offset, minor in left)
    assert unsettled(SCHEDULE, 100_00, open_minor) == expected


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=6), st.integers(-500, 70_000))
def test_any_balance__parts_sum_to_it(amounts, open_minor) -> None:
    schedule = [(day(30 * n), amount) for n, amount in enumerate(amounts)]
    parts = unsettled(schedule, sum(amounts), open_minor)
    assert sum(part.open_minor for part in parts) == open_minor
    assert [part.due_on for part in parts] == sorted({part.due_on for part in parts})


class TestInInstalments:
    def test_item__is_due_when_its_earliest_unsettled_part_is(self) -> None:
        found = in_instalments(item(late=-20, minor=100_00), SCHEDULE)
        assert (found.due_on, found.open_minor) == (day(-40), 100_00)
        assert len(found.instalments) == 3

    @pytest.mark.parametrize(("dunned", "level"), [(-9, 2), (-10, 0), (-30, 0)])
    def test_reminders_of_an_earlier_part__do_not_count_for_the_next(self, dunned, level) -> None:
        whole = item(dunning_level=2, dunned_on=day(dunned))
        found = in_instalments(replace(whole, open_minor=70_00), SCHEDULE)
        assert found.due_on == day(-10)
        assert found.dunning_level == level
        assert (found.dunned_on is None) == (level == 0)
