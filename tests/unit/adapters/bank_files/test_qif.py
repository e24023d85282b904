"""QIF: dates and amounts as countries write them; an open entry refuses the file."""

from datetime import date

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput


def read(*lines: str, head: str = "!Type:Bank") -> BankFile:
    return read_bank_file("a.qif", "\n".join((head, *lines)).encode())


def entry(day: str = "3/15/26", amount: str = "12.50") -> list[str]:
    return [f"D{day}", f"T{amount}", "PAcme", "MINV 7", "N101", "^"]


def test_entry__is_read() -> None:
    (line,) = read(*entry()).lines
    assert (line.booked_on, line.amount_minor, line.payer_name) == (date(2026, 3, 15), 1250, "Acme")
    assert (line.memo, line.customer_ref) == ("INV 7", "101")


@pytest.mark.parametrize(
    ("days", "first"),
    [
        (["3/15/26", "4/1/26"], date(2026, 3, 15)),
        (["15/3/26", "1/4/26"], date(2026, 3, 15)),
        (["2026-03-15", "2026-04-01"], date(2026, 3, 15)),
        (["3/15'26", "4/ 1'26"], date(2026, 3, 15)),
        (["15.03.2026", "01.04.2026"], date(2026, 3, 15)),
        (["20260315"], date(2026, 3, 15)),
        (["3/ 4/98"], date(1998, 3, 4)),
    ],
)
def test_order_of_the_date__comes_from_all_dates_of_the_file(days: list[str], first: date) -> None:
    file = read(*(line for day in days for line in entry(day)))
    assert file.lines[0].booked_on == first


def test_dates_that_fit_several_orders__are_said() -> None:
    assert any("several orders" in each for each in read(*entry("3/4/26")).warnings)
    assert not any("several orders" in each for each in read(*entry("3/3/2026")).warnings)


@pytest.mark.parametrize(
    ("amounts", "minors"),
    [
        (["-1,000.00", "5"], [-100000, 500]),
        (["-1.000,00", "5,5"], [-100000, 550]),
        (["1 000,00", "2'000,50"], [100000, 200050]),
        (["12.50-"], [-1250]),
        ([".5", "+1."], [50, 100]),
        (["1,000"], [100000]),
    ],
)
def test_amounts_as_countries_write_them__are_exact(amounts: list[str], minors: list[int]) -> None:
    file = read(*(line for amount in amounts for line in entry(amount=amount)))
    assert [line.amount_minor for line in file.lines] == minors


@pytest.mark.parametrize("amount", ["1,0000", "$5", "5.123", "1.2.3", "", "--5"])
def test_amount_that_is_none__refuses_the_file(amount: str) -> None:
    with pytest.raises(BadInput, match=r"a\.qif line 2"):
        read(*entry(amount=amount))


def test_file_cut_off_in_an_entry__is_refused() -> None:
    with pytest.raises(BadInput, match="cut off"):
        read(*entry()[:-1])


def test_lost_end_of_an_entry__is_refused() -> None:
    with pytest.raises(BadInput, match="two entries in one"):
        read(*entry()[:-1], *entry())


def test_lists_and_accounts__hold_no_money() -> None:
    file = read(
        "NSalary",
        "I",
        "^",
        "!Account",
        "NGiro",
        "TBank",
        "^",
        "!Type:Bank",
        *entry(),
        head="!Type:Cat",
    )
    assert (len(file.lines), file.statements[0].account) == (1, "Giro")


def test_investments__are_refused() -> None:
    with pytest.raises(BadInput, match="not a bank account"):
        read(*entry(), head="!Type:Invst")


def test_opening_balance__is_not_money() -> None:
    opening = ["D3/1/26", "T900.00", "POpening Balance", "L[Giro]", "^"]
    assert [line.kind for line in read(*opening, *entry()).lines] == ["info", "booked"]


def test_split_that_does_not_sum__is_said() -> None:
    lines = entry()
    assert not any("parts" in each for each in read(*lines[:-1], "SRent", "$12.50", "^").warnings)
    assert any("parts" in each for each in read(*lines[:-1], "SRent", "$12.00", "^").warnings)
