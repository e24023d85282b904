"""Service tickets and contract notes of a file."""

from typing import Any

from sqlmodel import Session

from adapters.spreadsheets.records import ContractRecord, TicketRecord
from adapters.spreadsheets.thesaurus import word_key
from ledger.ids import digest, make_id
from ledger.states import TicketState
from ledger.tables.account import ContractNote, Renewal, Ticket
from tools.import_accounts import AccountBook
from tools.import_known import invoices_numbered, rows_where
from tools.import_plan import Plan, Row

# Any other word leaves a ticket open: doubt keeps a person in.
_STATES = {
    word_key(word): state
    for state, words in {
        TicketState.CLOSED: "closed, resolved, solved, done, completed, cancelled, canceled, "
        "geschlossen, erledigt, gelöst, fermé, clos, résolu, cerrado, resuelto, gesloten, opgelost",
        TicketState.ESCALATED: "escalated, eskaliert, escaladé, escalado, geëscaleerd",
    }.items()
    for word in words.split(",")
}


class PartyPlanner:
    """Plans tickets and contracts; both need an account that is in the books."""

    def __init__(self, session: Session, plan: Plan, book: AccountBook) -> None:
        self.session, self.plan, self.book = session, plan, book

    def _account(self, record: TicketRecord | ContractRecord) -> Row | None:
        """The account; a stranger is already an error of the file."""
        number, name = record.customer_number, record.customer_name
        if self.book.is_ambiguous(number, name):
            what = f"several customers are called {name!r}"
            self.plan.notes.note(
                "ambiguous_customer", what, line=record.line, column="customer_name"
            )
        return self.book.find(number, name)

    def take_tickets(self, records: list[TicketRecord]) -> None:
        """Add tickets, or change what the support system now says."""
        rows = rows_where(
            self.session, Ticket, Ticket.ticket_number, (r.ticket_number for r in records)
        )
        known = {row["ticket_number"]: row for row in rows}
        numbered = invoices_numbered(
            self.session, (r.invoice_number for r in records if r.invoice_number)
        )
        invoices = {
            (item.account_id, number): item.id
            for number, items in numbered.items()
            for item in items
        }
        for record in records:
            account = self._account(record)
            if account is None:
                continue
            invoice_id = invoices.get((account["id"], record.invoice_number or ""))
            self._ticket(record, account, invoice_id, known.get(record.ticket_number))

    def _ticket(
        self, record: TicketRecord, account: Row, invoice_id: str | None, known: Row | None
    ) -> None:
        values: dict[str, Any] = {"opened_on": record.opened_on, "subject": record.subject}
        if record.severity is not None:
            values["severity"] = record.severity
        if record.status:
            values["state"] = _STATES.get(word_key(record.status), TicketState.OPEN).value
        if invoice_id:
            values["invoice_id"] = invoice_id
        if known:
            self.plan.change(Ticket, known, **values)
            return
        blank = {"severity": 3, "state": TicketState.OPEN.value, "invoice_id": None}
        ids = {
            "id": make_id("tkt", record.ticket_number),
            "account_id": account["id"],
            "ticket_number": record.ticket_number,
        }
        self.plan.add(Ticket, ids | blank | values)

    def take_contracts(self, records: list[ContractRecord]) -> None:
        """Add contract notes and renewals, or change those with the same number."""
        notes: list[Row] = []
        renewals: list[Row] = []
        for record in records:
            account = self._account(record)
            if account is None:
                continue
            renews_on = record.renews_on or (record.kind == "renewal" and record.ends_on) or None
            if renews_on:
                renewals.append(
                    {
                        "id": make_id("rnw", account["id"], record.contract_number or ""),
                        "account_id": account["id"],
                        "renews_on": renews_on,
                        "active": renews_on >= self.plan.as_of,
                        "owner": record.owner,
                    }
                )
            if record.text or not renews_on:
                notes.append(self._note(record, account))
        self._write(Renewal, renewals)
        self._write(ContractNote, notes)

    def _note(self, record: ContractRecord, account: Row) -> Row:
        term = " to ".join(str(day) for day in (record.starts_on, record.ends_on) if day)
        body = " ".join(part for part in (record.text, f"({term})" if term else "") if part)
        key = record.contract_number or digest(body.encode())
        return {
            "id": make_id("ctn", account["id"], key),
            "account_id": account["id"],
            "noted_on": record.starts_on or self.plan.as_of,
            "source": record.contract_number or "import",
            "body": body,
            "sensitive": False,
        }

    def _write(self, table: Any, rows: list[Row]) -> None:
        known = {
            row["id"]: row
            for row in rows_where(self.session, table, table.id, (row["id"] for row in rows))
        }
        for row in rows:
            if row["id"] not in known:
                self.plan.add(table, row)
                continue
            # A note keeps the day it was made and what a person marked on it.
            kept = {"id", "account_id", "noted_on", "sensitive"}
            changes = {name: value for name, value in row.items() if name not in kept}
            self.plan.change(table, known[row["id"]], **changes)
