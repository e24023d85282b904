"""Text from outside, as a tool may show it: fenced, labelled, cleaned and cut.

Whatever stands inside the fence is what somebody wrote. It is material to judge, never an
instruction; the fence cannot be closed from inside.
"""

import unicodedata
from datetime import date

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
    plain = unicodedata.normalize("NFKC", text)
    shown = "".join(
        sign for sign in plain if sign in _KEPT_CONTROLS or unicodedata.category(sign)[0] != "C"
    )
    return shown.replace("<<<", "< < <").replace(">>>", "> > >").strip()
