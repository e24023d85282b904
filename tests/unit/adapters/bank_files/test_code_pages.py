"""Two-byte text with and without a mark, code pages told by languages, and text that is neither."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.bank_files.code_pages import code_page, plain_bytes, text_of
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput

STATEMENT = """:20:A
:25:DE89370400440532013000
:28C:1
:60F:C260301EUR100,00
:61:260302C12,50NTRFNONREF
:86:MÜLLER GMBH
:62F:C260302EUR112,50
"""
TABLE = (
    "Account;DE89370400440532013000\n\nDate;Purpose;Debit;Credit;Currency\n"
    "16.11.2026;INV-51 {name};;2300,50;EUR\n17.11.2026;Fee;4,50;;EUR\n"
)
ADVICE = (
    "UNB+UNOC:3+1:14+2:14+260220:0900+R'UNH+1+REMADV:D:96A:UN'BGM+481+ADV-7+9'CUX+2:EUR:9'"
    "DOC+380+INV-1'MOA+12:60'UNS+S'MOA+12:60'UNT+8+1'UNZ+1+R'"
)
WIDE = ("utf-16", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")


@pytest.mark.parametrize("code", WIDE)
def test_two_byte_statement__is_read_with_and_without_a_mark(code: str) -> None:
    file = read_bank_file("a.sta", STATEMENT.encode(code))
    assert (file.format, file.balances) == ("mt940", "tie")
    assert [(line.amount_minor, line.memo) for line in file.lines] == [(1250, "MÜLLER GMBH")]


@pytest.mark.parametrize("code", WIDE)
def test_two_byte_table_and_advice__are_read_too(code: str) -> None:
    table = read_bank_file("a.csv", TABLE.format(name="ACME").encode(code))
    assert [line.amount_minor for line in table.lines] == [230050, -450]
    assert read_bank_file("a.edi", ADVICE.encode(code)).totals == "tie"


@pytest.mark.parametrize("at", [20, 61, 150])
@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
def test_two_byte_text_that_lost_a_byte__is_refused(code: str, at: int) -> None:
    data = STATEMENT.encode(code)
    with pytest.raises(BadInput, match=r"^a\.sta: .*"):
        read_bank_file("a.sta", data[:at] + data[at + 1 :])


def test_end_of_two_byte_text_cut_in_a_letter__loses_only_that_letter() -> None:
    data = (STATEMENT + "-}").encode("utf-16-le")[:-1]
    assert read_bank_file("a.sta", data).balances == "tie"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("cp1252", "Jäger & Söhne, Straße 5"),
        ("cp1252", "Société Générale, Père Noël"),
        ("cp1252", "Ærø Bådfart"),
        ("cp1252", "n’est pas – 5 €"),
        ("cp1250", "Spółka Żywiec Łódź"),
        ("cp1250", "Dvořák Příbram"),
        ("cp1250", "Kovács Győr Erdős"),
        ("iso8859_2", "Dvořák Šťastný Žižka"),
        ("cp850", "JÄGER MÜLLER Straße"),
        ("cp852", "Spółka Żywiec Łódź"),
        ("cp1251", "Оплата по счету"),
        ("cp1253", "Πληρωμή τιμολογίου"),
    ],
)
def test_text_in_the_code_page_of_its_language__is_read_as_written(page: str, text: str) -> None:
    assert text_of(f":86:{text} 4711".encode(page)) == f":86:{text} 4711"
    (line, *_rest) = read_bank_file("a.csv", TABLE.format(name=text).encode(page)).lines
    assert line.memo.endswith(text)


def test_letter_of_two_languages__is_decided_by_the_currency_beside_it() -> None:
    assert text_of("Więcek 5 PLN".encode("cp1250")) == "Więcek 5 PLN"
    assert text_of("Même 5 EUR".encode("cp1252")) == "Même 5 EUR"


def test_utf8_with_one_flipped_byte__stays_utf8() -> None:
    data = "Müller Jäger Söhne Größe".encode()
    assert text_of(data.replace(b"ller", b"l\xffer")) == "Mül�er Jäger Söhne Größe"


@given(st.binary(max_size=400))
def test_any_bytes__are_text_or_refused(data: bytes) -> None:
    with suppress(BadInput):
        assert isinstance(text_of(plain_bytes(data, "a")), str)


@given(st.binary(min_size=1, max_size=200))
def test_code_page__never_changes_what_is_ascii(data: bytes) -> None:
    kept = [char for char in data.decode(code_page(data), "replace") if char < "\x80"]
    assert [ord(char) for char in kept] == [byte for byte in data if byte < 0x80]
