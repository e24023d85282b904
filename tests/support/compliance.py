"""Messages to judge: one that every rule is content with, and what each rule's examples change."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from guardrails.compliance.facts import MessageFacts

LEDGER_KINDS = (
    "amount",
    "currency",
    "total",
    "invoice_ref",
    "date",
    "days_overdue",
    "deadline",
    "fee",
    "concession_terms",
    "plan_terms",
    "approval_hash",
)
SOURCES = ("invoices", "payments", "disputes", "consent", "contract")
SEND_AT = datetime(2026, 11, 24, 10, 30, tzinfo=ZoneInfo("America/Chicago"))
_EMPTY = frozenset[str]()

# A routine reminder by email to a business in Texas, everything known and in order.
_QUIET: dict[str, Any] = {
    "send_at": SEND_AT,
    "ledger_matches": dict.fromkeys(LEDGER_KINDS, True),
    "fresh_hours": dict.fromkeys(SOURCES, 0.1),
    "channel": "email",
    "subject": "Invoice INV-1",
    "text": "Invoice INV-1 over $35.00 was due on 3 November 2026.",
    "raw_text": "Invoice INV-1 over $35.00 was due on 3 November 2026.",
    "lang": "en",
    "supported_langs": frozenset({"en", "es", "fr", "de"}),
    "lexicon_complete": True,
    "message_kind": "reminder",
    "is_initial": False,
    "model_generated": False,
    "sender_is_automated": True,
    "template_id": "reminder_1",
    "template_approved": True,
    "template_stage": "reminder_1",
    "dunning_stage": "reminder_1",
    "claims": _EMPTY,
    "elements": frozenset({"sender_identity", "reply_path", "opt_out", "collector_subsequent"}),
    "links": _EMPTY,
    "bank_details": _EMPTY,
    "allowed_domains": frozenset({"pay.northwind.example"}),
    "verified_bank_details": _EMPTY,
    "unresolved_placeholders": False,
    "integrity_findings": _EMPTY,
    "sender_name": "Northwind Supply",
    "true_names": frozenset({"Northwind Supply"}),
    "debtor_type": "business",
    "debt_purpose": "commercial",
    "creditor_role": "first_party",
    "jurisdictions": frozenset({"US-TX"}),
    "recipient_authorised": True,
    "other_recipients": _EMPTY,
    "address_kind": "personal",
    "address_basis": "consumer_used",
    "sms_basis_age_days": 10,
    "opted_out_channels": _EMPTY,
    "do_not_contact": False,
    "preferred_channel_conflict": False,
    "local_time": time(10, 30),
    "local_weekday": "tuesday",
    "public_holiday": False,
    "contacts_7d": 1,
    "contacts_30d": 2,
    "phone_or_sms_7d": 0,
    "electronic_7d": 1,
    "calls_7d": 0,
    "days_since_conversation": 999,
    "ecomm_consent": True,
    "sms_consent": True,
    "revocation_received": False,
    "cease_notice": False,
    "refusal_to_pay": False,
    "attorney_known": False,
    "attorney_consents_direct": False,
    "employer_prohibits": False,
    "bankruptcy_stay": False,
    "debt_discharged": False,
    "breathing_space": False,
    "military_active": False,
    "time_barred": False,
    "charged_off": False,
    "medical_debt": False,
    "substantiation_pending": False,
    "notice_days": 90,
    "validation_days": 0,
    "validation_period_open": False,
    "validation_elements_ok": True,
    "dispute_open": False,
    "dispute_in_writing": False,
    "verification_sent": False,
    "disputed_amount_included": False,
    "invoice_paid": False,
    "contact_before_report_days": 0,
    "intent_to_act": False,
    "action_lawful": False,
    "charge_authorised": False,
    "statutory_scope_ok": False,
    "event_log_supports": True,
    "covered_commercial_debt": False,
    "account_class": "routine",
    "segment": "smb",
    "high_value": False,
    "context_complete": True,
    "renewal_active": False,
    "open_escalation": False,
    "promised_credit": False,
    "procurement_hold": False,
    "hardship_signal": False,
    "vulnerability_signal": False,
    "legal_matter": False,
    "inbound_unanswered": False,
    "adverse_decision_automated": False,
    "human_reviewed": False,
    "scores_natural_person": False,
    "policy_change_unapproved": False,
    "audit_record_written": True,
    "retention_years": 7,
    "protected_trait_used": False,
}


def message(**changes: Any) -> MessageFacts:
    """The quiet message with some facts changed; sets may be written as lists."""
    values = {k: frozenset(v) if isinstance(v, list) else v for k, v in changes.items()}
    return MessageFacts(**(_QUIET | values))


def differing(*kinds: str) -> dict[str, bool]:
    """Ledger matches in which these kinds differ."""
    return dict.fromkeys(LEDGER_KINDS, True) | dict.fromkeys(kinds, False)


def claiming(*claims: str, **others: Any) -> dict[str, Any]:
    """What a text with these claims changes, with other changes."""
    return {"claims": frozenset(claims), **others}


def lacking(*elements: str, **others: Any) -> dict[str, Any]:
    """What a text without these elements changes, with other changes."""
    return {"elements": _QUIET["elements"] - set(elements), **others}


def holding(*elements: str, **others: Any) -> dict[str, Any]:
    """What a text with these elements as well changes, with other changes."""
    return {"elements": _QUIET["elements"] | set(elements), **others}
