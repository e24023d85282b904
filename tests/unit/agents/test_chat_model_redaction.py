"""What is taken out of a text before a model sees it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage

from agents.redaction import redact_messages, redact_text

IBANS = [
    "DE89370400440532013000",
    "DE89 3704 0044 0532 0130 00",
    "de89-3704-0044-0532-0130-00",
    "GB29 NWBK 6016 1331 9268 19",
    "NO93 8601 1117 947",
    "FR14 2004 1010 0505 0001 3M02 606",
    "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
]
CARDS = [
    "4111111111111111",
    "4111 1111 1111 1111",
    "5500-0000-0000-0004",
    "3782 822463 10005",
    "378282246310005",
    "6011000990139424",
]
KEYS = ["sk-proj-abcdefghijklmnop1234", "ark_live_abcdefghijklmnop", "AKIAABCDEFGHIJKLMNOP"]


@pytest.mark.parametrize("iban", IBANS)
def test_iban__replaced_and_words_around_it_kept(iban):
    assert redact_text(f"Pay to {iban}, please") == "Pay to [redacted iban], please"


def test_iban_followed_by_capitals__only_the_iban_goes():
    said = redact_text("DE89 3704 0044 0532 0130 00 PLEASE PAY SOON")
    assert said == "[redacted iban] PLEASE PAY SOON"


def test_mistyped_iban__replaced_where_the_word_says_so():
    assert redact_text("IBAN: DE00 3704 0044 0532 0130 00") == "IBAN: [redacted iban]"


def test_iban_after_what_looks_like_the_start_of_one__still_found():
    said = redact_text("INV AB12 DE89 3704 0044 0532 0130 00 and FR14 GB29 NWBK 6016 1331 9268 19")
    assert said == "INV AB12 [redacted iban] and FR14 [redacted iban]"


def test_card_after_four_other_digits__still_found():
    assert redact_text("2024 4111 1111 1111 1111") == "2024 [redacted card]"


@pytest.mark.parametrize("card", CARDS)
def test_card_number__replaced(card):
    assert redact_text(f"card {card}.") == "card [redacted card]."


@pytest.mark.parametrize("key", KEYS)
def test_access_key__replaced(key):
    assert redact_text(f"use {key} now") == "use [redacted key] now"


def test_bearer_token__replaced():
    assert redact_text("Authorization: Bearer abc.def-ghi_jkl=") == (
        "Authorization: Bearer [redacted key]"
    )


def test_known_secret__replaced_whatever_it_looks_like():
    assert redact_text("it is plainword", ["plainword"]) == "it is [redacted key]"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("password: hunter2", "password: [redacted password]"),
        ("my password is hunter2, thanks", "my password is [redacted password], thanks"),
        ("Passwort=geheim", "Passwort=[redacted password]"),
        ("Das Kennwort ist geheim", "Das Kennwort ist [redacted password]"),
        ("mot de passe : secret", "mot de passe : [redacted password]"),
        ('{"password": "hunter2"}', '{"password": "[redacted password]"}'),
    ],
)
def test_password__value_goes_label_stays(text, clean):
    assert redact_text(text) == clean


@pytest.mark.parametrize(
    "text",
    [
        "Invoice INV-2024-000123 over EUR 12,500.00 due 2024-11-30",
        "Document 1930438491, customer 0200769623, PO 4500012345",
        "Bank reference 20191118123456789",  # right length, no card's range or check digit
        "Reference 4111 1111 1111 1112",  # check digit wrong
        "EUR 4111111111111111.00 and 1,234,567.89",
        "RF18 5390 0754 7034 is a creditor reference",
        "Customer US12 ACME NORTH AMERICA HOLDING",
        "Please reset the password of the portal",
        "risk-adjusted task-oriented desk-research",
        "call +49 30 901820 or 0170 1234567",
    ],
)
def test_what_receivables_talk_about__stays(text):
    assert redact_text(text) == text


@given(st.text(alphabet="DE89 0123456789-sk_abcXY:.,\n"))
def test_redaction__is_settled_after_one_pass(text):
    once = redact_text(text)
    assert redact_text(once) == once


def test_messages__copied_not_changed():
    message = HumanMessage("password: hunter2")
    clean = redact_messages([message])
    assert clean[0].content == "password: [redacted password]"
    assert message.content == "password: hunter2"


def test_tool_arguments__secret_fields_go_and_ids_stay():
    args = {"password": "hunter2", "api_key": "x", "rows": [{"iban": IBANS[0]}], "amount": 5}
    call = {"name": "sign_in", "args": args, "id": "4111111111111111"}
    clean = redact_messages([AIMessage("", tool_calls=[call])])[0]
    assert clean.tool_calls[0]["id"] == "4111111111111111"
    assert clean.tool_calls[0]["args"] == {
        "password": "[redacted password]",
        "api_key": "[redacted password]",
        "rows": [{"iban": "[redacted iban]"}],
        "amount": 5,
    }
