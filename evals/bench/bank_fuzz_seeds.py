"""Whole bank files to mutate: a small one of each format, and real ones where a folder has them."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LARGEST = 16_384
"""Bytes of a file worth mutating: in a large one a change meets the same line again and again."""

_NOT_BANK_FILES = (".json", ".md")


@dataclass(frozen=True, slots=True)
class SeedFile:
    """A file before anything happened to it; `kind` groups those of one format."""

    kind: str
    name: str
    data: bytes


def seed_files(folder: Path | None) -> list[SeedFile]:
    """Our own files, and the small ones of a folder with a subfolder per format."""
    found = [SeedFile(kind, f"own {kind}", data) for kind, data in OWN.items()]
    return found + sorted(_real(folder), key=lambda each: each.name) if folder else found


def _real(folder: Path) -> Iterator[SeedFile]:
    for path in folder.rglob("*"):
        if path.is_file() and path.suffix not in _NOT_BANK_FILES:
            data = path.read_bytes()
            if 0 < len(data) <= _LARGEST:
                yield SeedFile(path.parent.name, path.relative_to(folder).as_posix(), data)


def _ach() -> bytes:
    routing = "07640125"
    records = [
        "101 076401251 0764012512611200800A094101BANK                   ORIGIN",
        f"5200{'ACME':<36}1234567890CTX{'PAYMENT':<10}261120261121   1{routing}0000001",
        _entry("22", 125000, "INV-7", f"1{routing}0000001"),
        f"{'705RMR*IV*INV-7**1250.00*1300.00*50.00':<83}00010000001",
        _entry("27", 5000, "INV-8", f"0{routing}0000002"),
        f"8200{3:06d}{2 * int(routing):010d}{5000:012d}{125000:012d}"
        f"1234567890{'':<25}{routing}0000001",
        f"9{1:06d}{1:06d}{3:08d}{2 * int(routing):010d}{5000:012d}{125000:012d}",
    ]
    records += ["9" * 94] * (-len(records) % 10)
    return "\n".join(each.ljust(94) for each in records).encode()


def _entry(code: str, cents: int, number: str, trace: str) -> str:
    return f"6{code}076401251{'123456789':<17}{cents:010d}{number:<15}{'ACME INC':<22}  {trace}"


def _slips() -> bytes:
    """V11: two payments with references and the total that closes them."""
    paid = [("202611184", 12345), ("202611192", 250)]
    slips = [
        f"002010011111{reference.zfill(27)}{rappen:010d}0001  0001{'261120' * 3}{'0' * 23}"
        for reference, rappen in paid
    ]
    total = sum(rappen for _reference, rappen in paid)
    slips.append(f"999010011111{'9' * 27}{total:012d}{len(paid):012d}261121{'0' * 18}")
    return "\r\n".join(slips).encode()


OWN: dict[str, bytes] = {
    "mt940": b"""{1:F01XXXXDEFF}{4:
:20:DAY1\r\n:25:DE89370400440532013000\r\n:28C:7/1\r\n:60F:C261118EUR2500,00
:61:2611181118C310,40NTRFINV-1044//B77
:86:166?00CREDIT?20EREF+E-77?21SVWZ+INV-1044 AND?22 MORE?31DE89370400440532013000?32NORDEN AG
:61:261118D12,00NCHGNONREF//B78
:86:/REMI/USTD//account fee
:61:261118RC310,40NRTINONREF//B79
:86:/RTRN/AC04/NAME/NORDEN AG
:62F:C261118EUR2488,00
-}
:20:DAY2
:25:DE89370400440532013000
:28C:8/1
:60F:C261118EUR2488,00
:61:261119C99,5NTRFREF1
:62F:C261119EUR2587,50
""",
    "camt053": b"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr/>
<Stmt><Id>7</Id><Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">120.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-17</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">153.50</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-11-18</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">35.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-18</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef><NtryDtls>
<TxDtls><Refs><EndToEndId>E1</EndToEndId></Refs><Amt Ccy="EUR">20.00</Amt>
<RmtInf><Ustrd>INV-1 &amp; more</Ustrd></RmtInf></TxDtls>
<TxDtls><Refs><EndToEndId>E2</EndToEndId></Refs><Amt Ccy="EUR">15.00</Amt></TxDtls>
</NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>2026-11-18</Dt></BookgDt><AddtlNtryInf>fee</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>""",
    "bai2": b"""01,BANK,US,261118,0830,7,,,2/
02,US,BANK,1,261118,,USD,2/
03,555001,,010,90000,,,015,92500,,/
16,195,3100,V,261118,,B1,C1,ACME INV-9 / INV-10
88,SECOND LINE OF TEXT
16,475,600,S,600,0,0,B2,C2,CHECK/
49,186200,5/
03,555002,,010,100,,/
16,142,40,Z,,,ACH IN/
49,140,3/
98,186340,2,10/
99,186340,1,12/
""",
    "ofx": b"""OFXHEADER:100
DATA:OFXSGML
CHARSET:1252

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>77</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20261101<DTEND>20261118
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20261117120000[-5:EST]<TRNAMT>410.25<FITID>A1<NAME>Acme &amp; Co
<MEMO>INV-5</STMTTRN>
<STMTTRN><TRNTYPE>FEE</TRNTYPE><DTPOSTED>20261118</DTPOSTED><TRNAMT>-2.00</TRNAMT><FITID>A2</FITID>
</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>1408.25<DTASOF>20261118</LEDGERBAL></STMTRS>
</STMTTRNRS></BANKMSGSRSV1></OFX>""",
    "qif": b"!Type:Bank\nD11/17/26\nT1,200.50\nPAcme Inc\nMINV-5\n^\nD11/18/26\nT-2.00\nPFee\n^\n",
    "nacha": _ach(),
    "edi820": b"ISA*00*          *00*          *ZZ*PAYER          *ZZ*PAYEE          "
    b"*261118*0900*U*00401*000000007*0*P*:~GS*RA*P*Q*20261118*0900*7*X*004010~ST*820*0007~"
    b"BPR*C*145.50*C*ACH*CTX*01*1*DA*2*3**01*4*DA*5*20261118~TRN*1*TR-7~CUR*PR*USD~N1*PR*ACME~"
    b"ENT*1~RMR*IV*INV-21**95.50*100.00*4.50~RMR*IV*INV-22**60.00~RMR*CM*CN-3**-10.00~SE*10*0007~"
    b"GE*1*7~IEA*1*000000007~",
    "remadv": b"UNB+UNOC:3+A:14+B:14+261118:0900+7'UNH+1+REMADV:D:96A:UN'BGM+481+R-7+9'"
    b"DTM+137:20261118:102'NAD+PR+1::9++ACME?'S GMBH'CUX+2:EUR:9'DOC+380+INV-31'MOA+9:80'"
    b"MOA+12:75'AJT+1'FTX+ABO+1++Damaged'DOC+380+INV-32'MOA+12:25'UNS+S'MOA+12:100'UNT+15+1'"
    b"UNZ+1+7'",
    "ch_v11": _slips(),
    "lockbox": b"LOCKBOX REMITTANCE ADVICE\nBatch: L-7\nDeposit date: 2026-11-18\nPayer: ACME\n"
    b"Check number: 88\nCheck amount: 145.50\nInvoices: INV-21 (95.50), INV-22 (50.00)\n",
    "remit_email": b"From: ap@acme.example\nSubject: Payment advice 7\n"
    b"Date: Wed, 18 Nov 2026 10:00:00 +0100\nContent-Type: text/html; charset=utf-8\n\n"
    b"<p>Dear all</p><table><tr><th>Invoice</th><th>Gross</th><th>Deduction</th><th>Net</th></tr>"
    b"<tr><td>INV-41</td><td>200.00</td><td>20.00</td><td>180.00</td></tr>"
    b"<tr><td>INV-42</td><td>20.00</td><td></td><td>20.00</td></tr>"
    b"<tr><td>Total</td><td></td><td></td><td>200.00</td></tr></table>",
    "csv": b"Account;DE89370400440532013000\n\nDate;Purpose;Debit;Credit;Currency;Balance\n"
    b"16.11.2026;INV-51 ACME;;2.300,00;EUR;3.300,00\n17.11.2026;Fee;4,50;;EUR;3.295,50\n"
    b'18.11.2026;"INV-52; INV-53";;704,50;EUR;4.000,00\n',
}
