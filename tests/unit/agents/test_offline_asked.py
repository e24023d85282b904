"""What a colleague's question names."""

from datetime import date

import pytest

from agents.offline_asked import (
    account_named,
    amount_named,
    date_named,
    last_account,
    speaks_of_it,
)

MONDAY = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("question", "account"),
    [
        ("Tell me the story of Brightwater Foods", "Brightwater Foods"),
        ("Why was Acme Trading Ltd. routed here?", "Acme Trading Ltd"),
        ("aging of C-300", "C-300"),
        ("open items for 0200769623, please", "0200769623"),
        ("Sundial promised to pay 1,200.00 USD by 2026-03-25, record it", "Sundial"),
        ('What is the exposure of "Credit Union Open Systems"?', "Credit Union Open Systems"),
        ("open a dispute for INV-3001: wrong price", "INV-3001"),
        ("What's Northgate's balance?", "Northgate"),
        ("What is its balance?", None),
        ("Who should I work today and why?", None),
    ],
)
def test_account(question: str, account: str | None) -> None:
    assert account_named(question) == account


@pytest.mark.parametrize(
    ("question", "amount"),
    [
        ("1,200.00 USD by Friday", ("1200.00", "USD")),
        ("EUR 50 tomorrow", ("50", "EUR")),
        ("they pay $99.50", ("99.50", "USD")),
        ("promised to pay 120,50 USD", ("120.50", "USD")),
        ("1.500,50 EUR by Friday", ("1500.50", "EUR")),
        ("€1.500,50", ("1500.50", "EUR")),
        ("12,50 EUR", ("12.50", "EUR")),
        ("a write-off of 5000,00 USD", ("5000.00", "USD")),
        ("CHF 1'250.00", ("1250.00", "CHF")),
        ("by 2026-03-25", None),
    ],
)
def test_amount(question: str, amount: tuple[str, str] | None) -> None:
    assert amount_named(question) == amount


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("by 2026-03-25", date(2026, 3, 25)),
        ("by 2026-13-25", None),
        ("called today and promised to pay on 15 April", None),
        ("tomorrow or on 3/4/2026", None),
        ("tomorrow", date(2026, 3, 17)),
        ("today", MONDAY),
        ("in 2 weeks", date(2026, 3, 30)),
        ("in 3 days", date(2026, 3, 19)),
        ("on Friday", date(2026, 3, 20)),
        ("next Monday", date(2026, 3, 23)),
        ("soon", None),
    ],
)
def test_date(question: str, day: date | None) -> None:
    assert date_named(question, MONDAY) == day


def test_last_account__is_the_one_an_answer_was_about() -> None:
    history = [
        ("assistant", "Acme (C-1), smb, as of today:\n- x"),
        ("person", "and the disputes?"),
        ("assistant", "Open disputes as of today:\n- Other (C-2): PRICE, late (OVERDUE)"),
    ]
    assert last_account(history) == "C-1"
    assert last_account([("person", "Acme (C-1): x")]) is None


def test_pronoun__refers_to_it() -> None:
    assert speaks_of_it("what are its promises")
    assert not speaks_of_it("promises due this week")
