"""The customer's page: what a link shows, to whom, and that looking changes nothing."""

import csv
import io
import re
import tomllib
from datetime import timedelta
from importlib import resources
from string import Formatter
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from guardrails.formats import LANGUAGES
from ledger.clock import SystemClock
from ledger.tables.all_tables import metadata
from ledger.tables.portal import PortalLink
from policies.load import with_changes
from tests.support.desk import Desk
from tests.support.portal import Browser, browser_of
from tools.portal_links import revoke_portal_link

IBAN = "DE89370400440532013000"


@pytest.fixture
def browser(desk: Desk, client: TestClient) -> Browser:
    details = f"IBAN {IBAN}\nBIC COBADEFFXXX"
    company = desk.house.policy.company.model_copy(update={"payment_details": details})
    desk.house.policy = with_changes(desk.house.policy, company=company)
    desk.account("acc_a")
    return browser_of(desk, client, "acc_a")


def every_row(desk: Desk) -> dict[str, Any]:
    with desk.house.ledger.read() as session:
        return {
            name: sorted(map(repr, session.execute(select(table)).all()))
            for name, table in metadata.tables.items()
        }


PLACES = (
    "", "/pay", "/paid", "/dispute", "/promise", "/plan", "/copies", "/stop", "/message", "/fact",
    "/statement", "/transfer", "/statement.csv?currency=USD", "/statement.html?currency=USD",
)  # fmt: skip


class TestLooking:
    @pytest.mark.parametrize("proven", [False, True])
    def test_every_page_opened__changes_nothing_at_all(
        self, desk: Desk, browser: Browser, proven: bool
    ) -> None:
        if proven:
            browser.prove("ACCA-1")
        before = every_row(desk)
        for place in PLACES:
            for look in (browser.client.get, browser.client.head):
                answer = look(f"{browser.home}{place}", follow_redirects=False)
                assert answer.status_code in (200, 303), (place, answer.text)
        assert every_row(desk) == before

    def test_opened__shows_open_items_and_nothing_of_ours(
        self, desk: Desk, browser: Browser
    ) -> None:
        desk.hold("acc_a", "credit_review")
        text = browser.get().text
        assert "$120.00" in text
        assert "$200.50" in text
        assert "credit_review" not in text

    def test_other_customer__is_nowhere(self, desk: Desk, browser: Browser) -> None:
        desk.account("acc_b", (777_77,))
        browser.prove("ACCA-1")
        for place in PLACES:
            answer = browser.client.get(f"{browser.home}{place}")
            assert "777" not in answer.text
            assert "ACCB" not in answer.text

    def test_headers__keep_the_link_to_itself(self, browser: Browser) -> None:
        answer = browser.get()
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["cache-control"] == "no-store"
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert "unsafe" not in policy
        assert "<script" not in answer.text
        assert "http://" not in answer.text
        assert "https://" not in answer.text

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_language_chosen__is_kept_for_the_link(self, browser: Browser, language: str) -> None:
        sent = browser.send("/language", token=_first(browser), language=language)
        assert sent.status_code == 303
        for place in PLACES[:10]:
            assert f'<html lang="{language}">' in browser.get(place).text


def _first(browser: Browser) -> str:
    return re.findall(r'name="form_token" value="([^"]+)"', browser.get().text)[0]


class TestLinks:
    def test_token__is_not_in_the_books(self, desk: Desk, browser: Browser) -> None:
        browser.get()
        assert browser.link.token not in repr(every_row(desk))

    def test_unknown__is_a_page_that_says_so(self, client: TestClient, browser: Browser) -> None:
        answer = client.get("/p/nobody")
        assert answer.status_code == 404
        assert "text/html" in answer.headers["content-type"]
        assert 'href="/desk' not in answer.text

    def test_revoked__opens_nothing(self, desk: Desk, browser: Browser) -> None:
        with desk.house.ledger.write() as session:
            revoke_portal_link(session, browser.link.link_id, "cora", SystemClock().now())
        assert browser.get().status_code == 404
        assert browser.get("/done/pac_x").status_code == 404

    def test_ended__opens_nothing(self, desk: Desk, browser: Browser) -> None:
        ended = SystemClock().now() - timedelta(seconds=1)
        desk.books.change("portal_link", "id", browser.link.link_id, ends_at=ended)
        assert browser.get().status_code == 404

    def test_one_link__does_not_open_what_another_sent(
        self, desk: Desk, client: TestClient, browser: Browser
    ) -> None:
        sent = browser.send("/message", words="Please call me.")
        act = sent.headers["location"].rpartition("/")[2]
        assert browser.get(f"/done/{act}").status_code == 200
        other = browser_of(desk, client, "acc_a")
        assert other.get(f"/done/{act}").status_code == 404


class TestFact:
    @pytest.mark.parametrize("place", ["/transfer", "/statement", "/statement.csv?currency=USD"])
    def test_not_told__bank_details_and_statements_stay_shut(
        self, browser: Browser, place: str
    ) -> None:
        answer = browser.client.get(f"{browser.home}{place}", follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{browser.home}/fact")

    def test_not_told__no_page_gives_it_away(self, browser: Browser) -> None:
        browser.send("/dispute", item="inv_acc_a_1", reason="price")
        for place in ("", "/pay", "/paid", "/dispute", "/copies"):
            text = browser.get(place).text
            assert "ACCA-1" not in text
            assert IBAN[8:16] not in text.replace(" ", "")

    def test_disputed_without_it__the_confirmation_is_silent_too(self, browser: Browser) -> None:
        sent = browser.send("/dispute", item="inv_acc_a_1", reason="price")
        assert "ACCA-1" not in browser.client.get(sent.headers["location"]).text

    @pytest.mark.parametrize("fact", ["ACCA-1", "acca 1", "250.00", "250,00"])
    def test_told__opens_them(self, desk: Desk, browser: Browser, fact: str) -> None:
        values = {"account_id": "acc_a", "received_on": desk.as_of, "unapplied_minor": 0}
        desk.books.receipt("rcp_1", 250_00, **values)
        browser.prove(fact)
        assert "ACCA-1" in browser.get().text
        assert "DE89 3704 0044 0532 0130 00" in browser.get("/transfer").text
        assert "ACCA-2" in browser.client.get(f"{browser.home}/statement.csv?currency=USD").text

    @pytest.mark.parametrize(
        ("number", "cell"), [("\uff1d1+1", "'=1+1"), ("=1+1", "'=1+1"), ("-5", "-5")]
    )
    def test_table__holds_no_formula_and_leaves_numbers_alone(
        self, desk: Desk, browser: Browser, number: str, cell: str
    ) -> None:
        values = {"account_id": "acc_a", "currency": "USD", "invoice_number": number}
        desk.books.invoice("inv_outside", 10_00, **values)
        browser.prove("ACCA-1")
        told = browser.client.get(f"{browser.home}/statement.csv?currency=USD").text
        assert cell in {row[1] for row in csv.reader(io.StringIO(told))}

    @pytest.mark.parametrize("fact", ["", "-", "ACCB-1", "1", "120.00", "0", "A" * 5000])
    def test_wrong__stays_shut(self, desk: Desk, browser: Browser, fact: str) -> None:
        desk.account("acc_b")
        answer = browser.send("/fact", fact=fact)
        assert answer.status_code == 422
        assert "set-cookie" not in answer.headers

    def test_guessed_too_often__is_refused_even_when_right(self, browser: Browser) -> None:
        for number in range(5):
            assert browser.send("/fact", fact=f"ACCA-9{number}").status_code == 422
        assert browser.send("/fact", fact="ACCA-1").status_code == 429

    def test_wrong_too_often_in_its_life__only_a_new_link_helps(
        self, desk: Desk, client: TestClient, browser: Browser
    ) -> None:
        portal = desk.house.policy.portal.model_copy(update={"wrong_facts_per_link": 3})
        desk.house.policy = with_changes(desk.house.policy, portal=portal)
        long_ago = SystemClock().now() - timedelta(days=30)
        tried = {"link_id": browser.link.link_id, "account_id": "acc_a", "done_at": long_ago}
        for number in range(2):
            assert browser.send("/fact", fact="ACCA-1").status_code == 303
            told = '{"known":false}'
            desk.books.add("portal_act", id=f"pac_{number}", kind="fact", told=told, **tried)
        assert browser.send("/fact", fact="ACCA-9").status_code == 422
        answer = browser.send("/fact", fact="ACCA-1")
        assert (answer.status_code, "new one" in answer.text) == (403, True)
        browser_of(desk, client, "acc_a").prove("ACCA-1")

    def test_money_not_applied__its_amount_is_neither_shown_nor_a_fact(
        self, desk: Desk, browser: Browser
    ) -> None:
        values = {"account_id": "acc_a", "currency": "USD", "received_on": desk.as_of}
        desk.books.receipt("rcp_1", 33_00, **values)
        desk.books.receipt("rcp_2", 44_00, **values | {"unapplied_minor": 5_00})
        text = browser.get().text
        assert "Payment not yet applied" in text
        assert not [told for told in ("33.00", "5.00", "162.50") if told in text]
        for fact in ("33.00", "44.00"):
            assert browser.send("/fact", fact=fact).status_code == 422
        browser.prove("ACCA-1")
        text = browser.get().text
        assert "33.00" in text
        assert "162.50" in text

    def test_told_for_one_link__not_for_another(
        self, desk: Desk, client: TestClient, browser: Browser
    ) -> None:
        browser.prove("ACCA-1")
        desk.account("acc_b")
        other = browser_of(desk, client, "acc_b")
        for name, value in client.cookies.items():
            client.cookies.set(f"told_{other.link.link_id[-12:]}", value)
            assert name
        assert other.get("/transfer").status_code == 303


class TestSentences:
    def test_every_language__says_the_same_things(self) -> None:
        told = {
            language: tomllib.loads(
                (resources.files("api.portal") / "words" / f"{language}.toml").read_text("utf-8")
            )
            for language in LANGUAGES
        }
        for language in LANGUAGES:
            assert list(told[language]) == list(told["en"])
            for key, sentence in told[language].items():
                assert _slots(sentence) == _slots(told["en"][key]), (language, key)
                assert sentence.strip()


def _slots(sentence: str) -> set[str | None]:
    return {name for _text, name, _format, _conversion in Formatter().parse(sentence) if name}


class TestRows:
    def test_link__ends_with_its_policy(self, desk: Desk, browser: Browser) -> None:
        with desk.house.ledger.read() as session:
            link = session.scalars(select(PortalLink)).one()
        assert link.ends_at - link.made_at == timedelta(days=90)
        assert link.contact_id == "con_acc_a"


def test_accident__the_log_does_not_hold_the_link(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_given: Any, **_named: Any) -> None:
        raise RuntimeError("an accident")

    monkeypatch.setattr("graph.portal.page_of", fail)
    answer = browser.get()
    assert answer.status_code == 500
    assert "text/html" in answer.headers["content-type"]
    assert "GET /p/- failed" in caplog.text
    assert browser.link.token not in caplog.text
