"""CAMT: several statements, batches, signs, statuses; entities and loss refused."""

from datetime import date

import pytest

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput

SPACE = ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"'
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def balance(kind: str, amount: str, mark: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd></Bal>'
    )


def entry(amount: str, mark: str = "CRDT", status: str = "BOOK", inside: str = "") -> str:
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{mark}</CdtDbtInd><Sts>{status}</Sts>'
        f"<BookgDt><DtTm>2026-03-02T10:00:00</DtTm></BookgDt>{inside}</Ntry>"
    )


def detail(amount: str, inside: str = "", mark: str = "") -> str:
    direction = f"<CdtDbtInd>{mark}</CdtDbtInd>" if mark else ""
    return f'<TxDtls><Amt Ccy="EUR">{amount}</Amt>{direction}{inside}</TxDtls>'


def batch(*details: str) -> str:
    return f"<NtryDtls>{''.join(details)}</NtryDtls>"


def statement(*parts: str) -> str:
    account = "<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>"
    return f"<Stmt><ElctrncSeqNb>9</ElctrncSeqNb>{account}{''.join(parts)}</Stmt>"


def read(*statements: str, space: str = SPACE) -> BankFile:
    text = f"{HEAD}<Document{space}><BkToCstmrStmt>{''.join(statements)}</BkToCstmrStmt></Document>"
    return read_bank_file("a.xml", text.encode())


@pytest.mark.parametrize(
    "space", ["", ' xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"', ' xmlns="anything"']
)
def test_any_namespace_or_none__is_read_alike(space: str) -> None:
    opening, closing = balance("OPBD", "10.00"), balance("CLBD", "15.00")
    file = read(statement(opening, closing, entry("5.00")), space=space)
    assert (file.format, file.balances, file.lines[0].amount_minor) == ("camt053", "tie", 500)
    assert file.lines[0].booked_on == date(2026, 3, 2)
    assert file.statements[0].number == "9"


def test_two_statements__are_both_read() -> None:
    file = read(statement(entry("5.00")), statement(entry("7.00", "DBIT")))
    assert [[line.amount_minor for line in each.lines] for each in file.statements] == [
        [500],
        [-700],
    ]


def test_closing_that_does_not_follow__is_flagged_with_the_difference() -> None:
    file = read(statement(balance("OPBD", "10"), balance("CLBD", "1", "DBIT"), entry("5.00")))
    assert (file.balances, file.statements[0].difference_minor) == ("differ", -1600)


def test_pages_of_a_statement__begin_and_end_with_interim_balances() -> None:
    file = read(
        statement(balance("OPBD", "10"), balance("ITBD", "15"), entry("5.00")),
        statement(balance("ITBD", "15"), balance("CLBD", "18"), entry("3.00")),
        statement(balance("ITBD", "15"), entry("3.00")),
    )
    assert [each.balances for each in file.statements] == ["tie", "tie", "none"]


def test_reversal__has_the_direction_the_entry_states() -> None:
    reversal = entry("5.00", "DBIT").replace("<Sts>", "<RvslInd>true</RvslInd><Sts>")
    (line,) = read(statement(reversal)).lines
    assert (line.amount_minor, line.is_reversal) == (-500, True)


def test_details_that_sum__become_lines_of_one_entry() -> None:
    one = "<Refs><EndToEndId>E1</EndToEndId></Refs><RltdPties><Dbtr><Nm>Ann</Nm></Dbtr></RltdPties>"
    two = "<RltdPties><Dbtr><Pty><Nm>Bob</Nm></Pty></Dbtr></RltdPties>"
    file = read(statement(entry("5.00", inside=batch(detail("2.00", one), detail("3.00", two)))))
    assert [(line.amount_minor, line.payer_name, line.entry_no) for line in file.lines] == [
        (200, "Ann", 1),
        (300, "Bob", 1),
    ]
    assert file.lines[0].customer_ref == "E1"


def test_details_that_mix_directions__are_signed_one_by_one() -> None:
    inside = batch(detail("7.00", mark="CRDT"), detail("2.00", mark="DBIT"))
    file = read(statement(entry("5.00", inside=inside)))
    assert [line.amount_minor for line in file.lines] == [700, -200]


def test_details_that_do_not_sum__leave_the_entry_whole_and_say_so() -> None:
    file = read(statement(entry("5.00", inside=batch(detail("2.00"), detail("2.00")))))
    assert [line.amount_minor for line in file.lines] == [500]
    assert "do not sum" in file.warnings[0]


def test_single_detail_in_another_amount__keeps_the_booked_amount() -> None:
    (line,) = read(statement(entry("5.00", inside=batch(detail("5.40"))))).lines
    assert line.amount_minor == 500


@pytest.mark.parametrize(("status", "kind"), [("PDNG", "pending"), ("INFO", "info")])
def test_entry_that_is_not_booked__is_no_money_in_the_balance(status: str, kind: str) -> None:
    file = read(
        statement(
            balance("OPBD", "10"), balance("CLBD", "15"), entry("5"), entry("90", status=status)
        )
    )
    assert [line.kind for line in file.lines] == ["booked", kind]
    assert file.balances == "tie"
    assert "not booked" in file.warnings[0]


def test_status_of_later_versions__is_read_from_its_code() -> None:
    (line,) = read(statement(entry("5", status="<Cd>PDNG</Cd>"))).lines
    assert line.kind == "pending"


def test_structured_reference__comes_before_the_end_to_end_one() -> None:
    inside = (
        "<Refs><EndToEndId>E2E</EndToEndId></Refs><RmtInf><Ustrd>thanks</Ustrd><Strd><CdtrRefInf>"
        "<Ref>RF18539007547034</Ref></CdtrRefInf></Strd></RmtInf>"
    )
    (line,) = read(statement(entry("5", inside=batch(detail("5", inside))))).lines
    assert (line.customer_ref, line.memo) == ("RF18539007547034", "thanks E2E")


def test_return__tells_its_reason() -> None:
    inside = "<RtrInf><Rsn><Cd>AC06</Cd></Rsn></RtrInf>"
    (line,) = read(statement(entry("5", "DBIT", inside=batch(detail("5", inside))))).lines
    assert (line.is_reversal, line.return_of) == (True, "AC06")


def test_referred_documents__become_remittance_lines() -> None:
    inside = (
        "<RmtInf><Strd><RfrdDocInf><Nb>INV-1</Nb></RfrdDocInf><RfrdDocAmt>"
        '<DuePyblAmt Ccy="EUR">6.00</DuePyblAmt><RmtdAmt Ccy="EUR">5.00</RmtdAmt>'
        "</RfrdDocAmt></Strd></RmtInf>"
    )
    file = read(statement(entry("5", inside=batch(detail("5", inside)))))
    (told,) = file.remittances
    assert (told.reference, told.gross_minor, told.net_minor) == ("INV-1", 600, 500)


def test_five_decimals__are_exact_or_refused() -> None:
    assert read(statement(entry("8.85000"))).lines[0].amount_minor == 885
    with pytest.raises(BadInput, match=r"a\.xml entry 1: '8\.85001' has more decimals"):
        read(statement(entry("8.85001")))


def test_number_of_entries_the_bank_counted__proves_a_loss() -> None:
    summary = "<TxsSummry><TtlNtries><NbOfNtries>2</NbOfNtries></TtlNtries></TxsSummry>"
    file = read(statement(summary, entry("5")))
    assert file.balances == "differ"


def test_document_type__is_refused_before_anything_is_read() -> None:
    declared = '<!DOCTYPE x [<!ENTITY a "b">]>'
    text = f"{HEAD}{declared}<Document><BkToCstmrStmt>&a;</BkToCstmrStmt></Document>"
    with pytest.raises(BadInput, match="document type or entities"):
        read_bank_file("a.xml", text.encode())


def test_truncated_xml__is_refused_with_its_place() -> None:
    text = f"{HEAD}<Document><BkToCstmrStmt>{statement(entry('5'))}"
    with pytest.raises(BadInput, match=r"a\.xml line 1, column \d+: broken or truncated XML"):
        read_bank_file("a.xml", text.encode())


def test_deep_nesting__is_refused() -> None:
    with pytest.raises(BadInput, match="nested deeper"):
        read("<a>" * 200 + "</a>" * 200)


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ("<Ntry><CdtDbtInd>CRDT</CdtDbtInd></Ntry>", "no amount"),
        ('<Ntry><Amt Ccy="EUR">1</Amt></Ntry>', "neither CRDT nor DBIT"),
        (entry("1", status="WHAT"), "unknown status"),
        (entry("1.2.3"), "is not an amount"),
        (entry("1").replace("2026-03-02", "2026-13-02"), "is not a date"),
        (entry("1").replace('"EUR"', '"EUX"'), "unknown currency"),
    ],
)
def test_entry_that_is_not_one__refuses_the_file(bad: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        read(statement(bad))
