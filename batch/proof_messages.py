"""Proof about every permitted message: its permit re-derives, its words are traced or approved."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from typing import Any, cast

from sqlalchemy import and_, func, or_, select

from adapters.outgoing.message import AttachedFile
from batch.enclosed import enclosed, sealed
from batch.proof_approvals import approval_faults, decisions_on
from batch.proof_evidence import Evidence, facts_of, in_chunks
from guardrails.tracing.letters import untraced
from guardrails.verdict import Allow, Deny, explain, findings_of
from ledger.actions import AnswerQuery, MessageAction, read_action
from ledger.facts import AccountFacts
from ledger.ids import make_id
from ledger.states import NEVER_LEFT, DecisionVerb, DisputeState
from ledger.tables.account import Hold
from ledger.tables.case import Dispute
from ledger.tables.work import Audit, Message, Outbox, Permit, Proposal, Snapshot
from policies.schema import Policy
from tools.documents import strays_in
from tools.outgoing import JudgedMessage, idempotency_key, judge_message, keys_before

Fault = tuple[str, str] | None  # expected, found


@dataclass(frozen=True)
class Permitted:
    """A message of the outbox with everything its permit names."""

    row: Any
    facts: AccountFacts | None
    policy: Policy | None
    proposal: Any
    proposal_facts: AccountFacts | None
    decisions: list[Any]
    files: tuple[AttachedFile, ...] = ()
    freed: frozenset[str] = frozenset()

    @cached_property
    def action(self) -> MessageAction:
        """What was asked for."""
        return cast(MessageAction, read_action(self.row.action))

    @cached_property
    def judged(self) -> JudgedMessage:
        """Worded and judged again from what was recorded, at the same instant."""
        others = tuple(f for f in self.facts.in_flight if f.outbox_id != self.row.id)
        facts = replace(self.facts, in_flight=others)
        return judge_message(self.action, facts, self.policy, self.row.judged_at)

    @cached_property
    def uncovered(self) -> Fault:
        """Why no approval of a person covers this message; None where one does."""
        row, proposal = self.row, self.proposal
        if proposal is None or row.action != proposal.action:
            return "an approval of this message", f"proposal {row.proposal_id}"
        said_yes = {d.id for d in self.decisions if d.verb == DecisionVerb.APPROVE}
        if row.decision_id not in said_yes:
            return f"an approval among {sorted(said_yes)}", f"decision {row.decision_id}"
        if self.proposal_facts is None or self.policy is None:
            return "the facts that were approved", "not recorded"
        found = approval_faults(proposal, self.decisions, self.proposal_facts, self.policy)
        return next(iter(found), None)


def prove_messages(evidence: Evidence) -> None:
    """Stream the outbox with its permits, and put every check to each message."""
    total = evidence.session.scalar(select(func.count()).select_from(Outbox)) or 0
    freed = frozenset(evidence.session.scalars(_NEVER_LEFT))
    done = 0
    for rows in in_chunks(evidence.session, _OUTBOX, Outbox.id):
        proposals = _proposals(evidence, [row.proposal_id for row in rows if row.proposal_id])
        decisions = decisions_on(evidence, proposals)
        files = enclosed(evidence.session, rows)
        for row in rows:
            proposal = proposals.get(row.proposal_id)
            message = Permitted(
                row,
                facts_of(row.packed),
                evidence.policy(row.policy_hash) if row.policy_hash else None,
                proposal,
                facts_of(proposal.packed) if proposal else None,
                decisions.get(row.proposal_id, []),
                files.get(row.id, ()),
                freed,
            )
            _look_at(evidence, message)
        done += len(rows)
        evidence.progress("messages", done, total)
    _look_at_holds(evidence)


# The state alone frees no key: the journal has to say the same.
_NEVER_LEFT = (
    select(Outbox.idempotency_key)
    .join(Audit, Audit.subject_id == Outbox.id)
    .where(
        or_(
            *(
                and_(Outbox.state == state, Audit.kind == f"message_{state.value}")
                for state in NEVER_LEFT
            )
        )
    )
)
_OUTBOX = (
    select(
        Outbox.__table__,
        Permit.seq.label("permit_seq"),
        Permit.message_digest,
        Permit.policy_hash,
        Permit.decision_id,
        Permit.judged_at,
        Snapshot.facts.label("packed"),
    )
    .outerjoin(Permit, Permit.outbox_id == Outbox.id)
    .outerjoin(Snapshot, Snapshot.hash == Permit.facts_hash)
)


def _proposals(evidence: Evidence, ids: list[str]) -> dict[str, Any]:
    rows = evidence.session.execute(
        select(Proposal.__table__, Snapshot.facts.label("packed"))
        .outerjoin(Snapshot, Snapshot.hash == Proposal.facts_hash)
        .where(Proposal.id.in_(ids))
    )
    return {row.id: row for row in rows}


def _look_at(evidence: Evidence, message: Permitted) -> None:
    look = f"dunwell why {message.row.account_id}"
    for promise, check in _CHECKS:
        tally = evidence[promise]
        if promise != "never_twice":  # that one counts what was sent
            tally.saw()
        with tally.unreadable(message.row.id, look):
            fault = check(message)
            if fault is not None:
                tally.fault(message.row.id, *fault, look)


def _permit(message: Permitted) -> Fault:
    """One permit, for these bytes, given by the same judgement that is made again here."""
    row = message.row
    if row.permit_seq is None:
        return "one permit", f"none; the message is {row.state}"
    bytes_now = sealed(row, message.files)
    if not row.message_digest == row.digest == bytes_now:
        return f"a permit for its bytes ({bytes_now})", f"one for {row.message_digest}"
    if message.facts is None or message.policy is None:
        return "the facts and policy it was judged on", "not recorded"
    judged = message.judged
    if not judged.release_at == row.judged_at == row.release_at:
        return f"an hour permitted in every zone ({judged.release_at})", str(row.release_at)
    if isinstance(judged.verdict, Allow):
        return None
    if isinstance(judged.verdict, Deny):
        return "a message the gate lets go", explain(judged.verdict)
    if message.uncovered is not None:
        return message.uncovered
    approved = set(message.proposal.rule_ids.split(","))
    fresh = [f.rule_id for f in findings_of(judged.verdict) if f.rule_id not in approved]
    return ("an approval that covers every rule", f"not {', '.join(fresh)}") if fresh else None


def _words(message: Permitted) -> Fault:
    """An approved template, or the approval of a person."""
    if message.action.wording == "template":
        return None
    return message.uncovered


def _numbers(message: Permitted) -> Fault:
    """The words re-derive from the recorded facts, and nothing in them is untraced."""
    row = message.row
    if message.facts is None or message.policy is None:
        return None  # without facts the permit itself is broken, and said so
    letter = message.judged.letter
    same = letter is not None and (letter.subject, letter.body) == (row.subject, row.body)
    language = message.action.language
    strays = untraced(
        row.subject, row.body, message.facts, message.policy, language, message.action
    )
    if letter is not None:
        strays += strays_in(letter.documents, message.action, message.facts, message.policy)
    if strays:
        return strays[0].expected or "a fact of the ledger", repr(strays[0].span)
    return None if same else ("the words these facts give", row.body)


def _key(message: Permitted) -> Fault:
    """The key and the id are made of account, purpose, stage and period.

    The same message stands again only where every earlier one never left.
    """
    if message.facts is None:
        return None
    key, held = idempotency_key(message.action, message.facts), message.row.idempotency_key
    before = keys_before(key, held)
    if before is None or not message.freed.issuperset(before):
        return key, held
    return (
        None if message.row.id == make_id("out", held) else (make_id("out", held), message.row.id)
    )


_CHECKS = (
    ("no_send_under_hold", _permit),
    ("no_free_text_unattended", _words),
    ("every_number_traced", _numbers),
    ("never_twice", _key),
)


def _look_at_holds(evidence: Evidence) -> None:
    """Straight from the tables, without the gate: what left while a stop was in force.

    Tables know days, so a stop counts from the day after it was placed until the day before it
    was lifted; the hours of those two days are the permit's matter.
    """
    tally = evidence["no_send_under_hold"]
    sent = (
        select(
            Message.account_id,
            Message.sent_on,
            Message.invoice_ids,
            Outbox.action,
            Permit.policy_hash,
        )
        .join(Outbox, Outbox.id == Message.outbox_id)
        .join(Permit, Permit.outbox_id == Outbox.id)
    )
    held = sent.add_columns(Hold.id, Hold.reason, Hold.invoice_id, Hold.lifted_at).join(
        Hold,
        (Hold.account_id == Message.account_id)
        & (Hold.placed_on < Message.sent_on)
        & or_(Hold.ends_on.is_(None), Hold.ends_on >= Message.sent_on),
    )
    for row in evidence.session.execute(held):
        lifted = row.lifted_at is not None and row.lifted_at < _day_after(row.sent_on)
        if not lifted and (row.invoice_id is None or row.invoice_id in row.invoice_ids):
            look = f"dunwell why {row.account_id}"
            tally.fault(row.account_id, f"nothing on {row.sent_on}", f"hold {row.reason}", look)
    disputed = sent.add_columns(Dispute.id, Dispute.reason, Dispute.invoice_id).join(
        Dispute,
        (Dispute.account_id == Message.account_id)
        & (Dispute.opened_on < Message.sent_on)
        & or_(Dispute.state != DisputeState.RESOLVED, Dispute.resolved_on > Message.sent_on),
    )
    for row in evidence.session.execute(disputed):
        if not isinstance(read_action(row.action), AnswerQuery) and _covers(evidence, row):
            look = f"dunwell why {row.account_id}"
            tally.fault(row.account_id, f"nothing on {row.sent_on}", f"dispute {row.reason}", look)


def _day_after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, UTC)


def _covers(evidence: Evidence, row: Any) -> bool:
    """Whether a dispute stops a message: the whole account, or the items it names."""
    policy = evidence.policy(row.policy_hash)
    scope = policy.contact.dispute_scope if policy else "account"
    return scope == "account" or row.invoice_id is None or row.invoice_id in row.invoice_ids
