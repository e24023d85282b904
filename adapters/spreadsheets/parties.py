"""Rows of customer, ticket, contract and order exports."""

import re
from collections.abc import Mapping
from typing import TypeVar

import phonenumbers

from adapters.spreadsheets.fields import RowFields
from adapters.spreadsheets.layout import DataRow
from adapters.spreadsheets.records import (
    ContractRecord,
    CustomerRecord,
    OrderRecord,
    Record,
    TicketRecord,
)
from adapters.spreadsheets.thesaurus import VOID_STATES, word_key
from adapters.spreadsheets.vocabulary import (
    DEBTOR_TYPES,
    RENEWALS,
    SEGMENTS,
    SEVERITIES,
    country_codes,
    language_codes,
    time_zones,
)

Known = TypeVar("Known")

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>.]+")
_NOT_TO_BILL = VOID_STATES | frozenset(
    map(word_key, ("billed", "fully billed", "invoiced", "closed", "fakturiert", "abgerechnet",
                   "facturé", "facturée", "facturado", "gefactureerd"))
)  # fmt: skip
_REGION = re.compile(r"[A-Za-z0-9]{1,3}")


class PartyRows:
    """Builds customer, ticket, contract and order records row by row.

    Args:
        fields: Reader of the mapped cells.
        kind: `customers`, `tickets`, `contracts` or `orders`.
    """

    def __init__(self, fields: RowFields, kind: str) -> None:
        self.fields, self.kind = fields, kind
        self.notes = fields.notes
        self._build = {
            "customers": self._customer,
            "tickets": self._ticket,
            "contracts": self._contract,
            "orders": self._order,
        }[kind]
        self.left_out: set[int] = set()

    def records(self, row: DataRow) -> list[Record]:
        """Return what one row says; nothing if it is left out or faulty (see the findings)."""
        if self.fields.flag(row, "deleted"):
            return self._left_out(row, "deleted_rows", "marked as deleted", "deleted")
        if self.kind == "orders" and word_key(self.fields.text(row, "status")) in _NOT_TO_BILL:
            return self._left_out(row, "void_rows", "cancelled or billed", "status")
        record = self._build(row)
        return [record] if record else []

    def _left_out(self, row: DataRow, code: str, what: str, field: str) -> list[Record]:
        self.left_out.add(row.line)
        self.fields.note(row, code, what, field)
        return []

    def _customer(self, row: DataRow) -> CustomerRecord | None:
        fields = self.fields
        number, name = fields.customer(row)
        if not number and not name:
            self.fields.note(
                row, "missing_customer", "neither a customer number nor a name", "customer_name"
            )
            return None
        country = self._known(row, "country", country_codes())
        currency = fields.currency(row) if fields.text(row, "currency") else None
        return CustomerRecord(
            line=row.line,
            customer_number=number or name or "",
            name=name or number or "",
            parent_number=fields.number(row, "parent_number"),
            segment=self._known(row, "segment", SEGMENTS),
            strategic=fields.flag(row, "strategic"),
            owner=fields.text(row, "owner") or None,
            email=self._email(row),
            phone=self._phone(row, country),
            contact_name=fields.text(row, "contact_name") or None,
            language=self._language(row),
            currency=currency,
            time_zone=self._time_zone(row),
            places=self._places(row, country),
            debtor_type=self._known(row, "debtor_type", DEBTOR_TYPES),
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
            self.fields.note(row, "missing_number", "no ticket number", "ticket_number")
        if not number and not name:
            self.fields.note(row, "missing_customer", "no customer", "customer_name")
        if opened_on is None and not fields.text(row, "opened_on"):
            self.fields.note(row, "missing_date", "no date opened", "opened_on")
        if not ticket or not opened_on or not (number or name):
            return None
        return TicketRecord(
            line=row.line,
            customer_number=number,
            customer_name=name,
            ticket_number=ticket,
            opened_on=opened_on,
            severity=self._known(row, "severity", SEVERITIES),
            status=fields.text(row, "status"),
            subject=fields.text(row, "subject"),
            invoice_number=fields.number(row, "invoice_ref"),
        )

    def _contract(self, row: DataRow) -> ContractRecord | None:
        fields = self.fields
        number, name = fields.customer(row)
        if not number and not name:
            self.fields.note(row, "missing_customer", "no customer", "customer_name")
            return None
        renews_on, text = fields.day(row, "renews_on"), fields.text(row, "text")
        starts_on, ends_on = fields.day(row, "starts_on"), fields.day(row, "ends_on")
        if not (renews_on or starts_on or ends_on or text):
            self.fields.note(row, "missing_text", "neither a text nor a date", "text")
            return None
        is_renewal = renews_on or word_key(fields.text(row, "kind")) in RENEWALS
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

    def _order(self, row: DataRow) -> OrderRecord | None:
        fields = self.fields
        number, name = fields.customer(row)
        order, value = fields.number(row, "order_number"), fields.amount(row, "amount")
        invoice_on, delivered_on = fields.day(row, "invoice_on"), fields.day(row, "delivered_on")
        if not order:
            fields.note(row, "missing_number", "no order number", "order_number")
        if not number and not name:
            fields.note(row, "missing_customer", "no customer", "customer_name")
        if value is None and not fields.text(row, "amount"):
            fields.note(row, "missing_amount", "nothing says what is to be billed", "amount")
        if not order or not (number or name) or value is None:
            return None
        if value <= 0:
            self._left_out(row, "zero_amount", "nothing is left to bill", "amount")
            return None
        currency = fields.currency(row, "amount")
        minor = fields.minor(row, "amount", value, currency) if currency else None
        if currency is None or minor is None:
            return None
        return OrderRecord(
            line=row.line,
            customer_number=number,
            customer_name=name,
            order_number=order,
            amount_minor=minor,
            currency=currency,
            invoice_on=invoice_on,
            delivered_on=delivered_on,
            terms_days=fields.terms(row),
            po_number=fields.number(row, "po_number"),
        )

    def _unknown(self, row: DataRow, field: str, text: str) -> None:
        self.fields.note(row, f"unknown_{field}", f"{text!r} is not known", field)

    def _known(self, row: DataRow, field: str, words: Mapping[str, Known]) -> Known | None:
        text = self.fields.text(row, field)
        if not text:
            return None
        found = words.get(word_key(text))
        if found is None:
            self._unknown(row, field, text)
        return found

    def _language(self, row: DataRow) -> str | None:
        text = self.fields.text(row, "language")
        if not text:
            return None
        names = language_codes()
        found = names.get(word_key(text)) or names.get(word_key(re.split("[-_]", text)[0]))
        if found is None:
            self._unknown(row, "language", text)
        return found

    def _time_zone(self, row: DataRow) -> str | None:
        text = self.fields.text(row, "time_zone")
        if not text:
            return None
        found = time_zones().get(text.lower())
        if found is None:
            self._unknown(row, "time_zone", text)
        return found

    def _places(self, row: DataRow, country: str | None) -> tuple[str, ...]:
        region = self.fields.text(row, "region")
        if not country:
            return ()
        if not region:
            return (country,)
        if not _REGION.fullmatch(region):
            self._unknown(row, "region", region)
            return (country,)
        return (country, f"{country}-{region.upper()}")

    def _email(self, row: DataRow) -> str | None:
        text = self.fields.text(row, "email")
        if not text or _EMAIL.fullmatch(text):
            return text or None
        self._unknown(row, "email", text)
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
            self._unknown(row, "phone", text)
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
            self.fields.note(row, "bad_credit_limit", "a credit limit below zero", "credit_limit")
            return None
        return self.fields.minor(row, "credit_limit", value, currency)
