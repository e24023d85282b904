"""What the books know of a message, as the facts the compliance rules ask for.

What the ledger records, it answers; what it does not record stays unknown, and an unknown fact
never helps a message. What holds of every message by construction (it is recorded before it is
released, records are kept, nothing about a person's traits exists here) is said in one place.
"""

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from guardrails.business_days import is_business_day
from guardrails.case import Case
from guardrails.compliance.facts import MessageFacts
from guardrails.content.event_log import LoggedEvent, log_supports
from guardrails.content.report import ContentReport
from guardrails.feeds import stale_feeds
from guardrails.formats import LANGUAGES
from guardrails.message_kinds import message_kind
from ledger.actions import AnswerQuery, SendReminder, SendStatement
from ledger.facts import ContactFact
from ledger.states import DebtorType, HoldReason, Segment, TicketState

_KEPT_YEARS = 99  # append-only books: nothing is ever deleted
_NEVER = 9999
_ELECTRONIC = frozenset({"email", "sms", "portal"})
_STAYS = frozenset({HoldReason.OPT_OUT.value, HoldReason.DECEASED.value})


def message_facts(case: Case, content: ContentReport, *, untraced: bool) -> MessageFacts:
    """Collect what compliance rules may ask about a message of the ledger.

    Args:
        case: A message with its exact words.
        content: What the checkers found in them.
        untraced: The words state something that is no fact of the ledger.

    Raises:
        ValueError: The case is no message with words.
    """
    message, draft, facts, contact = case.message, case.draft, case.facts, case.contact
    if message is None or draft is None:
        raise ValueError("only a message with words has facts of compliance")
    holds = {hold.reason for hold in facts.holds}
    stage = f"stage_{message.stage}" if isinstance(message, SendReminder) else message.type
    times = _local_times(case)
    return MessageFacts(
        send_at=times[0] if times else _noon(case),
        local_times=times,
        ledger_matches=_LEDGER_MATCHES if not untraced else dict.fromkeys(_LEDGER_MATCHES, False),
        fresh_hours=_fresh_hours(case),
        **_words(case, content),
        **_addressing(case, contact),
        **_counts(case, message.channel),
        **_holds(holds),
        **_review(case, holds),
        **_BY_CONSTRUCTION,
        message_kind=message_kind(message),
        is_initial=not facts.contact_history and not any(i.dunning_level for i in facts.open_items),
        model_generated=message.wording == "model",
        sender_is_automated=message.wording != "person",
        template_id=message.template_id,
        template_approved=message.wording == "template",
        template_stage=stage,
        dunning_stage=stage,
        event_log_supports=log_supports(content.past_actions, _log(case), facts.as_of),
    )


# What a letter states is traced as a whole; terms of a plan or concession are those of the very
# words a person approves, and an approval is bound to them by its digest.
_LEDGER_MATCHES = dict.fromkeys(
    (
        *("amount", "currency", "total", "invoice_ref", "date", "days_overdue", "deadline"),
        *("concession_terms", "plan_terms", "approval_hash"),
    ),
    True,
) | {"fee": False}

_BY_CONSTRUCTION = {
    "unresolved_placeholders": False,
    "audit_record_written": True,
    "retention_years": _KEPT_YEARS,
    "policy_change_unapproved": False,
    "protected_trait_used": False,
    "scores_natural_person": False,
    "adverse_decision_automated": False,
    "human_reviewed": False,
    "charge_authorised": False,
    "intent_to_act": False,
    "preferred_channel_conflict": False,
    "days_since_conversation": _NEVER,
}
"""Holds of every message of the ledger; the books have no fees and no decision to sue."""


def _words(case: Case, content: ContentReport) -> dict[str, object]:
    draft, company = case.draft, case.policy.company
    assert draft is not None  # noqa: S101 - said by the caller, for the type checker
    return {
        "subject": draft.subject,
        "text": draft.body,
        "raw_text": draft.body,
        "lang": content.spoken,
        "supported_langs": frozenset(LANGUAGES),
        "lexicon_complete": content.languages <= frozenset(LANGUAGES),
        "claims": content.claim_classes.union(case.message.reported_claims if case.message else ()),
        "elements": content.elements,
        "integrity_findings": frozenset(each.kind for each in content.integrity),
        # Links and bank details that are not ours are untraced, which `every_number_traced` denies.
        "links": frozenset(),
        "bank_details": frozenset(),
        "allowed_domains": frozenset(),
        "verified_bank_details": frozenset(),
        "sender_name": company.name,
        "true_names": frozenset({company.name}),
    }


def _addressing(case: Case, contact: ContactFact | None) -> dict[str, object]:
    facts, company = case.facts, case.policy.company
    business = facts.debtor_type == DebtorType.BUSINESS
    consents = contact.consents if contact else ()
    stopped = bool(contact and contact.opted_out)
    return {
        "channel": case.message.channel if case.message else None,
        "public_holiday": _public_holiday(case),
        "jurisdictions": frozenset((*facts.places, company.seat)),
        "debtor_type": facts.debtor_type,
        # Without proof of a commercial purpose a natural person is a consumer.
        "debt_purpose": "commercial" if business else "consumer",
        "creditor_role": company.creditor_role,
        "recipient_authorised": contact is not None,
        "other_recipients": frozenset(),
        "address_kind": "work" if business else "unknown",
        "address_basis": "contract_contact" if business else None,
        "ecomm_consent": "email" in consents,
        "sms_consent": "sms" in consents,
        "opted_out_channels": _ELECTRONIC | {"letter"} if stopped else frozenset(),
        "revocation_received": stopped,
    }


def _counts(case: Case, channel: str) -> dict[str, int]:
    """Contacts of the rolling windows, this one and those on their way included."""
    past = [(case.as_of - each.sent_on, each.channel) for each in case.facts.contact_history]
    moving = len(case.facts.in_flight)

    def within(days: int, channels: Iterable[str] | None = None) -> int:
        kinds = None if channels is None else frozenset(channels)
        counted = sum(age.days < days and (kinds is None or by in kinds) for age, by in past)
        return counted + moving + (kinds is None or channel in kinds)

    return {
        "contacts_7d": within(7),
        "contacts_30d": within(30),
        "phone_or_sms_7d": within(7, ("phone", "sms")),
        "electronic_7d": within(7, _ELECTRONIC),
        "calls_7d": within(7, ("phone",)),
    }


def _holds(holds: set[str]) -> dict[str, bool]:
    represented = HoldReason.LEGAL_REPRESENTATION in holds
    return {
        "do_not_contact": bool(holds & _STAYS),
        "bankruptcy_stay": HoldReason.INSOLVENCY in holds,
        "debt_discharged": False,
        "attorney_known": represented,
        "attorney_consents_direct": False,
        "legal_matter": represented or HoldReason.LEGAL_MATTER in holds,
        "hardship_signal": HoldReason.HARDSHIP in holds,
        "vulnerability_signal": HoldReason.HARDSHIP in holds,
        "breathing_space": HoldReason.HARDSHIP in holds or HoldReason.INSOLVENCY in holds,
        "cease_notice": HoldReason.OPT_OUT in holds,
        "refusal_to_pay": False,
        "procurement_hold": HoldReason.PROCUREMENT in holds,
    }


def _review(case: Case, holds: set[str]) -> dict[str, object]:
    """What sends an account to a person, as the rules of the gate see it."""
    facts = case.facts
    named = case.named_ids
    disputed = [d for d in facts.disputes if d.invoice_id is None or d.invoice_id in named]
    executive = HoldReason.EXECUTIVE_REVIEW in holds
    return {
        "dispute_open": bool(facts.disputes),
        "disputed_amount_included": bool(
            disputed or (facts.disputes and isinstance(case.action, SendStatement))
        ),
        "invoice_paid": case.reminder is not None and len(case.named_items) < len(named),
        "account_class": "executive_review" if executive else "routine",
        "segment": Segment.STRATEGIC.value if facts.strategic else facts.segment,
        "high_value": False,  # by currency: `high_value_needs_finance_lead`
        "context_complete": True,  # a snapshot is whole or is not there
        "renewal_active": facts.renewal_on is not None,
        "open_escalation": any(
            t.state == TicketState.ESCALATED or t.severity == 1 for t in facts.tickets
        ),
        "promised_credit": HoldReason.PROMISED_CREDIT in holds,
        # What answers a message is no reminder to somebody who waits for an answer.
        "inbound_unanswered": facts.inbound_unanswered and not isinstance(case.action, AnswerQuery),
    }


def _fresh_hours(case: Case) -> dict[str, float | None]:
    """Hours since a source was read: what lives in the books is read with the snapshot itself."""
    read = {feed.name: feed.read_through for feed in case.facts.feeds}
    stale = stale_feeds(read, case.policy, case.as_of)
    return {
        "invoices": None if "invoices" in stale else 0.0,
        "payments": None if "receipts" in stale else 0.0,
        "disputes": 0.0,
        "consent": 0.0,
        "contract": 0.0,
    }


def _local_times(case: Case) -> tuple[datetime, ...]:
    if case.at is None:
        return ()
    zones = case.facts.time_zones or (case.policy.company.time_zone,)
    return tuple(case.at.astimezone(ZoneInfo(zone)) for zone in zones)


def _noon(case: Case) -> datetime:
    """Without an hour of leaving, the business date still says which rules are in force."""
    zone = ZoneInfo(case.policy.company.time_zone)
    return datetime(case.as_of.year, case.as_of.month, case.as_of.day, 12, tzinfo=zone)


def _log(case: Case) -> list[LoggedEvent]:
    history = [LoggedEvent(past.channel, past.sent_on) for past in case.facts.contact_history]
    levels = [
        LoggedEvent("email", item.dunned_on)
        for item in case.named_items
        if item.dunned_on and item.dunned_on not in {event.day for event in history}
    ]
    return history + levels


def _public_holiday(case: Case) -> bool:
    calendar = case.policy.company.calendar
    return case.as_of.weekday() < 5 and not is_business_day(calendar, case.as_of)
