"""Text exports: encoding, separator and quotes, or the framed list that SAP prints."""

import codecs
import csv
import io
import itertools
import re
from collections import Counter

from adapters.spreadsheets.grid import Grid, Limits, Row, Sheet, UnreadableFile

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 400
_SAMPLE_CHARS = 20_000
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKUP = re.compile(r"\s*<(\?xml|!doctype|html|table|\w+[ >])", re.IGNORECASE)
_GAP = re.compile(r"\s{2,}|\t")


def read_text(data: bytes, name: str, limits: Limits, encoding: str | None = None) -> Grid:
    """Decode a text export and cut it into rows.

    Raises:
        UnreadableFile: Binary, markup, undecodable, or broken quotes.
    """
    text, used, is_choice = decode(data, name, encoding)
    if _MARKUP.match(text):
        raise UnreadableFile(
            f"{name}: this is a web page or XML, not a table; open it in a spreadsheet program "
            "and save it as XLSX or CSV"
        )
    lines = text.splitlines()
    if _is_framed(lines):
        rows, kind, delimiter = _framed_rows(lines), "list", "|"
    else:
        delimiter, skip = sniff_delimiter(lines)
        rows, kind = _delimited_rows(text, delimiter, name, limits, skip), "csv"
    return Grid(name, kind, (Sheet("", rows),), used, is_choice, delimiter)


def decode(data: bytes, name: str, encoding: str | None = None) -> tuple[str, str, bool]:
    """Decode by mark, then strict UTF-8, then Windows-1252.

    Returns:
        The text, the encoding used, and whether it was a choice rather than proven.

    Raises:
        UnreadableFile: NUL bytes (binary), or no encoding fits.
    """
    marked = next((codec for mark, codec in _BOMS if data.startswith(mark)), None)
    if encoding is None and marked is None and b"\0" in data:
        raise UnreadableFile(
            f"{name}: binary data, not a table (NUL byte at offset {data.index(0)}); "
            "export it as CSV or XLSX"
        )
    known = encoding or marked
    tries = [known] if known else ["utf-8", "cp1252"]
    for codec in tries:
        try:
            text = data.decode(codec)
        except LookupError:
            raise UnreadableFile(f"{name}: unknown encoding {codec!r}; try utf-8") from None
        except UnicodeError:
            continue
        if "\0" in text:
            raise UnreadableFile(f"{name}: binary data, not a table; export it as CSV or XLSX")
        return text, codec, codec == "cp1252" and encoding is None
    raise UnreadableFile(
        f"{name}: the text is not {' or '.join(tries)}; give its encoding, e.g. --encoding cp1250"
    )


def sniff_delimiter(lines: list[str]) -> tuple[str, int]:
    """Choose the separator that cuts most lines into the same number of fields.

    Returns:
        The separator and how many lines to skip (1 for Excel's `sep=;` line).
    """
    first = lines[0].strip().strip('"').lower() if lines else ""
    if first.startswith("sep=") and len(first) == 5:
        return first[4], 1
    sample = [line[:_SAMPLE_CHARS] for line in lines[:_SAMPLE_LINES] if line.strip()]
    best, best_score = ",", (0.0, 0)
    for delimiter in _DELIMITERS:
        widths = Counter(len(cells) for cells in csv.reader(sample, delimiter=delimiter) if cells)
        wide = [(count, width) for width, count in widths.items() if width > 1]
        if not wide:
            continue
        count, width = max(wide)
        score = (round(count / sum(widths.values()), 2), width)
        if score > best_score:
            best, best_score = delimiter, score
    return best, 0


def _delimited_rows(text: str, delimiter: str, name: str, limits: Limits, skip: int) -> list[Row]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    start = 1
    try:
        for cells in reader:
            if start > skip:
                rows.append(Row(start, cells))
            start = reader.line_num + 1
            if len(rows) > limits.rows:
                break
    except csv.Error as error:
        raise UnreadableFile(f"{name} line {start}: {_csv_reason(str(error), limits)}") from None
    return rows


def _csv_reason(error: str, limits: Limits) -> str:
    if "field larger" in error:
        return (
            f"a cell longer than {limits.cell_chars:,} characters; look for a missing closing quote"
        )
    return f"broken quotes ({error}); a quote inside a quoted cell must be doubled"


def _is_framed(lines: list[str]) -> bool:
    framed = [line for line in lines if line.startswith("|") and line.rstrip().endswith("|")]
    return len(framed) >= 2 and 2 * len(framed) >= len([line for line in lines if "|" in line])


def _framed_rows(lines: list[str]) -> list[Row]:
    """Cut framed lines at their bars and page-header lines at wide gaps."""
    bars = Counter(
        tuple(at for at, char in enumerate(line.rstrip()) if char == "|")
        for line in lines
        if line.startswith("|")
    )
    frame = bars.most_common(1)[0][0]
    rows = []
    for number, line in enumerate(lines, start=1):
        stripped = line.rstrip()
        if not stripped.startswith("|"):
            cells = [cell for cell in _GAP.split(stripped.strip()) if cell]
        elif all(at < len(stripped) and stripped[at] == "|" for at in frame):
            # A bar inside a text cell must not shift the columns after it.
            cells = [
                stripped[left + 1 : right].strip() for left, right in itertools.pairwise(frame)
            ]
        else:
            cells = [cell.strip() for cell in stripped.strip("|").split("|")]
        rows.append(Row(number, cells))
    return rows
