"""What each rule's own examples describe, typed by hand: facts by rule, in the examples' order.

Only what differs from the quiet message is written. Claims and elements are those a careful reader
finds in the example's text; finding them is the content checkers' work, not the rules'.
"""

from datetime import time
from typing import Any

from tests.support.compliance import claiming, differing, holding, lacking

EVENING = {"channel": "sms", "debtor_type": "consumer", "local_time": time(21, 6)}

FLOOR: dict[str, list[dict[str, Any]]] = {
    "UNI-01": [{"ledger_matches": differing("amount")}, {}],
    "UNI-02": [{"ledger_matches": differing("days_overdue")}, {}],
    "UNI-03": [{"invoice_paid": True}, {"invoice_paid": True, "message_kind": "receipt"}],
    "UNI-04": [{"dispute_open": True, "disputed_amount_included": True}, {"dispute_open": True}],
    "UNI-05": [claiming("legal_action_threat"), claiming("vague_consequence"), {}],
    "UNI-06": [claiming("legal_process_simulated", "attorney_implied"), {}],
    "UNI-07": [claiming("arrest_or_crime"), {}],
    "UNI-08": [claiming("credit_report_threat"), {}],
    "UNI-09": [
        claiming("third_party_disclosure", other_recipients=["ap@harlow.example"]),
        {"address_kind": "work"},
    ],
    "UNI-10": [claiming("insult_or_sarcasm"), {}],
    "UNI-11": [claiming("guilt_pressure"), {}],
    "UNI-12": [claiming("false_urgency", ledger_matches=differing("deadline")), {}],
    "UNI-13": [
        claiming("discount_offer"),
        claiming("discount_offer", approvals=["discount_or_credit"]),
    ],
    "UNI-14": [claiming("plan_commitment"), {}],
    "UNI-15": [
        claiming("fee_or_interest", ledger_matches=differing("fee")),
        claiming("fee_or_interest", charge_authorised=True, approvals=["late_fee_or_interest"]),
    ],
    "UNI-16": [
        claiming("service_suspension"),
        claiming("service_suspension", approvals=["suspension"], intent_to_act=True),
    ],
    "UNI-17": [lacking("opt_out", channel="sms"), {"channel": "sms"}],
    "UNI-18": [EVENING, EVENING | {"local_time": time(20, 55)}],
    "UNI-19": [{"contacts_7d": 4}, {"contacts_7d": 4, "message_kind": "auto_reply"}],
    "UNI-20": [
        {"channel": "sms", "revocation_received": True},
        {
            "channel": "sms",
            "revocation_received": True,
            "opted_out_channels": ["sms"],
            "message_kind": "opt_out_confirmation",
        },
    ],
    "UNI-21": [{"integrity_findings": ["zero_width"]}, {"lang": "es"}],
    "UNI-22": [{"lang": "pl", "lexicon_complete": False}, {"lang": "de"}],
    "UNI-23": [
        claiming("bank_change", bank_details=["DE004321"], verified_bank_details=["DE009999"]),
        {"links": ["pay.northwind.example"]},
    ],
    "UNI-24": [claiming("human_persona", sender_name="Claire"), {}],
    "UNI-25": [claiming("protected_trait"), {}],
    "UNI-26": [
        claiming("asserted_past_action", event_log_supports=False),
        claiming("asserted_past_action"),
    ],
    "UNI-27": [claiming("marketing", unresolved_placeholders=True), {}],
    "UNI-28": [{"jurisdictions": ["NZ"]}, {"jurisdictions": ["IE"]}],
}

US_FEDERAL: dict[str, list[dict[str, Any]]] = {
    "US-SCOPE-01": [{"debtor_type": "sole_trader", "debt_purpose": None}, {}],
    "US-REGF-01": [{"local_time": time(0, 1)}, {"local_time": time(8, 0)}],
    "US-REGF-02": [
        {"preferred_channel_conflict": True},
        {"opted_out_channels": ["email"], "message_kind": "opt_out_confirmation"},
    ],
    "US-REGF-03": [
        {"attorney_known": True},
        {"attorney_known": True, "attorney_consents_direct": True},
    ],
    "US-REGF-04": [
        {"address_kind": "work", "address_basis": "creditor_notice_35d"},
        {"address_kind": "work", "address_basis": "consumer_used"},
    ],
    "US-REGF-05": [{"cease_notice": True}, {}],
    "US-REGF-06": [claiming("third_party_disclosure", recipient_authorised=False), {}],
    "US-REGF-07": [
        {"channel": "sms", "sms_basis_age_days": 75, "address_basis": "direct_consent"},
        {"channel": "sms", "sms_basis_age_days": 12},
    ],
    "US-REGF-08": [lacking("opt_out"), {}],
    "US-REGF-09": [
        {"channel": "voice", "days_since_conversation": 3},
        {"channel": "voice", "days_since_conversation": 9, "calls_7d": 1},
    ],
    "US-REGF-10": [claiming("public_shaming"), {}],
    "US-REGF-11": [claiming("government_implied"), {}],
    "US-REGF-12": [claiming("seizure_garnishment"), {}],
    "US-REGF-13": [lacking("collector_subsequent"), {}],
    "US-REGF-14": [{"address_kind": "social_public"}, {}],
    "US-REGF-15": [claiming("fee_or_interest"), {}],
    "US-REGF-16": [claiming("legal_action_threat", "binding_admission", time_barred=True), {}],
    "US-REGF-17": [claiming("credit_report_threat", is_initial=True), {"is_initial": True}],
    "US-REGF-18": [{"validation_days": 9}, {"validation_days": 0}],
    "US-REGF-19": [
        claiming("overshadowing", validation_period_open=True),
        {"validation_period_open": True},
    ],
    "US-REGF-20": [
        {"dispute_open": True, "dispute_in_writing": True},
        {"dispute_open": True, "dispute_in_writing": True, "message_kind": "dispute_ack"},
    ],
    "US-REGF-21": [
        lacking("collector_subsequent", "collector_initial", channel="sms"),
        {"channel": "sms"},
    ],
    "US-REGF-22": [{"audit_record_written": False}, {}],
    "US-TCPA-01": [{"channel": "sms", "sms_consent": False}, {"channel": "sms"}],
    "US-TCPA-02": [
        {"channel": "sms", "revocation_received": True},
        {"channel": "sms", "revocation_received": True, "message_kind": "opt_out_confirmation"},
    ],
    "US-TCPA-03": [{"channel": "sms", "revocation_received": True}, {"channel": "sms"}],
    "US-SMS-01": [{"channel": "sms", "creditor_role": "third_party"}, {"channel": "sms"}],
    "US-MAIL-01": [claiming("marketing"), {}],
    "US-ECOA-01": [{"protected_trait_used": True}, {}],
    "US-UDAAP-01": [claiming("claim_of_no_dispute_right"), {}],
    "US-SCRA-01": [
        claiming("third_party_contact_threat", military_active=True),
        {"military_active": True, "approvals": ["hardship_case"]},
    ],
    "US-BK-01": [{"bankruptcy_stay": True}, {}],
}

US_STATE: dict[str, list[dict[str, Any]]] = {
    "US-CA-01": [claiming("third_party_contact_threat"), {}],
    "US-CA-02": [
        claiming("legal_action_threat", covered_commercial_debt=True),
        {"covered_commercial_debt": True},
    ],
    "US-NY-01": [{"charged_off": True, "substantiation_pending": True}, {"charged_off": True}],
    "US-NYC-01": [{"contacts_7d": 3}, {"contacts_7d": 2}],
    "US-NYC-02": [{"ecomm_consent": False}, {}],
    "US-MA-01": [
        {"channel": "sms", "phone_or_sms_7d": 3},
        {"channel": "sms", "phone_or_sms_7d": 2},
    ],
    "US-DC-01": [{"ecomm_consent": False, "electronic_7d": 2}, {}],
    "US-WA-01": [{"contacts_7d": 4}, {}],
    "US-NV-01": [{"medical_debt": True, "notice_days": 20}, {"medical_debt": True}],
    "US-TX-01": [claiming("arrest_or_crime"), {}],
    "US-FL-01": [{"local_time": time(7, 40)}, {"local_time": time(8, 10)}],
    "US-AI-01": [
        {"message_kind": "auto_reply", **claiming("human_persona")},
        holding("ai_disclosure", message_kind="auto_reply"),
    ],
}

ABROAD: dict[str, list[dict[str, Any]]] = {
    "UK-LPA-01": [
        claiming("fee_or_interest", debtor_type="consumer", statutory_scope_ok=False),
        claiming("fee_or_interest", approvals=["late_fee_or_interest"], statutory_scope_ok=False),
        claiming("fee_or_interest", approvals=["late_fee_or_interest"], statutory_scope_ok=True),
    ],
    "UK-LPA-02": [claiming("fee_or_interest"), {}],
    "UK-PAP-01": [claiming("legal_action_threat"), {}],
    "UK-CONC-01": [
        {"hardship_signal": True},
        {"hardship_signal": True, "approvals": ["hardship_case"]},
    ],
    "UK-CONC-02": [{"local_time": time(6, 30)}, {"local_time": time(10, 0)}],
    "UK-CONC-03": [claiming("seizure_garnishment"), claiming("asserted_past_action")],
    "UK-CONC-04": [{"dispute_open": True}, {"dispute_open": True, "message_kind": "dispute_ack"}],
    "UK-BS-01": [{"breathing_space": True}, {}],
    "EU-LPD-01": [
        claiming("fee_or_interest", debtor_type="consumer"),
        claiming("fee_or_interest", approvals=["late_fee_or_interest"], statutory_scope_ok=True),
    ],
    "EU-GDPR-01": [claiming("automated_decision", adverse_decision_automated=True), {}],
    "EU-EPRIV-01": [claiming("marketing"), {}],
    "EU-AIA-01": [
        {"message_kind": "auto_reply"},
        holding("ai_disclosure", message_kind="auto_reply"),
    ],
    "EU-AIA-02": [{"scores_natural_person": True}, {}],
    "EU-FR-01": [claiming("fee_or_interest"), {"notice_days": 18}],
    "EU-DE-01": [claiming("credit_report_threat"), {}],
    "CA-ON-01": [{"notice_days": 3}, {"notice_days": 8}],
    "CA-ON-02": [
        {"local_weekday": "sunday", "local_time": time(18, 0)},
        {"local_weekday": "sunday", "local_time": time(13, 30)},
    ],
    "CA-ON-03": [{"cease_notice": True}, {}],
    "CA-CASL-01": [lacking("sender_identity", "opt_out", "reply_path", channel="sms"), {}],
    "AU-RG96-01": [{"contacts_30d": 11}, {"contacts_7d": 2}],
    "AU-RG96-02": [
        {"local_weekday": "saturday", "local_time": time(8, 20)},
        {"local_weekday": "saturday", "local_time": time(9, 10)},
    ],
}

GOVERNANCE: dict[str, list[dict[str, Any]]] = {
    "HITL-01": [{"dispute_open": True}, {"dispute_open": True, "message_kind": "dispute_ack"}],
    "HITL-02": [
        {"segment": "strategic", "high_value": True},
        {"segment": "strategic", "high_value": True, "approvals": ["strategic_account"]},
    ],
    "HITL-03": [claiming("plan_commitment"), {}],
    "HITL-04": [
        claiming("legal_action_threat"),
        {"legal_matter": True, "approvals": ["legal_language"]},
    ],
    "HITL-05": [
        claiming("fee_or_interest"),
        claiming("fee_or_interest", charge_authorised=True, approvals=["late_fee_or_interest"]),
    ],
    "HITL-06": [claiming("service_suspension"), {}],
    "HITL-07": [{"account_class": None}, {}],
    "HITL-08": [{"account_class": "executive_review"}, {}],
    "HITL-09": [
        {"account_class": "exception"},
        {"account_class": "exception", "human_reviewed": True},
    ],
    "HITL-10": [{"model_generated": True}, {}],
    "HITL-11": [{"context_complete": False}, {}],
    "HITL-12": [{"fresh_hours": {"invoices": 14.0}}, {}],
    "HITL-13": [
        {"open_escalation": True},
        {"open_escalation": True, "human_reviewed": True},
    ],
    "HITL-14": [{"hardship_signal": True, "vulnerability_signal": True}, {}],
    "HITL-15": [claiming("discount_offer", message_kind="auto_reply"), {}],
    "HITL-16": [{"audit_record_written": False}, {}],
    "HITL-17": [{"policy_change_unapproved": True}, {}],
    "HITL-18": [{"channel": "voice"}, {"channel": "voice", "message_kind": "call_task"}],
    "HITL-19": [
        {"inbound_unanswered": True},
        {"inbound_unanswered": True, "message_kind": "dispute_ack"},
    ],
    "HITL-20": [
        {"ledger_matches": differing("approval_hash"), "human_reviewed": True},
        {"human_reviewed": True},
    ],
}

EXAMPLE_FACTS = FLOOR | US_FEDERAL | US_STATE | ABROAD | GOVERNANCE
