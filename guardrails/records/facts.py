"""A message record in the terms of the compliance rules and of the tracing."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from guardrails.business_days import is_public_holiday
from guardrails.compliance.approvals import granted_scopes
from guardrails.compliance.facts import MessageFacts
from guardrails.content.event_log import LoggedEvent, log_supports
from guardrails.content.report import ContentReport
from guardrails.content.residue import find_residue
from guardrails.formats import LANGUAGES
from guardrails.records.money import disputed_included, minor_of, terms_match
from guardrails.records.shape import MessageRecord, RecordContext, RecordInvoice
from guardrails.tracing.facts import Known, KnownInvoice, known_record
from guardrails.tracing.message import matches
from guardrails.tracing.report import Stated, Untraced
from policies.packs_schema import Packs

_CLOSED = frozenset({"paid", "credited", "void", "voided", "cancelled", "written_off"})
_NEVER = 9999
_KEPT_YEARS = 99
_SOURCES = ("invoices", "payments", "disputes", "consent", "contract")
# Facts of the judging itself: what is judged here is recorded before it is released.
_RECORDED = {"audit_record_written": True, "retention_years": _KEPT_YEARS}
_EVENT_KINDS = (
    ("email", ("email", "e-mail", "mail sent")),
    ("sms", ("sms", "text message")),
    ("phone", ("call", "phone", "voicemail")),
    ("letter", ("letter", "post")),
    ("portal", ("portal",)),
    ("meeting", ("meeting", "visit", "met ")),
    ("agreed", ("agreed", "agreement", "promise", "approved")),
    ("escalated", ("escalat",)),
    ("reported", ("report",)),
    ("suspended", ("suspen",)),
)


def known_of(record: MessageRecord) -> Known:
    """What the message may state, from the facts beside it."""
    context = record.context
    invoices = [_known_invoice(each) for each in context.invoices]
    currency = context.invoices[0].currency if context.invoices else "USD"
    terms = [approval.terms for approval in context.approvals if approval.terms]
    decided = [str(each) for each in context.recorded_decisions]
    recorded = {entry.date for entry in context.event_log} | set(_days_in(decided))
    asked = {context.requested_pay_by, context.promise_date, *(each.until for each in terms)}
    asked |= set(_days_in(str(each.model_dump(mode="json")) for each in terms))
    deadlines = {day for day in asked if day is not None}
    amounts = [(minor_of(each.amount, currency), currency) for each in terms if each.amount]
    amounts += [
        (minor_of(value, each.currency), each.currency)
        for each in context.invoices
        for value in (each.amount, each.paid_amount, each.amount - each.paid_amount)
        if value
    ]
    amounts += _instalment_amounts(terms, currency)
    rates = {each.percent for each in terms} | {each.rate for each in context.charges}
    return known_record(
        record.context.send_at.date(),
        invoices,
        numbers=[each.id for each in context.charges if each.id]
        + [each.clause for each in context.charges if each.clause],
        amounts=amounts,
        days=[*recorded, *deadlines],
        charges=[
            (minor_of(each.amount, each.currency or currency), each.currency or currency)
            for each in context.charges
        ],
        deadlines=deadlines,
        names=tuple(filter(None, (context.creditor, context.debtor, context.recipient.name))),
        percentages=frozenset(rate for rate in rates if rate is not None),
        domains=frozenset(each.casefold() for each in context.allowed_domains),
        bank_accounts=context.verified_bank_details,
        day_first=_day_first(record.places),
    )


def record_facts(
    record: MessageRecord,
    content: ContentReport,
    stated: Iterable[Stated],
    untraced: Iterable[Untraced],
    packs: Packs,
) -> MessageFacts:
    """Everything the rules may ask, an absent flag being known to be false."""
    context, untraced = record.context, tuple(untraced)
    times = _local_times(context)
    vocabulary = packs.vocabulary.inputs
    flags: dict[str, Any] = {
        name: name in context.flags for name, spec in vocabulary.items() if spec.type == "bool"
    }
    values = (
        flags
        | _RECORDED
        | _from_words(record, content, stated, untraced)
        | _from_context(context)
        | {
            "public_holiday": flags["public_holiday"]
            or any(is_public_holiday(p, t.date()) for p in record.places for t in times)
        }
    )
    approvals = [(each.scope, each.role) for each in context.approvals]
    valid = all(
        each.hash_matches and (each.expires_at is None or _before(times[0], each.expires_at))
        for each in context.approvals
    )
    terms_ok = terms_match(context, stated)
    hours = None if context.context_age_minutes is None else context.context_age_minutes / 60
    return MessageFacts(
        send_at=times[0],
        local_times=times,
        ledger_matches=matches(untraced)
        | {"concession_terms": terms_ok, "plan_terms": terms_ok, "approval_hash": valid},
        fresh_hours=dict.fromkeys(_SOURCES, hours),
        approvals=granted_scopes(approvals, packs),
        jurisdictions=record.places,
        **values,
    )


def _from_words(
    record: MessageRecord,
    content: ContentReport,
    stated: Iterable[Stated],
    untraced: tuple[Untraced, ...],
) -> dict[str, Any]:
    context = record.context
    log = [event for entry in context.event_log for event in _logged(entry.event, entry.date)]
    as_of = context.send_at.date()
    text = f"{record.subject}\n{record.text}".casefold()
    named = [i for i in context.invoices if i.id.casefold() in text] or context.invoices
    return {
        "channel": record.channel,
        "subject": record.subject,
        "text": record.text,
        "raw_text": record.text,
        "lang": content.language,
        "supported_langs": frozenset(LANGUAGES),
        "lexicon_complete": content.languages <= frozenset(LANGUAGES),
        "claims": content.claim_classes,
        "elements": content.elements,
        "integrity_findings": frozenset(each.kind for each in content.integrity),
        "unresolved_placeholders": bool(find_residue(record.subject, record.text)),
        "links": _spans(untraced, "link", "email"),  # a record knows no phone numbers of ours
        "bank_details": _spans(untraced, "bank_account"),
        "allowed_domains": frozenset(),
        "verified_bank_details": frozenset(),
        "event_log_supports": log_supports(content.past_actions, log, as_of),
        "invoice_paid": "invoice_paid" in context.flags or any(map(_is_closed, named)),
        "disputed_amount_included": disputed_included(context, stated),
    }


def _from_context(context: RecordContext) -> dict[str, Any]:
    flags, recipient, contacts = context.flags, context.recipient, context.contacts
    validation = context.validation
    never_noticed = validation is None or validation.notice_sent_days_ago is None
    cc = recipient.cc
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
        "days_since_conversation": contacts.days_since_conversation or _NEVER,
        "ecomm_consent": context.consent.electronic,
        "sms_consent": context.consent.sms,
        "notice_days": -1 if context.prior_notice_days is None else context.prior_notice_days,
        "validation_days": None if never_noticed else 0,
        "validation_period_open": bool(validation and validation.period_open)
        or "validation_period_open" in flags,
        "intent_to_act": bool(context.recorded_decisions) or "intent_to_act" in flags,
        "charge_authorised": bool(context.charges) or "charge_authorised" in flags,
        "account_class": context.account_class,
        "segment": context.segment,
        "high_value": context.high_value,
        "context_complete": context.context_complete,
        "human_reviewed": context.human_reviewed,
        "inbound_unanswered": context.inbound_after_context or "inbound_unanswered" in flags,
    } | _further(context)


def _further(context: RecordContext) -> dict[str, Any]:
    """Facts a record gives under the name the rules use, beside those it has a place for."""
    known = MessageFacts.__dataclass_fields__
    extra = (context.model_extra or {}).items()
    return {k: frozenset(v) if isinstance(v, list) else v for k, v in extra if k in known}


def _known_invoice(invoice: RecordInvoice) -> KnownInvoice:
    minor = {
        name: minor_of(value, invoice.currency)
        for name, value in (
            ("amount", invoice.amount),
            ("paid", invoice.paid_amount),
            ("disputed", invoice.disputed_amount),
        )
    }
    closed = invoice.status in _CLOSED
    return KnownInvoice(
        number=invoice.id,
        currency=invoice.currency,
        open_minor=0 if closed else minor["amount"] - minor["paid"],
        due_on=invoice.due,
        issued_on=invoice.issued,
        amount_minor=minor["amount"],
        paid_minor=minor["paid"],
        disputed_minor=minor["disputed"],
    )


def _is_closed(invoice: RecordInvoice) -> bool:
    return invoice.status in _CLOSED or invoice.paid_amount >= invoice.amount > 0


def _spans(untraced: Iterable[Untraced], *kinds: str) -> frozenset[str]:
    return frozenset(each.span for each in untraced if each.kind in kinds)


def _local_times(context: RecordContext) -> tuple[datetime, ...]:
    """The moment of sending, written in the local time of the first zone, in every zone."""
    zones = [ZoneInfo(name) for name in context.time_zones]
    sent = context.send_at
    if sent.tzinfo is None:
        sent = sent.replace(tzinfo=zones[0])
    return tuple(sent.astimezone(zone) for zone in zones)


def _before(moment: datetime, end: datetime) -> bool:
    return moment < (end if end.tzinfo else end.replace(tzinfo=moment.tzinfo))


def _logged(event: str, day: date) -> Iterable[LoggedEvent]:
    said = event.casefold()
    for kind, words in _EVENT_KINDS:
        if any(word in said for word in words):
            yield LoggedEvent(kind, day)


def _day_first(places: frozenset[str]) -> bool | None:
    """How 10/11 is read there; None where both readings must be right."""
    orders = {not place.startswith("US") for place in places}
    return orders.pop() if len(orders) == 1 else None


def _days_in(texts: Iterable[str]) -> Iterable[date]:
    for text in texts:
        for start in range(len(text) - 9):
            piece = text[start : start + 10]
            if piece[4] == "-" and piece[7] == "-":
                try:
                    yield date.fromisoformat(piece)
                except ValueError:
                    continue


def _instalment_amounts(terms: Iterable[Any], currency: str) -> list[tuple[int, str]]:
    parts = [p for each in terms if isinstance(each.instalments, tuple) for p in each.instalments]
    return [
        (minor_of(Decimal(str(p["amount"])), currency), currency) for p in parts if "amount" in p
    ]
