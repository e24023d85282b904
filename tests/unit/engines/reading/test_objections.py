"""A wish to pay in parts is no dispute unless a word objects."""

from datetime import date

import pytest

from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.objections import as_a_plan, objects, only_asks_for_parts
from engines.reading.page import Page, lay_out
from engines.reading.read import read_message

TUESDAY = date(2026, 3, 10)
LIKELY = {"dispute": 0.7, "short_pay": 0.1}


def message(body: str) -> InboundText:
    return InboundText("", body, TUESDAY, "ap@customer.example", "email")


def read(body: str) -> Reading:
    return read_message(message(body))


def page(body: str) -> Page:
    return lay_out(message(body), calendar="US")


@pytest.mark.parametrize(
    "words",
    [
        "We cannot pay all at once, can we pay in three instalments?",
        "We cannot pay INV-2201 all at once, can we pay in three instalments?",
        "We cannot pay the whole of INV-2201 at once. Can we pay it in three instalments?",
        "We cannot pay the full invoice INV-55 at once. Can we pay it in 4 monthly instalments?",
        "We cannot pay INV-1 and INV-2 at once; please accept three instalments.",
        "Paying INV-55 at once is not possible for us. We ask for a payment plan of 3 parts.",
        "Wir können INV-55 nicht auf einmal bezahlen. Können wir in drei Raten zahlen?",
        "Nous ne pouvons pas régler INV-55 en une fois. Pouvons-nous payer en trois fois ?",
        "No podemos pagar INV-55 de una vez. ¿Podemos pagar en tres plazos?",
    ],
)
def test_plan_asked_for_without_objection__is_a_plan_and_no_dispute(words: str) -> None:
    found = read(words)

    assert "payment_plan_request" in found.intents
    assert not {"dispute", "short_pay"} & set(found.intents)
    assert (found.disputed_invoices, found.dispute_reasons) == ((), ())
    assert found.needs_human


@pytest.mark.parametrize(
    "words",
    [
        "INV-7 was billed twice. Can we pay the remainder in three instalments?",
        "We cannot pay INV-7 all at once because the price is wrong. May we pay in three parts?",
        "We will not pay INV-7, the goods never came. For INV-8 please accept four instalments.",
    ],
)
def test_plan_asked_for_beside_an_objection__stays_a_dispute(words: str) -> None:
    assert "dispute" in read(words).intents


@pytest.mark.parametrize(
    ("words", "objecting"),
    [
        ("We cannot pay.", False),
        ("We can't pay, the total is too much for us this month.", False),
        ("We won't pay.", True),
        ("The price is wrong.", True),
        ("Please issue a credit note.", True),
    ],
)
def test_inability__is_no_objection(words: str, objecting: bool) -> None:
    assert objects(page(words)) is objecting


def test_dispute_beyond_doubt__stands_whatever_the_words() -> None:
    asking = page("Can we pay in three instalments?")
    told = ("dispute", "payment_plan_request")
    assert only_asks_for_parts(asking, told, LIKELY)
    assert not only_asks_for_parts(asking, told, {**LIKELY, "dispute": 0.95})


@pytest.mark.parametrize(
    "words",
    [
        "Please stop the monthly statements of INV-7.",
        "Please look at INV-7 again, it is about the monthly service payments.",
        "The three instalments of INV-7 were sent last year.",
    ],
)
def test_dispute_without_a_wish_for_parts__stands(words: str) -> None:
    assert not only_asks_for_parts(page(words), ("dispute",), LIKELY)


def test_plan_in_place_of_a_dispute__keeps_everything_else() -> None:
    assert as_a_plan(("dispute", "hardship")) == ("payment_plan_request", "hardship")
    told = ("hardship", "payment_plan_request")
    assert as_a_plan((*told, "short_pay")) == told
