"""What the offline model reads in a customer's words, and what it quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.offline_reading import dispute_reason, read_words
from tools.outside_text import clean_text, outside


def reading(text: str) -> str:
    return read_words(outside(text, "message").text).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Half of the boxes were damaged. We will not pay.", "dispute"),
        ("The price is wrong on INV-7", "dispute"),
        ("I lost my job and cannot afford this", "hardship"),
        ("The company is bankrupt", "insolvency"),
        ("Talk to our lawyer", "legal"),
        ("My husband passed away in May", "deceased"),
        ("Please stop writing to me", "opt_out"),
        ("We already paid this last week", "already_paid"),
        ("Could we pay in instalments?", "plan"),
        ("We will pay on Friday", "promise"),
        ("Who is our contact?", "query"),
        ("", "query"),
    ],
)
def test_words__are_read_as(text: str, kind: str) -> None:
    assert reading(text) == kind


def test_several_signals__the_one_that_stops_us_counts() -> None:
    assert reading("We will pay, but our lawyer says the price is wrong") == "legal"


def test_quote__is_the_sentence_as_it_stands() -> None:
    found = read_words(outside("Hello.\nTwo boxes are missing, Bob! Bye.", "message").text)
    assert found.quote == "Two boxes are missing, Bob"


@given(st.text(max_size=200), st.sampled_from(["it is damaged", "we will pay", "hospital"]))
def test_quote__is_always_a_span_of_the_text(around: str, signal: str) -> None:
    text = f"{around} {signal} {around}"
    found = read_words(outside(text, "message").text)
    assert found.quote in clean_text(text)
    assert found.kind != "query"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("you overcharged us", "PRICE"),
        ("two boxes are missing", "QTY_SHORT"),
        ("it never arrived", "NOT_DELIVERED"),
        ("it came broken", "DAMAGED"),
        ("billed twice", "DUPLICATE_BILL"),
        ("we do not agree", "UNDEFINED"),
    ],
)
def test_dispute__has_the_reason(text: str, reason: str) -> None:
    assert dispute_reason(text) == reason
