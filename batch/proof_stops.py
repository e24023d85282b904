"""Proof that who asked us to stop was left alone ever after: by the journal, not by the gate."""

from typing import Any

import orjson
from sqlalchemy import select

from batch.proof_evidence import Evidence
from guardrails.message_kinds import message_kind
from ledger.actions import read_action
from ledger.tables.account import Contact
from ledger.tables.work import Audit, Outbox

_KINDS = ("contact_opted_out", "channel_stopped")
_STILL_TOLD = "opt_out_confirmation"


def prove_stops(evidence: Evidence) -> None:
    """Every stop of the journal is in force, and nothing but its confirmation left after it."""
    session, tally = evidence.session, evidence["no_send_under_hold"]
    stops = session.execute(
        select(Audit.subject_id, Audit.at, Audit.payload, Contact.opted_out, Contact.consents)
        .join(Contact, Contact.id == Audit.subject_id)
        .where(Audit.kind.in_(_KINDS))
        .order_by(Audit.seq)
    ).all()
    for stop in stops:
        channel = orjson.loads(stop.payload).get("channel", "")
        in_force = f"no_{channel}" in stop.consents.split(",") if channel else stop.opted_out
        if not in_force:
            asked = f"no {channel or 'message'} since {stop.at}"
            look = "dunwell import customers cannot undo it; ask who changed the contact"
            tally.fault(stop.subject_id, asked, "a contact who may be written to", look)
    first: dict[tuple[str, str], Any] = {}
    for stop in stops:
        first.setdefault((stop.subject_id, orjson.loads(stop.payload).get("channel", "")), stop.at)
    left = (
        select(Outbox.id, Outbox.contact_id, Outbox.channel, Outbox.sent_at, Outbox.action)
        .join(Audit, Audit.subject_id == Outbox.contact_id)
        .where(Audit.kind.in_(_KINDS), Outbox.sent_at > Audit.at)
    )
    for row in session.execute(left):
        told = [first.get((row.contact_id, each)) for each in ("", row.channel)]
        stopped = any(at is not None and row.sent_at > at for at in told)
        if stopped and message_kind(read_action(row.action)) != _STILL_TOLD:
            tally.fault(row.id, "nothing after they asked us to stop", "it left", row.contact_id)
