"""Rows of customer, ticket and contract exports."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

import phonenumbers
from babel import Locale
from babel.core import get_global

from adapters.spreadsheets.fields import RowFields
from adapters.spreadsheets.layout import DataRow
from adapters.spreadsheets.records import ContractRecord, CustomerRecord, Record, TicketRecord
from adapters.spreadsheets.thesaurus import word_key
from ledger.states import DebtorType, Segment

_LANGUAGES = ("en", "de", "fr", "es", "nl")
_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_REGION = re.compile(r"[A-Za-z0-9]{1,3}")


def _lookup(values: dict[str, str]) -> dict[str, str]:
    return {word_key(word): value for value, words in values.items() for word in words.split(",")}


_SEGMENTS = _lookup({
    Segment.SMB: "smb, small, small business, sme, kmu, klein, pme, pyme, mkb, c",
    Segment.MID: "mid, mid market, medium, mittel, mittelstand, eti, mediana, midden, b",
    Segment.ENTERPRISE: "enterprise, large, corporate, groß, grand compte, gran empresa, "
                        "grootzakelijk, a",
    Segment.STRATEGIC: "strategic, key account, vip, strategisch, strategique, estrategico",
})  # fmt: skip
_DEBTORS = _lookup({
    DebtorType.BUSINESS: "business, b2b, company, corporation, corp, gmbh, ag, kg, ltd, llc, inc, "
                         "firma, unternehmen, entreprise, empresa, bedrijf, organization",
    DebtorType.SOLE_TRADER: "sole trader, sole proprietor, einzelunternehmer, einzelunternehmen, "
                            "freelancer, autonomo, auto entrepreneur, eenmanszaak, zzp",
    DebtorType.CONSUMER: "consumer, b2c, private, individual, person, privat, privatperson, "
                         "verbraucher, particulier, particular, consument",
})  # fmt: skip
_SEVERITIES = {
    word_key(word): level
    for level, words in {
        1: "critical, blocker, urgent, highest, p1, s1, sev1, kritisch, critique, critico, 1",
        2: "high, major, p2, s2, sev2, hoch, haute, alta, hoog, 2",
        3: "medium, normal, moderate, p3, s3, sev3, mittel, moyenne, media, middel, normaal, 3",
        4: "low, minor, trivial, lowest, p4, s4, sev4, niedrig, basse, baja, laag, 4, 5",
    }.items()
    for word in words.split(",")
}
_RENEWALS = {word_key(word) for word in (
    "renewal", "renew", "verlängerung", "renouvellement", "renovacion", "verlenging",
)}  # fmt: skip


@lru_cache(maxsize=1)
def _countries() -> dict[str, str]:
    """Country names in five languages and ISO codes, to ISO 3166 alpha-2."""
    names: dict[str, str] = {}
    for code, (target, *rest) in get_global("territory_aliases").items():
        if len(code) == 3 and code.isalpha() and not rest:
            names[word_key(code)] = target
    for language in _LANGUAGES:
        for code, name in Locale(language).territories.items():
            if len(code) == 2 and code.isalpha():
                names[word_key(name)] = code
                names[word_key(code)] = code
    return names


@lru_cache(maxsize=1)
def _language_names() -> dict[str, str]:
    """Language names in five languages and their own, to ISO 639-1."""
    names: dict[str, str] = {}
    for language in _LANGUAGES:
        for code, name in Locale(language).languages.items():
            if len(code) == 2:
                names.setdefault(word_key(name), code)
                names[word_key(code)] = code
    return names


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {zone.lower(): zone for zone in available_timezones()}


class PartyRows:
    """Builds customer, ticket and contract records row by row.

    Args:
        fields: Reader of the mapped cells.
        kind: `customers`, `tickets` or `contracts`.
    """

    def __init__(self, fields: RowFields, kind: str) -> None:
        self.fields = fields
        self.log = fields.log
        self._build = {
            "customers": self._customer, "tickets": self._ticket, "contracts": self._contract
        }[kind]  # fmt: skip
        self.left_out = 0

    def records(self, row: DataRow) -> list[Record]:
        """Return what one row says; nothing if it is left out or faulty (see the findings)."""
        if self.fields.flag(row, "deleted"):
            self.left_out += 1
            self.log.info("deleted_rows", "marked as deleted", line=row.line,
                          column=self.fields.column("deleted"), consequence="left out")  # fmt: skip
            return []
        record = self._build(row)
        return [record] if record else []

    def _customer(self, row: DataRow) -> CustomerRecord | None:
        fields = self.fields
        number, name = fields.customer(row)
        if not number and not name:
            self._missing(row, "customer_name", "neither a customer number nor a name")
            return None
        country = self._known(row, "country", _countries(), "places stay as they are")
        currency = fields.currency(row) if fields.text(row, "currency") else None
        return CustomerRecord(
            line=row.line,
            customer_number=number or name or "",
            name=name or number or "",
            parent_number=fields.number(row, "parent_number"),
            segment=self._known(row, "segment", _SEGMENTS, "the segment stays as it is"),
            strategic=fields.flag(row, "strategic"),
            owner=fields.text(row, "owner") or None,
            email=self._email(row),
            phone=self._phone(row, country),
            contact_name=fields.text(row, "contact_name") or None,
            language=self._language(row),
            currency=currency,
            time_zone=self._time_zone(row),
            places=self._places(row, country),
            debtor_type=self._known(row, "debtor_type", _DEBTORS, "counts as a business"),
            credit_limit_minor=self._credit_limit(row, currency),
            terms_days=fields.terms(row),
            email_consent=fields.flag(row, "email_consent"),
            sms_consent=fields.flag(row, "sms_consent"),
            opted_out=fields.flag(row, "opted_out"),
        )

    def _ticket(self, row: DataRow) -> TicketRecord | None:
        fields = self.fields
        number, name = fields.customer(row)
        ticket, opened_on = fields.number(row, "ticket_number"), fields.day(row, "opened_on")
        if not ticket:
            self._missing(row, "ticket_number", "no ticket number")
        if not number and not name:
            self._missing(row, "customer_name", "no customer")
        if opened_on is None and not fields.text(row, "opened_on"):
            self._missing(row, "opened_on", "no date opened")
        if not ticket or not opened_on or not (number or name):
            return None
        return TicketRecord(
            line=row.line,
            customer_number=number,
            customer_name=name,
            ticket_number=ticket,
            opened_on=opened_on,
            severity=self._known(row, "severity", _SEVERITIES, "counts as medium"),
            status=fields.text(row, "status"),
            subject=fields.text(row, "subject"),
            invoice_number=fields.number(row, "invoice_ref"),
        )

    def _contract(self, row: DataRow) -> ContractRecord | None:
        fields = self.fields
        number, name = fields.customer(row)
        if not number and not name:
            self._missing(row, "customer_name", "no customer")
            return None
        renews_on, text = fields.day(row, "renews_on"), fields.text(row, "text")
        starts_on, ends_on = fields.day(row, "starts_on"), fields.day(row, "ends_on")
        if not (renews_on or starts_on or ends_on or text):
            self._missing(row, "text", "neither a text nor a date")
            return None
        is_renewal = renews_on or word_key(fields.text(row, "kind")) in _RENEWALS
        return ContractRecord(
            line=row.line,
            customer_number=number,
            customer_name=name,
            contract_number=fields.number(row, "contract_number"),
            kind="renewal" if is_renewal else "note",
            starts_on=starts_on,
            ends_on=ends_on,
            renews_on=renews_on,
            owner=fields.text(row, "owner") or None,
            text=text,
        )

    def _missing(self, row: DataRow, field: str, what: str) -> None:
        self.log.error(f"missing_{field}", what, line=row.line, column=self.fields.column(field),
                       remedy="fill in the cell or take the row out")  # fmt: skip

    def _unknown(self, row: DataRow, field: str, text: str, consequence: str) -> None:
        self.log.warning(f"unknown_{field}", f"{text!r} is not known", line=row.line,
                         column=self.fields.column(field), consequence=consequence)  # fmt: skip

    def _known(self, row: DataRow, field: str, words: dict, consequence: str):
        text = self.fields.text(row, field)
        if not text:
            return None
        found = words.get(word_key(text))
        if found is None:
            self._unknown(row, field, text, consequence)
        return found

    def _language(self, row: DataRow) -> str | None:
        text = self.fields.text(row, "language")
        if not text:
            return None
        names = _language_names()
        found = names.get(word_key(text)) or names.get(word_key(re.split("[-_]", text)[0]))
        if found is None:
            self._unknown(row, "language", text, "letters go out in the house language")
        return found

    def _time_zone(self, row: DataRow) -> str | None:
        text = self.fields.text(row, "time_zone")
        if not text:
            return None
        found = _zones().get(text.lower())
        if found is None:
            self._unknown(row, "time_zone", text, "quiet hours follow the customer's places")
        return found

    def _places(self, row: DataRow, country: str | None) -> tuple[str, ...]:
        region = self.fields.text(row, "region")
        if not country:
            return ()
        if not region:
            return (country,)
        if not _REGION.fullmatch(region):
            self._unknown(row, "region", region, "only the country is kept")
            return (country,)
        return (country, f"{country}-{region.upper()}")

    def _email(self, row: DataRow) -> str | None:
        text = self.fields.text(row, "email")
        if not text or _EMAIL.fullmatch(text):
            return text or None
        self._unknown(row, "email", text, "the customer has no e-mail address")
        return None

    def _phone(self, row: DataRow, country: str | None) -> str | None:
        text = self.fields.text(row, "phone")
        if not text:
            return None
        try:
            number = phonenumbers.parse(text, country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            self._unknown(row, "phone", text, "the customer has no phone number")
            return None
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def _credit_limit(self, row: DataRow, currency: str | None) -> int | None:
        value = self.fields.amount(row, "credit_limit")
        if value is None:
            return None
        currency = currency or self.fields.currency(row, "credit_limit")
        if currency is None:
            return None
        if value < 0:
            self.log.error("bad_credit_limit", "a credit limit below zero", line=row.line,
                           column=self.fields.column("credit_limit"),
                           remedy="correct the cell")  # fmt: skip
            return None
        return self.fields.minor(row, "credit_limit", value, currency)
