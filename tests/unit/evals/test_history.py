from datetime import date

import pytest

from evals.worlds.history import letter_dates, next_weekday
from policies.schema import Stage


def stage(level: int, days_past_due: int, days_since_last: int) -> Stage:
    return Stage(
        level=level,
        template=f"reminder_{level}",
        tone="neutral",
        days_past_due=days_past_due,
        days_since_last=days_since_last,
        needs_approval=False,
    )


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 3, 13), date(2026, 3, 13)),  # a Friday
        (date(2026, 3, 14), date(2026, 3, 16)),
        (date(2026, 3, 15), date(2026, 3, 16)),
    ],
)
def test_weekend__moves_to_monday(day: date, expected: date) -> None:
    assert next_weekday(day) == expected


def test_unpaid_item__climbs_the_stages_by_days_past_due() -> None:
    stages = [stage(1, 3, 0), stage(2, 14, 7)]
    assert letter_dates(date(2026, 3, 2), stages) == [date(2026, 3, 5), date(2026, 3, 16)]


def test_stage_too_soon_after_the_last__waits() -> None:
    stages = [stage(1, 3, 0), stage(2, 5, 10)]
    assert letter_dates(date(2026, 3, 2), stages)[1] == date(2026, 3, 16)  # the 15th is a Sunday
