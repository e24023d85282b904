"""Readings of customer messages made by hand, as the reader would return them."""

from dataclasses import replace
from datetime import date
from typing import Any

from engines.reading.model import PromiseClaim, Reading, Span
from ledger.queries.replies import NamedInvoice
from tests.support.facts import AS_OF
from tools.reply_claims import Said

EMPTY = Reading(
    language="en",
    intents=(),
    confidence={},
    promises=(),
    disputed_invoices=(),
    dispute_reasons=(),
    disputed_amount_minor=None,
    mentioned_invoices=(),
    already_paid=None,
    plan=None,
    sentiment="neutral",
    injection=False,
    needs_human=False,
    why_human=(),
    spans=(),
    own_text="What they wrote.",
)


def reading(*intents: str, **changes: Any) -> Reading:
    """A reading with intents, each with a span of its own name."""
    spans = tuple(Span(intent, f"words about {intent}", 0, "body") for intent in intents)
    return replace(EMPTY, intents=intents, spans=spans, **changes)


def promise_claim(due_on: date | None, *invoices: str, **changes: Any) -> PromiseClaim:
    """They say they will pay."""
    values = {"amount_minor": None, "currency": None, "conditional": False, "span": "we will pay"}
    return PromiseClaim(due_on=due_on, invoices=invoices, **values | changes)


def said(read: Reading, **changes: Any) -> Said:
    """A message of the account of tests.support.facts, whose invoice 1 is open and 9 is paid."""
    values = {
        "inbound_id": "inb_1",
        "account_id": "acc_1",
        "contact_id": "con_1",
        "received_on": AS_OF,
        "authentic": "pass",
        "numbers": {
            "1": NamedInvoice("inv_1", 100_00, "USD"),
            "9": NamedInvoice("inv_9", 0, "USD"),
        },
        "repeats": {},
    }
    return Said(reading=read, **values | changes)
