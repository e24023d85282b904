"""X12 820: any terminator, swapped amounts, adjustments, and a payment that always adds up."""

import pytest

from adapters.bank_files.model import BankFile, RemittanceLine
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput

ISA = (
    "ISA*00*          *00*          *ZZ*A              *ZZ*B              "
    "*260918*1200*U*00401*000000001*0*P*:"
)


def interchange(*body: str, total: str = "90.00", end: str = "~", handling: str = "C") -> bytes:
    order = [
        "ST*820*0001",
        f"BPR*{handling}*{total}*C*ACH*CTX*01*1*DA*2*3**01*4*DA*5*20260918",
        "TRN*1*T-1",
        "N1*PR*ACME INC",
        *body,
    ]
    segments = [ISA, "GS*RA*A*B*20260918*1200*1*X*004010", *order, f"SE*{len(order) + 1}*0001"]
    return "".join(each + end for each in (*segments, "GE*1*1", "IEA*1*000000001")).encode()


def read(*body: str, **kept: str) -> BankFile:
    return read_bank_file("f.x12", interchange(*body, **kept))


def amounts(line: RemittanceLine) -> tuple[int | None, ...]:
    return (line.gross_minor, line.discount_minor, line.deduction_minor, line.net_minor)


@pytest.mark.parametrize("end", ["~", "~\n", "\\", "|\r\n", "\n", "\r\n", "'", "\x1c"])
def test_any_segment_terminator__reads_the_same(end: str) -> None:
    file = read("RMR*IV*INV-1**60.00", "RMR*IV*INV-2**30.00", end=end)
    assert [(each.reference, each.net_minor) for each in file.remittances] == [
        ("INV-1", 6000),
        ("INV-2", 3000),
    ]
    assert (file.totals, file.warnings) == ("tie", ())


def test_header_without_terminator__ends_with_its_line() -> None:
    data = interchange("RMR*IV*INV-1**90.00", end="\\\n").replace(b"*:\\\n", b"*:\n", 1)
    assert read_bank_file("f", data).remittances[0].net_minor == 9000


@pytest.mark.parametrize("first", ["GS*RA", "ST*820"])
def test_group_or_set_alone__is_read(first: str) -> None:
    data = interchange("RMR*IV*INV-1**90.00", end="~\n")
    file = read_bank_file("f", data[data.index(first.encode()) :])
    assert (file.remittances[0].net_minor, file.totals) == (9000, "tie")


def test_payment_and_payer__stand_on_every_line() -> None:
    (line,) = read("RMR*IV*INV-1**90.00", "REF*PO*4711").remittances
    assert (line.payer, line.remittance_id, line.total_minor) == ("ACME INC", "T-1", 9000)
    assert (f"{line.advised_on}", line.currency, line.memo) == ("2026-09-18", "USD", "PO 4711")


def test_currency__has_its_own_decimals() -> None:
    (line,) = read("CUR*PR*JPY", "RMR*IV*INV-1**900", total="900").remittances
    assert (line.net_minor, line.currency) == (900, "JPY")


@pytest.mark.parametrize(
    ("segment", "wanted"),
    [
        ("RMR*IV*INV-1**90.00*100.00*10.00", (10000, 1000, 0, 9000)),
        ("RMR*IV*INV-1**90.00*100.00*-10.00", (10000, 0, 1000, 9000)),
        ("RMR*IV*INV-1**90.00*100.00", (10000, 0, 1000, 9000)),
        ("RMR*IV*INV-1**90.00**10.00", (10000, 1000, 0, 9000)),
        ("RMR*IV*INV-1**100.00*90.00*10.00", (10000, 1000, 0, 9000)),
        ("RMR*IV*INV-1***90.00", (9000, 0, 0, 9000)),
    ],
)
def test_paid_billed_and_taken_off__are_told_apart_by_the_payment(
    segment: str, wanted: tuple[int, ...]
) -> None:
    file = read(segment)
    assert amounts(file.remittances[0]) == wanted
    assert file.totals == "tie"


def test_adjustments_that_itemise__are_not_taken_off() -> None:
    file = read("RMR*IV*INV-1**90.00*90.00", "ADX*60.00*1", "ADX*30.00*2")
    assert amounts(file.remittances[0]) == (9000, 0, 0, 9000)


def test_adjustment_that_reduces__is_a_deduction_with_its_reason() -> None:
    file = read("RMR*IV*INV-1**100.00", "ADX*-10.00*01***DAMAGED")
    (line,) = file.remittances
    assert amounts(line) == (10000, 0, 1000, 9000)
    assert line.reason == "01 DAMAGED"


def test_adjustment_without_a_document__is_a_line_of_its_own() -> None:
    file = read("ENT*1", "ADX*-10.00*CS", "RMR*IV*INV-1**100.00")
    assert [(each.reference, each.net_minor) for each in file.remittances] == [
        ("INV-1", 10000),
        ("", -1000),
    ]


def test_credit_memo__is_taken_off_where_only_so_it_sums() -> None:
    file = read("RMR*IV*INV-1**100.00", "RMR*CM*CR-1**10.00")
    assert [each.net_minor for each in file.remittances] == [10000, -1000]
    assert "credit memos" in file.warnings[0]


def test_documents_that_never_sum__are_flagged_with_what_they_miss() -> None:
    file = read("RMR*IV*INV-1**80.00")
    assert file.totals == "differ"
    assert "miss 1000 of it" in file.warnings[0]


def test_payment_without_documents__is_still_a_line() -> None:
    (line,) = read("REF*PO*4711").remittances
    assert (line.reference, line.net_minor, line.memo) == ("", 9000, "PO 4711")


def test_information_only__says_that_no_money_comes() -> None:
    file = read("RMR*IV*INV-1**90.00", handling="I")
    assert any("no money" in each for each in file.warnings)


def test_wrong_count_of_segments__only_warns() -> None:
    data = interchange("RMR*IV*INV-1**90.00").replace(b"SE*6", b"SE*9")
    file = read_bank_file("f", data)
    assert file.totals == "tie"
    assert "states 9 segments, 6 were found" in file.warnings[0]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("IEA*1*000000001~", "", "IEA"),
        ("SE*6*0001~", "", "SE"),
        ("GE*1*1", "GE*2*1", "2 sets, 1 were found"),
        ("90.00~REF", "9x.00~REF", "not an amount"),
        ("00401*000000001", "00401000000001", "ISA"),
    ],
)
def test_broken_interchange__is_refused(old: str, new: str, reason: str) -> None:
    data = interchange("RMR*IV*INV-1**90.00", "REF*PO*1").decode()
    data = data.replace("SE*7", "SE*6")
    with pytest.raises(BadInput) as refused:
        read_bank_file("f.x12", data.replace(old, new).encode())
    assert reason in refused.value.message
