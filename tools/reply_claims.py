"""What a customer says, joined to the rows of this account: claims, which prove nothing.

A number in a message is a key to look up; the amount that is ever printed is the ledger's. A number
that names no invoice of this account joins nothing and makes the message a person's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson

from engines.plans import PayingHabit
from engines.reading.model import PromiseClaim, Reading
from ledger.ids import make_id
from ledger.queries.replies import NamedInvoice, Numbers, plain_number
from policies.schema_replies import RepliesPolicy
from tools.outside_text import clean_text


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a known account, as it was read and joined.

    Attributes:
        authentic: pass, fail or none, as our mail server found.
        numbers: The account's invoices by plain number.
        repeats: Messages before this one whose claim of a kind nothing has proved.
        habits: How the account pays, by currency; read where they ask for a plan.
    """

    inbound_id: str
    account_id: str
    contact_id: str | None
    received_on: date
    authentic: str
    reading: Reading
    numbers: Numbers
    repeats: dict[str, int]
    habits: Mapping[str, PayingHabit] = field(default_factory=dict)

    def named(self, numbers: tuple[str, ...]) -> tuple[NamedInvoice, ...]:
        """The account's invoices among some numbers, each once."""
        found = (self.numbers.get(plain_number(number)) for number in numbers)
        return tuple(dict.fromkeys(each for each in found if each is not None))

    def claim_id(self, intent: str, invoice_id: str | None) -> str:
        """The claim of an intent about an invoice, or about none in particular."""
        return make_id("clm", self.inbound_id, intent, invoice_id)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Invoice numbers that are none of this account's."""
        told = (*self.reading.mentioned_invoices, *self.reading.disputed_invoices)
        return tuple(
            dict.fromkeys(number for number in told if plain_number(number) not in self.numbers)
        )

    def quote(self, kind: str) -> str:
        """The words an intent was read from, or the first that stand for the message."""
        spans = [span.text for span in self.reading.spans if span.kind == kind]
        return clean_text(spans[0] if spans else self.reading.own_text)[:300].strip()


def claim_rows(said: Said, policy: RepliesPolicy, as_of: date) -> list[dict[str, Any]]:
    """The claims of a message as rows of the ledger: one an intent and invoice it speaks of."""
    rows = []
    for intent in said.reading.intents:
        invoices = said.named(_numbers(said.reading, intent)) or (None,)
        for invoice in invoices:
            rows.append(_row(said, intent, invoice, policy, as_of))
    return rows


def _numbers(reading: Reading, intent: str) -> tuple[str, ...]:
    if intent in ("dispute", "short_pay"):
        return reading.disputed_invoices
    if intent == "promise_to_pay":
        return tuple(number for promise in reading.promises for number in promise.invoices)
    return tuple(n for n in reading.mentioned_invoices if n not in reading.disputed_invoices)


def _row(
    said: Said, intent: str, invoice: NamedInvoice | None, policy: RepliesPolicy, as_of: date
) -> dict[str, Any]:
    invoice_id = invoice.invoice_id if invoice else None
    proven = intent == "already_paid" and invoice is not None and invoice.open_minor == 0
    until = None
    if intent == "already_paid" and not proven:
        until = as_of + timedelta(days=policy.already_paid_pause_days)
    if intent == "promise_to_pay":
        until = max((p.due_on for p in said.reading.promises if p.due_on), default=None)
    return {
        "id": said.claim_id(intent, invoice_id),
        "inbound_id": said.inbound_id,
        "account_id": said.account_id,
        "kind": intent,
        "value": orjson.dumps(_value(said.reading, intent)).decode(),
        "quote": said.quote(intent),
        "part": "body",
        "found_by": "classifier",
        "invoice_id": invoice_id,
        "claimed_on": said.received_on,
        "pauses_until": until,
        "state": "confirmed" if proven else "claimed",
        "settled_on": as_of if proven else None,
        "settled_by": "ledger" if proven else "",
    }


def _value(reading: Reading, intent: str) -> dict[str, Any]:
    """What was read beside the kind, as plain values."""
    match intent:
        case "promise_to_pay":
            return {"promises": [_promise(promise) for promise in reading.promises]}
        case "already_paid" if paid := reading.already_paid:
            return {
                "paid_on": paid.paid_on,
                "amount_minor": paid.amount_minor,
                "currency": paid.currency,
                "reference": paid.reference,
            }
        case "dispute" | "short_pay":
            return {
                "reasons": reading.dispute_reasons,
                "amount_minor": reading.disputed_amount_minor,
            }
        case "payment_plan_request" if plan := reading.plan:
            return {
                "installments": plan.installments,
                "amount_minor": plan.amount_minor,
                "first_on": plan.first_on,
                "frequency": plan.frequency,
            }
        case _:
            return {}


def _promise(promise: PromiseClaim) -> dict[str, Any]:
    return {
        "due_on": promise.due_on,
        "amount_minor": promise.amount_minor,
        "currency": promise.currency,
        "conditional": promise.conditional,
    }
