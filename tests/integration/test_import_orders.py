"""Exports of orders: told anew by each, never doubled, gone once billed."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from ledger.queries.orders import listed_on, ordered, orders_to_bill
from ledger.tables.order import SalesOrder
from tests.support.imports import AS_OF, Desk, open_desk

HEAD = "order number,customer number,amount,currency,expected invoice date,delivered on,terms"
BILLS = "invoice number,customer number,issue date,due date,amount,currency,po number"
NEXT_DAY = AS_OF + timedelta(days=1)
ACME = "customer_number,customer_name,terms"


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with open_desk(database_url, tmp_path) as opened:
        opened.take("customers", ACME, "C1,Acme Ltd,45")
        yield opened


class TestTaking:
    def test_open_order__waits_to_be_billed_on_its_day_and_terms(self, desk: Desk) -> None:
        result = desk.take("orders", HEAD, "SO-1,C1,1250.50,EUR,2026-03-20,,30 days")

        order = desk.one(SalesOrder)
        assert result.counts == {"orders_added": 1}
        assert (order.amount_minor, order.currency) == (125_050, "EUR")
        assert (order.invoice_on, order.terms_days) == (date(2026, 3, 20), 30)
        assert result.report.sums["EUR"].as_json() == {"currency": "EUR", "ordered": "1250.50"}

    def test_no_terms_of_its_own__those_of_the_account(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        with desk.ledger.read() as session:
            assert orders_to_bill(session)[0].terms_days == 45

    def test_same_file_again__nothing_new(self, desk: Desk) -> None:
        rows = (HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        desk.take("orders", *rows)
        assert desk.take("orders", *rows).unchanged

    def test_left_to_bill_falls__is_changed_and_not_doubled(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        desk.take("orders", HEAD, "SO-1,C1,60,EUR,2026-03-20,,")
        assert desk.one(SalesOrder).amount_minor == 6_000

    def test_stranger__is_refused_whole(self, desk: Desk) -> None:
        rows = ("SO-1,C1,100,EUR,2026-03-20,,", "SO-2,C9,100,EUR,2026-03-20,,")
        result = desk.take("orders", HEAD, *rows)
        assert result.report.blocks
        assert desk.found(result, "no_account") == 1
        with desk.ledger.read() as session:
            assert orders_to_bill(session) == []

    def test_number_twice_with_other_content__is_refused(self, desk: Desk) -> None:
        rows = ("SO-1,C1,100,EUR,2026-03-20,,", "SO-1,C1,90,EUR,2026-03-20,,")
        assert desk.take("orders", HEAD, *rows).report.blocks

    def test_nothing_left_or_cancelled__is_left_out_and_told(self, desk: Desk) -> None:
        rows = ("SO-1,C1,0,EUR,,,,open", "SO-2,C1,9,EUR,,,,cancelled", "SO-3,C1,9,EUR,,,,open")
        result = desk.take("orders", f"{HEAD},status", *rows)
        assert desk.found(result, "zero_amount") == desk.found(result, "void_rows") == 1
        assert desk.one(SalesOrder).order_number == "SO-3"

    def test_other_words__are_found(self, desk: Desk) -> None:
        head = "Auftragsnummer;Kundennummer;Noch zu fakturieren;Währung;Fakturadatum"
        desk.take("orders", head, "4711;C1;1.250,50;EUR;20.03.2026")
        order = desk.one(SalesOrder)
        assert (order.order_number, order.amount_minor) == ("4711", 125_050)
        assert order.invoice_on == date(2026, 3, 20)


class TestCounting:
    def test_newer_export_without_it__no_longer_counts(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,", "SO-2,C1,5,EUR,2026-03-20,,")
        later = AS_OF + timedelta(days=1)
        desk.take("orders", HEAD, "SO-2,C1,5,EUR,2026-03-20,,", as_of=later)
        with desk.ledger.read() as session:
            assert [row.amount_minor for row in orders_to_bill(session)] == [500]
            assert listed_on(session) == later

    def test_older_export_after_a_newer__changes_nothing(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        earlier = AS_OF - timedelta(days=3)
        desk.take("orders", HEAD, "SO-1,C1,900,EUR,2026-03-20,,", as_of=earlier)
        assert desk.one(SalesOrder).amount_minor == 10_000

    def test_invoice_that_names_it__takes_its_place(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        desk.take("invoices", BILLS, "INV-1,C1,2026-03-02,2026-04-01,100,EUR,SO-1", as_of=NEXT_DAY)
        with desk.ledger.read() as session:
            assert orders_to_bill(session) == []

    def test_invoice_of_a_part__leaves_the_rest_in_every_reading(self, desk: Desk) -> None:
        rows = ("SO-1,C1,100,EUR,2026-03-20,2026-02-20,", "SO-2,C1,50,EUR,2026-03-20,,")
        desk.take("orders", HEAD, *rows)
        desk.take("invoices", BILLS, f"INV-1,C1,{NEXT_DAY},2026-04-01,30,EUR,SO-1", as_of=NEXT_DAY)
        later = AS_OF + timedelta(days=2)
        more = (f"INV-2,C1,{later},2026-04-05,25,EUR,SO-1", f"INV-3,C1,{later},2026-04-05,9,EUR,X")
        desk.take("invoices", BILLS, *more, as_of=later)
        with desk.ledger.read() as session:
            assert [row.amount_minor for row in orders_to_bill(session)] == [4_500, 5_000]
            assert list(ordered(session, later).values()) == [(4_500, 5_000)]
            (account,) = {row.account_id for row in orders_to_bill(session)}
            assert ordered(session, later, [account]) == ordered(session, later)

    @pytest.mark.parametrize(
        ("issued_on", "left"),
        [(AS_OF - timedelta(days=9), 100_00), (AS_OF, 100_00), (AS_OF + timedelta(days=1), 70_00)],
    )
    @pytest.mark.parametrize("first", ["orders", "invoices"])
    def test_invoice_up_to_the_day_of_the_export__is_in_its_rest_already(
        self, desk: Desk, issued_on: date, left: int, first: str
    ) -> None:
        files = {
            "orders": (HEAD, "SO-1,C1,100,EUR,2026-03-20,,"),
            "invoices": (BILLS, f"INV-1,C1,{issued_on},2026-04-01,30,EUR,SO-1"),
        }
        for kind in (first, *(files.keys() - {first})):
            desk.take(
                kind, *files[kind], as_of=max(AS_OF, issued_on) if kind == "invoices" else AS_OF
            )
        with desk.ledger.read() as session:
            assert [row.amount_minor for row in orders_to_bill(session)] == [left]
            assert list(ordered(session, AS_OF).values()) == [(0, left)]

    def test_orders_of_one_po__share_what_an_invoice_of_it_bills(self, desk: Desk) -> None:
        rows = ("SO-1,C1,100,EUR,2026-03-20,,,PO-7", "SO-2,C1,100,EUR,2026-03-25,,,PO-7")
        desk.take("orders", f"{HEAD},po number", *rows)
        desk.take("invoices", BILLS, "INV-1,C1,2026-03-02,2026-04-01,100,EUR,PO-7", as_of=NEXT_DAY)
        with desk.ledger.read() as session:
            (row,) = orders_to_bill(session)
            assert (row.amount_minor, row.invoice_on) == (100_00, date(2026, 3, 25))
            assert list(ordered(session, AS_OF).values()) == [(0, 100_00)]

    def test_other_customer_of_the_same_po__is_not_billed_by_it(self, desk: Desk) -> None:
        desk.take("customers", ACME, "C2,Other Ltd,30")
        rows = ("SO-1,C1,100,EUR,,,,PO-7", "SO-2,C2,40,EUR,,,,PO-7")
        desk.take("orders", f"{HEAD},po number", *rows)
        desk.take("invoices", BILLS, "INV-1,C1,2026-03-02,2026-04-01,900,EUR,PO-7", as_of=NEXT_DAY)
        with desk.ledger.read() as session:
            assert [row.amount_minor for row in orders_to_bill(session)] == [40_00]

    def test_billed_beyond_it_or_in_another_currency__nothing_is_left(self, desk: Desk) -> None:
        rows = ("SO-1,C1,100,EUR,2026-03-20,,", "SO-2,C1,100,EUR,2026-03-20,,")
        desk.take("orders", HEAD, *rows)
        billed = (
            "INV-1,C1,2026-03-02,2026-04-01,120,EUR,SO-1",
            "INV-2,C1,2026-03-02,2026-04-01,3,USD,SO-2",
        )
        desk.take("invoices", BILLS, *billed, as_of=NEXT_DAY)
        with desk.ledger.read() as session:
            assert orders_to_bill(session) == []
            assert ordered(session, AS_OF) == {}

    def test_delivered__is_told_apart_from_what_is_not(self, desk: Desk) -> None:
        rows = ("SO-1,C1,100,EUR,,2026-02-20,", "SO-2,C1,7,EUR,,,", "SO-3,C1,1,EUR,,2026-03-05,")
        desk.take("orders", HEAD, *rows)
        with desk.ledger.read() as session:
            (found,) = ordered(session, AS_OF).values()
        assert found == (10_000, 800)


class TestNone:
    LATER = AS_OF + timedelta(days=1)

    def test_header_alone__ends_all_and_warns(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,", "SO-2,C1,5,EUR,2026-03-20,,")
        result = desk.take("orders", HEAD, as_of=self.LATER)
        assert desk.found(result, "orders_gone") == desk.found(result, "no_orders") == 1
        assert result.counts == {"orders_changed": 2}
        with desk.ledger.read() as session:
            assert (orders_to_bill(session), ordered(session, self.LATER)) == ([], {})
            assert listed_on(session) == self.LATER

    def test_all_cancelled__ends_all_and_warns(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        rows = (f"{HEAD},status", "SO-1,C1,100,EUR,2026-03-20,,,cancelled")
        result = desk.take("orders", *rows, as_of=self.LATER)
        assert desk.found(result, "orders_gone") == 1
        with desk.ledger.read() as session:
            assert orders_to_bill(session) == []

    def test_header_alone_again__says_nothing_new(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        desk.take("orders", HEAD, as_of=self.LATER)
        again = desk.take("orders", HEAD, as_of=self.LATER)
        assert again.unchanged
        assert desk.found(again, "orders_gone") == 0

    def test_none_ever__is_known_to_be_none(self, desk: Desk) -> None:
        desk.take("orders", HEAD)
        with desk.ledger.read() as session:
            assert listed_on(session) == AS_OF

    def test_older_export_without_any__ends_nothing(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        result = desk.take("orders", HEAD, as_of=AS_OF - timedelta(days=3))
        assert result.unchanged
        with desk.ledger.read() as session:
            assert len(orders_to_bill(session)) == 1

    def test_part_of_the_same_day__ends_nothing(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        desk.take("orders", HEAD, "SO-2,C1,5,EUR,2026-03-20,,")
        with desk.ledger.read() as session:
            assert len(orders_to_bill(session)) == 2

    def test_file_of_another_kind__ends_nothing(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        desk.take("customers", ACME, "C2,Other Ltd,30", as_of=self.LATER)
        with desk.ledger.read() as session:
            assert len(orders_to_bill(session)) == 1

    def test_without_a_column_of_amounts__is_no_export_of_none(self, desk: Desk) -> None:
        desk.take("orders", HEAD, "SO-1,C1,100,EUR,2026-03-20,,")
        result = desk.take("orders", "order number,customer number", as_of=self.LATER)
        assert result.report.blocks
