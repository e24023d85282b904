"""Small builders of a book and payments for the matching tests."""

from datetime import date
from typing import Any

from engines.matching.match import match_payments
from engines.matching.model import (
    Advice,
    AdviceLine,
    Book,
    Customer,
    OpenDocument,
    Outcome,
    Payment,
)
from engines.matching.scoring import Calibration

DAY = date(2026, 3, 20)
DUE = date(2026, 3, 31)
PATTERNS = (
    "named named_part named_fee named_discount named_credit named_tail named_slip advised "
    "advised_part advised_discount amount_account amount_name set_account set_name"
)
# Every pattern proved, every probability high: what is tested here is the rules.
PROVED = Calibration(
    9.0,
    {},
    {pattern: (3000, 0) for pattern in PATTERNS.split()},
)

ALDER = Customer("C1", "Alder Foods Inc.", ("DE111",))
BIRCH = Customer("C2", "Birch Metals GmbH", ("DE222",))
CHILD = Customer("C3", "Cedar Optics Ltd", (), "C1")
CUSTOMERS = (ALDER, BIRCH, CHILD)


def doc(number: str, minor: int, owner: str = "C1", **changes: Any) -> OpenDocument:
    values: dict[str, Any] = {"currency": "EUR", "due_on": DUE}
    return OpenDocument(number, owner, minor, **(values | changes))


def pay(minor: int, memo: str = "", **changes: Any) -> Payment:
    values: dict[str, Any] = {
        "payment_id": "p1",
        "value_on": DAY,
        "currency": "EUR",
        "payer_name": "ALDER FOODS INC",
        "payer_account": "DE111",
        "bank_ref": "B1",
    }
    return Payment(amount_minor=minor, memo=memo, **(values | changes))


def line(reference: str, gross: int, deduction: int = 0, text: str = "") -> AdviceLine:
    return AdviceLine(reference, gross, deduction, gross - deduction, text)


def advice(total: int, *lines: AdviceLine, payer: str = "Alder Foods") -> Advice:
    return Advice("R00001", DAY, payer, total, "EUR", lines)


def match(
    documents: list[OpenDocument], *payments: Payment, advices: tuple[Advice, ...] = (), **kept: Any
) -> list[Outcome]:
    book = Book(tuple(documents), CUSTOMERS, advices, **kept)
    return match_payments(book, payments, calibration=PROVED)


def cash(outcome: Outcome, rank: int = 0) -> dict[str, int]:
    return {part.doc_id: part.cash_minor for part in outcome.alternatives[rank].parts}


def told(outcome: Outcome) -> tuple[str, str]:
    """Action and reason in words."""
    return outcome.action.value, outcome.reason.value if outcome.reason else ""
