from datetime import date

import pytest

from engines.reading.message import InboundText
from engines.reading.model import Reading
from engines.reading.read import read_message

TUESDAY = date(2026, 3, 10)


def read(body: str, subject: str = "") -> Reading:
    return read_message(InboundText(subject, body, TUESDAY, "ap@customer.example", "email"))


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("we will pay invoice ACCA-1 on 25 March 2026.", date(2026, 3, 25)),
        ("we will pay INV-102 on Friday, 20 March 2026", date(2026, 3, 20)),
        ("We will transfer 500.00 EUR for INV-7 by eod Friday.", date(2026, 3, 13)),
    ],
)
def test_a_plain_promise__depends_on_nothing_and_needs_no_person(words: str, day: date) -> None:
    found = read(words)

    (promise,) = found.promises
    assert (promise.due_on, promise.conditional) == (day, False)
    assert not found.needs_human


@pytest.mark.parametrize(
    "words",
    [
        "Once you send the credit note we will pay INV-3 on 20 March.",
        "We will pay INV-3 on 20 March unless the auditors object.",
        "Subject to sign-off by our director we pay INV-3 on 20 March.",
        "Sobald die Gutschrift da ist, zahlen wir INV-3 am 20. März.",
        "Dès réception de l'avoir nous réglons INV-3 le 20 mars.",
        "En cuanto nos llegue el abono pagamos INV-3 el 20 de marzo.",
    ],
)
def test_a_promise_that_depends_on_something__is_conditional_and_a_persons(words: str) -> None:
    found = read(words)

    assert [each.conditional for each in found.promises] == [True]
    assert found.needs_human


def test_the_rest_when_somebody_else_pays__is_a_promise_of_its_own() -> None:
    found = read("mate can only do 1200 this thurs rest when the footy club pays me")

    dated, rest = found.promises
    assert (dated.due_on, dated.amount_minor, dated.conditional) == (
        date(2026, 3, 12),
        120000,
        False,
    )
    assert (rest.due_on, rest.amount_minor, rest.conditional) == (None, None, True)


def test_a_day_for_the_rows_below__promises_their_sum() -> None:
    found = read(
        "These are in our payment run of 20 March:\nINV-2041: 1,200.00 EUR\nINV-2042: 300.50 EUR\n"
    )

    assert [(each.due_on, each.amount_minor) for each in found.promises] == [
        (date(2026, 3, 20), 150050)
    ]


def test_two_parts_on_two_days__each_keep_their_amount() -> None:
    found = read("We will pay 1,500.00 EUR on 20 March and the remaining 640.00 EUR on 2 April.")

    assert [(each.due_on, each.amount_minor) for each in found.promises] == [
        (date(2026, 3, 20), 150000),
        (date(2026, 4, 2), 64000),
    ]


def test_a_day_told_in_subject_and_body__is_one_promise() -> None:
    found = read("INV-9 over USD 850.00 will be paid on 20 March.", "Payment on 20 March")

    assert [(each.due_on, each.amount_minor) for each in found.promises] == [
        (date(2026, 3, 20), 85000)
    ]


HALVES = [(date(2026, 3, 13), 125000), (date(2026, 3, 20), 125000)]


@pytest.mark.parametrize(
    "words",
    [
        "We will pay half on Friday and half on 20 March, 1,250.00 USD each.",
        "We will pay half, 1,250.00 USD, on Friday and half on 20 March.",
        "Die Hälfte am Freitag und die Hälfte am 20. März, je 1.250,00 EUR.",
        "La moitié vendredi et la moitié le 20 mars, 1 250,00 EUR chacune.",
        "We will pay 2,500.00 USD, half on Friday and half on 20 March.",
        "We will pay half on Friday and half on 20 March, 2,500.00 USD.",
        "We will pay half on Friday and half on 20 March of the 2,500.00 USD.",
        "Half on Friday, half on 20 March, 2,500.00 USD in all.",
        "Wir zahlen die Hälfte am Freitag und die Hälfte am 20. März, zusammen 2.500,00 EUR.",
        "La moitié vendredi, la moitié le 20 mars, 2 500,00 EUR au total.",
    ],
)
def test_halves__are_of_what_the_words_call_the_whole(words: str) -> None:
    found = read(words)

    assert [(each.due_on, each.amount_minor) for each in found.promises] == HALVES
    assert not found.needs_human


@pytest.mark.parametrize(
    "words",
    [
        "We will pay half on Friday (1,250.00 USD) and half on 20 March.",
        "Half on Friday 13 March, 1,250.00 USD, and half on 20 March.",
        "Half now on Friday, that is 1,250.00 USD, half on 20 March.",
        "Die Hälfte am Freitag (1.250,00 EUR) und die Hälfte am 20. März.",
        "Die Hälfte am Freitag, 13. März, 1.250,00 EUR, und die Hälfte am 20. März.",
    ],
)
def test_an_amount_beside_one_half__stands_and_is_a_persons(words: str) -> None:
    found = read(words)

    assert found.promises[0].amount_minor == 125000
    assert "pays in halves and does not say of what" in found.why_human


def test_halves_of_an_odd_sum__add_up_to_it() -> None:
    found = read("Half on Friday and half on 20 March, 2,500.01 USD in all.")

    assert sum(each.amount_minor or 0 for each in found.promises) == 250001
