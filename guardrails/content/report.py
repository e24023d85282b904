"""What the content checkers report of a message. Only rules decide what follows from it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

Part = Literal["subject", "body"]
FoundBy = Literal["lexicon", "classifier", "model"]


@dataclass(frozen=True, slots=True)
class ClaimSpan:
    """A claim class of the packs' vocabulary, and the words that carry it."""

    claim: str
    span: str
    start: int
    part: Part
    found_by: FoundBy


@dataclass(frozen=True, slots=True)
class PastAction:
    """Something the message says we did; the event log must hold it.

    Attributes:
        kind: wrote, emailed, texted, called, posted, met, agreed, escalated, reported, suspended
            or any.
        day: The day it names, if one.
        count: How often it says so, if it does; "again" and "several" count as 2.
    """

    kind: str
    day: date | None
    count: int | None
    span: str


@dataclass(frozen=True, slots=True)
class IntegrityFinding:
    """Characters or markup that hide words from a reader or from the checkers."""

    kind: str
    span: str
    start: int
    part: Part


@dataclass(frozen=True)
class ContentReport:
    """Everything the checkers found in one message.

    Attributes:
        language: The language of the text as detected, not as declared; `und` where none fits.
        languages: The languages of its sentences.
    """

    language: str
    languages: frozenset[str]
    claims: tuple[ClaimSpan, ...]
    elements: frozenset[str]
    integrity: tuple[IntegrityFinding, ...]
    past_actions: tuple[PastAction, ...]

    @property
    def spoken(self) -> str:
        """The one language of the message, or `mul` where its sentences are in several."""
        return self.language if len(self.languages) <= 1 else "mul"

    @cached_property
    def claim_classes(self) -> frozenset[str]:
        """The claim classes found, whoever found them."""
        return frozenset(each.claim for each in self.claims)
