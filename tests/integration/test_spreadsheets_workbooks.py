"""Workbooks and saved mappings: what needs files and spreadsheet programs."""

import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from adapters.spreadsheets.grid import Limits, UnreadableFile, read_grid
from adapters.spreadsheets.mapping import BadMapping
from adapters.spreadsheets.mapping_store import MappingStore
from adapters.spreadsheets.options import ImportOptions
from adapters.spreadsheets.reading import read_records

AS_OF = date(2026, 6, 1)
AFTERNOON = datetime.fromisoformat("2026-05-31T14:05:00")
HEAD = ["Invoice No", "Customer No", "Invoice Date", "Due Date", "Amount", "Currency"]


def _bytes(book: Workbook) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _book(rows: list[list], title: str = "Open items") -> Workbook:
    book = Workbook()
    book.active.title = title
    for row in rows:
        book.active.append(row)
    return book


def test_workbook__keeps_ids_dates_and_exact_amounts() -> None:
    book = _book([
        ["Northwind", None], [], HEAD,
        ["0012345", 300417755.0, date(2026, 5, 1), AFTERNOON, 0.1 + 0.2, "EUR"],
        [17, "007", 46143, "2026-05-31", "1,234.50", "EUR"],
    ])  # fmt: skip

    first, second = read_records(_bytes(book), "invoices", as_of=AS_OF).records

    assert (first.line, second.line) == (4, 5)
    assert (first.invoice_number, first.customer_number) == ("0012345", "300417755")
    assert (first.issued_on, first.due_on) == (date(2026, 5, 1), date(2026, 5, 31))
    assert (first.amount_minor, second.amount_minor) == (30, 123450)
    assert (second.invoice_number, second.customer_number) == ("17", "007")
    assert second.issued_on == date(2026, 5, 1)


def test_several_sheets__the_one_with_the_header_is_read_and_said() -> None:
    book = _book([["Notes"], ["Please see the next sheet"]], "Cover")
    sheet = book.create_sheet("Data")
    sheet.append(HEAD)
    sheet.append(["1", "7", "2026-05-01", "2026-05-31", 5, "EUR"])
    hidden = book.create_sheet("Old")
    hidden.sheet_state = "hidden"
    hidden.append(HEAD)

    outcome = read_records(_bytes(book), "invoices", as_of=AS_OF)

    assert len(outcome.records) == 1
    assert outcome.report.of("other_sheets").what == "sheet 'Data' is read, not 'Cover'"


def test_sheet_a_person_names__is_read_or_refused() -> None:
    data = _bytes(_book([HEAD, ["1", "7", "2026-05-01", "2026-05-31", 5, "EUR"]]))

    named = read_records(data, "invoices", as_of=AS_OF, options=ImportOptions(sheet="Open items"))

    assert len(named.records) == 1
    with pytest.raises(UnreadableFile, match="no sheet 'Nope'; sheets are 'Open items'"):
        read_records(data, "invoices", as_of=AS_OF, options=ImportOptions(sheet="Nope"))


def test_empty_workbook__says_so() -> None:
    outcome = read_records(_bytes(Workbook()), "invoices", as_of=AS_OF)

    assert outcome.report.of("no_rows") is not None


def test_zip_that_is_no_workbook_or_a_bomb__is_refused() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/x", b"0" * 2_000_000)

    with pytest.raises(UnreadableFile, match="not a workbook"):
        read_grid(buffer.getvalue(), "f.xlsx")
    with pytest.raises(UnreadableFile, match="unpacks to 2,000,000 bytes"):
        read_grid(buffer.getvalue(), "f.xlsx", limits=Limits(unpacked_bytes=1_000_000))


def test_stray_cell_far_out__is_refused_before_it_costs_memory() -> None:
    book = _book([HEAD])
    book.active.cell(row=1_000_000, column=900, value="x")

    with pytest.raises(UnreadableFile, match="delete what lies outside the table"):
        read_grid(_bytes(book), "f.xlsx")


ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="A">{rows}</table:table></office:spreadsheet></office:body>
</office:document-content>"""
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def _ods(rows: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", ODS_TYPE)
        archive.writestr("content.xml", ODS.format(rows=rows))
        archive.writestr(
            "META-INF/manifest.xml",
            '<m:manifest xmlns:m="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return buffer.getvalue()


def _cells(*values: str) -> str:
    cells = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        for value in values
    )
    return f"<table:table-row>{cells}</table:table-row>"


def test_open_document__is_read() -> None:
    data = _ods(_cells(*HEAD) + _cells("01", "7", "2026-05-01", "2026-05-31", "5.00", "EUR"))

    outcome = read_records(data, "invoices", as_of=AS_OF)

    assert [(r.invoice_number, r.amount_minor) for r in outcome.records] == [("01", 500)]


def test_open_document_of_repeated_values__is_refused_before_it_costs_memory() -> None:
    cell = (
        '<table:table-cell table:number-columns-repeated="900" office:value-type="string">'
        "<text:p>x</text:p></table:table-cell>"
    )
    rows = f'<table:table-row table:number-rows-repeated="900000">{cell}</table:table-row>'

    with pytest.raises(UnreadableFile, match="900,000 rows x 900 columns"):
        read_grid(_ods(rows), "f.ods")


def test_missing_file_and_folder__are_refused_in_one_line(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"no\.csv: No such file"):
        read_grid(tmp_path / "no.csv")
    with pytest.raises(UnreadableFile, match="not a file"):
        read_grid(tmp_path)


def test_path__gives_the_name_for_messages(tmp_path: Path) -> None:
    path = tmp_path / "items.csv"
    path.write_text(",".join(HEAD) + "\n1,7,2026-05-01,2026-05-31,5,EUR\n")

    assert read_records(path, "invoices", as_of=AS_OF).report.file == "items.csv"


def test_accepted_mapping__is_used_for_the_next_export(tmp_path: Path) -> None:
    store = MappingStore(tmp_path / "mappings")
    text = b"Ref;Who;When;Till;Sum;Sum\n1;Acme;03/04/2026;05/04/2026;1.000;7,50\n"
    options = ImportOptions(
        columns={"invoice_number": "Ref", "customer_name": "Who", "issued_on": "When",
                 "due_on": "Till", "amount": "#6"},
        currency="EUR", dates="DMY", decimal="comma",
    )  # fmt: skip

    first = read_records(text, "invoices", as_of=AS_OF, options=options, store=store)
    store.save(first.mapping)
    again = read_records(
        text, "invoices", as_of=AS_OF, options=ImportOptions(currency="EUR"), store=store
    )

    assert not first.report.blocks
    assert again.records == first.records
    assert again.mapping.source == "saved"
    assert again.records[0].amount_minor == 750


def test_person__overrules_a_saved_mapping(tmp_path: Path) -> None:
    store = MappingStore(tmp_path)
    text = (",".join([*HEAD, "Gross"]) + "\n1,7,2026-05-01,2026-05-31,5,EUR,6\n").encode()
    store.save(read_records(text, "invoices", as_of=AS_OF).mapping)

    outcome = read_records(
        text, "invoices", as_of=AS_OF, options=ImportOptions(columns={"amount": "Gross"}),
        store=store,
    )  # fmt: skip

    assert outcome.records[0].amount_minor == 600


def test_damaged_saved_mapping__is_refused_by_name(tmp_path: Path) -> None:
    store = MappingStore(tmp_path)
    text = (",".join(HEAD) + "\n1,7,2026-05-01,2026-05-31,5,EUR\n").encode()
    mapping = read_records(text, "invoices", as_of=AS_OF).mapping
    store.save(mapping)
    (tmp_path / f"{mapping.fingerprint}.json").write_text("{")

    with pytest.raises(BadMapping, match="is damaged; delete it"):
        read_records(text, "invoices", as_of=AS_OF, store=store)
