"""What is spoiled in the facts beside the words: flags, counts, consents, approvals, gaps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from evals.records.good import Good, Record
from evals.records.mutant import REFUSED, Mutant, changed, flagged, spoiled

_SCOPE_RULES = {
    "strategic_account": ("HITL-02",),
    "dispute_response": ("HITL-01",),
    "discount_or_credit": ("UNI-13", "HITL-03"),
    "payment_plan": ("UNI-14", "HITL-03"),
    "late_fee_or_interest": ("UNI-15", "HITL-05", "UK-LPA-01"),
    "suspension": ("UNI-16", "HITL-06"),
}
# Each flag of the vocabulary that counts against a message, and the rules that ask for it.
_FLAGS: dict[str, tuple[str, ...]] = {
    "do_not_contact": ("UNI-20",),
    "preferred_channel_conflict": ("US-REGF-01", "US-REGF-02", "UK-CONC-02"),
    "public_holiday": ("CA-ON-02", "AU-RG96-02"),
    "revocation_received": ("UNI-20", "US-TCPA-02"),
    "cease_notice": ("US-REGF-05", "CA-ON-03"),
    "refusal_to_pay": ("US-REGF-05",),
    "attorney_known": ("US-REGF-03", "CA-ON-03"),
    "employer_prohibits": ("US-REGF-04",),
    "bankruptcy_stay": ("US-BK-01",),
    "debt_discharged": ("US-BK-01",),
    "breathing_space": ("UK-BS-01",),
    "military_active": ("US-SCRA-01",),
    "time_barred": ("US-REGF-16",),
    "dispute_open": ("HITL-01", "UK-CONC-04"),
    "invoice_paid": ("UNI-03",),
    "hardship_signal": ("HITL-14", "UK-CONC-01"),
    "vulnerability_signal": ("HITL-14", "UK-CONC-01"),
    "legal_matter": ("HITL-04",),
    "inbound_unanswered": ("HITL-12", "HITL-19"),
    "adverse_decision_automated": ("EU-GDPR-01",),
    "policy_change_unapproved": ("HITL-17",),
    "protected_trait_used": ("UNI-25", "US-ECOA-01"),
    "unresolved_placeholders": ("UNI-27",),
    "high_value": ("HITL-02",),
    "a fact no rule knows": ("HITL-11",),
}


def _always(_good: Good) -> bool:
    return True


def _unread(good: Good) -> bool:
    return not good.context["human_reviewed"]


def _worded_by_model(good: Good) -> bool:
    return good.context["human_reviewed"] and good.context["model_generated"]


def _is_initial(good: Good) -> bool:
    return good.context["is_initial"]


def _logged(good: Good) -> bool:
    return bool(good.context["event_log"])


def _kind(*kinds: str) -> Callable[[Good], bool]:
    return lambda good: good.context["message_kind"] in kinds


def _has(*slots: str) -> Callable[[Good], bool]:
    return lambda good: not set(slots).isdisjoint(good.slots)


@dataclass(frozen=True, slots=True)
class Change:
    """Facts set to values some rule objects to, where `when` says that it matters."""

    mutation: str
    facts: Mapping[str, Any]
    rules: tuple[str, ...]
    when: Callable[[Good], bool] = _always
    flags: tuple[str, ...] = ()
    detail: str = field(default="")


_UNREAD = {"human_reviewed": False}
_CHANGES = (
    Change("cc added", {"recipient.cc": ["buyer@other.example"]}, ("UNI-09", "UK-CONC-02")),
    Change("recipient not authorised", {"recipient.authorised": False}, ("UNI-09",)),
    Change("address is public", {"recipient.address_kind": "social_public"}, ("UNI-09",)),
    Change("address is social", {"recipient.address_kind": "social_private"}, ("US-REGF-14",)),
    Change(
        "address at work",
        {"recipient.address_kind": "work", "recipient.address_basis": "contract_contact"},
        ("US-REGF-04",),
    ),
    Change("address without basis", {"recipient.address_basis": "none"}, ("US-REGF-07",)),
    Change("4 contacts in 7 days", {"contacts.d7": 4}, ("UNI-19", "AU-RG96-01", "US-NYC-02")),
    Change("11 contacts in 30 days", {"contacts.d30": 11}, ("UNI-19", "AU-RG96-01")),
    Change("3 contacts in 7 days", {"contacts.d7": 3}, ("US-NYC-02",)),
    Change("3 texts in 7 days", {"contacts.phone_or_sms_d7": 3}, ("US-MA-01",)),
    Change("6 electronic in 7 days", {"contacts.electronic_d7": 6}, ("US-DC-01", "US-REGF-10")),
    Change("4 electronic in 7 days", {"contacts.electronic_d7": 4}, ("US-REGF-10",)),
    Change("consent to texts removed", {"consent.sms": False}, ("US-TCPA-01",)),
    Change("consent to mail removed", {"consent.electronic": False}, ("US-NYC-02", "US-DC-01")),
    Change("context 61 minutes old", {"context_age_minutes": 61}, ("HITL-12",)),
    Change("context a day old", {"context_age_minutes": 1500}, ("HITL-12",)),
    Change("message came since", {"inbound_after_context": True}, ("HITL-12",)),
    Change("context not complete", {"context_complete": False}, ("HITL-11",)),
    Change("template of another stage", {"template.stage": "final_notice"}, ("UNI-12",)),
    Change("another stage", {"dunning_stage": "reminder_4"}, ("UNI-12",)),
    Change(
        "template not approved", {"template.approved": False, **_UNREAD}, ("HITL-10",)
    ),
    Change("model's words unread", {"model_generated": True, **_UNREAD}, ("HITL-10",)),
    Change("sender's name in the facts changed", {"creditor": "Sommerfeld AG"}, ("UNI-24",)),
    Change("executive review", {"account_class": "executive_review"}, ("HITL-08",)),
    Change("no known class", {"account_class": "unsorted"}, ("HITL-07",)),
    Change("exception unread", {"account_class": "exception", **_UNREAD}, ("HITL-09",)),
    Change("notice not sent", {"prior_notice_days": None}, ("CA-ON-01", "EU-FR-01")),
    Change("notice 5 days ago", {"prior_notice_days": 5}, ("CA-ON-01",)),
    Change(
        "medical debt, notice 59 days ago",
        {"prior_notice_days": 59},
        ("US-NV-01",),
        flags=("medical_debt",),
    ),
    Change("first message", {"is_initial": True}, ("US-REGF-18",), when=_kind("reminder")),
    Change("validation never sent", {"validation": None}, ("US-REGF-18",), when=_kind("reminder")),
    Change(
        "charged off, proof asked for",
        {},
        ("US-NY-01",),
        flags=("charged_off", "substantiation_pending"),
    ),
    Change(
        "disputed in writing", {}, ("US-REGF-20",), flags=("dispute_open", "dispute_in_writing")
    ),
    Change(
        "covered commercial debt, 4 contacts",
        {"contacts.d7": 4},
        ("US-CA-02",),
        flags=("covered_commercial_debt",),
    ),
    Change(
        "disputed amount asked for",
        {},
        ("UNI-04",),
        flags=("dispute_open", "disputed_amount_included"),
    ),
    Change("validation notice incomplete", {"flags": []}, ("US-REGF-18",), _is_initial),
    *(
        Change("account in motion, unread", _UNREAD, ("HITL-13",), flags=(flag,), detail=flag)
        for flag in ("renewal_active", "open_escalation", "promised_credit", "procurement_hold")
    ),
    *(
        Change("segment needs its owner", {"segment": segment}, ("HITL-02",), detail=segment)
        for segment in ("enterprise", "strategic")
    ),
)  # fmt: skip
_MISSING: tuple[tuple[str, tuple[str, ...], Callable[[Good], bool]], ...] = (
    ("send_at", (REFUSED,), _always),
    ("time_zones", (REFUSED,), _always),
    ("debtor_type", ("US-SCOPE-01",), _always),
    ("debt_purpose", ("US-SCOPE-01",), _always),
    ("creditor_role", ("US-SCOPE-01",), _always),
    ("creditor", ("UNI-24",), _always),
    ("recipient", ("UNI-09",), _always),
    ("recipient.authorised", ("UNI-09",), _always),
    ("recipient.cc", ("UNI-09",), _always),
    ("recipient.address_kind", ("UNI-09",), _always),
    ("recipient.address_basis", ("US-REGF-07",), _always),
    ("invoices", ("UNI-01", "UNI-02", "UNI-03"), _has("inv1", "amt1")),
    ("charges", ("UNI-15", "UNI-01", "UK-LPA-01"), _has("fee")),
    ("requested_pay_by", ("UNI-02", "UNI-12"), _has("pay_by")),
    ("promise_date", ("UNI-02", "UNI-12"), _has("promise")),
    ("message_kind", ("HITL-01",), _kind("dispute_ack")),
    ("message_kind", ("UNI-20",), _kind("opt_out_confirmation")),
    ("message_kind", ("UNI-03",), _kind("receipt")),
    ("is_initial", ("US-REGF-13", "US-REGF-18"), _always),
    ("dunning_stage", ("UNI-12",), _always),
    ("template", ("UNI-12",), _always),
    ("template.stage", ("UNI-12",), _always),
    ("template.approved", ("HITL-10",), _unread),
    ("model_generated", ("HITL-10",), _unread),
    ("human_reviewed", ("HITL-10",), _worded_by_model),
    ("account_class", ("HITL-07",), _always),
    ("segment", ("HITL-02",), _always),
    ("high_value", ("HITL-02",), _always),
    ("context_complete", ("HITL-11",), _always),
    ("context_age_minutes", ("HITL-12",), _always),
    ("inbound_after_context", ("HITL-12",), _always),
    ("contacts", ("UNI-19", "AU-RG96-01"), _always),
    ("contacts.d7", ("UNI-19", "AU-RG96-01"), _always),
    ("contacts.d30", ("UNI-19", "AU-RG96-01"), _always),
    ("contacts.phone_or_sms_d7", ("US-MA-01",), _always),
    ("contacts.electronic_d7", ("US-DC-01", "US-REGF-10"), _always),
    ("consent", ("US-TCPA-01", "US-NYC-02", "US-DC-01"), _always),
    ("opted_out_channels", ("UNI-20",), _always),
    ("flags", ("UNI-20", "UNI-25"), _always),
    ("validation", ("US-REGF-18",), _kind("reminder")),
    ("prior_notice_days", ("CA-ON-01", "EU-FR-01"), _always),
    ("event_log", ("UNI-26", "UNI-02"), _logged),
    ("allowed_domains", ("UNI-23",), _has("link")),
)


def fact_mutants(good: Good) -> Iterator[Mutant]:
    """Every way to spoil the facts beside the words of this record."""
    yield from _changes(good)
    yield from _flags(good)
    yield from _missing(good)
    yield from _places(good)
    yield from _approvals(good)


def _changes(good: Good) -> Iterator[Mutant]:
    record = good.record()
    for each in _CHANGES:
        if each.when(good):
            other = flagged(changed(record, each.facts), *each.flags)
            yield from spoiled(each.mutation, good, other, each.rules, detail=each.detail)
    others = good.record()["context"]["opted_out_channels"]
    stopped = changed(record, {"opted_out_channels": [*others, record["channel"]]})
    yield from spoiled("channel opted out of", good, stopped, ("UNI-20",))


def _flags(good: Good) -> Iterator[Mutant]:
    for flag, rules in _FLAGS.items():
        if flag not in good.context["flags"]:
            yield from spoiled("flag set", good, flagged(good.record(), flag), rules, detail=flag)


def _missing(good: Good) -> Iterator[Mutant]:
    for path, rules, matters in _MISSING:
        if not matters(good):
            continue
        record = good.record()
        *above, last = path.split(".")
        place = record["context"]
        for name in above:
            place = place[name]
        if place.pop(last) is not None or last in {"validation", "prior_notice_days"}:
            if path == "message_kind":  # what the kind allowed is no longer allowed
                yield Mutant("fact unknown", good.name, record, frozenset(rules), detail=path)
                continue
            yield from spoiled("fact unknown", good, record, rules, detail=path)
    for name in ("id", "jurisdiction", "channel", "text", "context"):
        record = good.record()
        del record[name]
        yield from spoiled("fact unknown", good, record, (REFUSED,), detail=name)


def _places(good: Good) -> Iterator[Mutant]:
    record = good.record()
    for place in ("NZ", "CH-ZH", [good.row["place"], "NZ"], []):
        other = record | {"jurisdiction": place}
        yield from spoiled("place no rule covers", good, other, ("UNI-28",), detail=str(place))


def _approvals(good: Good) -> Iterator[Mutant]:
    """What was approved is worth nothing once role, words, day or terms differ."""
    approvals = good.context["approvals"]
    yield from _approved_alone(good)
    for at, approval in enumerate(approvals):
        rules = frozenset(_SCOPE_RULES[approval["scope"]])

        def with_one(value: dict[str, Any] | None, at: int = at) -> Record:
            kept = [*approvals[:at], *([value] if value else []), *approvals[at + 1 :]]
            return changed(good.record(), {"approvals": kept})

        def made(mutation: str, record: Record, rules: frozenset[str] = rules) -> Mutant:
            return Mutant(mutation, good.name, record, rules)

        yield made("approval removed", with_one(None))
        yield made("approval by another role", with_one(approval | {"role": "collector"}))
        yield made("approval of another scope", with_one(approval | {"scope": "new_template"}))
        bound = frozenset({"HITL-20"})
        yield made("approval of other words", with_one(approval | {"hash_matches": False}), bound)
        ended = f"{good.context['send_at'][:10]}T00:00"
        yield made("approval ended", with_one(approval | {"expires_at": ended}), bound)
        for terms in _other_terms(approval.get("terms")):
            untrue = rules | {"UNI-01", "UNI-02", "UNI-12"}
            yield made("approved terms off by one", with_one(approval | {"terms": terms}), untrue)


def _approved_alone(good: Good) -> Iterator[Mutant]:
    """Approvals do not carry what was never decided, nor a fee outside the scope of the law."""
    for fact, flag, rule in (
        ("recorded_decisions", None, "UNI-16"),
        ("flags", "statutory_scope_ok", "UK-LPA-01"),
    ):
        held = good.context[fact]
        if held and (flag is None or flag in held):
            record = changed(good.record(), {fact: []})
            yield Mutant(
                "approved, never decided", good.name, record, frozenset({rule}), detail=fact
            )


def _other_terms(terms: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    if not terms:
        return
    if "percent" in terms:
        yield {**terms, "percent": str(int(terms["percent"]) + 1)}
        yield {**terms, "amount": _cent_more(terms["amount"])}
        yield {**terms, "until": _day_more(terms["until"])}
    for at, part in enumerate(terms.get("instalments", ())):
        rest = list(terms["instalments"])
        rest[at] = part | {"amount": _cent_more(part["amount"])}
        yield {**terms, "instalments": rest}
        rest = list(terms["instalments"])
        rest[at] = part | {"due": _day_more(part["due"])}
        yield {**terms, "instalments": rest}
        yield {**terms, "instalments": terms["instalments"][:at]}


def _cent_more(amount: str) -> str:
    minor = int(amount.replace(".", "")) + 1
    return f"{minor // 100}.{minor % 100:02d}"


def _day_more(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
