"""The rated texts the tone is learned from and measured on.

The politeness corpora lie beside the repository, never in it; the drafts are our own.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from ledger.errors import BadInput

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "tone"
DRAFTS = Path(__file__).with_name("drafts.jsonl")
FILES = {
    "wiki": "politeness_wiki.jsonl",
    "stack_exchange": "politeness_se.jsonl",
    # Non-commercial: measured, never trained or calibrated on.
    "emails": "politeness_email_nc.jsonl",
    "outbound": "outbound_drafts.jsonl",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """A text and the mean score people gave it."""

    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Draft:
    """A message of our own trade, judged by its writer."""

    text: str
    stage: str
    passes: bool
    courtesy: float
    firmness: float
    tags: tuple[str, ...]
    language: str | None


def read_rated(name: str) -> list[Rated]:
    """Read a corpus that people rated.

    Raises:
        BadInput: The file is not there.
    """
    return [Rated(row["text"], row["score"]) for row in _rows(SHARED / FILES[name])]


def read_drafts(path: Path = DRAFTS) -> list[Draft]:
    """Read drafts with their verdicts.

    Raises:
        BadInput: The file is not there.
    """
    return [
        Draft(
            text=row["text"],
            stage=row["stage"],
            passes=row["verdict"] == "pass",
            courtesy=row["courtesy"],
            firmness=row["firmness"],
            tags=tuple(row["violations"]),
            language=row.get("language"),
        )
        for row in _rows(path)
    ]


def _rows(path: Path) -> list[dict]:
    if not path.exists():
        raise BadInput(
            f"{path.name} is not there: the rated texts belong in ../shared/data/tone "
            "beside the repository"
        )
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]
