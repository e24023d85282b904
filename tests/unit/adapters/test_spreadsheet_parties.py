"""Receipts, credits, customers, tickets and contracts as records; hostile bytes."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spreadsheets.catalog import Severity
from adapters.spreadsheets.options import ImportOptions, KnownCustomers
from adapters.spreadsheets.reading import ReadOutcome, read_records
from adapters.spreadsheets.thesaurus import KINDS
from ledger.errors import BadInput
from ledger.states import DebtorType, Segment

AS_OF = date(2026, 6, 1)
HEAD = "Invoice No,Customer No,Invoice Date,Due Date,Amount,Currency\n"


def read(text: str, kind: str = "invoices", **options) -> ReadOutcome:
    known = options.pop("known", None)
    return read_records(
        text.encode(), kind, as_of=AS_OF, options=ImportOptions(**options), known_customers=known,
        name="f.csv",
    )  # fmt: skip


def codes(outcome: ReadOutcome, severity: Severity) -> list[str]:
    return [f.code for f in outcome.report.findings if f.severity is severity]


def test_receipts__name_payer_memo_and_invoices() -> None:
    text = (
        "Receipt No;Payer;Value Date;Amount;Currency;Memo;Invoice No\n"
        "R1;ACME AG;2026-05-20;100,00;EUR;Re 1 + 2;1, 2\nR2;Beta;2026-05-21;5,50;EUR;;\n"
    )

    first, second = read(text, "receipts").records

    assert (first.payer_name, first.memo, first.invoice_numbers) == (
        "ACME AG",
        "Re 1 + 2",
        ("1", "2"),
    )
    assert (first.amount_minor, first.customer_number, first.customer_name) == (10000, None, None)
    assert second.invoice_numbers == ()


def test_receipts_of_one_sign__are_read_and_a_returned_one_blocks() -> None:
    head = "Receipt No,Payer,Value Date,Amount,Currency\n"
    negative = "R1,A,2026-05-20,-1.00,EUR\nR2,A,2026-05-20,-2.00,EUR\n"

    assert [r.amount_minor for r in read(head + negative, "receipts").records] == [100, 200]
    mixed = read(head + negative + "R3,A,2026-05-20,3.00,EUR\n", "receipts")
    assert codes(mixed, Severity.ERROR) == ["returned_payment"]
    assert mixed.report.of("returned_payment").line == 4


def test_credits__refer_to_their_invoice_whatever_the_sign() -> None:
    head = "Credit No,Customer No,Date,Amount,Currency,Invoice No\n"

    outcome = read(head + "C1,7,2026-05-01,-5.00,EUR,1\nC2,7,2026-05-01,6.00,EUR,\n", "credits")

    assert [(r.amount_minor, r.invoice_number) for r in outcome.records] == [
        (500, "1"),
        (600, None),
    ]


def test_customer__is_read_into_the_house_codes() -> None:
    text = (
        "Customer No,Name,Parent Number,Segment,Strategic,Owner,Email,Phone,Contact Name,Language,"
        "Currency,Time Zone,Country,State,Debtor Type,Credit Limit,Payment Terms,SMS consent,"
        "Opted out\n"
        "0007,Müller KG,0001,Mid-Market,ja,Ada,ap@m.example,030 123456,Per L,Deutsch,eur,"
        'europe/berlin,Deutschland,BE,GmbH,"10,000.00",30 Tage netto,no,nein\n'
    )

    (record,) = read(text, "customers").records

    assert record.model_dump(exclude={"line"}) == {
        "customer_number": "0007", "name": "Müller KG", "parent_number": "0001",
        "segment": Segment.MID, "strategic": True, "owner": "Ada", "email": "ap@m.example",
        "phone": "+4930123456", "contact_name": "Per L", "language": "de", "currency": "EUR",
        "time_zone": "Europe/Berlin", "places": ("DE", "DE-BE"),
        "debtor_type": DebtorType.BUSINESS, "credit_limit_minor": 1_000_000, "terms_days": 30,
        "email_consent": None, "sms_consent": False, "opted_out": False,
    }  # fmt: skip


def test_customer_with_unknown_words__keeps_the_row_and_says_so() -> None:
    text = (
        "Customer No,Name,Segment,Email,Phone,Language,Time Zone,Country\n"
        "1,Acme,purple,not-an-address,12,Klingon,Mars/Base,Atlantis\n"
    )

    outcome = read(text, "customers")

    assert set(codes(outcome, Severity.WARNING)) == {
        f"unknown_{name}"
        for name in ("segment", "email", "phone", "language", "time_zone", "country")
    }
    assert outcome.records[0].segment is None


def test_opt_out_that_is_neither_yes_nor_no__blocks() -> None:
    outcome = read("Customer No,Name,Opted out\n1,Acme,maybe\n", "customers")

    assert codes(outcome, Severity.ERROR) == ["bad_flag"]


def test_tickets_and_contracts__are_read() -> None:
    known = KnownCustomers(frozenset({"7"}), frozenset())
    tickets = read(
        "Ticket No,Customer No,Opened,Priority,Status,Subject,Invoice No\n"
        "T1,7,2026-05-01,High,open,Pallets broken,1\n", "tickets", known=known,
    )  # fmt: skip
    contracts = read(
        "Customer No,Type,Start Date,End Date,Renewal Date,Notes\n"
        "7,Note,2026-01-01,,,45 days agreed\n7,Renewal,,,2026-07-01,\n", "contracts",
    )  # fmt: skip

    (ticket,) = tickets.records
    assert (ticket.severity, ticket.status, ticket.invoice_number) == (2, "open", "1")
    assert [record.kind for record in contracts.records] == ["note", "renewal"]
    assert contracts.records[1].renews_on == date(2026, 7, 1)


def test_ticket_of_a_stranger__blocks() -> None:
    outcome = read(
        "Ticket No,Customer No,Opened,Subject\nT1,9,2026-05-01,x\n", "tickets",
        known=KnownCustomers(frozenset({"7"}), frozenset()),
    )  # fmt: skip

    assert codes(outcome, Severity.ERROR) == ["no_account"]


def test_number_kept_as_text_by_a_formula__is_unwrapped() -> None:
    outcome = read(HEAD + '"=""0012""",7,2026-05-01,2026-05-31,1.00,EUR\n')

    assert outcome.records[0].invoice_number == "0012"


def test_formula_in_a_name__stays_text() -> None:
    head = HEAD.replace("Customer No", "Customer")

    outcome = read(head + "1,\"=cmd|'/C calc'!A0\",2026-05-01,2026-05-31,1.00,EUR\n")

    assert outcome.records[0].customer_name == "=cmd|'/C calc'!A0"


def test_paid_status_without_any_other_sign__is_not_open() -> None:
    head = "Num,Customer,Date,Due date,Amount,Currency,Status,Paid on\n"
    rows = (
        "1,Acme,2026-05-01,2026-05-31,1.00,EUR,Paid,\n"
        "2,Acme,2026-05-01,2026-05-31,2.00,EUR,Paid,2026-05-20\n"
        "3,Acme,2026-05-01,2026-05-31,3.00,EUR,Sent,\n"
    )

    outcome = read(head + rows)

    assert [record.open_minor for record in outcome.records] == [0, None, None]
    assert outcome.report.sums["EUR"].open_minor == 300
    assert outcome.report.of("settled_undated").line == 2


def test_paid_amount__leaves_the_rest_open() -> None:
    head = "Num,Customer,Date,Due date,Amount,Currency,Amount paid\n"

    (record,) = read(head + "1,Acme,2026-05-01,2026-05-31,10.00,EUR,4.00\n").records

    assert record.open_minor == 600


@pytest.mark.parametrize("total", ["3.00", "1.00"])
def test_total_with_or_without_void_rows__ties(total: str) -> None:
    head = "Num,Customer,Date,Due date,Amount,Currency,Status\n"
    rows = (
        "1,Acme,2026-05-01,2026-05-31,1.00,EUR,Open\n2,Acme,2026-05-01,2026-05-31,2.00,EUR,Void\n"
    )

    outcome = read(head + rows + f"Total,,,,{total},,\n")

    assert outcome.report.ties
    assert not outcome.report.blocks


def test_total_over_two_currencies__is_not_checked_and_said() -> None:
    rows = "1,7,2026-05-01,2026-05-31,1.00,EUR\n2,7,2026-05-01,2026-05-31,2.00,USD\n"

    outcome = read(HEAD + rows + "Total,,,,2.85,\n")

    assert outcome.report.of("total_not_checked").line == 4
    assert not outcome.report.blocks
    assert outcome.report.ties is None


def test_credit_with_more_open_than_its_amount__is_an_error() -> None:
    head = "Credit No,Customer No,Date,Amount,Remaining credit,Currency\n"

    outcome = read(head + "C1,7,2026-05-01,5.00,6.00,EUR\n", "credits")

    assert codes(outcome, Severity.ERROR) == ["open_above_amount"]


@given(data=st.binary(max_size=300), kind=st.sampled_from(KINDS))
def test_any_bytes__end_in_an_outcome_or_one_clear_line(data: bytes, kind: str) -> None:
    lines, settled = [], True
    try:
        outcome = read_records(data, kind, as_of=AS_OF, name="f.csv")
        settled = bool(outcome.report.blocks or outcome.records or outcome.report.left_out)
    except BadInput as refusal:
        lines = refusal.message.splitlines()

    assert len(lines) <= 1
    assert settled


CELLS = st.sampled_from(
    ["", "-", "0", "1", "1,234.50", "(5.00)", "5-", "2026-05-01", "03/04/2026", "31/12/2026", "EUR",
     "Acme", "Total", "Total Acme", "Invoice", "Payment", "Credit memo", "Paid", "0012", "x" * 9,
     "1E5", "=1+1", "1.234", "TRUE", "$", "\u2007"]
)  # fmt: skip


@given(rows=st.lists(st.lists(CELLS, max_size=9), max_size=12), kind=st.sampled_from(KINDS))
def test_any_mixture_of_cells__ends_in_an_outcome(rows: list[list[str]], kind: str) -> None:
    head = "Type,Number,Customer,Date,Due date,Amount,Open balance,Currency,Status"
    text = "\n".join([head, *(",".join(f'"{cell}"' for cell in row) for row in rows)])

    outcome = read_records(text.encode(), kind, as_of=AS_OF, options=ImportOptions(currency="EUR"))

    stated = {row.line for row in outcome.records}
    assert stated <= set(range(2, len(rows) + 2))
    assert outcome.report.rows <= len(rows)
