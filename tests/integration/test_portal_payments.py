"""Paying from the page: the ledger's amounts, one receipt a payment, and a bank transfer's code."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import select

from adapters.payments.stripe_checkout import StripeCheckout, from_units, to_units
from adapters.payments.transfer import own_accounts, reference_for, transfer_for
from batch.night import run_night
from engines.matching.spelling import payload_of
from graph.portal import Portal
from ledger.errors import BadInput
from ledger.money import Money
from ledger.tables.portal import Checkout, PaymentEvent
from ledger.tables.receivable import Invoice, Receipt
from ledger.tables.work import CallTask, Feed
from policies.load import load_policy, with_changes
from policies.schema_portal import PostalAddress
from tests.support.desk import AS_OF, Desk
from tests.support.portal import Browser, browser_of
from tests.support.stripe_server import KEY, SECRET, StripeServer, signature, stripe_server

TOMORROW = AS_OF + timedelta(days=1)


@pytest.fixture
def stripe(desk: Desk) -> Iterator[StripeServer]:
    with stripe_server() as server:
        keys = SecretStr(KEY), SecretStr(SECRET)
        desk.house.__dict__["payments"] = StripeCheckout(*keys, server.url)
        yield server


@pytest.fixture
def browser(desk: Desk, client: TestClient) -> Browser:
    desk.account("acc_a")
    return browser_of(desk, client, "acc_a")


def rows(desk: Desk, table: Any) -> list[Any]:
    with desk.house.ledger.read() as session:
        found = list(session.scalars(select(table)))
        session.expunge_all()
        return found


def notify(browser: Browser, payload: bytes, sealed: str | None = None) -> Any:
    headers = {"stripe-signature": signature(payload) if sealed is None else sealed}
    return browser.client.post("/payments/stripe", content=payload, headers=headers)


class TestCheckout:
    def test_chosen_items__are_paid_at_the_ledgers_amounts(
        self, desk: Desk, browser: Browser, stripe: StripeServer
    ) -> None:
        sent = browser.send("/pay", item=["inv_acc_a_1", "inv_acc_a_2"], amount="0.01")
        (asked,) = stripe.asked
        assert asked["line_items[0][price_data][unit_amount]"] == "8050"
        assert asked["line_items[1][price_data][unit_amount]"] == "12000"
        assert asked["authorization"] == f"Bearer {KEY}"
        page = browser.client.get(sent.headers["location"]).text
        assert f'href="{stripe.url}/c/pay/cs_test_1"' in page
        (checkout,) = rows(desk, Checkout)
        assert (checkout.amount_minor, checkout.state) == (200_50, "offered")
        assert asked["success_url"] == f"https://pay.example{sent.headers['location']}"

    def test_fact_not_told__the_card_page_gets_short_numbers(
        self, browser: Browser, stripe: StripeServer
    ) -> None:
        browser.send("/pay", item="inv_acc_a_1")
        assert "ACCA-1" not in repr(stripe.asked)
        browser.prove("ACCA-1")
        browser.send("/pay", item="inv_acc_a_2")
        assert "ACCA-2" in repr(stripe.asked[1])

    def test_sent_twice__begins_one_payment(
        self, desk: Desk, browser: Browser, stripe: StripeServer
    ) -> None:
        token = browser.token("/pay")
        places = {
            browser.send("/pay", token=token, item="inv_acc_a_1").headers["location"]
            for _time in range(3)
        }
        assert len(places) == len(rows(desk, Checkout)) == len(stripe.sessions) == 1

    def test_two_tabs__lead_to_one_payment(
        self, desk: Desk, browser: Browser, stripe: StripeServer
    ) -> None:
        tokens = [browser.token("/pay") for _tab in range(2)]
        places = {
            browser.send("/pay", token=token, item="inv_acc_a_1").headers["location"]
            for token in (*tokens, tokens[1])
        }
        assert len(places) == len(rows(desk, Checkout)) == len(stripe.sessions) == 1

    def test_other_contact_or_other_choice__is_refused_in_one_line(
        self, desk: Desk, client: TestClient, browser: Browser, stripe: StripeServer
    ) -> None:
        browser.send("/pay", item="inv_acc_a_1")
        other = browser_of(desk, client, "acc_a")
        for who, items in ((other, ["inv_acc_a_1"]), (browser, ["inv_acc_a_1", "inv_acc_a_2"])):
            answer = who.send("/pay", item=items)
            assert (answer.status_code, "begun or made" in answer.text) == (409, True)
        assert other.send("/pay", item="inv_acc_a_2").status_code == 303
        assert len(stripe.sessions) == 2

    def test_paid_and_not_yet_applied__is_not_charged_again(
        self, desk: Desk, browser: Browser, stripe: StripeServer
    ) -> None:
        browser.send("/pay", item="inv_acc_a_1")
        (session,) = stripe.sessions.values()
        notify(browser, stripe.event(session))
        assert browser.send("/pay", item="inv_acc_a_1").status_code == 409
        assert len(stripe.sessions) == 1

    @pytest.mark.parametrize("how", ["expired", "failed", "old"])
    def test_ended_or_long_ago__is_begun_anew(
        self, desk: Desk, browser: Browser, stripe: StripeServer, how: str
    ) -> None:
        browser.send("/pay", item="inv_acc_a_1")
        (checkout,) = rows(desk, Checkout)
        changed = (
            {"begun_at": checkout.begun_at - timedelta(days=4)} if how == "old" else {"state": how}
        )
        desk.books.change("checkout", "id", checkout.id, **changed)
        assert browser.send("/pay", item="inv_acc_a_1").status_code == 303
        assert len(stripe.sessions) == 2

    def test_service_down__nothing_is_lost_and_the_same_form_goes_again(
        self, desk: Desk, browser: Browser, stripe: StripeServer
    ) -> None:
        stripe.status = 500
        token = browser.token("/pay")
        assert browser.send("/pay", token=token, item="inv_acc_a_1").status_code == 503
        stripe.status = 200
        assert browser.send("/pay", token=token, item="inv_acc_a_1").status_code == 303
        assert [each.state for each in rows(desk, Checkout)] == ["offered"]

    @pytest.mark.parametrize("item", [[], ["inv_acc_b_1"], ["inv_acc_a_1", "inv_acc_a_9"]])
    def test_nothing_of_theirs_or_two_currencies__is_asked_again(
        self, desk: Desk, browser: Browser, stripe: StripeServer, item: list[str]
    ) -> None:
        desk.account("acc_b")
        desk.books.invoice("inv_acc_a_9", 500, account_id="acc_a", currency="EUR")
        assert browser.send("/pay", item=item).status_code == 422
        assert stripe.asked == []

    def test_no_service__the_page_says_transfer(self, browser: Browser) -> None:
        answer = browser.get("/pay")
        assert "formmethod" not in answer.text
        assert answer.status_code == 200


class TestNotices:
    @pytest.fixture
    def session(self, browser: Browser, stripe: StripeServer) -> dict[str, Any]:
        browser.send("/pay", item="inv_acc_a_1")
        (session,) = stripe.sessions.values()
        return session

    def test_paid__is_a_receipt_that_pays_the_invoice(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        assert notify(browser, stripe.event(session)).status_code == 200
        (receipt,) = rows(desk, Receipt)
        assert (receipt.amount_minor, receipt.currency) == (120_00, "USD")
        (checkout,) = rows(desk, Checkout)
        assert checkout.state == "paid"
        run_night(desk.house, TOMORROW, lambda *_told: None)
        open_now = {each.id: each.open_minor for each in rows(desk, Invoice)}
        assert open_now == {"inv_acc_a_1": 0, "inv_acc_a_2": 80_50}

    def test_told_again__changes_nothing(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        for _time in range(3):
            assert notify(browser, stripe.event(session)).status_code == 200
        assert notify(browser, stripe.event(session, event_id="evt_other")).status_code == 200
        assert len(rows(desk, Receipt)) == 1
        assert len(rows(desk, PaymentEvent)) == 2

    def test_paid__does_not_say_that_the_bank_was_read(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        desk.books.change("feed", "name", "receipts", read_through=AS_OF - timedelta(days=9))
        notify(browser, stripe.event(session))
        (feed,) = [each for each in rows(desk, Feed) if each.name == "receipts"]
        assert feed.read_through == AS_OF - timedelta(days=9)

    @pytest.mark.parametrize("how", ["no", "other secret", "old", "other bytes"])
    def test_not_signed__is_refused_and_not_kept(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any], how: str
    ) -> None:
        payload = stripe.event(session)
        sealed = {
            "no": "",
            "other secret": signature(payload, "whsec_other"),
            "old": signature(payload, at=1_700_000_000),
            "other bytes": signature(payload + b" "),
        }[how]
        assert notify(browser, payload, sealed).status_code == 400
        assert rows(desk, PaymentEvent) == []

    @pytest.mark.parametrize(
        "changed", [{"currency": "xxq"}, {"amount_total": "many"}, {"currency": "isk"}]
    )
    def test_signed_and_not_readable__is_kept_once_for_a_person(
        self,
        desk: Desk,
        browser: Browser,
        stripe: StripeServer,
        session: dict[str, Any],
        changed: dict[str, Any],
    ) -> None:
        payload = stripe.event(session, **{"amount_total": 12_050} | changed)
        for _time in range(2):
            assert notify(browser, payload).status_code == 200
        (event,) = rows(desk, PaymentEvent)
        assert (event.payload, event.state) == (payload, "odd")
        assert rows(desk, Receipt) == []

    def test_signed_and_no_object__is_kept_too(
        self, desk: Desk, browser: Browser, stripe: StripeServer
    ) -> None:
        assert notify(browser, b"[]").status_code == 200
        assert [each.state for each in rows(desk, PaymentEvent)] == ["odd"]

    def test_stored_row_not_readable__keeps_no_other_from_being_booked(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        portal = Portal(desk.house)
        payload = stripe.event(session)
        portal.take_notice("stripe", payload, signature(payload))
        bad = {"id": "stripe:a", "provider": "stripe", "kind": "x", "payload": b"{}"}
        desk.books.add("payment_event", received_at=portal.now, state="new", says="", **bad)
        assert portal.book_payments() == 1
        states = {each.id: each.state for each in rows(desk, PaymentEvent)}
        assert states.pop("stripe:a") == "odd"
        assert list(states.values()) == ["booked"]

    def test_other_amount__is_booked_and_a_person_looks(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        notify(browser, stripe.event(session, amount_total=100))
        assert [each.amount_minor for each in rows(desk, Receipt)] == [1_00]
        assert any("another amount" in task.summary for task in rows(desk, CallTask))
        assert [each.state for each in rows(desk, PaymentEvent)] == ["odd"]

    def test_completed_but_not_paid_yet__books_nothing(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        notify(browser, stripe.event(session, payment_status="unpaid"))
        assert rows(desk, Receipt) == []
        kind = "checkout.session.async_payment_succeeded"
        notify(browser, stripe.event(session, kind))
        assert len(rows(desk, Receipt)) == 1

    def test_expired__says_so_and_books_nothing(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        notify(browser, stripe.event(session, "checkout.session.expired"))
        assert rows(desk, Receipt) == []
        assert [each.state for each in rows(desk, Checkout)] == ["expired"]

    def test_kept_and_then_a_crash__is_booked_the_next_time(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        portal = Portal(desk.house)
        payload = stripe.event(session)
        assert portal.take_notice("stripe", payload, signature(payload))
        assert rows(desk, Receipt) == []
        assert portal.book_payments() == 1
        assert portal.book_payments() == 0

    def test_settled_lost_after_booking__books_no_second_receipt(
        self, desk: Desk, browser: Browser, stripe: StripeServer, session: dict[str, Any]
    ) -> None:
        notify(browser, stripe.event(session))
        (event,) = rows(desk, PaymentEvent)
        desk.books.change("payment_event", "id", event.id, state="new")
        assert Portal(desk.house).book_payments() == 0
        assert len(rows(desk, Receipt)) == 1


class TestUnits:
    @pytest.mark.parametrize(
        ("amount", "currency", "units"),
        [("12.50", "EUR", 1250), ("1250", "JPY", 1250), ("1.230", "KWD", 1230),
         ("5", "ISK", 500), ("0.01", "USD", 1)],
    )  # fmt: skip
    def test_amount__is_counted_as_stripe_does_and_back(
        self, amount: str, currency: str, units: int
    ) -> None:
        money = Money.of(amount, currency)
        assert to_units(money) == units
        assert from_units(units, currency.lower()) == money

    @pytest.mark.parametrize(("minor", "currency"), [(0, "EUR"), (10**9, "EUR"), (1231, "KWD")])
    def test_not_countable__is_refused(self, minor: int, currency: str) -> None:
        with pytest.raises(BadInput):
            to_units(Money(minor, currency))


COMPANY = load_policy().company.model_copy(
    update={
        "payment_details": "IBAN DE89 3704 0044 0532 0130 00 BIC COBADEFFXXX\n"
        "CHF: CH58 0079 1123 0008 8901 2\nIBAN DE00 0000 0000 0000 0000 00"
    }
)
POSTAL = PostalAddress(
    street="Bahnhofstrasse", house_number="1", postal_code="8001", town="Zürich", country="CH"
)


class TestTransfer:
    def test_details__hold_the_accounts_whose_digits_are_right(self) -> None:
        ibans = [each.iban for each in own_accounts(COMPANY)]
        assert ibans == ["DE89370400440532013000", "CH5800791123000889012"]

    @pytest.mark.parametrize("number", ["INV-10417", "2026/001", "A1"])
    def test_reference__is_read_back_by_the_cash_desk(self, number: str) -> None:
        plain = "".join(sign for sign in number if sign.isalnum())
        assert payload_of(reference_for([number], "ACC")) == plain

    @pytest.mark.parametrize(
        ("currency", "standard", "iban"),
        [("EUR", "epc", "DE89"), ("CHF", "swiss", "CH58"), ("USD", "", "DE89")],
    )
    def test_currency__has_the_code_of_its_land(
        self, currency: str, standard: str, iban: str
    ) -> None:
        way = transfer_for(Money(12_50, currency), ["INV-1"], "A", COMPANY, POSTAL, "de")
        assert way is not None
        assert (way.standard, way.account.iban[:4]) == (standard, iban)
        assert way.picture.startswith("data:image/svg+xml") == bool(standard)

    def test_address_not_in_parts__no_swiss_bill(self) -> None:
        way = transfer_for(Money(1, "CHF"), ["INV-1"], "A", COMPANY, PostalAddress(), "de")
        assert way is not None
        assert way.picture == ""

    def test_no_account_named__no_way(self) -> None:
        bare = COMPANY.model_copy(update={"payment_details": "Cheques only"})
        assert transfer_for(Money(1, "EUR"), ["INV-1"], "A", bare, POSTAL, "de") is None

    def test_page__shows_what_the_settings_say(self, desk: Desk, client: TestClient) -> None:
        desk.house.policy = with_changes(desk.house.policy, company=COMPANY)
        desk.account("acc_e")
        for number in (1, 2):
            desk.books.change("invoice", "id", f"inv_acc_e_{number}", dunning_level=0)
        desk.books.invoice("inv_e", 9_99, account_id="acc_e", invoice_number="E-77")
        browser = browser_of(desk, client, "acc_e")
        browser.prove("E-77")
        text = browser.get("/transfer", item="inv_e").text
        assert "DE89 3704 0044 0532 0130 00" in text
        assert reference_for(["E-77"], "") in text
        assert 'class="epc"' in text
        assert "CH58" in text
