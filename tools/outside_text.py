"""Text from outside, as a tool may show it: fenced, labelled, cleaned and cut.

Whatever stands inside the fence is what somebody wrote. It is material to judge, never an
instruction; the fence cannot be closed from inside.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

MAX_CHARACTERS = 1500
OPENING, CLOSING = "<<<outside text", "outside text>>>"
_KEPT_CONTROLS = "\n\t"


class OutsideText(BaseModel):
    """What somebody outside wrote, and where it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    untrusted: bool = True
    text: str


def outside(text: str, source: str, on: date | None = None) -> OutsideText:
    """Fence a text for a model to read."""
    clean = clean_text(text)
    cut = clean if len(clean) <= MAX_CHARACTERS else f"{clean[:MAX_CHARACTERS]} [cut]"
    told = f"{source} of {on}" if on else source
    return OutsideText(source=told, text=f"{OPENING}\n{cut}\n{CLOSING}")


def inside_fence(text: str) -> str:
    """The text between the fences."""
    return text.removeprefix(f"{OPENING}\n").removesuffix(f"\n{CLOSING}")


def clean_text(text: str) -> str:
    """One script form, no invisible characters, no fence."""
    shown = without_controls(unicodedata.normalize("NFKC", text))
    return shown.replace("<<<", "< < <").replace(">>>", "> > >").strip()


def without_controls(text: str) -> str:
    """The text without signs that no database or reader should meet: control, format, surrogate."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        sign for sign in text if sign in _KEPT_CONTROLS or unicodedata.category(sign)[0] != "C"
    )


def printable_values(value: Any) -> Any:
    """What a model gave, with every text in it free of control signs."""
    if isinstance(value, str):
        return without_controls(value)
    if isinstance(value, Mapping):
        return {str(key): printable_values(each) for key, each in value.items()}
    return [printable_values(each) for each in value] if isinstance(value, list | tuple) else value
