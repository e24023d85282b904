"""EDIFACT REMADV: due, paid and taken off per document, compared with the control amounts."""

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput


def message(*body: str, una: str = "", end: str = "'") -> bytes:
    segments = [
        "UNB+UNOC:3+1:14+2:14+260220:0900+R",
        "UNH+1+REMADV:D:96A:UN",
        "BGM+481+ADV-7+9",
        "DTM+137:20260220:102",
        "NAD+PR+1::9++ACME",
        "CUX+2:EUR:9",
        *body,
        f"UNT+{len(body) + 6}+1",
        "UNZ+1+R",
    ]
    return (una + "".join(each + end for each in segments)).encode()


def read(*body: str) -> BankFile:
    return read_bank_file("f.edi", message(*body))


def test_paid_less_than_due__is_a_deduction_with_its_reason() -> None:
    file = read("DOC+380+INV-1", "MOA+9:100", "MOA+12:60", "AJT+1", "FTX+ABO+1++Crushed cartons")
    (line,) = file.remittances
    assert (line.gross_minor, line.net_minor, line.deduction_minor) == (10000, 6000, 4000)
    assert (line.reason, line.payer, line.remittance_id) == ("1, Crushed cartons", "ACME", "ADV-7")


def test_deduction_and_discount_without_the_amount_due__give_it() -> None:
    (line,) = read("DOC+380+INV-1", "MOA+12:80", "MOA+19:15", "MOA+52:5").remittances
    assert line.gross_minor == 10000
    assert (line.discount_minor, line.deduction_minor) == (500, 1500)


def test_paid_zero__refuses_the_document() -> None:
    (line,) = read("DOC+380+INV-1", "MOA+9:50", "MOA+12:0", "AJT+Z06").remittances
    assert (line.net_minor, line.deduction_minor, line.reason) == (0, 5000, "Z06")


def test_amount_due_alone__announces_and_pays_nothing() -> None:
    (line,) = read("DOC+380+INV-1", "MOA+9:50").remittances
    assert (line.gross_minor, line.net_minor) == (5000, None)


def test_credit_note__is_taken_off() -> None:
    file = read(
        "MOA+12:90",
        "DOC+380+INV-1",
        "MOA+12:100",
        "DOC+381+CR-1",
        "MOA+12:10",
        "UNS+S",
        "MOA+12:90",
    )
    assert [line.net_minor for line in file.remittances] == [10000, -1000]
    assert file.totals == "tie"


@pytest.mark.parametrize(("stated", "totals"), [("60", "tie"), ("61", "differ")])
def test_control_amount__is_compared(stated: str, totals: str) -> None:
    file = read("DOC+380+INV-1", "MOA+12:60", "UNS+S", f"MOA+12:{stated}")
    assert file.totals == totals
    assert bool(file.warnings) == (totals == "differ")


def test_own_signs_and_released_signs__are_read() -> None:
    body = ("DOC+380+INV?'1", "MOA+12:60")
    plain = read_bank_file("f", message(*body)).remittances[0]
    assert plain.reference == "INV'1"
    other = message(*body).decode().replace("'", "~").replace("?~", "'").replace("+", "|")
    (line,) = read_bank_file("f", f"UNA:|.? ~{other}".encode()).remittances
    assert (line.reference, line.net_minor) == ("INV'1", 6000)


def test_signs_that_do_not_print__are_read() -> None:
    data = message("DOC+380+INV-1", "MOA+12:60").decode()
    data = (
        data.replace("UNOC", "UNOB").replace("+", "\x1d").replace(":", "\x1f").replace("'", "\x1c")
    )
    (line,) = read_bank_file("f", data.encode()).remittances
    assert (line.reference, line.net_minor) == ("INV-1", 6000)


def test_decimal_comma__is_read_as_the_standard_allows() -> None:
    assert read("DOC+380+INV-1", "MOA+12:60,50").remittances[0].net_minor == 6050


def test_wrong_count__only_warns() -> None:
    data = message("DOC+380+INV-1", "MOA+12:60").replace(b"UNT+8", b"UNT+9")
    assert "'9' segments stated, 8 found" in read_bank_file("f", data).warnings[0]


@pytest.mark.parametrize(
    ("old", "reason"),
    [("UNZ+1+R'", "UNZ"), ("UNT+8+1'", "UNT"), ("12:60", "not an amount")],
)
def test_broken_interchange__is_refused(old: str, reason: str) -> None:
    data = message("DOC+380+INV-1", "MOA+12:60").decode()
    new = "12:x" if old == "12:60" else ""
    with pytest.raises(BadInput) as refused:
        read_bank_file("f.edi", data.replace(old, new).encode())
    assert reason in refused.value.message


@pytest.mark.parametrize("spoiled", ["MOA+1Z:40", "M^OA+12:40", "MOA++12:40"])
def test_unreadable_amount__breaks_the_sum(spoiled: str) -> None:
    file = read("DOC+380+INV-1", "MOA+12:60", "DOC+380+INV-2", spoiled, "UNS+S", "MOA+12:100")
    assert file.totals == "differ"
    assert "miss 4000 of it" in file.warnings[-1]


def test_no_amount_readable__proves_nothing_and_says_so() -> None:
    file = read("DOC+380+INV-1", "MOA+1Z:60", "UNS+S", "MOA+12:60")
    assert file.totals == "none"
    assert "no document says what is paid" in file.warnings[0]


@pytest.mark.parametrize("early", ["UNT+7+1'", "UNT+7+1'UNZ+1+R'"])
def test_content_after_an_early_end__is_refused(early: str) -> None:
    data = message("DOC+380+INV-1", "MOA+12:0", "UNS+S", "MOA+12:100").decode()
    with pytest.raises(BadInput, match=r"f\.edi: 'DOC' stands outside of every message"):
        read_bank_file("f.edi", data.replace("DOC+", f"{early}DOC+").encode())


def test_lost_message__is_told_by_the_count_of_the_interchange() -> None:
    data = message("DOC+380+INV-1", "MOA+12:60").replace(b"UNZ+1", b"UNZ+2")
    assert "'2' messages stated, 1 found" in read_bank_file("f.edi", data).warnings[0]
