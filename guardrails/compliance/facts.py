"""Everything a compliance rule may ask about one message."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageFacts:
    """Facts of one message to one recipient at one moment; None means not known.

    The fields after the first four carry the names of the packs' inputs, whose meaning is told
    there (`policies/compliance/vocabulary.yaml`). An unknown fact never helps a message.

    Attributes:
        send_at: The moment of sending, aware, in the first candidate zone; decides which rules
            are in force.
        local_times: The same moment in every zone the recipient may be in. Where it is given,
            it stands for `local_time` and `local_weekday`, and every zone must pass.
        ledger_matches: By kind (amount, currency, total, invoice_ref, date, days_overdue,
            deadline, fee, concession_terms, plan_terms, approval_hash): whether every such value
            of the text equals the ledger. A kind of which the text says nothing is True.
        fresh_hours: By source (invoices, payments, disputes, consent, contract): hours since it
            was read.
        approvals: Scopes granted for these very words, recipients and facts.
    """

    send_at: datetime
    local_times: tuple[datetime, ...] = ()
    ledger_matches: Mapping[str, bool | None] = field(default_factory=dict)
    fresh_hours: Mapping[str, float | None] = field(default_factory=dict)
    approvals: frozenset[str] = frozenset()

    channel: str | None = None
    subject: str | None = None
    text: str | None = None
    raw_text: str | None = None
    lang: str | None = None
    supported_langs: frozenset[str] | None = None
    lexicon_complete: bool | None = None
    message_kind: str | None = None
    is_initial: bool | None = None
    model_generated: bool | None = None
    sender_is_automated: bool | None = None
    template_id: str | None = None
    template_approved: bool | None = None
    template_stage: str | None = None
    dunning_stage: str | None = None
    claims: frozenset[str] | None = None
    elements: frozenset[str] | None = None
    links: frozenset[str] | None = None
    bank_details: frozenset[str] | None = None
    allowed_domains: frozenset[str] | None = None
    verified_bank_details: frozenset[str] | None = None
    unresolved_placeholders: bool | None = None
    integrity_findings: frozenset[str] | None = None
    sender_name: str | None = None
    true_names: frozenset[str] | None = None
    debtor_type: str | None = None
    debt_purpose: str | None = None
    creditor_role: str | None = None
    jurisdictions: frozenset[str] | None = None
    recipient_authorised: bool | None = None
    other_recipients: frozenset[str] | None = None
    address_kind: str | None = None
    address_basis: str | None = None
    sms_basis_age_days: int | None = None
    opted_out_channels: frozenset[str] | None = None
    do_not_contact: bool | None = None
    preferred_channel_conflict: bool | None = None
    local_time: time | None = None
    local_weekday: str | None = None
    public_holiday: bool | None = None
    contacts_7d: int | None = None
    contacts_30d: int | None = None
    phone_or_sms_7d: int | None = None
    electronic_7d: int | None = None
    calls_7d: int | None = None
    days_since_conversation: int | None = None
    ecomm_consent: bool | None = None
    sms_consent: bool | None = None
    revocation_received: bool | None = None
    cease_notice: bool | None = None
    refusal_to_pay: bool | None = None
    attorney_known: bool | None = None
    attorney_consents_direct: bool | None = None
    employer_prohibits: bool | None = None
    bankruptcy_stay: bool | None = None
    debt_discharged: bool | None = None
    breathing_space: bool | None = None
    military_active: bool | None = None
    time_barred: bool | None = None
    charged_off: bool | None = None
    medical_debt: bool | None = None
    substantiation_pending: bool | None = None
    notice_days: int | None = None
    validation_days: int | None = None
    validation_period_open: bool | None = None
    validation_elements_ok: bool | None = None
    dispute_open: bool | None = None
    dispute_in_writing: bool | None = None
    verification_sent: bool | None = None
    disputed_amount_included: bool | None = None
    invoice_paid: bool | None = None
    contact_before_report_days: int | None = None
    intent_to_act: bool | None = None
    action_lawful: bool | None = None
    charge_authorised: bool | None = None
    statutory_scope_ok: bool | None = None
    event_log_supports: bool | None = None
    covered_commercial_debt: bool | None = None
    account_class: str | None = None
    segment: str | None = None
    high_value: bool | None = None
    context_complete: bool | None = None
    renewal_active: bool | None = None
    open_escalation: bool | None = None
    promised_credit: bool | None = None
    procurement_hold: bool | None = None
    hardship_signal: bool | None = None
    vulnerability_signal: bool | None = None
    legal_matter: bool | None = None
    inbound_unanswered: bool | None = None
    adverse_decision_automated: bool | None = None
    human_reviewed: bool | None = None
    scores_natural_person: bool | None = None
    policy_change_unapproved: bool | None = None
    audit_record_written: bool | None = None
    retention_years: int | None = None
    protected_trait_used: bool | None = None


class Instead:
    """The same facts but for some: another zone's clock, a value a missing fact is treated as."""

    def __init__(self, facts: "MessageFacts | Instead", **values: object) -> None:
        self.__dict__.update(values)
        self._facts = facts

    def __getattr__(self, name: str) -> object:
        return getattr(self._facts, name)


Facts = MessageFacts | Instead
