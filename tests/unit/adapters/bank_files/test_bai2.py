"""BAI2: signs by type code, slashes in text, continuations, three control totals."""

from datetime import date

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput


def account(*records: str, total: str, header: str = "03,4711,,010,5000,,/") -> list[str]:
    return [header, *records, f"49,{total},{len(records) + 2}/"]


def read(*records: str, total: str, group: str = "02,B,A,1,260302,,EUR,2/") -> BankFile:
    inside = len(records)
    lines = [
        "01,A,B,260302,0800,1,,,2/",
        group,
        *records,
        f"98,{total},1,{inside + 2}/",
        f"99,{total},1,{inside + 4}/",
    ]
    return read_bank_file("a.bai", "\n".join(lines).encode())


@pytest.mark.parametrize(
    ("code", "minor"),
    [("195", 1250), ("475", -1250), ("399", 1250), ("699", -1250), ("720", 1250), ("960", -1250)],
)
def test_type_code__says_which_way_the_money_went(code: str, minor: int) -> None:
    file = read(*account(f"16,{code},1250,Z,B1,C1,words/", total="6250"), total="6250")
    (line,) = file.lines
    assert (line.amount_minor, line.currency, line.booked_on) == (minor, "EUR", date(2026, 3, 2))
    assert (line.bank_ref, line.customer_ref, line.memo) == ("B1", "C1", "words")
    assert file.balances == "tie"


def test_code_that_says_neither__refuses_an_amount() -> None:
    with pytest.raises(BadInput, match="type code '890' does not say"):
        read(*account("16,890,1250,Z,,,/", total="6250"), total="6250")


def test_slash_and_commas_in_text__stay_in_the_text() -> None:
    file = read(*account("16,195,1250,Z,B1,C1,INV 7/2026, 16,98,1/", total="6250"), total="6250")
    assert file.lines[0].memo == "INV 7/2026, 16,98,1"


def test_continuation__goes_on_with_text_or_with_fields() -> None:
    file = read(
        *account(
            "16,195,1250,S,100/", "88,1150,0,B1,C1,first", "88,EREF: 4711",
            total="6250",
        ),
        total="6250",
    )  # fmt: skip
    (line,) = file.lines
    assert (line.amount_minor, line.bank_ref, line.memo) == (1250, "B1", "first EREF: 4711")


@pytest.mark.parametrize(
    "funds", ["Z", "", "0", "V,260303,1200", "S,1,2,3", "D,2,0,600,1,650", "V,,"]
)
def test_funds_type__takes_its_own_fields(funds: str) -> None:
    file = read(*account(f"16,195,1250,{funds},B1,C1,words", total="6250"), total="6250")
    assert (file.lines[0].bank_ref, file.lines[0].customer_ref) == ("B1", "C1")


def test_value_date__is_taken_from_the_funds_type() -> None:
    file = read(*account("16,195,1250,V,260305,,B1,C1,x/", total="6250"), total="6250")
    assert file.lines[0].value_on == date(2026, 3, 5)


def test_currency__comes_from_account_then_group_then_the_standard() -> None:
    def currency(header: str, group: str) -> str:
        records = account("16,195,1250,Z,,,/", total="1250", header=header)
        return read(*records, total="1250", group=group).lines[0].currency

    assert currency("03,1,GBP,,,,/", "02,B,A,1,260302,,EUR,2/") == "GBP"
    assert currency("03,1,,,,,/", "02,B,A,1,260302,,EUR,2/") == "EUR"
    assert currency("03,1,,,,,/", "02,B,A,1,260302,,,2/") == "USD"


def test_account_total_that_is_wrong__is_flagged_with_the_difference() -> None:
    file = read(*account("16,195,1250,Z,,,/", total="7000"), total="7000")
    assert (file.balances, file.statements[0].difference_minor) == ("differ", 750)


def test_lost_record__is_flagged_by_the_counts() -> None:
    records = account("16,195,1250,Z,,,/", "16,195,0,Z,,,/", total="6250")
    del records[2]
    assert read(*records, total="6250").balances == "differ"


def test_blank_account_total__is_proven_by_the_group() -> None:
    records = ["03,1,,,,,/", "49,,2/"]
    assert read(*records, total="0").balances == "tie"


def test_file_total_that_is_wrong__flags_the_file() -> None:
    records = account("16,195,1250,Z,,,/", total="6250")
    file = read(*records, total="9999")
    assert file.statements[0].balances == "tie"
    assert (file.totals, file.balances) == ("differ", "differ")


@pytest.mark.parametrize("kept", [1, 2, 3, 4, 5, 6])
def test_file_cut_off_anywhere__is_refused(kept: int) -> None:
    lines = [
        "01,A,B,260302,0800,1,,,2/", "02,B,A,1,260302,,EUR,2/", "03,1,,,,,/", "16,195,5,Z,,,/",
        "49,5,3/", "98,5,1,5/", "99,5,1,7/",
    ]  # fmt: skip
    assert read_bank_file("a.bai", "\n".join(lines).encode()).balances == "tie"
    with pytest.raises(BadInput, match="cut off"):
        read_bank_file("a.bai", "\n".join(lines[:kept]).encode())


def test_records_on_one_line__are_told_apart() -> None:
    text = (
        "01,A,B,260302,0800,1,,,2/ 02,B,A,1,260302,,EUR,2/\n03,1,,,,,/ 49,0,2/ 98,0,1,4/\n99,0,1,6/"
    )
    assert read_bank_file("a.bai", text.encode()).balances == "tie"


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ("16,195,12.50,Z,,,/", "is not a BAI2 amount"),
        ("16,195,1250,Q,,,/", "unknown funds type"),
        ("16,195,1250,D,x,,,/", "without its number of days"),
        ("17,195,1250,Z,,,/", "is not a BAI2 record"),
        ("03,2,,,,,/", "out of place"),
        ("02,B,A,1,260302,,EUR,2/", "inside a group"),
    ],
)
def test_record_that_is_not_one__refuses_the_file(record: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(*account(record, total="6250"), total="6250")
