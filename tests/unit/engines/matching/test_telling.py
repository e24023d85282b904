"""What in a memo tells one payment from others, and what everybody writes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engines.matching.telling import telling_references

DAYS = st.dates(date(2010, 1, 1), date(2039, 12, 31))
FORMS = (
    "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%y", "%Y%m%d", "%d%m%Y", "%y%m%d", "%d%m%y",
    "%Y-%m", "%m/%Y", "%Y%m", "%d%b%Y", "%d-%b-%Y", "%B%Y", "%B %d, %Y", "%Y-W%V",
    "%Y-%m-%d %H:%M:%S",
)  # fmt: skip


@given(day=DAYS, form=st.sampled_from(FORMS), before=st.sampled_from(["", "Rent ", "INVOICE"]))
def test_date_in_any_form__tells_nothing(day: date, form: str, before: str) -> None:
    assert telling_references(f"{before}{day.strftime(form)}") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "", "NONREF", "NOTPROVIDED", "Payment", "Wire transfer", "Subscription Q1 2026",
        "Rent 2026-03", "2025-2026", "01.03.2026-31.03.2026", "01MAR26-31MAR26",
        "2026-03-01T10:15:00 CARD",
        "EUR 1.234,56", "USD 120000.00", "1 234 567,89", "INV-12", "Unit 4711, 3rd floor",
    ],
)  # fmt: skip
def test_what_everybody_writes__tells_nothing(text: str) -> None:
    assert telling_references(text) == frozenset()


@pytest.mark.parametrize(
    ("text", "reference"),
    [
        ("PAYMENT TRF-778812 OF 01.03.2026", "TRF778812"),
        ("R01 091000019876543", "091000019876543"),
        ("RF18 5390 0754 7034", "RF18539007547034"),
        ("INV-2026-0042", "INV20260042"),
        ("INV-2026-03-0042", "INV2026030042"),
        ("inv 4711 002", "INV4711002"),
        ("03/2026; RE 778812", "778812"),
        ("2026030112345678", "2026030112345678"),
        ("75C62EC25E19D187", "75C62EC25E19D187"),
    ],
)
def test_long_number__is_a_reference(text: str, reference: str) -> None:
    assert reference in telling_references(text)
