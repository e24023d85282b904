"""Statements of one file follow each other: gaps are told, a lost page breaks the file."""

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file


def page(number: str, opening: int, closing: int, kind: str = "F", account: str = "DE1") -> str:
    moved = closing - opening
    mark = "C" if moved >= 0 else "D"
    return (
        f":20:A\n:25:{account}\n:28C:{number}\n:60{kind[:1]}:C260301EUR{opening},\n"
        f":61:260302{mark}{abs(moved)},NTRFNONREF\n:62{kind[-1:]}:C260302EUR{closing},\n-\n"
    )


def read(*pages: str) -> BankFile:
    return read_bank_file("a.sta", "".join(pages).encode())


def test_statements_that_follow_each_other__tie_without_a_word() -> None:
    file = read(page("7/1", 100, 150), page("8/1", 150, 120), page("9/1", 120, 130))
    assert (file.balances, file.warnings) == ("tie", ())


def test_lost_statement__is_told_with_the_difference() -> None:
    file = read(page("7/1", 100, 150), page("9/1", 120, 130))
    assert file.balances == "tie"
    (told,) = file.warnings
    assert "statement 2 (DE1)" in told
    assert "-30.00 EUR" in told


def test_lost_page__breaks_the_file() -> None:
    pages = page("7/1", 100, 150, "FM"), page("7/2", 150, 120, "M"), page("7/3", 120, 130, "MF")
    assert read(*pages).balances == "tie"
    assert read(pages[0], pages[2]).balances == "differ"


def test_lost_page_that_moved_nothing__is_told_by_its_number() -> None:
    file = read(page("7/1", 100, 150, "FM"), page("7/3", 150, 160, "MF"))
    assert file.balances == "differ"
    assert "page 3 after page 1" in file.warnings[0]


def test_last_page_that_says_another_follows__is_told() -> None:
    assert "another one follows" in read(page("7/1", 100, 150, "FM")).warnings[0]


@pytest.mark.parametrize("second", [("DE2", "8/1"), ("DE1", "7/1")])
def test_other_account_and_statement_that_comes_twice__are_no_gap(second: tuple[str, str]) -> None:
    account, number = second
    file = read(page("7/1", 100, 150), page(number, 100, 150, account=account))
    assert file.warnings == ()


def test_newest_statement_first__is_no_gap() -> None:
    file = read(page("9/1", 120, 130), page("8/1", 150, 120), page("7/1", 100, 150))
    assert file.warnings == ()


def camt(*pages: tuple[int, int, str], message: str = "true") -> BankFile:
    statements = "".join(
        f"<Stmt><Id>7</Id><StmtPgntn><PgNb>{number}</PgNb><LastPgInd>{last}</LastPgInd></StmtPgntn>"
        "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balance('OPBD', opening)}{balance('CLBD', closing)}"
        f'<Ntry><Amt Ccy="EUR">{closing - opening}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Ntry></Stmt>'
        for number, (opening, closing, last) in enumerate(pages, start=1)
    )
    head = f"<GrpHdr><MsgPgntn><LastPgInd>{message}</LastPgInd></MsgPgntn></GrpHdr>"
    text = f"<Document><BkToCstmrStmt>{head}{statements}</BkToCstmrStmt></Document>"
    return read_bank_file("a.xml", text.encode())


def balance(code: str, minor: int) -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{minor}</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>'
    )


def test_pages_of_xml__are_chained_too() -> None:
    whole = camt((100, 150, "false"), (150, 180, "true"))
    assert (whole.balances, whole.warnings) == ("tie", ())
    assert camt((100, 150, "false"), (160, 180, "true")).balances == "differ"
    assert "another one follows" in camt((100, 150, "false")).warnings[0]


def test_message_of_several_files__is_told() -> None:
    assert "goes on in another file" in camt((100, 150, "true"), message="false").warnings[0]
