"""The labelled messages: our own cases, the blind examination, the shared sample."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from engines.reading.message import InboundText

FOLDER = Path(__file__).parent
CASES = FOLDER / "cases"
EXAMINATION = FOLDER / "examination"
SHARED = FOLDER.parents[2] / "shared" / "data"


@dataclass(frozen=True, slots=True)
class Case:
    """A message and what it should be read as, in the shapes of the inbound data.

    Attributes:
        writer: Who wrote it, named as the file.
    """

    message: InboundText
    label: dict[str, Any]
    writer: str = ""

    @property
    def id(self) -> str:
        """Its name."""
        return self.label["id"]


def case_of(row: dict[str, Any], writer: str = "") -> Case:
    """A case from a row of a file."""
    message = InboundText(
        subject=row.get("subject") or "",
        body=row["body"],
        received=datetime.fromisoformat(row["received"]),
        sender=row.get("from") or "",
        carrier=row.get("carrier") or "email",
    )
    return Case(message, row, writer)


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines; none where it is missing."""
    if not path.is_file():
        return []
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def read_cases(paths: Iterable[Path]) -> list[Case]:
    """The cases of some files."""
    return [case_of(row, path.stem) for path in paths for row in read_rows(path)]


def own_cases() -> list[Case]:
    """Every case that may be trained on."""
    return read_cases(sorted(CASES.glob("*.jsonl")))


def shared_sample() -> list[Case]:
    """The sample beside the repository, never trained on; empty where it is missing."""
    return read_cases([SHARED / "inbound" / "ar_emails.jsonl"])
