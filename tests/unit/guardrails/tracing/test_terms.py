"""A concession is stated as it was approved, or it is another one."""

from datetime import date
from decimal import Decimal

import pytest

from guardrails.tracing.stated import stated
from guardrails.tracing.terms import keeps_terms, read_terms
from tests.support.traced_accounts import ACCOUNTS, AS_OF, DOLLARS

KNOWN = ACCOUNTS[DOLLARS]
DISCOUNT = {"percent": "2", "amount": "24.80", "invoice": "INV-881", "until": "2026-11-30"}
PLAN = {
    "schedule": [
        {"due": "2026-12-01", "amount": "516.84"},
        {"due": "2027-01-01", "amount": "516.83"},
        {"due": "2027-02-01", "amount": "516.83"},
    ]
}


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("As agreed, a 2% reduction applies if INV-881 is paid by 30 November 2026.", True),
        ("A reduction of $24.80 on INV-881 applies until 30 November 2026.", True),
        ("Two percent off if you pay by 30 November 2026.", True),
        ("A 3% reduction applies if INV-881 is paid by 30 November 2026.", False),
        ("A 2% reduction ($25.00) applies if paid by 30 November 2026.", False),
        ("A 2% reduction applies if INV-881 is paid by 1 December 2026.", False),
        ("A 2% reduction applies whenever INV-881 is paid.", False),
        ("A reduction applies if INV-881 is paid by 30 November 2026.", False),
    ],
)
def test_discount__is_stated_as_approved(text, kept):
    assert keeps_terms(stated("", text, "en", AS_OF), DISCOUNT, KNOWN) is kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Your plan: three instalments, the first of $516.84 due on 1 December 2026.", True),
        ("$516.84 on 1 December 2026, $516.83 on 1 January and 1 February 2027.", True),
        ("Four instalments are fine, starting on 1 December 2026.", False),
        ("Three instalments of $520.00, the first on 1 December 2026.", False),
        ("Three instalments, the first on 5 December 2026.", False),
    ],
)
def test_plan__is_stated_as_approved(text, kept):
    assert keeps_terms(stated("", text, "en", AS_OF), PLAN, KNOWN) is kept


def test_terms__are_sorted_by_what_they_are():
    terms = read_terms({**DISCOUNT, **PLAN, "percent": "2%"})
    assert terms.rates == {Decimal(2)}
    assert terms.amounts == {Decimal("24.80"), Decimal("516.84"), Decimal("516.83")}
    assert terms.parts == {3}
    assert date(2026, 11, 30) in terms.days
