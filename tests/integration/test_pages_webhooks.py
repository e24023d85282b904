"""The page of webhooks: what admins see of them, and each button that acts."""

import re
import socket
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from adapters.webhooks import Told
from api.app import create_app
from batch.webhooks import tell_webhooks
from ledger.clock import SystemClock
from ledger.tables.webhooks import WebhookDelivery, WebhookEndpoint
from ledger.tables.work import Audit
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk
from tests.support.pages import post, signed_in, token_on
from tests.support.webhook_receiver import Receiver, receiver
from tools.webhooks import add_endpoint, judge_endpoint

PAGE = "/desk/webhooks"
OUTSIDE = "https://hooks.example/x"
DEEDS = ("test", "retry", "pause", "resume", "remove")


@pytest.fixture
def heard() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


@pytest.fixture
def admin(desk: Desk) -> Iterator[TestClient]:
    """An admin at a server that tells, as `dunwell serve` does."""
    desk.books.add("person", id="otto", name="Otto Reyes", roles="admin")
    with TestClient(create_app(desk.house, lambda _day: tell_webhooks(desk.house))) as client:
        client.app.state.dispatch._seconds = 0  # type: ignore[attr-defined]
        yield signed_in(desk, client, "otto")


def added(desk: Desk, url: str, *events: str) -> dict[str, str]:
    """A receiver on this machine, which only its command line may name."""
    wanted = judge_endpoint(url, events, at_the_machine=True)
    with desk.house.ledger.write() as session:
        return asdict(add_endpoint(session, wanted, "operator", SystemClock().now()))


def dead(desk: Desk, endpoint_id: str, number: int = 1, says: str = "status 500") -> None:
    desk.books.add(
        "webhook_delivery", seq=1000 + number, endpoint_id=endpoint_id, event="payment.received",
        subject_id=f"rcp_{number}", kind="receipt", happened_on=AS_OF, queued_at=NOON,
        state="dead", attempts=10, says=says, settled_at=SystemClock().now(),
    )  # fmt: skip


def a_receipt(desk: Desk, number: int = 1) -> None:
    desk.books.receipt(f"rcp_{number}", 12_34, account_id=None)


def do(admin: TestClient, end: dict[str, str], deed: str) -> Any:
    return post(admin, PAGE, f"{PAGE}/{end['id']}/{deed}")


def said(admin: TestClient, answer: Any) -> str:
    """What the page says after a deed."""
    assert (answer.status_code, answer.headers.get("location")) == (303, PAGE), answer.text
    found = re.search(r'class="said" role="status">([^<]+)', admin.get(PAGE).text)
    assert found
    return found[1]


def tellings(desk: Desk) -> list[str]:
    with desk.house.ledger.read() as session:
        rows = session.scalars(select(WebhookDelivery).order_by(WebhookDelivery.seq))
        return [row.state for row in rows]


def state_of(desk: Desk, endpoint_id: str) -> str:
    with desk.house.ledger.read() as session:
        return session.get_one(WebhookEndpoint, endpoint_id).state


class TestShown:
    def test_nobody_is_told__says_so(self, admin: TestClient) -> None:
        shown = admin.get(PAGE).text
        assert "Nobody is told of anything" in shown
        assert f'action="{PAGE}"' in shown

    def test_endpoint_and_its_tellings__as_they_stand_without_the_secret(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url, "payment.received", "message.sent")
        a_receipt(desk)
        tell_webhooks(desk.house)
        dead(desk, end["id"])
        shown = admin.get(PAGE).text
        for words in (heard.url, "payment.received, message.sent", "added by operator",
                      "status 204", "status 500", "rcp_1", "Send 1 dead again"):  # fmt: skip
            assert words in shown, words
        assert "not in 30 days" not in shown
        assert end["secret"] not in shown

    def test_filter__shows_those_of_one_address_or_state_only(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        one, other = added(desk, heard.url, "message.sent"), added(desk, heard.url, "message.sent")
        dead(desk, one["id"], 1)
        dead(desk, other["id"], 2)
        a_receipt(desk)
        for asked, wanted in (
            ({}, {"rcp_1", "rcp_2"}),
            ({"endpoint": one["id"]}, {"rcp_1"}),
            ({"state": "dead"}, {"rcp_1", "rcp_2"}),
            ({"state": "waiting"}, set()),
            ({"before": 1002}, {"rcp_1"}),
        ):
            shown = admin.get(PAGE, params=asked).text
            assert set(re.findall(r"<td>(rcp_\d)</td>", shown)) == wanted, asked

    def test_more_than_a_page__older_leads_to_the_rest(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        for number in range(60):
            dead(desk, end["id"], number)
        seen: list[str] = []
        where: str | None = f"{PAGE}?state=dead"
        while where:
            shown = admin.get(where).text
            seen += re.findall(r"<td>(rcp_\d+)</td>", shown)
            older = re.search(r'<a href="([^"]+)">Older', shown)
            where = older[1].replace("&amp;", "&") if older else None
        assert seen == [f"rcp_{number}" for number in reversed(range(60))]

    def test_hostile_words__are_shown_as_words(self, desk: Desk, admin: TestClient) -> None:
        bad = '<img src=x onerror="alert(1)">\u202e'
        desk.books.add(
            "webhook_endpoint", id="whe_a", url=f"https://x.example/{bad}", secret="s",
            events="payment.received", state="active", added_at=NOON, added_by=bad,
        )  # fmt: skip
        dead(desk, "whe_a", says=bad)
        shown = admin.get(PAGE).text
        assert "<img" not in shown
        assert "onerror=&#34;" in shown
        assert "[U+202E]" in shown

    @pytest.mark.parametrize(
        "asked",
        [{"state": "lost"}, {"before": "0"}, {"before": "9" * 30}, {"before": "x"}],
        ids=str,
    )
    def test_word_that_asks_for_nothing__is_refused(
        self, admin: TestClient, asked: dict[str, str]
    ) -> None:
        assert admin.get(PAGE, params=asked).status_code == 422

    def test_address_that_is_not__is_not_found(self, admin: TestClient) -> None:
        assert admin.get(PAGE, params={"endpoint": "whe_none"}).status_code == 404


class TestAdd:
    @pytest.fixture(autouse=True)
    def _found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        found = [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)

    def test_added__secret_is_shown_once_and_signs(self, desk: Desk, admin: TestClient) -> None:
        fields = {"url": OUTSIDE, "event": "payment.received"}
        answer = post(admin, PAGE, PAGE, **fields)
        assert answer.status_code == 200, answer.text
        (secret,) = re.findall(r"whsec_[\w+/=]+", answer.text.replace("&#43;", "+"))
        assert "whsec_" not in admin.get(PAGE).text
        a_receipt(desk)
        posted: list[tuple[str, ...]] = []

        def take(*told: Any) -> Told:
            posted.append(told[:2])
            return Told(True, "status 204")

        tell_webhooks(desk.house, take)
        assert posted == [(OUTSIDE, secret)]
        with desk.house.ledger.read() as session:
            noted = session.scalars(select(Audit).where(Audit.kind == "webhook_added")).one()
        assert (noted.actor, secret in noted.payload) == ("otto", False)

    @pytest.mark.parametrize(
        "fields",
        [
            {"url": "http://127.0.0.1:9/"},
            {"url": "https://localhost/"},
            {"url": "https://10.0.0.8/hook"},
            {"url": "http://hooks.example/x"},
            {"url": ""},
            {"url": OUTSIDE, "event": "nothing.happened"},
            {"url": f"{OUTSIDE}{'x' * 500}"},
        ],
        ids=lambda fields: str(fields)[:40],
    )
    def test_address_or_event_that_may_not_be__is_refused(
        self, desk: Desk, admin: TestClient, fields: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if "10.0" in fields["url"]:
            found = [(socket.AF_INET, 1, 6, "", ("10.0.0.8", 443))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_a, **_k: found)
        assert post(admin, PAGE, PAGE, **fields).status_code == 422
        assert desk.count(WebhookEndpoint) == 0


class TestDeeds:
    def test_test__says_what_the_receiver_answered(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        assert said(admin, do(admin, end, "test")) == f"{end['id']} took the test: status 204"
        assert heard.verified(end["secret"])[0]["type"] == "webhook.test"
        heard.answers = [500]
        assert "did not take it: status 500" in said(admin, do(admin, end, "test"))

    def test_retry__sends_what_was_given_up_under_its_id(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        dead(desk, end["id"])
        assert said(admin, do(admin, end, "retry")) == f"1 to be sent to {end['id']} again"
        assert (tellings(desk), len(heard.taken)) == (["delivered"], 1)
        assert "dead again" not in admin.get(PAGE).text

    def test_paused__is_sent_nothing_until_it_is_resumed(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        assert "is paused" in said(admin, do(admin, end, "pause"))
        shown = admin.get(PAGE).text
        assert ("/resume" in shown, "/pause" in shown) == (True, False)
        a_receipt(desk)
        tell_webhooks(desk.house)
        assert (tellings(desk), heard.taken) == (["waiting"], [])
        assert do(admin, end, "pause").status_code == 409
        assert "told again" in said(admin, do(admin, end, "resume"))
        assert (tellings(desk), len(heard.taken)) == (["delivered"], 1)

    def test_removed__is_told_of_nothing_and_has_no_button(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk)
        assert "nothing any more" in said(admin, do(admin, end, "remove"))
        assert (state_of(desk, end["id"]), tellings(desk)) == ("removed", ["dead"])
        shown = admin.get(PAGE).text
        assert ("Removed (1)" in shown, f"{PAGE}/{end['id']}" in shown) == (True, False)
        assert [do(admin, end, deed).status_code for deed in DEEDS] == [404] * len(DEEDS)

    def test_receiver_that_is_gone__may_only_be_removed(
        self, desk: Desk, admin: TestClient, heard: Receiver
    ) -> None:
        end = added(desk, heard.url)
        a_receipt(desk)
        heard.answers = [410]
        tell_webhooks(desk.house)
        shown = admin.get(PAGE).text
        assert re.findall(rf'action="{PAGE}/{end["id"]}/(\w+)"', shown) == ["remove"]
        assert do(admin, end, "remove").status_code == 303


class TestWho:
    @pytest.mark.parametrize(
        ("person", "sees"),
        [("felix", "all"), ("ines", "all"), ("cora", "all"), ("otto", "own"),
         ("otto", "segments:smb")],
    )  # fmt: skip
    def test_anyone_but_an_admin_who_sees_all__sees_and_does_nothing(
        self, desk: Desk, admin: TestClient, heard: Receiver, person: str, sees: str
    ) -> None:
        end = added(desk, heard.url)
        dead(desk, end["id"])
        desk.books.change("person", "id", person, sees=sees)
        browser = signed_in(desk, admin, person)
        home = browser.get("/desk/people")
        assert PAGE not in home.text
        fields = {"form_token": token_on(home), "url": OUTSIDE}
        assert browser.get(PAGE).status_code == 403
        for where in (PAGE, *(f"{PAGE}/{end['id']}/{deed}" for deed in DEEDS)):
            assert browser.post(where, data=fields, follow_redirects=False).status_code == 403
        assert (state_of(desk, end["id"]), tellings(desk)) == ("active", ["dead"])
        assert (heard.taken, desk.count(WebhookEndpoint)) == ([], 1)

    def test_admin__finds_the_page_in_the_bar(self, admin: TestClient) -> None:
        assert f'href="{PAGE}"' in admin.get("/desk").text
        assert f'href="{PAGE}" aria-current="page"' in admin.get(PAGE).text
