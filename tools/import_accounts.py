"""Customers of a file found in the books, opened or changed, with their main contact."""

from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from adapters.spreadsheets.options import KnownCustomers
from adapters.spreadsheets.records import CustomerRecord
from adapters.spreadsheets.thesaurus import word_key
from ledger.ids import make_id
from ledger.tables.account import Account, Contact
from tools.import_known import rows_where
from tools.import_places import candidate_zones, phone_country
from tools.import_plan import Plan, Row

_TAKEN = (
    "segment",
    "strategic",
    "owner",
    "language",
    "currency",
    "debtor_type",
    "credit_limit_minor",
    "terms_days",
)


class AccountBook:
    """Every account by number and by name, and those an import opens meanwhile."""

    def __init__(self, session: Session, plan: Plan) -> None:
        self.plan = plan
        self.by_id: dict[str, Row] = {}
        self._by_number: dict[str, Row] = {}
        self._by_name: dict[str, list[Row]] = defaultdict(list)
        for row in session.execute(select(Account.__table__)).mappings():
            self._index(dict(row))

    def _index(self, row: Row) -> None:
        self.by_id[row["id"]] = row
        self._by_number[row["account_number"]] = row
        self._by_name[word_key(row["name"])].append(row)

    def known(self) -> KnownCustomers:
        """Numbers and names, as the reader of exports wants them."""
        names = (row["name"] for row in self.by_id.values())
        return KnownCustomers(frozenset(self._by_number), frozenset(names))

    def find(self, number: str | None, name: str | None) -> Row | None:
        """The account of a number, or of an exact name where the file has no number."""
        if number:
            return self._by_number.get(number) or self.by_id.get(make_id("acc", number))
        named = self._by_name.get(word_key(name or ""), [])
        return named[0] if len(named) == 1 else self._by_number.get(name or "")

    def is_ambiguous(self, number: str | None, name: str | None) -> bool:
        """Whether a bare name is that of several accounts."""
        several = not number and len(self._by_name.get(word_key(name or ""), [])) > 1
        return several and self.find(number, name) is None

    def opened_by_name(self, name: str) -> Row | None:
        """The account a file without numbers opened; it waits for its number."""
        named = self.find(None, name)
        waits = named and self._by_number.get(named["name"]) is named
        return named if waits else None

    def renumber(self, row: Row, number: str) -> None:
        """Find an account by its number from now on."""
        del self._by_number[row["account_number"]]
        self._by_number[number] = row

    def open(self, number: str | None, name: str | None) -> Row:
        """Open an account; a customer known by name only has that as its number."""
        number = number or name or ""
        row = {
            "id": make_id("acc", number),
            "account_number": number,
            "name": name or number,
            "parent_id": None,
            "segment": "smb",
            "strategic": False,
            "owner": None,
            "places": "",
            "time_zones": "",
            "language": "",
            "currency": None,
            "debtor_type": "business",
            "credit_limit_minor": None,
            "credit_hold": False,
            "terms_days": None,
            "preferred_channel": "email",
            "next_action_on": None,
            "disposition": None,
        }
        self._index(row)
        return self.plan.add(Account, row)


class CustomerPlanner:
    """Plans the customers of a file."""

    def __init__(self, session: Session, plan: Plan, book: AccountBook, currency: str | None):
        self.session, self.plan, self.book, self.currency = session, plan, book, currency

    def take(self, records: list[CustomerRecord]) -> None:
        """Open or change accounts and contacts, then join branches to their parents."""
        accounts = [self._account(record) for record in records]
        for record, account in zip(records, accounts, strict=True):
            self._join_parent(record, account)
        known = [row["id"] for row in accounts if row["id"] not in self.plan.added[Account]]
        contacts: dict[str, list[Row]] = defaultdict(list)
        for row in rows_where(self.session, Contact, Contact.account_id, known):
            contacts[row["account_id"]].append(row)
        for record, account in zip(records, accounts, strict=True):
            self._contact(record, account, contacts[account["id"]])

    def _account(self, record: CustomerRecord) -> Row:
        values: dict[str, Any] = {}
        found = self.book.find(record.customer_number, None)
        if found is None and (found := self.book.opened_by_name(record.name)):
            self.book.renumber(found, record.customer_number)
            values["account_number"] = record.customer_number
        account = found or self.book.open(record.customer_number, record.name)
        if record.name != record.customer_number:
            values["name"] = record.name
        for name in _TAKEN:
            if getattr(record, name) is not None:
                values[name] = getattr(record, name)
        if record.credit_limit_minor is not None and not account["currency"]:
            values.setdefault("currency", self.currency)
        values |= self._whereabouts(record, account)
        if found is None:
            account.update(values)
        else:
            self.plan.change(Account, account, **values)
        return account

    def _whereabouts(self, record: CustomerRecord, account: Row) -> dict[str, str]:
        """What the file states wins; what is only inferred fills blanks."""
        found: dict[str, str] = {}
        country = record.places[0] if record.places else None
        if record.places:
            found["places"] = ",".join(record.places)
        elif not account["places"]:
            found["places"] = phone_country(record.phone) or ""
        if record.time_zone:
            found["time_zones"] = record.time_zone
        elif not account["time_zones"]:
            zones = candidate_zones(country, record.phone, self.plan.as_of.year)
            found["time_zones"] = ",".join(zones)
        return found

    def _join_parent(self, record: CustomerRecord, account: Row) -> None:
        if not record.parent_number or record.parent_number == account["account_number"]:
            return
        parent = self.book.find(record.parent_number, None)
        if parent is None:
            what = f"parent {record.parent_number!r} is not a customer"
            self.plan.notes.note("unknown_parent", what, line=record.line, column="parent_number")
        elif parent is not account:
            self.plan.change(Account, account, parent_id=parent["id"])

    def _contact(self, record: CustomerRecord, account: Row, contacts: list[Row]) -> None:
        if not (record.contact_name or record.email or record.phone):
            return
        contact_id = make_id("con", account["id"], "main")
        email = (record.email or "").lower()
        known = next((c for c in contacts if email and (c["email"] or "").lower() == email), None)
        known = known or next((c for c in contacts if c["id"] == contact_id), None)
        values: dict[str, Any] = {
            name: value
            for name, value in (
                ("name", record.contact_name),
                ("email", record.email),
                ("phone", record.phone),
            )
            if value
        }
        old = known["consents"] if known else ""
        values["consents"] = ",".join(sorted(_consents(record, set(old.split(",")) - {""})))
        if known is None:
            blank = {"name": "", "role": "accounts_payable", "email": None, "phone": None}
            blank |= {"language": None, "time_zone": None, "bounced": False}
            row = {"id": contact_id, "account_id": account["id"], **blank, **values}
            self.plan.add(Contact, row | {"opted_out": bool(record.opted_out)})
            return
        self._opting_out(record, known, values)
        if "email" in values and values["email"] != known["email"]:
            values["bounced"] = False
        self.plan.change(Contact, known, **values)

    def _opting_out(self, record: CustomerRecord, known: Row, values: dict[str, Any]) -> None:
        """A file may stop messages; it never undoes what a customer told us."""
        if record.opted_out:
            values["opted_out"] = True
        elif record.opted_out is False and known["opted_out"]:
            what = "the file says the customer may be written to"
            self.plan.notes.note("opt_out_kept", what, line=record.line, column="opted_out")


def _consents(record: CustomerRecord, given: set[str]) -> set[str]:
    for channel, consent in (("email", record.email_consent), ("sms", record.sms_consent)):
        if consent and f"no_{channel}" not in given:  # a file never undoes what they told us
            given.add(channel)
        elif consent is False:
            given.discard(channel)
    return given
