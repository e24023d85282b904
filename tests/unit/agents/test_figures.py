"""Which figures an answer may state: those that were read, and those the asker said."""

from datetime import date

import pytest

from agents.figures import Sources

AS_OF = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("question", "figure", "known"),
    [
        ("promised to pay 120,50 USD", "120.50", True),
        ("promised to pay 1.500,50 EUR", "1,500.50", True),
        ("promised to pay 1,200.00 USD", "1200.00", True),
        ("promised to pay 120,50 USD", "12050.01", False),
    ],
)
def test_amount_of_the_question__is_the_askers_however_written(
    question: str, figure: str, known: bool
) -> None:
    found = Sources([], AS_OF, question).of(figure)
    assert (found is not None) == known
