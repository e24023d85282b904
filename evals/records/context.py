"""The facts beside the words of a good record: who writes to whom, of what, and what is known."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

_ENGLISH = ("Alder", "Birch", "Cobalt", "Dune", "Ember", "Fathom", "Garnet", "Hollow", "Inlet")
_TRADES = ("Supply", "Fasteners", "Lighting", "Packaging", "Textiles", "Instruments", "Paper")
_FAMILIES = {
    "en": ("Ortega", "Whitfield", "Nakamura", "Bellamy", "Okafor", "Lindqvist", "Marsh"),
    "es": ("Ibarra", "Quintana", "Solís", "Benítez", "Arroyo"),
    "fr": ("Lefèvre", "Garnier", "Dubois", "Marchand", "Perrin"),
    "de": ("Köhler", "Vogt", "Brandner", "Seidel", "Wieland"),
}
_FORMS = {"US": "Inc.", "GB": "Ltd", "EU-IE": "Ltd", "EU-DE": "GmbH", "EU-FR": "SARL"}
_FORMS |= {"EU-ES": "SL", "CA": "Inc.", "AU": "Pty Ltd"}
_CURRENCIES = {"US": "USD", "GB": "GBP", "CA": "CAD", "AU": "AUD", "EU": "EUR"}
_EASTERN, _CENTRAL, _WESTERN = "America/New_York", "America/Chicago", "America/Los_Angeles"
_ZONES = {
    "GB": "Europe/London", "EU-DE": "Europe/Berlin", "EU-FR": "Europe/Paris",
    "EU-ES": "Europe/Madrid", "EU-IE": "Europe/Dublin", "CA-ON": "America/Toronto",
    "AU-NSW": "Australia/Sydney", "US-CA": _WESTERN, "US-WA": _WESTERN, "US-OR": _WESTERN,
    "US-NV": _WESTERN, "US-TX": _CENTRAL, "US-IL": _CENTRAL, "US-MN": _CENTRAL, "US-KS": _CENTRAL,
    "US-WI": _CENTRAL, "US-LA": _CENTRAL, "US-SD": _CENTRAL, "US-MS": _CENTRAL, "US-AL": _CENTRAL,
    "US-CO": "America/Denver", "US-UT": "America/Denver", "US-AZ": "America/Phoenix",
    "US": _EASTERN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class House:
    """Who sends a message."""

    creditor: str
    client: str
    link: str
    domain: str
    currency: str
    zone: str


def _by_place(table: Mapping[str, str], place: str) -> str:
    """The entry of a place, or of the nearest place around it."""
    parts = place.split("-")
    named = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
    return next(table[each] for each in named if each in table)


def house_of(place: str, chance: random.Random) -> House:
    """A sender of a place."""
    first, second = chance.sample(_ENGLISH, 2)
    trade, other = chance.sample(_TRADES, 2)
    domain = f"pay.{first.lower()}-{trade.lower()}.example"
    return House(
        creditor=f"{first} {trade} {_by_place(_FORMS, place)}",
        client=f"{second} {other}",
        link=f"https://{domain}/{chance.randrange(16**5):05x}",
        domain=domain,
        currency=_by_place(_CURRENCIES, place),
        zone=_by_place(_ZONES, place),
    )


def people_of(row: Mapping[str, Any], chance: random.Random) -> dict[str, str]:
    """Who is written to."""
    family = chance.choice(_FAMILIES[row["lang"]])
    letter = chance.choice("ABCDEFGHJKLMNPRST")
    person = row.get("person", f"{letter}. {family}")
    company = f"{chance.choice(_ENGLISH)}{chance.choice(('ton', 'field', 'mere'))} Works"
    return {"person": person, "debtor": company if row["debtor"] == "business" else person}


def base_context(
    row: Mapping[str, Any],
    values: Mapping[str, Any],
    slots: Sequence[str],
    house: House,
    sent: datetime,
) -> dict[str, Any]:
    """Every fact a record holds beside its words."""
    natural = row["debtor"] != "business"
    own = row["debtor"] == "consumer"
    third = row["role"] == "third_party"
    found = {
        "send_at": sent.isoformat(timespec="minutes"),
        "time_zones": [house.zone],
        "debtor_type": row["debtor"],
        "debt_purpose": "consumer" if own else "commercial",
        "creditor_role": row["role"],
        "creditor": house.creditor,
        "debtor": values["debtor"],
        "recipient": {
            "name": values["person"] if natural or "person" in row else "Accounts Payable",
            "authorised": True,
            "address_kind": "personal" if own else "work",
            "address_basis": "direct_consent" if own else "contract_contact",
            "cc": [],
        },
        "invoices": _invoices(row, values, slots),
        "charges": _charges(values, slots),
        "requested_pay_by": _day(values, slots, "pay_by") or _day(values, slots, "until"),
        "promise_date": _day(values, slots, "promise"),
        "message_kind": row["kind"],
        "is_initial": False,
        "dunning_stage": row["stage"],
        "template": {"id": f"own-{row['stage']}", "approved": True, "stage": row["stage"]},
        "model_generated": True,
        "human_reviewed": True,
        "sender_is_automated": True,
        "approvals": _approvals(row, values, slots),
        "recorded_decisions": [],
        "account_class": "routine",
        "segment": "smb",
        "high_value": False,
        "context_complete": True,
        "context_age_minutes": 5,
        "inbound_after_context": False,
        "contacts": {
            "d7": 1, "d30": 2, "phone_or_sms_d7": 1, "electronic_d7": 1, "calls_d7": 0,
        },
        "consent": {"electronic": True, "sms": True, "sms_basis_age_days": 10},
        "opted_out_channels": [],
        "flags": [],
        "validation": {"notice_sent_days_ago": 45, "period_open": False} if third and own else None,
        "prior_notice_days": None,
        "event_log": _log(values, slots),
        "inbound": [],
        "allowed_domains": [house.domain],
        "verified_bank_details": [],
    }  # fmt: skip
    return found | row.get("context", {})


def _invoices(
    row: Mapping[str, Any], values: Mapping[str, Any], slots: Sequence[str]
) -> list[dict[str, Any]]:
    settled = "settled" in slots
    first = {
        "id": values["inv1"],
        "amount": _decimal(values["full1"]),
        "currency": values["full1"].currency,
        "issued": values["issued1"].isoformat(),
        "due": values["due1"].isoformat(),
        "status": "paid" if settled else "open",
        "disputed_amount": "0.00",
        "paid_amount": "0.00",
    }
    if settled or "paid1" in slots:
        first["paid_amount"] = first["amount"] if settled else _decimal(values["paid1"])
    second = first | {
        "id": values["inv2"],
        "amount": _decimal(values["amt2"]),
        "issued": (values["due2"] - timedelta(days=30)).isoformat(),
        "due": values["due2"].isoformat(),
        "paid_amount": "0.00",
    }
    if row.get("disputed"):
        second |= {"status": "disputed", "disputed_amount": second["amount"]}
    return [first, second] if "inv2" in slots else [first]


def _charges(values: Mapping[str, Any], slots: Sequence[str]) -> list[dict[str, Any]]:
    if "fee" not in slots:
        return []
    fee = values["fee"]
    return [{"id": "LF-1", "amount": _decimal(fee), "currency": fee.currency, "clause": "7.2"}]


def _approvals(
    row: Mapping[str, Any], values: Mapping[str, Any], slots: Sequence[str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for each in row.get("approved", ()):
        scope, _, role = each.partition(":")
        found.append({"scope": scope, "role": role, "hash_matches": True})
        if terms := _terms(values, slots):
            found[-1]["terms"] = terms
    return found


def _terms(values: Mapping[str, Any], slots: Sequence[str]) -> dict[str, Any]:
    if "percent" in slots:
        return {
            "percent": str(values["percent"]),
            "amount": _decimal(values["off"]),
            "invoice": values["inv1"],
            "until": values["until"].isoformat(),
        }
    if "part1" in slots:
        parts = (("part1", "first"), ("part2", "second"))
        return {
            "invoice": values["inv1"],
            "instalments": [
                {"amount": _decimal(values[amount]), "due": values[day].isoformat()}
                for amount, day in parts
            ],
        }
    return {}


def _log(values: Mapping[str, Any], slots: Sequence[str]) -> list[dict[str, str]]:
    events = (("wrote", "email reminder_1 sent"), ("called", "call: invoice explained"))
    return [
        {"date": values[slot].isoformat(), "event": event}
        for slot, event in events
        if slot in slots
    ]


def _day(values: Mapping[str, Any], slots: Sequence[str], slot: str) -> str | None:
    day: date = values[slot]
    return day.isoformat() if slot in slots else None


def _decimal(amount: Any) -> str:
    """Minor units as decimals; every currency of these records has two."""
    whole, part = divmod(amount.minor, 100)
    return f"{whole}.{part:02d}"
