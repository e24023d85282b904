"""A message record in the terms of the compliance rules."""

from collections.abc import Container, Iterable
from datetime import datetime
from typing import Any

from guardrails.business_days import is_public_holiday
from guardrails.compliance.approvals import granted_scopes
from guardrails.compliance.facts import MessageFacts
from guardrails.compliance.places import lineage
from guardrails.content.event_log import log_supports
from guardrails.content.report import ContentReport
from guardrails.content.residue import find_residue
from guardrails.formats import LANGUAGES
from guardrails.records.events import logged_events
from guardrails.records.further import further_facts, yes_or_no_facts
from guardrails.records.money import disputed_included, terms_match
from guardrails.records.shape import MessageRecord, RecordContext, zone_of
from guardrails.tracing.message import matches
from guardrails.tracing.report import Stated, Untraced
from policies.packs_schema import Packs

_NEVER = 9999
_KEPT_YEARS = 99
_SOURCES = ("invoices", "payments", "disputes", "consent", "contract")
_SUPPORTED = frozenset(LANGUAGES)
# Facts of the judging itself: what is judged here is recorded before it is released.
_RECORDED = {"audit_record_written": True, "retention_years": _KEPT_YEARS}
# Facts that have a place of their own and count against a message wherever they are stated.
_AGAINST = frozenset(
    {
        "disputed_amount_included",
        "high_value",
        "inbound_unanswered",
        "invoice_paid",
        "is_initial",
        "model_generated",
        "public_holiday",
        "sender_is_automated",
        "unresolved_placeholders",
        "validation_period_open",
    }
)


def record_facts(
    record: MessageRecord,
    content: ContentReport,
    stated: Iterable[Stated],
    untraced: Iterable[Untraced],
    packs: Packs,
) -> MessageFacts:
    """Everything the rules may ask, an absent flag being known to be false.

    Raises:
        BadInput: The record gives a fact of the rules as something it cannot be.
    """
    context, untraced, stated = record.context, tuple(untraced), tuple(stated)
    times = _local_times(context)
    given = _from_words(record, content, stated, untraced) | _from_context(context)
    values = _unflagged(context, packs) | _RECORDED | given
    values |= further_facts(context, packs.vocabulary, given.keys())
    _raise_flags(values, context, given, packs)
    if not values["public_holiday"]:
        values["public_holiday"] = _is_holiday_somewhere(record, times)
    terms_ok = terms_match(context, stated)
    hours = None if context.context_age_minutes is None else context.context_age_minutes / 60
    approvals = [(each.scope, each.role) for each in context.approvals]
    return MessageFacts(
        send_at=times[0],
        local_times=times,
        ledger_matches=matches(untraced)
        | {
            "concession_terms": terms_ok,
            "plan_terms": terms_ok,
            "approval_hash": _approvals_hold(context, times[0]),
        },
        fresh_hours=dict.fromkeys(_SOURCES, hours),
        approvals=granted_scopes(approvals, packs),
        **values,
    )


def _unflagged(context: RecordContext, packs: Packs) -> dict[str, Any]:
    return dict.fromkeys(yes_or_no_facts(packs), None if context.flags is None else False)


def _raise_flags(
    values: dict[str, Any], context: RecordContext, given: Container[str], packs: Packs
) -> None:
    """Make true what is flagged; a flag no rule knows means that the context is not understood."""
    for name in context.flags or ():
        if name not in yes_or_no_facts(packs):
            values["context_complete"] = False
        elif name not in given or values[name] is None or name in _AGAINST:
            values[name] = True


def _is_holiday_somewhere(record: MessageRecord, times: tuple[datetime, ...]) -> bool | None:
    """Whether it is a holiday in any place on any of its days; flags unknown leave it open."""
    places = [lineage(each)[0] for each in record.places]
    if any(is_public_holiday(place, at.date()) for place in places for at in times):
        return True
    return None if record.context.flags is None else False


def _from_words(
    record: MessageRecord,
    content: ContentReport,
    stated: tuple[Stated, ...],
    untraced: tuple[Untraced, ...],
) -> dict[str, Any]:
    context = record.context
    log = logged_events(context.event_log)
    return {
        "jurisdictions": record.places,
        "channel": record.channel,
        "subject": record.subject,
        "text": record.text,
        "raw_text": record.text,
        "lang": content.spoken,
        "supported_langs": _SUPPORTED,
        "lexicon_complete": content.languages <= _SUPPORTED,
        "claims": content.claim_classes,
        "elements": content.elements,
        "integrity_findings": frozenset(each.kind for each in content.integrity),
        "unresolved_placeholders": bool(find_residue(record.subject, record.text)),
        "links": _spans(untraced, "link", "email"),  # a record knows no phone numbers of ours
        "bank_details": _spans(untraced, "bank_account"),
        "allowed_domains": frozenset(),
        "verified_bank_details": frozenset(),
        "event_log_supports": log_supports(content.past_actions, log, context.sent.date()),
        "invoice_paid": _is_paid_named(context, stated),
        "disputed_amount_included": disputed_included(context, stated),
    }


def _is_paid_named(context: RecordContext, stated: tuple[Stated, ...]) -> bool | None:
    """Whether the message names an invoice nothing is open on, or names none and one is so."""
    if context.invoices is None:
        return None
    named = {str(each.value).casefold() for each in stated if each.kind == "invoice_ref"}
    about = [each for each in context.invoices if each.id.casefold() in named]
    return any(each.is_closed for each in about or context.invoices)


def _from_context(context: RecordContext) -> dict[str, Any]:
    recipient, contacts, cc = context.recipient, context.contacts, context.recipient.cc
    validation, since = context.validation, context.contacts.days_since_conversation
    never_noticed = validation is None or validation.notice_sent_days_ago is None
    return {
        "message_kind": context.message_kind,
        "is_initial": context.is_initial,
        "model_generated": context.model_generated,
        "sender_is_automated": context.sender_is_automated,
        "template_id": context.template.id,
        "template_approved": context.template.approved,
        "template_stage": context.template.stage,
        "dunning_stage": context.dunning_stage,
        "sender_name": context.creditor,
        "true_names": frozenset({context.creditor}) if context.creditor else None,
        "debtor_type": context.debtor_type,
        "debt_purpose": context.debt_purpose,
        "creditor_role": context.creditor_role,
        "recipient_authorised": recipient.authorised,
        "other_recipients": None if cc is None else frozenset(cc),
        "address_kind": recipient.address_kind,
        "address_basis": recipient.address_basis,
        "sms_basis_age_days": context.consent.sms_basis_age_days,
        "opted_out_channels": context.opted_out_channels,
        "contacts_7d": contacts.d7,
        "contacts_30d": contacts.d30,
        "phone_or_sms_7d": contacts.phone_or_sms_d7,
        "electronic_7d": contacts.electronic_d7,
        "calls_7d": contacts.calls_d7,
        "days_since_conversation": _NEVER if since is None else since,
        "ecomm_consent": context.consent.electronic,
        "sms_consent": context.consent.sms,
        "notice_days": -1 if context.prior_notice_days is None else context.prior_notice_days,
        "validation_days": None if never_noticed else 0,
        "validation_period_open": validation.period_open if validation else False,
        "intent_to_act": bool(context.recorded_decisions) or _flagged(context, "intent_to_act"),
        "charge_authorised": bool(context.charges) or _flagged(context, "charge_authorised"),
        "account_class": context.account_class,
        "segment": context.segment,
        "high_value": context.high_value,
        "context_complete": context.context_complete,
        "human_reviewed": context.human_reviewed,
        "inbound_unanswered": context.inbound_after_context,
    }


def _flagged(context: RecordContext, name: str) -> bool | None:
    return None if context.flags is None else name in context.flags


def _approvals_hold(context: RecordContext, at: datetime) -> bool:
    """Whether every approval is for these very words and has not ended."""
    return all(
        each.hash_matches and (each.expires_at is None or at < _aware(each.expires_at, at))
        for each in context.approvals
    )


def _aware(moment: datetime, like: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=like.tzinfo)


def _spans(untraced: Iterable[Untraced], *kinds: str) -> frozenset[str]:
    return frozenset(each.span for each in untraced if each.kind in kinds)


def _local_times(context: RecordContext) -> tuple[datetime, ...]:
    """The moment of sending in every zone the recipient may be in."""
    sent = context.sent
    return (sent, *(sent.astimezone(zone_of(name)) for name in context.time_zones[1:]))
