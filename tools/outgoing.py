"""From a message action to the exact words, their verdict, and the outbox row with its permit.

The same three steps serve the night, the inbox and the dispatcher, so a message is judged on the
bytes that leave, wherever it comes from.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from guardrails.business_days import contact_window
from guardrails.case import Draft
from guardrails.gate import judge, refuse
from guardrails.verdict import Deny, Verdict
from ledger.actions import AnswerQuery, MessageAction, SendReminder, SendStatement, action_json
from ledger.facts import AccountFacts
from ledger.ids import make_id
from policies.schema import Policy
from tools.documents import attachments_json, strays_in
from tools.letters import Letter, LetterError, render_letter


@dataclass(frozen=True, slots=True)
class JudgedMessage:
    """A message with its words, the instant it would leave, and what the gate says."""

    action: MessageAction
    verdict: Verdict
    letter: Letter | None
    release_at: datetime | None


def release_instant(
    facts: AccountFacts, policy: Policy, now: datetime, channel: str = "email"
) -> datetime | None:
    """The first instant of the business date, not before now, inside every zone's window."""
    opens, closes = policy.contact.hours(channel)
    zones = facts.time_zones or (policy.company.time_zone,)
    window = contact_window(zones, facts.as_of, opens, closes)
    if window is None or window[1] <= now:
        return None
    return max(window[0], now)


def judge_message(
    action: MessageAction, facts: AccountFacts, policy: Policy, now: datetime
) -> JudgedMessage:
    """Word a message from the facts and judge it at the instant it would leave."""
    at = release_instant(facts, policy, now, action.channel)
    try:
        letter = render_letter(action, facts, policy)
    except LetterError as error:
        verdict = judge(action, facts, policy, at, Draft("", "", action.language))
        if not isinstance(verdict, Deny):
            verdict = refuse("approved_template_in_language", policy, error.message)
        return JudgedMessage(action, verdict, None, at)
    draft = Draft(letter.subject, letter.body, letter.language)
    verdict = judge(action, facts, policy, at, draft)
    strays = strays_in(letter.documents, action, facts, policy)
    if strays and not isinstance(verdict, Deny):
        named = ", ".join(repr(stray.span) for stray in strays[:3])
        verdict = refuse("every_number_traced", policy, f"in a document: {named}")
    return JudgedMessage(action, verdict, letter, at)


# What such a letter is about happened once, so it is told once, on whatever day.
_ONCE = frozenset({"receipt", "promise_confirmation", "plan_proposal"})


def idempotency_key(action: MessageAction, facts: AccountFacts) -> str:
    """(account, purpose, stage, period): the same message of one day exists once.

    Answers to two messages of one customer are two messages. What happened once, such as a
    payment, a plan or an opt-out, is told once, on whatever day.
    """
    period = facts.as_of.isoformat()
    match action:
        case AnswerQuery(wording="template", template_id="opt_out_confirmation"):
            subject, period = f"opt_out:{action.contact_id}:{action.channel}", "once"
        case AnswerQuery(wording="template", template_id=template) if template in _ONCE:
            subject, period = f"{action.template_id}:{action.about}", "once"
        case AnswerQuery():
            subject = action.in_reply_to or action.template_id
        case SendReminder() | SendStatement():
            subject = action.currency
    stage = action.stage if isinstance(action, SendReminder) else 0
    return f"{action.account_id}|{action.type}|{subject}|{stage}|{period}"


AGAIN = "|again"


def key_again(key: str, times: int) -> str:
    """The key of a message that was queued so many times before and never left."""
    return f"{key}{AGAIN}{times}" if times else key


def keys_before(key: str, held: str) -> tuple[str, ...] | None:
    """The keys whose messages must never have left for one to stand under `held`.

    Args:
        key: What the message itself derives to.
        held: What its row has.

    Returns:
        None where it cannot stand under that key at all.
    """
    if held == key:
        return ()
    times = held.removeprefix(f"{key}{AGAIN}")
    if times == held or not times.isdecimal() or held != key_again(key, int(times)):
        return None
    return tuple(key_again(key, each) for each in range(int(times)))


def _currency(action: MessageAction) -> str | None:
    return action.currency if isinstance(action, SendReminder | SendStatement) else None


def outbox_rows(
    judged: JudgedMessage,
    facts: AccountFacts,
    policy: Policy,
    *,
    facts_digest: str,
    run_id: str | None = None,
    proposal_id: str | None = None,
    decision_id: str | None = None,
    answers: str = "",
    freed: Mapping[str, int] | None = None,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The outbox row of a permitted message, and its permit.

    The caller has judged it in the same transaction and found Allow, or an approval that covers
    every finding. `answers` is the Message-ID of the mail it answers; `freed` how often the
    message of a key was queued and never left: stopped at dispatch, or taken back.
    """
    action, letter = judged.action, judged.letter
    if letter is None or judged.release_at is None:
        raise ValueError("a message without words or hour cannot be permitted")
    key = idempotency_key(action, facts)
    key = key_again(key, (freed or {}).get(key, 0))
    outbox_id = make_id("out", key)
    outbox = {
        "id": outbox_id,
        "idempotency_key": key,
        "run_id": run_id,
        "account_id": action.account_id,
        "contact_id": action.contact_id,
        "proposal_id": proposal_id,
        "action": action_json(action),
        "currency": _currency(action),
        "channel": action.channel,
        "recipient": letter.recipient,
        "cc": ",".join(letter.cc),
        "subject": letter.subject,
        "body": letter.body,
        "digest": letter.digest,
        "attachments": attachments_json(letter.documents, action.account_id),
        "message_id": f"<{outbox_id}@{policy.company.sender_email.partition('@')[2]}>",
        "in_reply_to": answers,
        "state": "queued",
        "release_at": judged.release_at,
        "stopped_by": "",
    }
    permit = {
        "outbox_id": outbox_id,
        "message_digest": letter.digest,
        "facts_hash": facts_digest,
        "policy_hash": policy.hash,
        "decision_id": decision_id,
        "judged_at": judged.release_at,
    }
    return outbox, permit
