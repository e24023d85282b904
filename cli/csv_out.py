"""A CSV file that appears only when all of it is written."""

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from guardrails.formats import spreadsheet_cell
from ledger.errors import BadInput


def write_csv(out: Path, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows beside the target and move them there, so that nobody reads half an answer.

    Cells that a spreadsheet would run are written as text.

    Args:
        out: The file; one that is there is replaced.
        heads: Names of the columns.
        rows: Rows of the same length.

    Raises:
        BadInput: Nothing can be written there.
    """
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{out.name}.", dir=out.parent)
        draft = Path(name)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as text:
                table = csv.writer(text, lineterminator="\n")
                table.writerow(heads)
                table.writerows([spreadsheet_cell(cell) for cell in row] for row in rows)
            # A temporary file is private; the answer is as readable as any other file.
            mask = os.umask(0)
            os.umask(mask)
            draft.chmod(0o666 & ~mask)
            draft.replace(out)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise BadInput(f"{out}: {error.strerror}; give a file in a folder that is there") from None
