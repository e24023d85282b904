"""Signing in to the pages: by password, by link, never by accident or from elsewhere."""

import pytest
from fastapi.testclient import TestClient

from ledger.clock import SystemClock
from tests.support.desk import Desk
from tests.support.pages import post, signed_in
from tools.sign_in import make_link, set_password

WORDS = "a long enough password"


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    client.base_url = client.base_url.copy_with(scheme="https", host="desk.example")
    return client


class TestPassword:
    def test_right_password__signs_in_and_goes_where_wanted(
        self, desk: Desk, browser: TestClient
    ) -> None:
        _give_password(desk, "cora")
        fields = {"person": "cora", "password": WORDS, "next": "/desk/inbox"}
        answer = browser.post("/desk/sign-in", data=fields, follow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/inbox")
        cookie = answer.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "Secure", "SameSite=lax", "Path=/desk"))

    @pytest.mark.parametrize(
        ("person", "password"), [("cora", "wrong"), ("nobody", WORDS), ("felix", WORDS)]
    )
    def test_wrong_or_unknown__says_the_same(
        self, desk: Desk, browser: TestClient, person: str, password: str
    ) -> None:
        _give_password(desk, "cora")
        answer = browser.post("/desk/sign-in", data={"person": person, "password": password})
        assert answer.status_code == 403
        assert "do not go together" in answer.text
        assert "set-cookie" not in answer.headers

    @pytest.mark.parametrize(
        "wanted", ["https://evil.example", "//evil.example", "/desk//evil", "/deskevil", "/inbox"]
    )
    def test_next_leads_elsewhere__goes_to_the_desk(
        self, desk: Desk, browser: TestClient, wanted: str
    ) -> None:
        _give_password(desk, "cora")
        fields = {"person": "cora", "password": WORDS, "next": wanted}
        answer = browser.post("/desk/sign-in", data=fields, follow_redirects=False)
        assert answer.headers["location"] == "/desk"


class TestLink:
    def test_opened_by_a_scanner__is_not_used_up(self, desk: Desk, browser: TestClient) -> None:
        with desk.house.ledger.write() as session:
            secret = make_link(session, "cora", "test", SystemClock().now())
        for _look in range(3):
            assert browser.get(f"/desk/sign-in/link?secret={secret}").status_code == 200
        answer = browser.post("/desk/sign-in/link", data={"secret": secret}, follow_redirects=False)
        assert answer.status_code == 303
        again = browser.post("/desk/sign-in/link", data={"secret": secret})
        assert again.status_code == 403


class TestForms:
    def test_sign_out_without_its_token__is_refused(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        answer = browser.post("/desk/sign-out", data={})
        assert answer.status_code == 403
        assert "text/html" in answer.headers["content-type"]

    def test_sign_out_from_another_site__is_refused(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        answer = browser.post("/desk/sign-out", headers={"sec-fetch-site": "cross-site"})
        assert answer.status_code == 403

    def test_sign_out__ends_the_stay(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        held = dict(browser.cookies)
        assert post(browser, "/desk/people", "/desk/sign-out").status_code == 303
        browser.cookies.update(held)
        assert "form_token" not in browser.get("/desk/people").text


class TestPolicyOfContent:
    def test_each_page__has_a_nonce_of_its_own(self, desk: Desk, browser: TestClient) -> None:
        policies = {
            browser.get("/desk/sign-in").headers["content-security-policy"] for _ in range(2)
        }
        assert len(policies) == 2
        assert all("default-src 'none'" in each and "unsafe" not in each for each in policies)


def _give_password(desk: Desk, person: str) -> None:
    with desk.house.ledger.write() as session:
        set_password(session, person, WORDS, "test", SystemClock().now())
