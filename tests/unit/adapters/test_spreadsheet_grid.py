"""Files as rows: encodings, separators, and refusals in one clear line."""

import codecs

import pytest

from adapters.spreadsheets.grid import Limits, UnreadableFile, read_grid

TABLE = "Kunde;Größe\nMüller;1\nSöhne;2\n"


def _rows(data: bytes) -> list[list[str]]:
    return [list(row.cells) for row in read_grid(data, "f.csv").sheets[0].rows]


@pytest.mark.parametrize(
    ("data", "encoding", "chosen"),
    [
        (TABLE.encode(), "utf-8", False),
        (codecs.BOM_UTF8 + TABLE.encode(), "utf-8-sig", False),
        (TABLE.encode("utf-16"), "utf-16", False),
        (codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"), "utf-16", False),
        (TABLE.encode("cp1252"), "cp1252", True),
    ],
)
def test_encoding__is_found_and_a_choice_is_said(data: bytes, encoding: str, chosen: bool) -> None:
    grid = read_grid(data, "f.csv")

    assert (grid.encoding, grid.encoding_is_choice) == (encoding, chosen)
    assert list(grid.sheets[0].rows[1].cells) == ["Müller", "1"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_separator__is_found(mark: str) -> None:
    text = f'Title\n\na{mark}b{mark}c\n1{mark}"x{mark}y"{mark}2\n3{mark}4{mark}5\n'

    grid = read_grid(text.encode(), "f.csv")

    assert grid.delimiter == mark
    assert list(grid.sheets[0].rows[3].cells) == ["1", f"x{mark}y", "2"]


def test_excel_separator_line__is_obeyed_and_dropped() -> None:
    grid = read_grid(b"sep=;\na,1;b\n1,5;2\n", "f.csv")

    assert [row.line for row in grid.sheets[0].rows] == [2, 3]
    assert list(grid.sheets[0].rows[0].cells) == ["a,1", "b"]


def test_decimal_commas__do_not_win_over_semicolons() -> None:
    assert _rows(b"a;b\n1.234,56;2,5\n7,1;8,2\n")[1] == ["1.234,56", "2,5"]


def test_line_breaks_in_quotes__keep_line_numbers_of_the_file() -> None:
    grid = read_grid(b'a,b\n"x\ny",1\nz,2\n', "f.csv")

    assert [row.line for row in grid.sheets[0].rows] == [1, 2, 4]


def test_formula_cells__stay_text() -> None:
    assert _rows(b'a,b\n=HYPERLINK("http://x"),+1\n'.replace(b'"', b"'"))[1] == [
        "=HYPERLINK('http://x')", "+1",
    ]  # fmt: skip


def test_framed_list__is_cut_at_its_bars_even_with_a_bar_in_text() -> None:
    text = "Debitor    42\n----\n|Nr |Text |\n|1  |a|b  |\n|2  |c    |\n"

    rows = read_grid(text.encode(), "f.txt").sheets[0].rows

    assert list(rows[0].cells) == ["Debitor", "42"]
    assert [list(row.cells) for row in rows[2:]] == [["Nr", "Text"], ["1", "a|b"], ["2", "c"]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "is empty"),
        (b" \n\n", "is empty"),
        (b"a,b\n\x00\x01,2\n", "binary data"),
        ("a,b\n1,2\n".encode("utf-16-le"), "binary data"),
        (b"%PDF-1.7 ...", "a PDF is not a table"),
        (b"PK\x03\x04broken", "broken or protected XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken", "not a readable workbook"),
        (b"<html><table></table></html>", "web page"),
        (b"a,b\n1,\x81\n", "give its encoding"),
        (b'a,b\n"x"y,2\n', "line 2: broken quotes"),
        (b'a,b\n1,2\n"never closed,2\n', "line 3: broken quotes"),
        (b"a,b\n1," + b"x" * 40_000, "line 2: a cell of 40,000 characters"),
        (b"a,b\n1," + b"x" * 400_000, "line 2: a cell longer than"),
        (b",".join([b"x"] * 2_000), "line 1: 2,000 columns"),
    ],
)
def test_file_that_is_no_table__is_refused_in_one_line(data: bytes, says: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read_grid(data, "f.csv")

    assert says in refusal.value.message
    assert refusal.value.message.startswith("f.csv")
    assert "\n" not in refusal.value.message


def test_limits__are_named() -> None:
    with pytest.raises(UnreadableFile, match="more than 2 rows"):
        read_grid(b"a\n1\n2\n3\n", "f.csv", limits=Limits(rows=2))
    with pytest.raises(UnreadableFile, match="limit of 3"):
        read_grid(b"a,b\n", "f.csv", limits=Limits(file_bytes=3))


def test_encoding_a_person_names__is_used_or_refused() -> None:
    assert read_grid("é,b\n".encode("cp850"), "f", encoding="cp850").encoding == "cp850"
    with pytest.raises(UnreadableFile, match="unknown encoding"):
        read_grid(b"a,b\n", "f.csv", encoding="klingon")
