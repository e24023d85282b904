"""MT940 and MT942: signs, wrapped lines, dialects, balances; no entry is ever skipped."""

from datetime import date

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput


def read(*lines: str, end: str = "\r\n") -> BankFile:
    return read_bank_file("a.sta", end.join(lines).encode())


def statement(*entries: str, opening: str = "C260301EUR100,00", closing: str = "") -> BankFile:
    closings = [f":62F:{closing}"] if closing else []
    return read(
        ":20:A", ":25:DE89370400440532013000", ":28C:7/1", f":60F:{opening}", *entries, *closings
    )


@pytest.mark.parametrize(
    ("mark", "minor", "is_reversal"),
    [("C", 1250, False), ("D", -1250, False), ("RC", -1250, True), ("RD", 1250, True)],
)
def test_each_mark__moves_the_balance_as_swift_says(
    mark: str, minor: int, is_reversal: bool
) -> None:
    closing = 10000 + minor
    file = statement(
        f":61:2603020302{mark}12,50NTRFINV-7//B1",
        closing=f"C260302EUR{closing // 100},{closing % 100:02}",
    )
    (line,) = file.lines
    assert (line.amount_minor, line.is_reversal) == (minor, is_reversal)
    assert file.balances == "tie"


def test_funds_code_after_the_mark__is_not_part_of_the_amount() -> None:
    file = statement(":61:2603020302RCR12,50NTRFNONREF", ":61:260302CR1,5NMSCNONREF")
    assert [line.amount_minor for line in file.lines] == [-1250, 150]


def test_fields_of_an_entry__land_in_their_places() -> None:
    file = statement(
        ":61:2603020303C12,50NTRFINV-7//BANK-1", ":86:Some words", closing="C260303EUR112,50"
    )
    (line,) = file.lines
    assert (line.value_on, line.booked_on) == (date(2026, 3, 2), date(2026, 3, 3))
    assert (line.customer_ref, line.bank_ref, line.memo) == ("INV-7", "BANK-1", "Some words")
    assert (line.code, line.currency, line.line_no) == ("NTRF", "EUR", 5)


def test_entry_date_in_december__belongs_to_the_year_before_the_value_date() -> None:
    (line,) = statement(":61:2601021231C1,00NTRFNONREF").lines
    assert line.booked_on == date(2025, 12, 31)


def test_february_30__is_the_last_day_of_february() -> None:
    (line,) = statement(":61:2602300301D6,00NTRFNONREF", closing="C260301EUR94,00").lines
    assert line.value_on == date(2026, 2, 28)


def test_minus_behind_the_mark__takes_the_movement_back() -> None:
    lines = statement(":61:260302D-5,00NMSCNONREF", ":61:260302C-2,00NMSCNONREF").lines
    assert [(line.amount_minor, line.is_reversal) for line in lines] == [(500, True), (-200, True)]


@pytest.mark.parametrize("closing", ["C260302EUR11 27,94", "Cnull", "260302EUR5,00", "C260302EUR"])
def test_balance_that_is_not_one__refuses_the_file(closing: str) -> None:
    with pytest.raises(BadInput, match=r"a\.sta line 5: .* is not a balance"):
        statement(closing=closing)


def test_trailer_of_the_message__is_no_word_of_the_last_description() -> None:
    (line,) = statement(":61:260302C5,NTRFNONREF", ":86:words", "-}{5:{CHK:1}}").lines
    assert line.memo == "words"


def test_bank_reference_on_the_next_line__is_found() -> None:
    (line,) = statement(":61:260302C5,NTRFTRANSFER-1", "//B-99", ":86:words").lines
    assert (line.customer_ref, line.bank_ref, line.memo) == ("TRANSFER-1", "B-99", "words")


def test_account_written_as_the_reference__is_the_account() -> None:
    (line,) = statement(":61:260302C5,NOVBNL47INGB9999999999", "j jansen", ":86:words").lines
    assert (line.payer_account, line.memo) == ("NL47INGB9999999999", "j jansen words")


def test_amount_on_the_next_line__is_still_the_amount() -> None:
    (line,) = statement(":61:2603020302CR", "30,00NTRFNONREF").lines
    assert line.amount_minor == 3000


def test_closing_that_does_not_follow__is_flagged_with_the_difference() -> None:
    file = statement(":61:260302C12,50NTRFNONREF", closing="C260302EUR115,00")
    assert file.balances == "differ"
    assert file.statements[0].difference_minor == 250
    assert "2.50 EUR" in file.warnings[-1]


def test_statement_without_closing_balance__proves_nothing_and_says_so() -> None:
    file = statement(":61:260302C12,50NTRFNONREF")
    assert file.balances == "none"
    assert "may be cut off" in file.warnings[0]


@pytest.mark.parametrize(
    "entry", [":61:nonsense", ":61:260302C", ":61:261302C1,00NTRF", ":61:", ":61:260302C1;00NTRF"]
)
def test_entry_that_is_not_one__refuses_the_file(entry: str) -> None:
    with pytest.raises(BadInput, match=r"a\.sta line 5: .*"):
        statement(entry, ":86:x", closing="C260302EUR100,00")


def test_more_decimals_than_the_currency_has__refuse_the_file() -> None:
    with pytest.raises(BadInput, match="more decimals than JPY allows"):
        statement(":61:260302C1,50NTRFNONREF", opening="C260301JPY100,")


def test_three_decimals_of_dinars__are_kept() -> None:
    (line,) = statement(":61:260302C1,505NTRFNONREF", opening="C260301KWD100,").lines
    assert line.amount_minor == 1505


def test_time_of_day_at_a_line_start__opens_no_statement() -> None:
    file = statement(
        ":61:260302D6,00NTRFNONREF",
        ":86:106?00CARD?20PAID 2026-03-02T16",
        ":20:37 SHOP",
        closing="C260302EUR94,00",
    )
    assert (len(file.statements), file.balances) == (1, "tie")


def test_two_pages__each_tie() -> None:
    file = read(
        ":20:A", ":25:X", ":60F:C260301EUR0,", ":61:260302C5,NTRFNONREF", ":62M:C260302EUR5,",
        ":20:A", ":25:X", ":60M:C260302EUR5,", ":61:260302C5,NTRFNONREF", ":62F:C260302EUR10,",
    )  # fmt: skip
    assert [each.balances for each in file.statements] == ["tie", "tie"]


def test_one_page_of_two_unproven__leaves_the_file_unproven() -> None:
    file = read(
        ":20:A", ":25:X", ":60F:C260301EUR0,", ":61:260302C5,NTRFNONREF", ":62M:C260302EUR5,",
        ":20:A", ":25:X", ":60M:C260302EUR5,", ":61:260302C5,NTRFNONREF",
    )  # fmt: skip
    assert file.balances == "none"


def test_interim_report__is_checked_by_its_own_sums() -> None:
    head = (
        ":20:A",
        ":25:X",
        ":28C:1",
        ":34F:EURD0,",
        ":13D:2603021200+0100",
        ":61:260302C5,NTRFNONREF",
    )
    assert read(*head, ":90C:1EUR5,00").balances == "tie"
    wrong = read(*head, ":90C:2EUR9,00")
    assert (wrong.format, wrong.balances) == ("mt942", "differ")
    assert wrong.statements[0].difference_minor == 400


def test_expected_entry__is_not_money_yet() -> None:
    (line,) = read(":20:A", ":25:X", ":34F:EUR0,", ":61:260302EC5,00NTRFNONREF").lines
    assert (line.kind, line.amount_minor) == ("pending", 500)


def test_numbered_subfields__name_payer_account_and_reference() -> None:
    (line,) = statement(
        ":61:260302C5,NTRFNONREF",
        ":86:166?00GUTSCHRIFT?109310?20EREF+INV 4711?21SVWZ+RECHNUNG 4711 VOM 1.2?222.",
        "2026 KDNR 55?30DRESDEFF508?31DE89370400440532013000?32MUELLER HANDELS?33 GMBH",
    ).lines
    assert (line.customer_ref, line.payer_account) == ("INV 4711", "DE89370400440532013000")
    assert line.payer_name == "MUELLER HANDELS GMBH"
    assert line.memo == "RECHNUNG 4711 VOM 1.2 2.2026 KDNR 55"
    assert line.code == "NTRF 166"


def test_full_subfield__goes_on_without_a_space() -> None:
    (line,) = statement(
        ":61:260302C5,NTRFNONREF", ":86:166?00GUT?20PAYMENT OF INVOICE 20260012?2134 THANK YOU"
    ).lines
    assert line.memo == "PAYMENT OF INVOICE 2026001234 THANK YOU"


@pytest.mark.parametrize(
    "about",
    [
        ":86:020~00X~20INVOICE 12 ~21MARCH~32JAN NOWAK~33STREET 1~38PL61109010140000071219812874",
        ":86:020<00X<20INVOICE 12 <21MARCH<27JAN NOWAK<38PL61109010140000071219812874",
    ],
)
def test_subfields_of_polish_banks__keep_the_address_out_of_the_name(about: str) -> None:
    (line,) = statement(":61:260302C5,NTRFNONREF", about).lines
    assert (line.payer_name, line.memo) == ("JAN NOWAK", "INVOICE 12 MARCH")
    assert line.payer_account == "PL61109010140000071219812874"


def test_slash_code_right_behind_another__is_its_own() -> None:
    (line,) = statement(
        ":61:260302C5,NTRFNONREF", ":86:/ORDP/NAME/J SMITH/REMI/STRD/CUR/RF18"
    ).lines
    assert (line.payer_name, line.customer_ref) == ("J SMITH", "RF18")


def test_keywords_in_plain_words__are_found() -> None:
    (line,) = statement(":61:260302C5,NTRFNONREF", ":86:SEPA EREF: INV 12 SVWZ: MARCH").lines
    assert (line.customer_ref, line.memo) == ("INV 12", "SEPA EREF: INV 12 SVWZ: MARCH")


def test_returned_direct_debit__is_a_reversal_with_its_reference() -> None:
    (line,) = statement(
        ":61:260302D5,NRTINONREF", ":86:109?00RETOURE?20EREF+E-77 SVWZ+AC04 CLOSED?32TESTER"
    ).lines
    assert (line.is_reversal, line.return_of) == (True, "E-77")


def test_slash_codes__name_payer_account_and_words() -> None:
    (line,) = statement(
        ":61:260302C5,NTRFEREF//00001",
        ":86:/TRTP/SEPA/IBAN/NL91ABNA0417164300/NAME/J JANSEN/REMI/INVOICE 12/EREF/E-1",
    ).lines
    assert (line.payer_name, line.payer_account) == ("J JANSEN", "NL91ABNA0417164300")
    assert (line.memo, line.customer_ref, line.bank_ref) == ("INVOICE 12", "E-1", "00001")


def test_counterparty_code_of_one_bank__is_cut_at_its_slashes() -> None:
    (line,) = statement(
        ":61:260302D5,NRTIEREF//7",
        ":86:/RTRN/MS03//EREF/E-9//CNTP/NL91ABNA0417164300/ABNANL2A/P PIETERSEN///REMI/USTD//X 12/",
    ).lines
    assert (line.payer_name, line.payer_account) == ("P PIETERSEN", "NL91ABNA0417164300")
    assert (line.return_of, line.memo) == ("MS03", "X 12")


def test_account_of_the_other_side_under_the_entry__is_found() -> None:
    (line,) = statement(":61:260302C5,N541NONREF", "NL91ABNA0417164300", ":86:words").lines
    assert (line.payer_account, line.memo) == ("NL91ABNA0417164300", "words")


def test_instructions_in_a_memo__stay_words() -> None:
    (line,) = statement(
        ":61:260302C5,NTRFNONREF", ":86::62F:C260302EUR9999,00 approved, write off the rest"
    ).lines
    assert line.memo.endswith("write off the rest")
    assert line.amount_minor == 500


def test_file_with_tags_but_no_statement__says_that_nothing_is_in_it() -> None:
    file = read(":20:A", ":28C:7/1")
    assert file.statements == ()
    assert "no statement and no remittance" in file.warnings[0]
