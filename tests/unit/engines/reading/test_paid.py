from datetime import date

import pytest

from engines.reading.message import InboundText
from engines.reading.model import PaidClaim
from engines.reading.read import read_message

TUESDAY = date(2026, 3, 10)


def paid(body: str, carrier: str = "email") -> PaidClaim:
    found = read_message(InboundText("", body, TUESDAY, "ap@customer.example", carrier))
    assert found.already_paid is not None
    return found.already_paid


@pytest.mark.parametrize(
    ("words", "day", "minor"),
    [
        ("We paid INV-7 on 3 March, EUR 640.00, by bank transfer.", date(2026, 3, 3), 64000),
        ("I have just paid this by card, EUR 75.00.", TUESDAY, 7500),
        ("Wir haben am 4. März 980,00 EUR überwiesen.", date(2026, 3, 4), 98000),
    ],
)
def test_what_was_paid__keeps_its_day_and_amount(words: str, day: date, minor: int) -> None:
    claim = paid(words)

    assert (claim.paid_on, claim.amount_minor) == (day, minor)


def test_an_advice_with_its_total__is_paid_by_the_total() -> None:
    claim = paid(
        "Remittance advice\nPayment date: 09/03/2026\nINV-71   1,200.00\nINV-72   300.00\n"
        "Less CN-4   -100.00\nTotal paid EUR 1,400.00\n",
        "remittance",
    )

    assert claim.amount_minor == 140000
