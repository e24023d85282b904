"""What a customer may say on the page, as typed forms; each becomes a message like any mail.

What a form states is taken from its fields. The words beside it are read like any mail's words and
may only add caution. Nothing here is a fact: claims go through the reply desk.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from engines.reading.model import PaidClaim, PlanClaim, PromiseClaim, Reading
from ledger.money import Money
from tools.outside_text import clean_text

LONGEST_WORDS = 4000
LONGEST_REFERENCE = 60
REASONS = (
    "price",
    "quantity",
    "damaged_quality",
    "not_delivered",
    "returned_goods",
    "duplicate",
    "wrong_po_or_entity",
    "tax",
    "terms",
    "service_quality",
    "credit_note_missing",
    "unauthorised_order",
)
"""Reasons a customer may choose from; the desk's other ones are read from words only."""
INTENT_OF = {
    "paid": "already_paid",
    "dispute": "dispute",
    "promise": "promise_to_pay",
    "plan": "payment_plan_request",
    "copies": "request_copy",
    "stop": "stop_contact",
}
Kind = Literal["paid", "dispute", "promise", "plan", "copies", "stop", "message"]
# Nothing in the words beside a form may promise, claim a payment or say that nothing is wanted.
_NEVER_BESIDE = frozenset(
    {
        "promise_to_pay",
        "already_paid",
        "remittance_advice",
        "acknowledgement",
        "out_of_office",
        "bounce",
        "request_info",
    }
)

_SAID_BY_THE_FORM = frozenset({"is about nothing we know", "is a name rather than a message"})
_PROVISO = "promises on a condition"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One form as it was sent.

    Attributes:
        numbers: Invoices it names, as our books write them.
        amount: What they say: paid, promised, disputed, or can pay as an instalment.
        on: The day they paid, will pay, or want to begin.
        reason: One of `REASONS`.
        reference: Of their payment.
        parts: Instalments they ask for.
        every: How often.
        words: What they wrote beside it.
    """

    kind: Kind
    numbers: tuple[str, ...] = ()
    amount: Money | None = None
    on: date | None = None
    reason: str = ""
    reference: str = ""
    parts: int | None = None
    every: Literal["weekly", "fortnightly", "monthly"] = "monthly"
    words: str = ""

    @property
    def subject(self) -> str:
        """A subject our people find it by."""
        named = f": {', '.join(self.numbers[:5])}" if self.numbers else ""
        return f"Portal, {_TITLES[self.kind]}{named}"

    @property
    def stated(self) -> str:
        """What the fields say, in plain English, for whoever reads the message."""
        return " ".join(_statements(self))

    @property
    def body(self) -> str:
        """The message as it is kept: the statement, then their own words."""
        if self.kind == "message":
            return self.words
        return f"{self.stated}\n\nIn their words:\n{self.words}" if self.words else self.stated


_TITLES = {
    "paid": "already paid",
    "dispute": "dispute",
    "promise": "promise to pay",
    "plan": "payment plan wanted",
    "copies": "copies wanted",
    "stop": "stop messages",
    "message": "message",
}


def _statements(wish: Wish) -> Iterable[str]:
    invoices = f"invoice {', '.join(wish.numbers)}" if wish.numbers else "the account"
    amount = f"{wish.amount.amount} {wish.amount.currency}" if wish.amount else ""
    match wish.kind:
        case "paid":
            yield f"They say that {invoices} was paid"
            yield from _some(("amount", amount), ("on", wish.on), ("reference", wish.reference))
        case "dispute":
            yield f"They dispute {invoices} for this reason: {wish.reason.replace('_', ' ')}"
            yield from _some(("amount", amount))
        case "promise":
            yield f"They will pay {amount} for {invoices} on {wish.on}"
        case "plan":
            yield f"They ask to pay {invoices} in {wish.parts} {wish.every} instalments"
            yield from _some(("each of", amount), ("from", wish.on))
        case "copies":
            yield f"They ask for a copy of {invoices}"
        case "stop":
            yield "They ask us to stop all messages to them"
        case "message":
            yield "They wrote to us"


def _some(*pairs: tuple[str, object]) -> Iterable[str]:
    return (f"{name} {value}" for name, value in pairs if value)


def reading_of(wish: Wish, beside: Reading, language: str) -> Reading:
    """The reading of a form: its fields as they stand, and the caution that its words call for.

    Args:
        wish: The form.
        beside: What a reader found in its words and files.
        language: Of the page, so of an answer.
    """
    if wish.kind == "message":
        return replace(beside, language=language)
    own = INTENT_OF[wish.kind]
    read = beside.intents if wish.words else ()
    more = [each for each in read if each != own and each not in _NEVER_BESIDE]
    why = tuple(each for each in beside.why_human if _counts(each, wish))
    if beside.injection:
        why = (*why, "its words give instructions to software, which are not followed")
    stated = replace(
        beside,
        language=language,
        intents=(own, *more),
        confidence={**beside.confidence, own: 1.0},
        promises=(),
        already_paid=None,
        plan=None,
        disputed_invoices=(),
        disputed_amount_minor=None,
        disputed_currency=None,
        dispute_reasons=(),
        mentioned_invoices=wish.numbers,
        # The fields are no words: nothing in them can instruct anybody.
        injection=False,
        needs_human=bool(why),
        why_human=why,
        spans=(),
        own_text=clean_text(wish.body),
    )
    return _with_fields(stated, wish, depends=bool(wish.words) and _depends(beside))


def _counts(reason: str, wish: Wish) -> bool:
    """Whether a reason for a person holds: a form says itself what it is about."""
    return "file" in reason or (bool(wish.words) and reason not in _SAID_BY_THE_FORM)


def _depends(beside: Reading) -> bool:
    """Whether the words make a promise depend on something."""
    return _PROVISO in beside.why_human or any(each.conditional for each in beside.promises)


def _with_fields(reading: Reading, wish: Wish, *, depends: bool) -> Reading:
    minor = wish.amount.minor if wish.amount else None
    currency = wish.amount.currency if wish.amount else None
    said = clean_text(wish.stated)
    match wish.kind:
        case "paid":
            paid = PaidClaim(wish.on, minor, currency, wish.reference or None, said)
            return replace(reading, already_paid=paid)
        case "dispute":
            return replace(
                reading,
                disputed_invoices=wish.numbers,
                dispute_reasons=(wish.reason,),
                disputed_amount_minor=minor,
                disputed_currency=currency,
            )
        case "promise":
            promise = PromiseClaim(wish.on, minor, currency, wish.numbers, depends, said)
            return replace(reading, promises=(promise,))
        case "plan":
            plan = PlanClaim(wish.parts, minor, wish.on, wish.every, None, currency, said)
            return replace(reading, plan=plan)
        case _:
            return reading
