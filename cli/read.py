"""`dunwell read`: what customers' messages in a file claim, ask for and leave to a person."""

from datetime import datetime
from pathlib import Path
from typing import Any

from cli.jsonl import check_files, id_of, read_records, text_of, write_results
from cli.output import fail, note
from engines.reading.amounts import major_of
from engines.reading.message import InboundText
from engines.reading.model import PaidClaim, PlanClaim, PromiseClaim, Reading
from engines.reading.read import read_message


def run(source: Path, target: Path, calendar: str) -> int:
    """Read every message of a file.

    Args:
        source: JSON lines of `id`, `received`, `from`, `subject`, `body` and `carrier`; other
            fields are ignored.
        target: Where the claims go, a line a message.
        calendar: Country code of the business calendar that relative dates count by.

    Returns:
        The exit code: 2 if a record could not be read.
    """
    check_files(source, target)
    read = faults = 0
    with write_results(target) as write:
        for record in read_records(source):
            try:
                if record.value is None:
                    raise ValueError(record.fault)
                result = _read(record.value, calendar)
            except ValueError as error:
                faults += 1
                fail(f"{source}, line {record.line}: {error}; correct the record")
                continue
            write(result)
            read += 1
    note(f"{read} read, {faults} not readable")
    return 2 if faults else 0


def _read(value: dict[str, Any], calendar: str) -> dict[str, Any]:
    name = id_of(value)
    message = InboundText(
        subject=text_of(value, "subject", optional=True) or "",
        body=text_of(value, "body") or "",
        received=_received(value),
        sender=text_of(value, "from", optional=True) or "",
        carrier=text_of(value, "carrier", optional=True) or "email",
    )
    return {"id": name, **as_json(read_message(message, calendar=calendar))}


def _received(value: dict[str, Any]) -> datetime:
    written = text_of(value, "received") or ""
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        raise ValueError(
            f"'received' is {written[:40]!r}, not a date and time such as 2026-03-10T09:12"
        ) from None


def as_json(reading: Reading) -> dict[str, Any]:
    """A reading in the shapes of the inbound data: amounts as numbers, dates as ISO."""
    return {
        "lang": reading.language,
        "intents": list(reading.intents),
        "promises": [_promise(each) for each in reading.promises],
        "disputed_invoices": list(reading.disputed_invoices),
        "dispute_reasons": list(reading.dispute_reasons),
        "disputed_amount": _amount(reading.disputed_amount_minor, reading.disputed_currency),
        "mentioned_invoices": list(reading.mentioned_invoices),
        "already_paid": _paid(reading.already_paid),
        "plan": _plan(reading.plan),
        "sentiment": reading.sentiment,
        "injection": reading.injection,
        "needs_human": reading.needs_human,
        "spans": [
            {"kind": each.kind, "text": each.text, "start": each.start, "part": each.part}
            for each in reading.spans
        ],
    }


def _amount(minor: int | None, currency: str | None) -> float | None:
    return None if minor is None else major_of(minor, currency)


def _promise(claim: PromiseClaim) -> dict[str, Any]:
    return {
        "date": claim.due_on.isoformat() if claim.due_on else None,
        "amount": _amount(claim.amount_minor, claim.currency),
        "currency": claim.currency,
        "invoices": list(claim.invoices),
        "conditional": claim.conditional,
    }


def _paid(claim: PaidClaim | None) -> dict[str, Any] | None:
    if claim is None:
        return None
    return {
        "date": claim.paid_on.isoformat() if claim.paid_on else None,
        "amount": _amount(claim.amount_minor, claim.currency),
        "currency": claim.currency,
        "reference": claim.reference,
    }


def _plan(claim: PlanClaim | None) -> dict[str, Any] | None:
    if claim is None:
        return None
    return {
        "installments": claim.installments,
        "amount": _amount(claim.amount_minor, claim.currency),
        "first_date": claim.first_on.isoformat() if claim.first_on else None,
        "frequency": claim.frequency,
        "total": _amount(claim.total_minor, claim.currency),
    }
