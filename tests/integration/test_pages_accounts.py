"""The list of accounts, an account's story, disputes and Today, as people see them."""

import html
import re
from datetime import date, timedelta

import pytest
from fastapi.testclient import TestClient

from ledger.money import Money
from ledger.tables.receivable import Receipt
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tests.support.pages import signed_in
from tools.account_timeline import MAX_ENTRIES, timeline
from tools.sequences import sequences

HOSTILE = '<img src=x onerror=alert(1)><div hx-post="/approve" hx-trigger="load">'


@pytest.fixture
def browser(desk: Desk, client: TestClient) -> TestClient:
    return signed_in(desk, client, "cora")


class TestList:
    def test_bucket__keeps_accounts_with_an_item_of_that_age(
        self, desk: Desk, browser: TestClient
    ) -> None:
        desk.account("acc_young")
        desk.account("acc_old", amounts=())
        _invoice(desk, "acc_old", "OLD-1", days_past_due=95)
        aged = {
            bucket: _linked(browser.get("/desk/accounts", params={"bucket": bucket}).text)
            for bucket in ("1-30", "90+", "not_due")
        }
        assert aged == {"1-30": {"acc_young"}, "90+": {"acc_old"}, "not_due": set()}

    @pytest.mark.parametrize(
        ("days", "bucket"),
        [(0, "not_due"), (1, "1-30"), (30, "1-30"), (31, "31-60"), (90, "61-90"), (91, "90+")],
    )
    def test_edges_of_buckets__are_those_of_the_aging(
        self, desk: Desk, browser: TestClient, days: int, bucket: str
    ) -> None:
        desk.account("acc_a", amounts=())
        _invoice(desk, "acc_a", "ONE", days_past_due=days)
        assert _linked(browser.get("/desk/accounts", params={"bucket": bucket}).text) == {"acc_a"}

    def test_bar_of_a_currency__leads_to_its_accounts_alone(
        self, desk: Desk, browser: TestClient
    ) -> None:
        for account, currency in (("acc_d", "USD"), ("acc_e", "EUR")):
            desk.account(account, amounts=())
            _invoice(desk, account, f"N-{currency}", days_past_due=95, currency=currency)
        links = re.findall(r'href="(/desk/accounts[?][^"]*90%2B[^"]*)"', browser.get("/desk").text)
        led = [_linked(browser.get(html.unescape(link)).text) for link in links]
        assert set(map(frozenset, led)) == {frozenset({"acc_d"}), frozenset({"acc_e"})}
        assert _linked(browser.get("/desk/accounts?currency=EUR").text) == {"acc_e"}

    def test_more_of_a_currency_than_a_page__following_link_keeps_it(
        self, desk: Desk, browser: TestClient
    ) -> None:
        for number in range(51):
            desk.account(f"acc_{number:02}", amounts=(100,))
        desk.account("acc_zz", amounts=())
        _invoice(desk, "acc_zz", "N-EUR", days_past_due=9, currency="EUR")
        first = browser.get("/desk/accounts?bucket=1-30&currency=USD").text
        link = re.search(r'href="(/desk/accounts[?][^"]+)" rel="next"', first)
        assert link
        assert _linked(browser.get(html.unescape(link[1])).text) == {"acc_50"}

    def test_unknown_bucket__is_told_on_a_page(self, desk: Desk, browser: TestClient) -> None:
        answer = browser.get("/desk/accounts?bucket=soon")
        assert answer.status_code == 422
        assert "no aging bucket" in html.unescape(answer.text)

    def test_more_than_a_page__following_link_goes_on(
        self, desk: Desk, browser: TestClient
    ) -> None:
        for number in range(53):
            desk.account(f"acc_{number:02}", amounts=())
        first = browser.get("/desk/accounts").text
        link = re.search(r'href="(/desk/accounts\?[^"]+)" rel="next"', first)
        assert link
        second = browser.get(html.unescape(link[1])).text
        assert len(_linked(first)) == 50
        assert len(_linked(second)) == 3
        assert not _linked(first) & _linked(second)


class TestStory:
    def test_everything_that_happened__stands_on_one_line_newest_first(self, desk: Desk) -> None:
        account = desk.account("acc_a")
        waiting = desk.ask(desk.reminder(account), paused=False)
        desk.inbox("felix").reject(waiting, "they called")
        desk.hold(account)
        desk.books.receipt(
            "rcp_1", 50_00, account_id=account, received_on=AS_OF - timedelta(days=2)
        )
        with desk.house.ledger.read() as session:
            story = timeline(session, account)
        kinds = [entry.kind for entry in story.entries]
        assert {"hold", "payment", "invoice", "decision"} <= set(kinds)
        days = [entry.on for entry in story.entries]
        assert days == sorted(days, reverse=True)
        assert story.before is None

    def test_long_story__is_told_in_whole_days_without_gaps_or_repeats(self, desk: Desk) -> None:
        account = desk.account("acc_a", amounts=())
        for number in range(40):
            _invoice(desk, account, f"N-{number}", days_past_due=number // 3)
        seen: list[str] = []
        before = None
        with desk.house.ledger.read() as session:
            while True:
                story = timeline(session, account, before, limit=7)
                seen += [entry.source for entry in story.entries]
                before = story.before
                if before is None:
                    break
        assert len(seen) == len(set(seen)) == 40

    def test_more_of_a_kind_on_a_day_than_a_stretch_holds__none_is_lost(self, desk: Desk) -> None:
        account = desk.account("acc_a", amounts=())
        for number in range(12):
            _invoice(desk, account, f"N-{number}", days_past_due=number // 10)
        for day in range(20, 40):
            on = AS_OF - timedelta(days=day)
            desk.books.receipt(f"rcp_{day}", 100, account_id=account, received_on=on)
        seen: list[str] = []
        before = None
        with desk.house.ledger.read() as session:
            for _ in range(30):
                story = timeline(session, account, before, limit=4)
                seen += [entry.source for entry in story.entries]
                before = story.before
                if before is None:
                    break
        assert len(seen) == len(set(seen)) == 32

    def test_more_on_a_day_than_is_ever_shown__says_how_many(self, desk: Desk) -> None:
        account = desk.account("acc_a", amounts=())
        with desk.house.ledger.write() as session:
            session.add_all(
                Receipt(
                    id=f"rcp_{number}",
                    account_id=account,
                    receipt_number=f"R-{number}",
                    received_on=AS_OF - timedelta(days=number // (MAX_ENTRIES + 3)),
                    amount_minor=100,
                    currency="USD",
                    unapplied_minor=100,
                )
                for number in range(MAX_ENTRIES + 5)
            )
        with desk.house.ledger.read() as session:
            story = timeline(session, account)
            older = timeline(session, account, story.before)
        assert len(story.entries) == MAX_ENTRIES + 1
        assert story.entries[-1].says == "3 more of this kind on this day are not shown"
        assert (story.before, len(older.entries)) == (AS_OF, 2)

    def test_page__shows_amounts_of_the_ledger(self, desk: Desk, browser: TestClient) -> None:
        account = desk.account("acc_a")
        text = browser.get(f"/desk/accounts/{account}").text
        assert "$200.50" in text
        assert "$120.00" in text

    def test_customer_wrote_markup__it_is_shown_as_text(
        self, desk: Desk, browser: TestClient
    ) -> None:
        account = desk.account("acc_a", name=HOSTILE)
        _invoice(desk, account, HOSTILE, days_past_due=3)
        for path in (f"/desk/accounts/{account}", "/desk/accounts", "/desk"):
            text = browser.get(path).text
            assert "<img src=x" not in text
            assert "<div hx-post" not in text
            if path != "/desk":
                assert "&lt;img src=x" in text

    def test_reordering_sign__is_made_visible_or_taken_out(
        self, desk: Desk, browser: TestClient
    ) -> None:
        account = desk.account("acc_a", name="Acme \u202egnp.exe")
        assert "\u202e" not in browser.get(f"/desk/accounts/{account}").text

    def test_nobody_signed_in__is_sent_to_sign_in_with_the_way_back(
        self, desk: Desk, client: TestClient
    ) -> None:
        desk.account("acc_a")
        answer = client.get("/desk/accounts/acc_a?kind=letter", follow_redirects=False)
        assert answer.status_code == 303
        assert answer.headers["location"].endswith(
            "next=%2Fdesk%2Faccounts%2Facc_a%3Fkind%3Dletter"
        )


class TestSequences:
    def test_letters_followed_by_payment_in_time__are_counted_with_an_interval(
        self, desk: Desk
    ) -> None:
        for name, paid_after in (("acc_a", 3), ("acc_b", 14), ("acc_c", 15), ("acc_d", None)):
            account = desk.account(name)
            sent = AS_OF - timedelta(days=40)
            desk.books.add(
                "message",
                id=f"msg_{name}",
                account_id=account,
                purpose="send_reminder",
                stage=1,
                sent_on=sent,
                sent_at=NOON,
                invoice_ids=f"inv_{name}_1",
            )
            if paid_after is not None:
                _pay(desk, name, sent + timedelta(days=paid_after))
        with desk.house.ledger.read() as session:
            (line,) = sequences(session, AS_OF)
        assert (line.letters, line.paid.hits, line.paid.percent) == (4, 2, 50.0)
        assert line.paid.low_percent == pytest.approx(15.0, abs=0.1)  # Wilson, 2 of 4
        assert line.paid.high_percent == pytest.approx(85.0, abs=0.1)

    def test_letter_that_names_no_invoice__is_not_among_those_that_could_be_paid(
        self, desk: Desk
    ) -> None:
        sent = AS_OF - timedelta(days=40)
        _letter(desk, desk.account("acc_a"), sent, "inv_acc_a_1")
        _letter(desk, desk.account("acc_b"), sent, "")
        _pay(desk, "acc_a", sent + timedelta(days=3))
        with desk.house.ledger.read() as session:
            (line,) = sequences(session, AS_OF)
        assert (line.letters, line.paid.hits, line.paid.of) == (2, 1, 1)
        assert line.answered.of == 2

    def test_cash_applied_late__counts_from_the_day_it_came(self, desk: Desk) -> None:
        sent = AS_OF - timedelta(days=40)
        for name, received_after in (("acc_a", 3), ("acc_b", 4), ("acc_c", -2)):
            _letter(desk, desk.account(name), sent, f"inv_{name}_1")
            applied_after = 30 if received_after > 0 else 3
            received, applied = (sent + timedelta(days=n) for n in (received_after, applied_after))
            _pay(desk, name, received, applied_on=applied)
        with desk.house.ledger.read() as session:
            (line,) = sequences(session, AS_OF)
        assert line.paid.hits == 2

    def test_payment_taken_back__followed_no_letter(self, desk: Desk) -> None:
        sent = AS_OF - timedelta(days=40)
        _letter(desk, desk.account("acc_a"), sent, "inv_acc_a_1")
        _pay(desk, "acc_a", sent + timedelta(days=3))
        desk.books.apply(
            "app_back",
            "inv_acc_a_1",
            -120_00,
            account_id="acc_a",
            currency="USD",
            receipt_id="rcp_acc_a",
            applied_on=sent + timedelta(days=5),
            reverses_id="app_acc_a",
        )
        with desk.house.ledger.read() as session:
            (line,) = sequences(session, AS_OF)
        assert (line.paid.hits, line.paid.of) == (0, 1)

    def test_letter_whose_days_are_not_over__is_not_counted(self, desk: Desk) -> None:
        account = desk.account("acc_a")
        desk.books.add(
            "message", id="msg_a", account_id=account, purpose="send_reminder", sent_on=AS_OF
        )
        with desk.house.ledger.read() as session:
            assert sequences(session, AS_OF) == ()


class TestPages:
    @pytest.mark.parametrize(
        "path", ["/desk", "/desk/disputes", "/desk/analytics", "/desk/analytics/letters.csv"]
    )
    def test_empty_home__every_page_answers(
        self, desk: Desk, browser: TestClient, path: str
    ) -> None:
        assert browser.get(path).status_code == 200

    def test_today_without_report__shows_the_aging_of_now(
        self, desk: Desk, browser: TestClient
    ) -> None:
        desk.account("acc_a", amounts=())
        _invoice(desk, "acc_a", "ONE", days_past_due=45)
        text = browser.get("/desk").text
        assert "31-60 days: $10.00" in text
        assert "1-30 days: $0.00" in text

    def test_dispute_page__quotes_the_customer_inertly(
        self, desk: Desk, browser: TestClient
    ) -> None:
        account = desk.account("acc_a")
        desk.books.add(
            "dispute",
            id="dsp_one",
            account_id=account,
            reason="PRICE",
            opened_on=AS_OF,
            state="open",
            quote=HOSTILE,
        )
        text = browser.get("/desk/disputes/dsp_one").text
        assert "&lt;img src=x" in text
        assert "<img" not in text


def _linked(text: str) -> set[str]:
    return set(re.findall(r'href="/desk/accounts/(acc_\w+)"', text))


def _invoice(
    desk: Desk, account: str, number: str, days_past_due: int, currency: str = "USD"
) -> None:
    due = AS_OF - timedelta(days=days_past_due)
    desk.books.invoice(
        f"inv_{account}_{number}",
        10_00,
        account_id=account,
        invoice_number=number,
        currency=currency,
        issued_on=due - timedelta(days=30),
        due_on=due,
    )


def _letter(desk: Desk, account: str, sent_on: date, invoice_ids: str) -> None:
    desk.books.add(
        "message",
        id=f"msg_{account}",
        account_id=account,
        purpose="send_reminder",
        stage=1,
        sent_on=sent_on,
        sent_at=NOON,
        invoice_ids=invoice_ids,
    )


def _pay(desk: Desk, name: str, on: date, applied_on: date | None = None) -> None:
    amount = Money.of("120.00", "USD").minor
    desk.books.receipt(f"rcp_{name}", amount, account_id=name, currency="USD", received_on=on)
    desk.books.apply(
        f"app_{name}",
        f"inv_{name}_1",
        amount,
        account_id=name,
        receipt_id=f"rcp_{name}",
        applied_on=applied_on or on,
    )
