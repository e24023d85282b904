"""Exports of customers, tickets and contracts: changed in place, never doubled, never loosened."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.postings_cases import opt_out
from ledger.tables.account import Account, Contact, ContractNote, Renewal, Ticket
from ledger.tables.receivable import Invoice
from tests.support.imports import Desk, open_desk

CUSTOMERS = "customer_number,customer_name,email,phone,country,terms"
ACME = "C1,Acme Ltd,ap@acme.example,+49 30 1234567,DE,30"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, tmp_path) as opened:
        yield opened


class TestCustomers:
    def test_first_file__opens_account_with_its_main_contact(self, desk: Desk) -> None:
        result = desk.take("customers", CUSTOMERS, ACME)

        account, contact = desk.one(Account), desk.one(Contact)
        assert result.counts == {"accounts_added": 1, "contacts_added": 1}
        assert (account.places, account.time_zones) == ("DE", "Europe/Berlin")
        assert account.terms_days == 30
        assert (contact.email, contact.phone) == ("ap@acme.example", "+49301234567")
        assert desk.take("customers", CUSTOMERS, ACME).unchanged

    def test_new_address__changes_the_contact_and_forgets_the_bounce(self, desk: Desk) -> None:
        desk.take("customers", CUSTOMERS, ACME)

        result = desk.take("customers", CUSTOMERS, ACME.replace("ap@", "invoices@"))

        assert result.counts == {"contacts_changed": 1}
        assert desk.one(Contact).email == "invoices@acme.example"

    def test_blank_cells__leave_what_is_known(self, desk: Desk) -> None:
        desk.take("customers", CUSTOMERS, ACME)

        result = desk.take("customers", CUSTOMERS, "C1,,,,,")

        assert result.unchanged
        assert desk.one(Account).name == "Acme Ltd"

    def test_file_allows_mail__an_opt_out_told_to_us_stays(self, desk: Desk) -> None:
        head, row = f"{CUSTOMERS},opted_out", f"{ACME},no"
        desk.take("customers", head, row)
        with desk.ledger.write() as session:
            opt_out(session, desk.one(Contact).id)

        result = desk.take("customers", head, row)

        assert desk.one(Contact).opted_out
        assert desk.found(result, "opt_out_kept") == 1

    def test_file_forbids_mail__the_contact_is_opted_out(self, desk: Desk) -> None:
        head = f"{CUSTOMERS},opted_out"
        desk.take("customers", head, f"{ACME},no")

        desk.take("customers", head, f"{ACME},yes")

        assert desk.one(Contact).opted_out

    def test_branch_before_its_parent__is_joined(self, desk: Desk) -> None:
        head = "customer_number,customer_name,parent_number"

        desk.take("customers", head, "C2,Acme North,C1", "C1,Acme Ltd,C1")

        accounts = {row.account_number: row for row in desk.all(Account)}
        assert accounts["C2"].parent_id == accounts["C1"].id
        assert accounts["C1"].parent_id is None
        assert desk.take("customers", head, "C2,Acme North,C1", "C1,Acme Ltd,C1").unchanged

    def test_unknown_parent__is_pointed_out(self, desk: Desk) -> None:
        head = "customer_number,customer_name,parent_number"

        result = desk.take("customers", head, "C2,Acme North,C9")

        assert desk.found(result, "unknown_parent") == 1

    def test_renamed_place_by_hand__inference_does_not_overwrite_it(self, desk: Desk) -> None:
        head = "customer_number,customer_name,phone"
        desk.take("customers", f"{head},time_zone", "C1,Acme,+1 415 555 0142,America/Denver")

        result = desk.take("customers", head, "C1,Acme,+1 415 555 0142")

        assert result.unchanged
        assert desk.one(Account).time_zones == "America/Denver"


class TestTickets:
    HEAD = "ticket_number,customer_number,opened_on,status,severity,invoice_number"

    def test_state_changes__the_ticket_follows(self, desk: Desk) -> None:
        desk.take("customers", CUSTOMERS, ACME)
        invoices = "customer_number,invoice_number,invoice_date,due_date,amount,currency"
        desk.take("invoices", invoices, "C1,I1,2026-01-05,2026-02-04,1.00,EUR")
        row = "T1,C1,2026-02-01,{},high,I1"

        for word, state in (("New", "open"), ("Eskaliert", "escalated"), ("Resolved", "closed")):
            desk.take("tickets", self.HEAD, row.format(word))
            assert desk.one(Ticket).state == state

        assert desk.one(Ticket).severity == 2
        assert desk.one(Ticket).invoice_id == desk.one(Invoice).id
        assert desk.take("tickets", self.HEAD, row.format("Resolved")).unchanged

    def test_unknown_account__blocks(self, desk: Desk) -> None:
        result = desk.take("tickets", self.HEAD, "T1,C9,2026-02-01,open,low,")

        assert result.report.of("no_account").severity == "error"
        assert desk.all(Ticket) == []


class TestContracts:
    HEAD = "contract_number,customer_number,renewal_date,start_date,end_date,text,owner"

    def test_renewal_and_note__are_told_apart(self, desk: Desk) -> None:
        desk.take("customers", CUSTOMERS, ACME)
        rows = (
            "K1,C1,2026-06-01,,,,amara",
            "K2,C1,,2025-01-01,2026-12-31,PO number in every subject,",
            "K3,C1,2026-02-01,,,,",
        )

        desk.take("contracts", self.HEAD, *rows)

        note = desk.one(ContractNote)
        assert note.body == "PO number in every subject (2025-01-01 to 2026-12-31)"
        assert note.source == "K2"
        assert {row.renews_on: row.active for row in desk.all(Renewal)} == {
            date(2026, 6, 1): True,
            date(2026, 2, 1): False,
        }
        assert desk.take("contracts", self.HEAD, *rows).unchanged

    def test_text_changes__the_note_of_that_number_follows(self, desk: Desk) -> None:
        desk.take("customers", CUSTOMERS, ACME)
        desk.take("contracts", self.HEAD, "K2,C1,,,,Pays by cheque,")

        desk.take("contracts", self.HEAD, "K2,C1,,,,Pays by transfer,")

        assert desk.one(ContractNote).body == "Pays by transfer"
