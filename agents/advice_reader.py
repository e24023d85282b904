"""Free text of a payer, read by a configured model into typed lines that must hold.

The model has no tools and sees one text. Every line quotes the text, names a document that is open,
and states amounts that stand there; the lines sum to the receipt. Anything less is no reading, and
a person looks. What holds is a suggestion: a reading never posts.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from langchain_core.messages import HumanMessage, SystemMessage
from pydantic import BaseModel, ConfigDict, Field

from agents.chat_model import ChatPort
from agents.model_faults import ModelError
from engines.matching.free_text import FreeLine, amounts_in, holds_together, one_document
from engines.matching.references import ReferenceIndex
from engines.matching.spelling import normalise
from ledger.errors import BadInput
from ledger.money import Money
from policies.schema import Policy
from prompts.loader import load_prompt
from tools.outside_text import CLOSING, OPENING, clean_text

_MOST_LINES = 60
_LONGEST = 4000


class AdvisedLine(BaseModel):
    """One document a text says is paid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quote: str = Field(min_length=3, max_length=400)
    reference: str = Field(min_length=2, max_length=40)
    paid: Decimal = Field(gt=0)
    kept_back: Decimal = Field(default=Decimal(0), ge=0)
    kind: Literal["deduction", "discount"] = "deduction"


class Advised(BaseModel):
    """What a text says is paid."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    lines: tuple[AdvisedLine, ...] = Field(default=(), max_length=_MOST_LINES)


def read_advice_text(
    text: str,
    receipt: Money,
    index: ReferenceIndex,
    owed: Mapping[str, int],
    policy: Policy,
    model: ChatPort,
) -> tuple[FreeLine, ...]:
    """Lines of a free text that hold together; none where the model does not answer or errs."""
    prompt = load_prompt("advice_reader")
    asked = f"The payment is {receipt}.\n{OPENING}\n{clean_text(text)[:_LONGEST]}\n{CLOSING}"
    messages = [SystemMessage(prompt.render(policy)), HumanMessage(asked)]
    try:
        advised = model.structured(messages, Advised, prompt.reference)
        lines = [_checked(line, text, receipt.currency, index, owed) for line in advised.lines]
    except (ModelError, BadInput):
        return ()
    found = tuple(line for line in lines if line is not None)
    whole = len(found) == len(lines) and holds_together(found, owed, receipt.minor)
    return found if whole else ()


def _checked(
    line: AdvisedLine, text: str, currency: str, index: ReferenceIndex, owed: Mapping[str, int]
) -> FreeLine | None:
    """The line in our documents; None where a word or an amount of it does not stand there."""
    quote = " ".join(line.quote.split())
    if quote not in " ".join(text.split()) or normalise(line.reference) not in normalise(quote):
        return None
    doc_id = one_document(line.reference, index)
    paid = Money.of(line.paid, currency).minor
    kept = Money.of(line.kept_back, currency).minor
    # What is paid and kept back stands in the quote, or is the rest of the document.
    told = {*amounts_in(quote), owed.get(doc_id, 0), owed.get(doc_id, 0) - paid, 0}
    if not doc_id or not {paid, kept} <= told | {owed.get(doc_id, 0) - kept}:
        return None
    return FreeLine(doc_id, paid, quote, kept, line.kind)
