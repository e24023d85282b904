"""A configured model beside the trained reader: it may add claims, never take one away.

It has no tools and sees one message. Every claim quotes the text; what does not stand there, or
does not follow from what stands there, is dropped and makes the message a person's.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Literal

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field

from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from engines.reading.amounts import minor_of
from engines.reading.message import InboundText
from engines.reading.model import INTENTS, REASONS, PromiseClaim, Reading, Span
from engines.reading.page import Line, lay_out
from policies.schema import Policy
from prompts.loader import load_prompt
from tools.outside_text import CLOSING, OPENING, clean_text

_MOST = 30
_NOT_THERE = "a second reader quoted what does not stand there"
_UNSURE = "a second reader wants a person to see it"


class _Claim(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: str = Field(min_length=3, max_length=600)


class ClaimedIntent(_Claim):
    """Something the message wants or says."""

    intent: Literal[INTENTS]  # type: ignore[valid-type]


class ClaimedPromise(_Claim):
    """They say they will pay."""

    due_on: date | None = None
    amount: Decimal | None = None
    currency: str | None = None
    invoices: tuple[str, ...] = ()
    conditional: bool = False


class ClaimedDispute(_Claim):
    """They do not accept an invoice."""

    invoice: str | None = None
    reason: Literal[REASONS] | None = None  # type: ignore[valid-type]


class MessageClaims(BaseModel):
    """What a message claims, by a model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    intents: tuple[ClaimedIntent, ...] = Field(default=(), max_length=_MOST)
    promises: tuple[ClaimedPromise, ...] = Field(default=(), max_length=_MOST)
    disputes: tuple[ClaimedDispute, ...] = Field(default=(), max_length=_MOST)
    person: bool = False


def add_claims(
    reading: Reading, message: InboundText, policy: Policy, model: ChatPort, calendar: str
) -> Reading:
    """The reading with what a model found beside it; unchanged where the model does not answer."""
    prompt = load_prompt("message_reader")
    text = clean_text(f"{message.subject}\n\n{reading.own_text}")
    asked = f"Received on {message.received_on}.\n{OPENING}\n{text}\n{CLOSING}"
    messages = [SystemMessage(prompt.render(policy)), HumanMessage(asked)]
    try:
        found = model.structured(messages, MessageClaims, prompt.reference)
    except ModelError:
        return reading
    return _Checked(reading, message, calendar).joined(found)


class _Checked:
    """The claims of a model held against the text they are about."""

    def __init__(self, reading: Reading, message: InboundText, calendar: str) -> None:
        self.reading, self.message, self.calendar = reading, message, calendar
        self.text = _plain(f"{message.subject}\n{reading.own_text}")
        self.why: list[str] = []

    def joined(self, found: MessageClaims) -> Reading:
        """The union of both readings; doubt of either is doubt."""
        old = self.reading
        intents = [claim.intent for claim in found.intents if self._stands(claim.quote)]
        spans = [
            Span(claim.intent, claim.quote, 0, "body")
            for claim in found.intents
            if claim.quote in self.message.body and claim.intent not in old.intents
        ]
        promises = old.promises or tuple(self._promises(found.promises))
        disputes = [claim for claim in found.disputes if self._stands(claim.quote)]
        numbers = [c.invoice for c in disputes if c.invoice and self._stands(c.invoice)]
        reasons = [claim.reason for claim in disputes if claim.reason]
        if found.person:
            self.why.append(_UNSURE)
        why = tuple(dict.fromkeys((*old.why_human, *self.why)))
        return replace(
            old,
            intents=tuple(dict.fromkeys((*old.intents, *intents))),
            promises=promises,
            disputed_invoices=tuple(dict.fromkeys((*old.disputed_invoices, *numbers))),
            mentioned_invoices=tuple(dict.fromkeys((*old.mentioned_invoices, *numbers))),
            dispute_reasons=tuple(dict.fromkeys((*old.dispute_reasons, *reasons))),
            needs_human=bool(why),
            why_human=why,
            spans=(*old.spans, *spans),
        )

    def _promises(self, claimed: tuple[ClaimedPromise, ...]) -> Iterator[PromiseClaim]:
        for claim in claimed:
            if not self._stands(claim.quote):
                continue
            lines = self._lines(claim.quote)
            minor = minor_of(claim.amount, claim.currency) if claim.amount is not None else None
            days = {day for line in lines for d in line.dates for day in (d.ahead, d.behind)}
            amounts = {amount.value for line in lines for amount in line.amounts}
            follows = (claim.due_on is None or claim.due_on in days) and (
                claim.amount is None or claim.amount in amounts
            )
            if not follows or not all(map(self._stands, claim.invoices)):
                self.why.append(_NOT_THERE)
                continue
            yield PromiseClaim(
                due_on=claim.due_on,
                amount_minor=minor,
                currency=claim.currency,
                invoices=claim.invoices,
                conditional=claim.conditional,
                span=claim.quote,
            )

    def _lines(self, quote: str) -> tuple[Line, ...]:
        """The dates and amounts of a quote, read by our own grammar."""
        return lay_out(replace(self.message, subject="", body=quote), calendar=self.calendar).lines

    def _stands(self, quote: str) -> bool:
        """Whether words stand in the text; a person is asked where they do not."""
        if _plain(quote) in self.text:
            return True
        self.why.append(_NOT_THERE)
        return False


def _plain(text: str) -> str:
    return " ".join(clean_text(text).casefold().split())
