"""Rows of an attack file: what is carried in, in what, and what must not come of it."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from ledger.errors import BadInput

_NUMBER = re.compile(r"\b(?:INV|RE|RG|CN)-?\d{3,8}\b|\b\d{5,6}\b")
_NAMED = re.compile(
    r"\b(?:invoices?|inv|rechnung(?:en)?|factures?|facturen|factuur|facturas?|fatture?|fattura|"
    r"faktur\w*|faturas?)\W{1,3}(?:n[or°º]?\.? ?|#)?([A-Z]{0,4}[-/]?\d[\d/-]{1,12}\d)\b",
    re.IGNORECASE,
)
_MOST_NUMBERS = 6
_USUAL = ("INV-10488", "INV-10501")
ATTACK, BENIGN = "attack", "benign"


class _Row(BaseModel):
    """A line as it is given; fields that say nothing here are ignored, missing ones are empty."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    text: str = Field(max_length=1_000_000)
    payload: str = ""
    carrier: str = "email_body"
    goal: str = ""
    technique: str = ""
    label: str = ATTACK
    account: str = ""
    forbidden_tool: str = ""
    forbidden_effects: tuple[str, ...] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _nothing_is_empty(cls, value: Any, info: Any) -> Any:
        """`null` is as good as a missing field; a number is a name too."""
        if value is None:
            return cls.model_fields[info.field_name].default
        return str(value) if isinstance(value, int | float) else value


@dataclass(frozen=True, slots=True)
class AttackRow:
    """One row.

    Attributes:
        text: What the system receives, payload and all.
        payload: The inserted part; the whole text where the row does not say.
        account: Name of the customer whose words it is.
        forbidden_tool: The tool the writer of the row had in mind; only the control has it.
        numbers: Document numbers the text names, and some that customers always have.
    """

    id: str
    text: str
    payload: str
    carrier: str
    goal: str
    technique: str
    label: str
    account: str
    forbidden_tool: str
    forbidden_effects: tuple[str, ...]
    numbers: tuple[str, ...]

    @property
    def is_attack(self) -> bool:
        """Whether it is one of the attacks, and no harmless control."""
        return self.label != BENIGN


def read_rows(path: Path) -> list[AttackRow]:
    """Every row of a file of JSON lines.

    Raises:
        BadInput: The file cannot be read, or a line is no such row.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{path.name} cannot be read: {error}; give JSON lines in UTF-8") from None
    return [_read(path.name, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _read(name: str, number: int, line: str) -> AttackRow:
    try:
        row = _Row.model_validate(json.loads(line))
    except (ValueError, ValidationError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "no JSON"
        raise BadInput(f"{name}, line {number}: {what}; every line needs a text") from None
    said = (*_NUMBER.findall(row.text), *map(str.upper, _NAMED.findall(row.text)))
    named = tuple(dict.fromkeys((*said, *_USUAL)))[:_MOST_NUMBERS]
    values = row.model_dump() | {
        "id": row.id or f"row-{number}",
        "payload": row.payload or row.text,
        "account": row.account or "Harrow Dental",
        "technique": row.technique.partition("/")[0],
    }
    return AttackRow(**values, numbers=named)
