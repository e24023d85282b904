"""What the offline model reads in a customer's words, and what it quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents.offline_reading import dispute_reason, read_claims, read_words
from tools.outside_text import clean_text, outside


def reading(text: str) -> str:
    return read_words(outside(text, "message").text).kind


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Half of the boxes were damaged. We will not pay.", "dispute"),
        ("The price is wrong on INV-7", "dispute"),
        ("I lost my job in May and we cannot afford to pay this now", "hardship"),
        ("The company is bankrupt", "insolvency"),
        ("Talk to our lawyer", "legal"),
        ("My husband passed away in May", "deceased"),
        ("Please stop writing to me", "opt_out"),
        ("We already paid this last week", "already_paid"),
        ("Could we pay in instalments?", "plan"),
        ("We will pay on Friday", "promise"),
        ("Please send us a copy of the invoice.", "query"),
        ("", "query"),
    ],
)
def test_words__are_read_as(text: str, kind: str) -> None:
    assert reading(text) == kind


def test_several_signals__the_one_that_stops_us_counts() -> None:
    assert reading("We will pay, but our lawyer says the price is wrong") == "legal"


def test_quote__is_the_sentence_as_it_stands() -> None:
    words = "Hello.\nTwo of the boxes arrived damaged and we dispute this, Bob! Bye."
    found = read_words(outside(words, "message").text)
    assert found.quote == "Two of the boxes arrived damaged and we dispute this, Bob!"


@given(st.text(max_size=200), st.sampled_from(["it is damaged", "we will pay", "passed away"]))
def test_quote__is_always_a_span_of_the_text(around: str, signal: str) -> None:
    text = f"{around} {signal} {around}"
    found = read_words(outside(text, "message").text)
    assert found.quote in clean_text(text)
    assert found.kind == "deceased" or signal != "passed away"


def test_claims__the_most_careful_counts_with_its_words() -> None:
    found = read_claims({"promise_to_pay": "We will pay.", "legal_threat": "Our lawyer says no."})
    assert (found.kind, found.quote) == ("legal", "Our lawyer says no.")


def test_claims_of_nothing_that_stops__are_a_query() -> None:
    assert read_claims({"request_info": "Where is it?"}).kind == "query"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("you overcharged us", "PRICE"),
        ("we ordered 40 pieces and received only 32", "QTY_SHORT"),
        ("it never arrived", "NOT_DELIVERED"),
        ("it came broken", "DAMAGED"),
        ("billed twice", "DUPLICATE_BILL"),
        ("see below", "UNDEFINED"),
    ],
)
def test_dispute__has_the_reason(text: str, reason: str) -> None:
    assert dispute_reason(text) == reason
