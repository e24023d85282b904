"""Broken files: a line says what is wrong, or the balances do; nothing crashes, hangs or hides."""

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from adapters.bank_files.reading import read_bank_file
from ledger.errors import BadInput
from tests.support.bank_files import outcome, spoiled

SAMPLES = {
    "mt940": b"""{1:F01XXXXDEFF}{4:
:20:START\r\n:25:DE89370400440532013000\r\n:28C:1/1\r\n:60F:C260301EUR100,00
:61:2603020302C12,50NTRFINV-7//B1
:86:166?00GUT?20EREF+E1?21SVWZ+INV 7?31DE89370400440532013000?32ANN
:61:260303RD2,00NRTINONREF//B2
:86:/RTRN/MS03/NAME/BOB/REMI/USTD//X
:62F:C260303EUR114,50
-}""",
    "camt": b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:x"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>X</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">15</Amt>
<CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-03-02</Dt></BookgDt><NtryDtls><TxDtls><Amt Ccy="EUR">2</Amt></TxDtls>
<TxDtls><Amt Ccy="EUR">3</Amt><RmtInf><Ustrd>&#228;</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>""",
    "bai2": b"""01,A,B,260302,0800,1,,,2/
02,B,A,1,260302,,EUR,2/
03,4711,,010,5000,,,/
16,195,1250,V,260303,,B1,C1,words / more
88,EREF: 4711
16,475,250,S,1,2,3,B2,C2/
49,6500,5/
98,6500,1,7/
99,6500,1,9/
""",
    "ofx": b"""OFXHEADER:100
CHARSET:1252

<OFX><STMTRS><CURDEF>USD<BANKACCTFROM><ACCTID>1</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>POS<DTPOSTED>20260302<TRNAMT>-6.60<FITID>1<NAME>A &amp; B</STMTTRN>
<STMTTRN><TRNTYPE>POS</TRNTYPE><DTPOSTED>20260303</DTPOSTED><TRNAMT>7</TRNAMT></STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>382.34</LEDGERBAL></STMTRS></OFX>""",
    "qif": b"!Type:Bank\nD3/15/26\nT-1,000.00\nPAcme\nSx\n$-1,000.00\n^\nD3/16/26\nT5\n^\n",
}
WORDS = (
    b":61: :86: :20: / , - . <STMTTRN> <TRNAMT> <Ntry> </Ntry> 88, 16, 49, ^ !Type: ?20 ?32 D C 00"
)
WORDS += b" <!-- --> &#x0; \xe2\x80\xa8 \xff \0 JPY XXX <!DOCTYPE 9999999999999999999999999"
PIECES = [*WORDS.split(b" "), b"\n", b"\r"]

CHANGE = st.tuples(
    st.sampled_from(["cut", "drop", "put", "double", "set"]),
    st.integers(0, 1200),
    st.integers(1, 60),
    st.sampled_from(PIECES),
)


@pytest.mark.parametrize("kind", SAMPLES)
def test_sample__is_read_and_ties_where_it_can(kind: str) -> None:
    file = read_bank_file("sample", SAMPLES[kind])
    assert len(file.lines) == 2
    assert file.balances == ("none" if kind in ("ofx", "qif") else "tie")


@pytest.mark.parametrize("kind", SAMPLES)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encoding__changes_nothing(kind: str, encoding: str) -> None:
    text = SAMPLES[kind].decode().replace('encoding="UTF-8"', "")
    file = read_bank_file("sample", text.encode(encoding))
    plain = read_bank_file("sample", SAMPLES[kind])
    assert [line.amount_minor for line in file.lines] == [line.amount_minor for line in plain.lines]


@seed(20261121)
@settings(max_examples=400, deadline=2000, database=None)
@given(kind=st.sampled_from(sorted(SAMPLES)), changes=st.lists(CHANGE, min_size=1, max_size=4))
def test_mutated_file__is_refused_in_one_line_or_adds_up(
    kind: str, changes: list[tuple[str, int, int, bytes]]
) -> None:
    file, refusal = outcome("f", spoiled(SAMPLES[kind], changes))
    if file is None:
        assert "\n" not in refusal
        assert refusal.startswith("f")
        return
    file.line_keys()
    for each in file.statements:
        if None in (each.opening_minor, each.closing_minor) or file.format == "bai2":
            continue
        moved = sum(line.amount_minor for line in each.lines if line.kind == "booked")
        ties = each.opening_minor + moved == each.closing_minor
        assert each.balances == "differ" or ties


@seed(20261121)
@settings(max_examples=200, deadline=2000, database=None)
@given(data=st.binary(max_size=300))
def test_any_bytes__are_refused_or_read(data: bytes) -> None:
    file, refusal = outcome("f", data)
    assert file or refusal.startswith("f")


@pytest.mark.parametrize(
    "data", [b"", b"   \n", b"hello", b"\x00" * 50, b"PK\x03\x04 zip", b"%PDF-1.7", b"{}"]
)
def test_file_that_is_no_bank_file__is_refused(data: bytes) -> None:
    with pytest.raises(BadInput, match=r"f\.txt: "):
        read_bank_file("f.txt", data)
