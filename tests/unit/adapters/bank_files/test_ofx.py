"""OFX and QFX: SGML and XML alike; no entry without its amount, none read twice."""

import re
from datetime import date

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput

SGML = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
ONE = (
    "<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260302120000[-5:EST]<TRNAMT>12.50<FITID>F1"
    "<NAME>Acme &amp; Co<MEMO>INV 7</STMTTRN>"
)


def read(*entries: str, head: str = SGML, currency: str = "USD", after: str = "") -> BankFile:
    text = (
        f"{head}<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>1"
        f"<ACCTID>4711<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>{''.join(entries)}"
        f"</BANKTRANLIST>{after}</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    return read_bank_file("a.ofx", text.encode("cp1252"))


def closed(text: str) -> str:
    """The entry with closing tags, as XML has them."""
    return re.sub(r"<([A-Z]+)>([^<]+)(?=<)", r"<\1>\2</\1>", text)


@pytest.mark.parametrize("entry", [ONE, closed(ONE), ONE.replace("</STMTTRN>", "")])
def test_entry_with_and_without_closing_tags__is_the_same(entry: str) -> None:
    (line,) = read(entry).lines
    assert (line.amount_minor, line.currency, line.booked_on) == (1250, "USD", date(2026, 3, 2))
    assert (line.payer_name, line.memo, line.bank_ref) == ("Acme & Co", "INV 7", "F1")


def test_file_without_header__is_read() -> None:
    file = read(ONE, head="")
    assert (file.format, file.statements[0].account, file.balances) == ("ofx", "4711", "none")


def test_windows_letters__are_read_as_the_header_says() -> None:
    assert read(ONE.replace("Acme", "Müller")).lines[0].payer_name == "Müller & Co"


def test_missing_or_empty_date__leaves_the_money_in() -> None:
    (line,) = read(ONE.replace("20260302120000[-5:EST]", "")).lines
    assert (line.booked_on, line.amount_minor) == (None, 1250)


@pytest.mark.parametrize(
    ("amount", "minor"),
    [
        ("-12.5", -1250),
        ("+12.50", 1250),
        ("12,50", 1250),
        ("1,012.50", 101250),
        ("-1.012,50", -101250),
    ],
)
def test_amounts_as_banks_write_them__are_exact(amount: str, minor: int) -> None:
    assert read(ONE.replace("12.50", amount)).lines[0].amount_minor == minor


@pytest.mark.parametrize("amount", ["$12", "12.505", "", "twelve", "1,0125"])
def test_amount_that_is_none__refuses_the_file(amount: str) -> None:
    with pytest.raises(BadInput, match=r"a\.ofx line \d+"):
        read(ONE.replace("12.50", amount))


def test_amount_outside_an_entry__refuses_the_file() -> None:
    with pytest.raises(BadInput, match="outside an entry"):
        read(ONE.replace("<STMTTRN>", "<STMTXXX>"))


def test_two_amounts_in_one_entry__refuse_the_file() -> None:
    with pytest.raises(BadInput, match="two amounts"):
        read(ONE.replace("</STMTTRN>", "") + ONE.replace("<STMTTRN>", ""))


def test_file_cut_off_between_entries__is_refused() -> None:
    text = f"{SGML}<OFX><STMTRS><CURDEF>USD{ONE}{ONE}"
    with pytest.raises(BadInput, match="cut off before </OFX>"):
        read_bank_file("a.ofx", text.encode())


def test_currency_of_an_entry__comes_before_that_of_the_statement() -> None:
    foreign = ONE.replace("<FITID>", "<CURRENCY><CURRATE>1.1<CURSYM>EUR</CURRENCY><FITID>")
    converted = ONE.replace(
        "<FITID>", "<ORIGCURRENCY><CURRATE>1.1<CURSYM>EUR</ORIGCURRENCY><FITID>"
    )
    assert [line.currency for line in read(foreign, converted).lines] == ["EUR", "USD"]


def test_whole_entry_in_a_comment__is_no_entry() -> None:
    assert len(read(ONE, f"<!-- {ONE} -->").lines) == 1


def test_fields_of_a_live_entry_in_a_comment__are_read_and_said() -> None:
    hidden = ONE.replace("<TRNAMT>12.50", "<!-- <TRNAMT>12.50 -->")
    file = read(hidden)
    assert file.lines[0].amount_minor == 1250
    assert "comment" in file.warnings[0]


def test_answer_with_an_error__holds_no_statement_and_says_why() -> None:
    status = "<STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS>"
    file = read_bank_file("a.ofx", f"<OFX><SONRS>{status}</SONRS></OFX>".encode())
    assert file.statements == ()
    assert "Signon invalid" in file.warnings[0]


def test_blank_balance__is_no_balance() -> None:
    file = read(ONE, after="<LEDGERBAL><BALAMT> <DTASOF>20260302</LEDGERBAL>")
    assert file.statements[0].closing_minor is None


def test_ledger_balance__is_kept_and_available_one_not() -> None:
    after = "<LEDGERBAL><BALAMT>90.10</LEDGERBAL><AVAILBAL><BALAMT>80.00</AVAILBAL>"
    assert read(ONE, after=after).statements[0].closing_minor == 9010


def test_document_type__is_refused() -> None:
    with pytest.raises(BadInput, match="document type or entities"):
        read(ONE, head='<!DOCTYPE x [<!ENTITY a "b">]>')
