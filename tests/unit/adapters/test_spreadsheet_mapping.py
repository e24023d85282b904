"""Headers, mappings and the shape of reports."""

import pytest

from adapters.spreadsheets.grid import Row, read_grid
from adapters.spreadsheets.layout import find_header, read_table
from adapters.spreadsheets.mapping import BadMapping, ColumnMapping, propose_mapping
from adapters.spreadsheets.options import parse_map
from adapters.spreadsheets.thesaurus import BUCKETS, total_scope, word_key


def _rows(*rows: list[str]) -> list[Row]:
    return [Row(line, cells) for line, cells in enumerate(rows, start=2)]


def _table(text: str, kind: str = "invoices"):
    grid = read_grid(text.encode(), "f.csv")
    head = find_header(grid, kind, {})
    rows = head.sheet.rows[head.index + 1 :]
    return read_table(head, propose_mapping(kind, head.cells, rows).mapping)


@pytest.mark.parametrize(
    "header",
    [
        ["Invoice Number", "Customer Name", "Invoice Date", "Due Date", "Amount", "Open balance"],
        ["Rechnungsnr.", "Kunde", "Rechnungsdatum", "Fällig am", "Betrag brutto", "Offen"],
        ["N° facture", "Client", "Date facture", "Échéance", "Montant TTC", "Reste à payer"],
        ["Número de factura", "Cliente", "Fecha factura", "Vencimiento", "Importe", "Pendiente"],
        ["Factuurnummer", "Klant", "Factuurdatum", "Vervaldatum", "Bedrag", "Openstaand"],
        ["invoice_number", "customerName", "INVOICE DATE", "dueDate", "amount", "OpenAmount"],
    ],
)
def test_header_in_five_languages__is_mapped(header: list[str]) -> None:
    rows = _rows(["RE-1", "Acme", "2026-01-02", "2026-02-01", "5.00", "5.00"])

    columns = propose_mapping("invoices", header, rows).mapping.columns

    assert columns == {
        "invoice_number": 0, "customer_name": 1, "issued_on": 2, "due_on": 3, "amount": 4,
        "open_amount": 5,
    }  # fmt: skip


def test_values_of_another_shape__keep_a_column_unmapped() -> None:
    rows = _rows(["1", "Acme", "pallets", "5.00"], ["2", "Acme", "crates", "6.00"])

    proposal = propose_mapping("invoices", ["Num", "Client", "Date", "Amount"], rows)

    assert "issued_on" not in proposal.mapping.columns


def test_second_best_name__gives_way_to_the_owner_of_a_column() -> None:
    rows = _rows(["7", "RE-1", "2026-01-02", "5.00"])

    mapping = propose_mapping("invoices", ["id", "Invoice No", "Date", "Amount"], rows).mapping

    assert mapping.named()["invoice_number"] == "Invoice No"


def test_mostly_blank_number_column__gives_way_to_a_full_one() -> None:
    rows = _rows(
        ["1", "", "2026-01-02", "5"], ["2", "", "2026-01-02", "5"], ["3", "77", "2026-01-02", "5"]
    )

    proposal = propose_mapping("receipts", ["id", "Payment No", "Payment Date", "Amount"], rows)

    assert proposal.mapping.named()["receipt_number"] == "id"
    assert "receipt_number: Payment No" in proposal.mapping.unused


def test_duplicate_header_with_other_values__asks() -> None:
    rows = _rows(["1", "Acme", "2026-01-02", "5.00", "6.00"])

    proposal = propose_mapping("invoices", ["Num", "Client", "Date", "Amount", "Amount"], rows)

    assert [question.field for question in proposal.questions] == ["amount"]
    assert "#4 'Amount' and #5 'Amount'" in proposal.questions[0].text


def test_duplicate_header_with_equal_values__does_not_ask() -> None:
    rows = _rows(["1", "Acme", "2026-01-02", "5.00", "5.00"])

    header = ["Num", "Client", "Date", "Amount", "Amount"]

    assert propose_mapping("invoices", header, rows).questions == []


def test_total_beside_buckets__is_what_is_open() -> None:
    rows = _rows(["1", "2026-01-02", "5.00", "0.00", "5.00"])

    header = ["Invoice Number", "Invoice Date", "Current", "< 1 Month", "Total"]

    assert propose_mapping("invoices", header, rows).mapping.named()["open_amount"] == "Total"


def test_person_says_otherwise__is_obeyed() -> None:
    rows = _rows(["1", "Acme", "2026-01-02", "5.00", "6.00"])
    header = ["Num", "Client", "Date", "Amount", "Gross"]

    by_name = propose_mapping("invoices", header, rows, {"amount": "gross"}).mapping
    by_place = propose_mapping("invoices", header, rows, {"amount": "#5", "issued_on": ""}).mapping

    assert by_name.columns["amount"] == by_place.columns["amount"] == 4
    assert "issued_on" not in by_place.columns
    assert by_name.source == "given"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"colour": "Num"}, "have no field 'colour'"),
        ({"due_on": "Du date"}, "did you mean 'Due date'"),
        ({"due_on": "Weather"}, "the file has no such column"),
        ({"due_on": "#9"}, "the file has 4 columns"),
        ({"amount": "Amount"}, "columns #3, #4 have that name"),
    ],
)
def test_wrong_map__is_refused_with_a_hint(given: dict[str, str], says: str) -> None:
    with pytest.raises(BadMapping) as refusal:
        propose_mapping("invoices", ["Num", "Due date", "Amount", "amount"], [], given)

    assert says in refusal.value.message


def test_map_arguments__are_read_or_refused() -> None:
    assert parse_map(["due_on=Due date", "amount="]) == {"due_on": "Due date", "amount": ""}
    with pytest.raises(BadMapping, match="field=Column"):
        parse_map(["due_on"])
    with pytest.raises(BadMapping, match="given twice"):
        parse_map(["a=b", "a=c"])


def test_fingerprint__ignores_case_and_spaces_but_not_order() -> None:
    one = ColumnMapping("invoices", ("Due Date", "Num"), {}, "").fingerprint

    assert ColumnMapping("invoices", ("due_date", "NUM"), {}, "").fingerprint == one
    assert ColumnMapping("invoices", ("Num", "Due Date"), {}, "").fingerprint != one
    assert ColumnMapping("credits", ("Due Date", "Num"), {}, "").fingerprint != one


def test_title_blank_column_and_repeated_header__are_no_rows() -> None:
    table = _table(
        "Open items,,,\nAs of 2026-05-01,,,\n\n,Num,Client,Date,Amount\n,1,Acme,2026-01-02,5\n"
        ",Num,Client,Date,Amount\n,2,Acme,2026-01-02,6\n\nPrinted by: Ada,,,\n"
    )

    assert [row.line for row in table.rows] == [5, 7]


def test_section_lines__carry_the_customer_until_their_total() -> None:
    table = _table(
        "Num,Date,Amount\nAcme,,\n1,2026-01-02,5\nNorth,,\n2,2026-01-02,6\nTotal North,,6\n"
        "3,2026-01-02,7\nTotal Acme,,18\nBeta,,\n4,2026-01-02,8\nTotal,,26\n"
    )

    assert [row.customer_name for row in table.rows] == ["Acme", "North", "Acme", "Beta"]
    assert [total.scope for total in table.totals] == ["North", "Acme", ""]


def test_customer_called_total__is_still_a_customer() -> None:
    table = _table(
        "Client,Num,Date,Amount\nTotal Energies,1,2026-01-02,5\nTotalEnergies SE,2,2026-01-02,6\n"
        "Total,,,11\n"
    )

    assert len(table.rows) == 2
    assert len(table.totals) == 1


def test_unlabelled_sum__is_a_total() -> None:
    table = _table("Client,Num,Date,Amount\nAcme,1,2026-01-02,5\n,,,5\n")

    assert (len(table.rows), len(table.totals)) == (1, 1)


def test_page_of_a_customer__names_it_and_own_company_does_not() -> None:
    table = _table(
        "Company name,Northwind\nCustomer,Acme\nNum,Date,Amount\n1,2026-01-02,5\n"
        "Customer,Beta\n2,2026-01-02,5\n"
    )

    assert [row.customer_name for row in table.rows] == ["Acme", "Beta"]


@pytest.mark.parametrize(
    ("label", "scope"),
    [("Total", ""), ("Summe Müller", "Müller"), ("Total for X", "X"), ("**", ""), ("Totalis", None),
     ("Total général", ""), ("Eindtotaal:", ""), ("Suma", "")],
)  # fmt: skip
def test_total_words(label: str, scope: str | None) -> None:
    assert total_scope(label) == scope


def test_aging_buckets__are_told_from_customers() -> None:
    for label in ("Current", "91 or more days past due", "< 1 Month", "1-30", "90+", "> 90"):
        assert BUCKETS.fullmatch(label), label
    for label in ("300417755", "42", "3M", "Current Affairs Ltd"):
        assert not BUCKETS.fullmatch(label), label


def test_word_keys__ignore_accents_and_signs() -> None:
    assert word_key("Fällig am") == word_key("FALLIG_AM")
    assert word_key("Invoice #") == word_key("invoiceNumber")
