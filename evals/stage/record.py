"""A message that every rule lets pass, and how a scenario says what is different about its own."""

import copy
from typing import Any

Record = dict[str, Any]
_TOP = ("jurisdiction", "channel", "subject", "text")
_PLACES = {
    "US": ("USD", "America/Chicago"),
    "CA": ("CAD", "America/Toronto"),
    "GB": ("GBP", "Europe/London"),
    "EU": ("EUR", "Europe/Berlin"),
    "AU": ("AUD", "Australia/Sydney"),
}
_WORDS = {
    "en": "Hello, this is a reminder that invoice TL-4471 for {amount} was due on 26 October 2026. "
    "Please reply if anything about it is unclear.",
    "de": "Guten Tag, die Rechnung TL-4471 über {amount} war am 26. Oktober 2026 fällig. Bitte "
    "antworten Sie uns, falls dazu etwas unklar ist.",
    "fr": "Bonjour, la facture TL-4471 de {amount} était à régler le 26 octobre 2026. Répondez"
    "-nous si un point n'est pas clair.",
    "es": "Buenos días: la factura TL-4471 de {amount} venció el 26 de octubre de 2026. Respondan "
    "a este mensaje si algo no está claro.",
}
_CLOSING = {
    "en": "Kind regards,",
    "de": "Freundliche Grüße,",
    "fr": "Cordialement,",
    "es": "Un saludo,",
}
_AMOUNTS = {"en": "{currency} 1,240.00", "fr": "1 240,00 {currency}"}
_OPT_OUT = {
    "en": "Reply STOP to stop these messages.",
    "de": "Antworten Sie mit STOP, um keine Nachrichten mehr zu erhalten.",
    "fr": "Répondez STOP pour ne plus recevoir ces messages.",
    "es": "Responda STOP para no recibir más mensajes.",
}
_COLLECTOR = "This is a communication from a debt collector."
_OF_PEOPLE: Record = {
    "recipient.name": "Robin Ash",
    "recipient.address_kind": "personal",
    "recipient.address_basis": "direct_consent",
    "debtor": "Robin Ash",
}
_BASE: Record = {
    "id": "case",
    "jurisdiction": "US-TX",
    "channel": "email",
    "subject": "",
    "context": {
        "send_at": "2026-11-24T10:30",
        "time_zones": [],
        "debtor_type": "business",
        "debt_purpose": "commercial",
        "creditor_role": "first_party",
        "creditor": "Harbour Tools Ltd",
        "debtor": "Quayside Works",
        "recipient": {
            "name": "Accounts Payable",
            "authorised": True,
            "address_kind": "work",
            "address_basis": "contract_contact",
            "cc": [],
        },
        "invoices": [
            {
                "id": "TL-4471",
                "amount": "1240.00",
                "currency": "",
                "issued": "2026-09-26",
                "due": "2026-10-26",
                "status": "open",
                "disputed_amount": "0.00",
                "paid_amount": "0.00",
            }
        ],
        "charges": [],
        "requested_pay_by": None,
        "promise_date": None,
        "message_kind": "reminder",
        "is_initial": False,
        "dunning_stage": "reminder_1",
        "template": {"id": "reminder_1", "approved": True, "stage": "reminder_1"},
        "model_generated": False,
        "human_reviewed": True,
        "sender_is_automated": True,
        "approvals": [],
        "recorded_decisions": [],
        "account_class": "routine",
        "segment": "smb",
        "high_value": False,
        "context_complete": True,
        "context_age_minutes": 5,
        "inbound_after_context": False,
        "contacts": {
            "d7": 1,
            "d30": 2,
            "phone_or_sms_d7": 1,
            "electronic_d7": 1,
            "calls_d7": 0,
        },
        "consent": {"electronic": True, "sms": True, "sms_basis_age_days": 10},
        "opted_out_channels": [],
        "flags": [],
        "validation": {"notice_sent_days_ago": 45, "period_open": False},
        "prior_notice_days": 90,
        "event_log": [],
        "inbound": [],
        "allowed_domains": ["pay.harbour-tools.example"],
        "verified_bank_details": ["DE89370400440532013000"],
    },
}


def message_record(given: Record) -> Record:
    """The message with what a scenario says otherwise.

    Args:
        given: `says` adds sentences to the words and `text` replaces them; `lang`, `debtor_type`
            and `creditor_role` bring the words their law asks for, unless `bare`; any other name is
            a fact of the context, at a path such as `recipient.cc`.
    """
    given = dict(given)
    language, bare = given.pop("lang", "en"), given.pop("bare", False)
    added = given.pop("says", "")
    record = copy.deepcopy(_BASE)
    context = record["context"]
    record["jurisdiction"] = given.get("jurisdiction", record["jurisdiction"])
    currency, zone = _of_place(record["jurisdiction"])
    context["time_zones"] = [zone]
    context["invoices"][0]["currency"] = currency
    person = given.get("debtor_type", "business") != "business"
    if given.get("debtor_type") == "consumer":
        context["debt_purpose"] = "consumer"
    for path, value in ((_OF_PEOPLE if person else {}) | given).items():
        if path not in _TOP:
            _set(context, path, value)
    record |= {name: given[name] for name in _TOP if name in given}
    amount = _AMOUNTS.get(language, "1.240,00 {currency}").format(currency=currency)
    whole = given.get("text")
    words = [whole or _WORDS[language].format(amount=amount), added]
    if not bare and (person or record["channel"] == "sms"):
        words.append(_OPT_OUT[language])
    if not bare and language == "en" and given.get("creditor_role") == "third_party":
        words.append(_COLLECTOR)
    if not whole:
        words.append(f"{_CLOSING[language]} Harbour Tools Ltd")
    record["text"] = " ".join(filter(None, words))
    return record


def _of_place(jurisdiction: str | list[str]) -> tuple[str, str]:
    place = jurisdiction if isinstance(jurisdiction, str) else jurisdiction[0]
    return _PLACES.get(place.partition("-")[0], _PLACES["US"])


def _set(context: Record, path: str, value: Any) -> None:
    *above, last = path.split(".")
    place = context
    for name in above:
        place = place[name]
    place[last] = value
