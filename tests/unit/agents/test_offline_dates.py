"""What the offline assistant makes of the dates of a question."""

from typing import Any

import pytest

from agents.offline_asked import WHICH_DATE
from agents.offline_kind import due_within, on_date, since_date
from agents.offline_turn import Turn


def turn(question: str) -> Turn:
    return Turn("collector", None, question, (), frozenset(), {}, {}, ())


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("promises due in 3 weeks", {"due_within_days": 21}),
        ("tasks within 10 days", {"due_within_days": 10}),
        ("promises due this week", {"due_within_days": 7}),
        ("promises", {}),
    ],
)
def test_how_far_ahead__is_read(question: str, given: dict[str, Any]) -> None:
    assert due_within(turn(question)) == given


@pytest.mark.parametrize("words", ["3 March", "March 3rd", "03.03.2026", "last Tuesday"])
def test_date_not_read__is_asked_back(words: str) -> None:
    assert on_date(turn(f"aging on {words}")) == WHICH_DATE
    assert since_date(turn(f"what changed since {words}")) == WHICH_DATE


def test_no_date__is_today() -> None:
    assert (on_date(turn("the last night")), since_date(turn("what may be new?"))) == ({}, {})
