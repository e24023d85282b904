"""Swiss V11 files: record types 3 and 4, references with a check digit, totals."""

import pytest

from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput

REFERENCE = "000000000000000000000000011"
PARTICIPANT = "010121627"


def slip(amount: int, code: str = "002", reference: str = REFERENCE, who: str = PARTICIPANT) -> str:
    return f"{code}{who}{reference}{amount:010d}0001  0001260218260219260220{0:023d}"


def total(amount: int, count: int, code: str = "999", who: str = PARTICIPANT) -> str:
    return f"{code}{who}{'9' * 27}{amount:012d}{count:012d}260221{0:018d}"


def slip_4(amount: int, code: str = "011", currency: str = "EUR") -> str:
    record = f"{code}031{PARTICIPANT}{REFERENCE}{currency}{amount:012d}{'B-1':<35}"
    return f"{record}2026021820260219202602200{currency}".ljust(200)


def total_4(amount: int, count: int, code: str = "991", currency: str = "EUR") -> str:
    return f"{code}991{PARTICIPANT}{'9' * 27}{currency}{amount:012d}{count:012d}20260221".ljust(200)


def text(*records: str) -> bytes:
    return "\r\n".join(records).encode()


def test_payments_of_type_3__carry_reference_and_credit_date() -> None:
    file = read_bank_file("f", text(slip(10050), slip(20000), total(30050, 2)))
    assert [line.amount_minor for line in file.lines] == [10050, 20000]
    line = file.lines[0]
    assert (line.customer_ref, line.currency, f"{line.booked_on}") == (
        REFERENCE,
        "CHF",
        "2026-02-20",
    )
    assert (file.balances, file.warnings) == ("tie", ())


def test_payments_of_type_4__name_their_currency() -> None:
    file = read_bank_file("f", text(slip_4(10050), total_4(10050, 1)))
    (line,) = file.lines
    assert (line.amount_minor, line.currency, line.bank_ref) == (10050, "EUR", "B-1")
    assert (f"{line.booked_on}", file.balances) == ("2026-02-20", "tie")


@pytest.mark.parametrize(
    ("records"),
    [
        (slip(500, "005"), slip(900), total(900, 1), total(500, 1, "995")),
        (slip_4(500, "012"), slip_4(900), total_4(900, 1), total_4(500, 1, "992")),
    ],
)
def test_payment_taken_back__is_a_reversal_with_a_total_of_its_own(
    records: tuple[str, ...],
) -> None:
    file = read_bank_file("f", text(*records))
    assert [(line.amount_minor, line.is_reversal) for line in file.lines] == [
        (-500, True),
        (900, False),
    ]
    assert file.balances == "tie"


def test_participants__are_statements_of_their_own() -> None:
    other = "030000017"
    records = (slip(100), slip(200, who=other), total(100, 1), total(200, 1, who=other))
    file = read_bank_file("f", text(*records))
    assert [(each.account, each.currency) for each in file.statements] == [
        (PARTICIPANT, "CHF"),
        (other, "EUR"),
    ]


def test_wrong_check_digit__is_named() -> None:
    file = read_bank_file("f", text(slip(100, reference=REFERENCE[:-1] + "9"), total(100, 1)))
    assert "check digit" in file.warnings[0]


def test_sum_that_differs__is_flagged_with_the_difference() -> None:
    file = read_bank_file("f", text(slip(100), total(150, 1)))
    assert (file.balances, file.statements[0].difference_minor) == ("differ", 50)


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ((slip(100),), "no total"),
        ((slip(100), total(100, 2)), "counts 2 payments, 1 were found"),
        ((slip(100), "words", total(100, 1)), "not a V11 record"),
        ((slip(100).replace("260220", "269920"), total(100, 1)), "not a date"),
    ],
)
def test_file_that_lost_something__is_refused(records: tuple[str, ...], reason: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_bank_file("f.v11", text(*records))
    assert reason in refused.value.message
