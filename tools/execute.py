"""The write behind every action: one branch each, inside the caller's transaction.

Callers are tools.proposals (judged Allow) and tools.decisions (approved and judged again).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlmodel import Session

from guardrails.business_days import add_business_days
from ledger import actions as act
from ledger import postings_cases
from ledger.chains import append_permits
from ledger.facts import AccountFacts, facts_bytes, pack
from ledger.ids import digest
from ledger.journal import audit, insert_new, keep_snapshots
from ledger.money import Money
from ledger.tables.inbound import Document
from ledger.tables.work import Outbox
from policies.schema import Policy
from tools.answered_mail import mail_answered
from tools.documents import document_rows
from tools.execute_cash import cash_value, post_cash
from tools.execute_disputes import dispute_value, post_dispute
from tools.freed_keys import freed_keys
from tools.outgoing import JudgedMessage, outbox_rows
from tools.plans import plan_value, post_plan
from tools.promises import post_promise


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes, when, and on whose decision."""

    session: Session
    facts: AccountFacts
    policy: Policy
    now: datetime
    actor: str
    run_id: str | None = None
    proposal_id: str | None = None
    decision_id: str | None = None

    @property
    def cause(self) -> str:
        """What a posting is traced back to."""
        return self.proposal_id or f"{self.run_id or self.facts.as_of}:{self.actor}"


def action_value(action: act.ProposedAction, facts: AccountFacts) -> Money | None:
    """The money at stake in an action, for authority and order; None where there is none."""
    items = {item.invoice_id: item for item in facts.open_items}
    match action:
        case act.SendReminder():
            named = [items[i].open_minor for i in action.invoice_ids if i in items]
            return Money(sum(named), action.currency)
        case act.SendStatement():
            return facts.open_in(action.currency)
        case act.ApplyReceipt() | act.ApplyCredit() | act.ReverseReceipt():
            return cash_value(action, facts)
        case act.ProposePlan() | act.AcceptPlan() | act.EndPlan():
            return plan_value(action, facts)
        case act.SetCreditLimit():
            return Money(action.limit_minor, action.currency)
        case act.WriteOff():
            item = items.get(action.invoice_id)
            return Money(action.amount_minor, item.currency) if item else None
        case act.OpenDisputeCase() | act.ResolveDispute() | act.ReopenDispute():
            return dispute_value(action, facts)
        case _:
            return None


def execute(writer: Writer, action: act.ProposedAction, judged: JudgedMessage | None) -> str:
    """Do what was allowed or approved; returns one line saying what was done.

    Raises:
        Conflict: The books no longer allow it; nothing is written.
    """
    done = _write(writer, action, judged)
    audit(
        writer.session,
        writer.now,
        f"{action.type}_executed",
        action.account_id,
        writer.actor,
        action=action.model_dump(mode="json"),
        proposal_id=writer.proposal_id,
        done=done,
    )
    return done


def _write(writer: Writer, action: act.ProposedAction, judged: JudgedMessage | None) -> str:
    match action:
        case act.SendReminder() | act.SendStatement() | act.AnswerQuery():
            return _queue_message(writer, judged)
        case act.ApplyReceipt() | act.ApplyCredit() | act.WriteOff() | act.ReverseReceipt():
            return post_cash(writer, action)
        case act.OpenDisputeCase() | act.ResolveDispute() | act.ReopenDispute():
            return post_dispute(writer, action)
        case act.RecordPromise() | act.KeepPromise():
            return post_promise(writer, action)
        case act.ProposePlan() | act.AcceptPlan() | act.EndPlan():
            return post_plan(writer, action)
        case act.PlaceHold() | act.ReleaseHold():
            return _post_hold(writer, action)
        case act.SetCreditLimit() | act.SetCreditHold():
            return _post_credit(writer, action)
        case act.CreateCallTask() | act.Escalate():
            return _post_task(writer, action)
        case _:
            assert_never(action)


def _queue_message(writer: Writer, judged: JudgedMessage | None) -> str:
    if judged is None:
        raise ValueError("a message is executed with its judged words")
    data = facts_bytes(writer.facts)
    facts_digest = digest(data)
    keep_snapshots(writer.session, {facts_digest: pack(data)})
    outbox, permit = outbox_rows(
        judged,
        writer.facts,
        writer.policy,
        facts_digest=facts_digest,
        run_id=writer.run_id,
        proposal_id=writer.proposal_id,
        decision_id=writer.decision_id,
        answers=mail_answered(writer.session, judged.action),
        freed=freed_keys(writer.session, [writer.facts.account_id]),
    )
    if insert_new(writer.session, Outbox, [outbox]) == 0:
        return f"already queued as {outbox['id']}"
    if judged.letter is not None and judged.letter.documents:
        made = document_rows(judged.letter.documents, writer.facts, facts_digest)
        insert_new(writer.session, Document, made)
    append_permits(writer.session, [permit])
    if isinstance(judged.action, act.AnswerQuery):
        postings_cases.mark_answered(writer.session, judged.action.account_id, writer.facts.as_of)
    return f"queued to {outbox['recipient']}, leaves {outbox['release_at']:%Y-%m-%d %H:%M} UTC"


def _post_hold(writer: Writer, action: act.PlaceHold | act.ReleaseHold) -> str:
    if isinstance(action, act.ReleaseHold):
        postings_cases.release_hold(writer.session, action.hold_id, writer.actor, writer.now)
        return "hold lifted"
    row = {
        "account_id": action.account_id,
        "invoice_id": action.invoice_id,
        "reason": action.reason,
        "placed_on": writer.facts.as_of,
        "ends_on": action.ends_on,
        "ends_with": None,
        "lift_role": "finance_lead",
        "placed_by": writer.actor,
        "source": action.note,
        "lifted_at": None,
        "lifted_by": None,
    }
    return f"hold {postings_cases.place_hold(writer.session, row)} placed"


def _post_credit(writer: Writer, action: act.SetCreditLimit | act.SetCreditHold) -> str:
    if isinstance(action, act.SetCreditLimit):
        postings_cases.set_credit_limit(
            writer.session, action.account_id, action.limit_minor, action.currency
        )
        return f"limit set to {Money(action.limit_minor, action.currency)}"
    postings_cases.set_credit_hold(writer.session, action.account_id, action.on)
    return "credit hold on" if action.on else "credit hold off"


def _post_task(writer: Writer, action: act.CreateCallTask | act.Escalate) -> str:
    if isinstance(action, act.Escalate):
        kind, summary, who = "follow_up", action.summary[:500], action.to_role
        due_on = add_business_days(writer.policy.company.calendar, writer.facts.as_of, 1)
    else:
        kind, summary, who, due_on = action.kind, action.summary, None, action.due_on
    row = {
        "account_id": action.account_id,
        "kind": kind,
        "summary": summary,
        "due_on": due_on,
        "assignee": who,
        "state": "open",
        "created_by": writer.actor,
    }
    return f"task {postings_cases.add_call_task(writer.session, row)} for a person"
