"""Broken exports, ACH files and advices: refused in one line, or what is read still adds up."""

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from adapters.bank_files.model import BankFile
from adapters.bank_files.reading import read_bank_file
from tests.support.bank_files import outcome, spoiled
from tests.unit.adapters.bank_files.ach_files import ach_file, batch, entry

SAMPLES = {
    "nacha": ach_file(
        batch(
            entry("22", 125000, addenda=["705RMR*IV*INV-1**1250.00*1300.00*50.00\\".ljust(83)]),
            entry("27", 5000),
            sec="CTX",
        )
    ),
    "x12-820": b"ISA*00*          *00*          *ZZ*A              *ZZ*B              "
    b"*260918*1200*U*00401*000000001*0*P*:~GS*RA*A*B*20260918*1200*1*X*004010~ST*820*0001~"
    b"BPR*C*90.00*C*ACH*CTX*01*1*DA*2*3**01*4*DA*5*20260918~TRN*1*T-1~CUR*PR*USD~N1*PR*ACME~"
    b"ENT*1~RMR*IV*INV-1**60.00*100.00~ADX*-40.00*01***DAMAGED~RMR*IV*INV-2**30.00~SE*11*0001~"
    b"GE*1*1~IEA*1*000000001~",
    "remadv": b"UNB+UNOC:3+1:14+2:14+260220:0900+R'UNH+1+REMADV:D:96A:UN'BGM+481+R-1+9'"
    b"DTM+137:20260220:102'NAD+PR+1::9++ACME?'S'CUX+2:EUR:9'DOC+380+INV-1'MOA+9:100'MOA+12:60'"
    b"AJT+1'FTX+ABO+1++Damaged'DOC+380+INV-2'MOA+12:30'UNS+S'MOA+12:90'UNT+15+1'UNZ+1+R'",
    "v11": b"002010121627"
    + b"11".zfill(27)
    + b"10000".zfill(10)
    + b"0001  0001"
    + b"260220" * 3
    + b"0" * 23
    + b"\r\n999010121627"
    + b"9" * 27
    + b"10000".zfill(12)
    + b"1".zfill(12)
    + b"260221"
    + b"0" * 18,
    "lockbox": b"LOCKBOX REMITTANCE ADVICE\nBatch: L-1\nDeposit date: 2026-02-20\nPayer: ACME\n"
    b"Check number: 1\nCheck amount: 90.00\nInvoices: INV-1 (60.00), INV-2 (30.00)\n",
    "remittance-mail": b"From: a@b.example\nSubject: Payment\n"
    b"Date: Fri, 20 Feb 2026 10:00:00 +0100\nContent-Type: text/html; charset=utf-8\n\n"
    b"<table><tr><th>Invoice</th><th>Gross</th>"
    b"<th>Deduction</th><th>Net</th></tr><tr><td>INV-1</td><td>100.00</td><td>40.00</td>"
    b"<td>60.00</td></tr><tr><td>INV-2<td>30.00<td><td>30.00</tr>"
    b"<tr><td>Total</td><td></td><td></td><td>90.00</td></tr></table>",
    "csv": b"Account: 4711\n\nDate;Details;Debit;Credit;Currency;Balance\n"
    b"26.02.2026;Rent;50,00;;EUR;950,00\n27.02.2026;ACME INV-1;;1.190,00;EUR;2.140,00\n"
    b"28.02.2026;Fee;1,00;;EUR;2.139,00\n",
}
PIECES = b"* + ' ~ : ; , . \" | \\ = ( ) - 0 9 -1 1.000 1,00 USD JPY XXX CR <td> </table> <script>"
PIECES += b" RMR* MOA+ 6 7 8 99/99/9999 \xff \0 \xe2\x80\xa8 99999999999999999999999999 total net"

CHANGE = st.tuples(
    st.sampled_from(["cut", "drop", "put", "double", "set"]),
    st.integers(0, 1600),
    st.integers(1, 120),
    st.sampled_from([*PIECES.split(b" "), b"\n", b"\r", b"\n\n"]),
)


@pytest.mark.parametrize("kind", SAMPLES)
def test_sample__is_read_and_ties(kind: str) -> None:
    file = read_bank_file("sample", SAMPLES[kind])
    assert (file.format, file.balances) == (kind, "tie"), file.warnings


@seed(20261121)
@settings(max_examples=500, deadline=2000, database=None)
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
    check_statements(file)
    check_remittances(file)


def check_statements(file: BankFile) -> None:
    for each in file.statements:
        if each.opening_minor is not None and each.closing_minor is not None:
            moved = sum(line.amount_minor for line in each.lines if line.kind == "booked")
            assert each.balances == "differ" or each.opening_minor + moved == each.closing_minor


def check_remittances(file: BankFile) -> None:
    """A file that says its advice ties has lines that sum to their payment."""
    if file.totals != "tie" or file.format == "nacha":
        return
    payments: dict[tuple[str, int], int] = {}
    for line in file.remittances:
        if line.total_minor is None or line.net_minor is None:
            continue
        key = (line.remittance_id, line.total_minor)
        payments[key] = payments.get(key, 0) + line.net_minor
    for (_, payment), documents in payments.items():
        assert documents % payment == 0 if payment else documents == 0
