"""Signing in by the company's provider, against one that answers on loopback."""

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import ECKey
from pydantic import SecretStr
from sqlalchemy import select

from adapters.oidc import Known, OidcProvider
from api.app import create_app
from api.pages.access import COOKIE
from cli.main import main
from graph.settings import read_settings
from ledger.errors import BadInput, Conflict, Refused
from ledger.tables.work import Audit
from tests.support.books import NOON
from tests.support.desk import Desk
from tests.support.oidc import CLIENT, SECRET, Provider, provider
from tools.people import forget_pin, save_person
from tools.sign_in_provider import sign_in_as_known

START = "/desk/sign-in/provider"
CORA = {"email": "Cora@Company.example", "email_verified": True}


@pytest.fixture(scope="module")
def serving() -> Iterator[Provider]:
    with provider() as serving:
        yield serving


@pytest.fixture
def issuer(serving: Provider) -> Provider:
    serving.claims, serving.known = {}, serving.key
    return serving


@pytest.fixture
def browser(desk: Desk, issuer: Provider) -> Iterator[TestClient]:
    desk.books.change("person", "id", "cora", known_as="cora@company.example")
    desk.books.change("person", "id", "milo", known_as="milo.v")
    app = create_app(desk.house)
    app.state.provider = OidcProvider(issuer.issuer, CLIENT, SecretStr(SECRET))
    with TestClient(app, base_url="https://desk.example", follow_redirects=False) as client:
        yield client


def go_and_come_back(browser: TestClient, **changed: str) -> Any:
    """Follow to the provider and back, as a browser does."""
    sent = browser.get(f"{START}?next=/desk/people")
    assert sent.status_code == 303, sent.text
    back = httpx2.URL(httpx2.get(sent.headers["location"]).headers["location"])
    back = back.copy_merge_params(changed)
    return browser.get(f"{back.path}?{back.query.decode()}")


class TestKnown:
    @pytest.mark.parametrize(
        "claims",
        [CORA, CORA | {"preferred_username": "milo.v"}],
        ids=["verified mail", "mail wins"],
    )
    def test_verified_mail__signs_in_and_goes_where_wanted(
        self, browser: TestClient, issuer: Provider, claims: dict[str, Any]
    ) -> None:
        issuer.claims = claims
        answer = go_and_come_back(browser)
        assert (answer.status_code, answer.headers["location"]) == (303, "/desk/people")
        assert "Cora Lind</h1>" in browser.get("/desk/me").text

    def test_user_name_where_mail_counts__is_refused(
        self, browser: TestClient, issuer: Provider
    ) -> None:
        issuer.claims = {"preferred_username": "Milo.V"}
        assert go_and_come_back(browser).status_code == 403
        assert COOKIE not in browser.cookies

    def test_user_name_where_it_counts__signs_in_whatever_the_mail(
        self, browser: TestClient, issuer: Provider
    ) -> None:
        app: Any = browser.app
        app.state.provider = OidcProvider(issuer.issuer, CLIENT, SecretStr(SECRET), "username")
        issuer.claims = CORA | {"preferred_username": "Milo.V"}
        assert go_and_come_back(browser).status_code == 303
        assert "Milo Varga</h1>" in browser.get("/desk/me").text

    @pytest.mark.parametrize(
        "claims",
        [
            {"email": "cora@company.example"},
            {"email": "cora@company.example", "email_verified": "true"},
            {"preferred_username": "cora@company.example"},
            {"email": "eve@company.example", "email_verified": True},
            {},
        ],
        ids=["unverified", "said, not true", "chosen name", "unknown", "nothing"],
    )
    def test_unknown_or_unproven__is_refused_in_one_line(
        self, browser: TestClient, issuer: Provider, claims: dict[str, Any]
    ) -> None:
        issuer.claims = claims
        answer = go_and_come_back(browser)
        assert (answer.status_code, "ask an admin to add you" in answer.text) == (403, True)
        assert COOKIE not in browser.cookies

    def test_retired__is_refused(self, desk: Desk, browser: TestClient, issuer: Provider) -> None:
        desk.books.change("person", "id", "cora", roles="")
        issuer.claims = CORA
        assert go_and_come_back(browser).status_code == 403


class TestPinned:
    def test_same_account_again__signs_in(self, browser: TestClient, issuer: Provider) -> None:
        for _time in range(2):
            issuer.claims = CORA | {"sub": "account of cora"}
            assert go_and_come_back(browser).status_code == 303

    def test_same_mail_of_another_account__is_refused_and_journalled(
        self, desk: Desk, browser: TestClient, issuer: Provider
    ) -> None:
        issuer.claims = CORA | {"sub": "account of cora"}
        assert go_and_come_back(browser).status_code == 303
        browser.cookies.delete(COOKIE, path="/desk")
        issuer.claims = CORA | {"sub": "who has the address now"}
        answer = go_and_come_back(browser)
        assert (answer.status_code, "another account" in answer.text) == (403, True)
        assert COOKIE not in browser.cookies
        assert journalled(desk) == ["provider_pinned", "provider_refused"]
        issuer.claims = CORA | {"sub": "account of cora"}
        assert go_and_come_back(browser).status_code == 303

    def test_same_account_at_another_issuer__is_refused(
        self, desk: Desk, browser: TestClient, issuer: Provider
    ) -> None:
        issuer.claims = CORA | {"sub": "account of cora"}
        assert go_and_come_back(browser).status_code == 303
        elsewhere = Known("https://other.example", "account of cora", "cora@company.example", None)
        with pytest.raises(Refused, match="another account"):
            sign_in_as_known(desk.house.ledger, elsewhere, NOON)

    def test_account_of_one_comes_as_another__is_refused(
        self, desk: Desk, browser: TestClient, issuer: Provider
    ) -> None:
        desk.books.change("person", "id", "milo", known_as="milo@company.example")
        issuer.claims = CORA | {"sub": "account of cora"}
        assert go_and_come_back(browser).status_code == 303
        issuer.claims = {"email": "milo@company.example", "email_verified": True} | {
            "sub": "account of cora"
        }
        answer = go_and_come_back(browser)
        assert (answer.status_code, "somebody else" in answer.text) == (403, True)
        assert journalled(desk)[-1] == "provider_refused"

    @pytest.mark.parametrize("sub", [42, "", None], ids=str)
    def test_account_without_a_name__is_refused(
        self, browser: TestClient, issuer: Provider, sub: object
    ) -> None:
        issuer.claims = CORA | {"sub": sub}
        assert go_and_come_back(browser).status_code == 403

    def test_operator_unpins__next_account_is_theirs(
        self,
        desk: Desk,
        browser: TestClient,
        issuer: Provider,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setenv("DUNWELL_DATABASE_URL", desk.house.settings.database_url or "")
        for sub, typed in (("first", "unpin"), ("second", "list")):
            issuer.claims = CORA | {"sub": sub}
            assert go_and_come_back(browser).status_code == 303
            told = ["cora"] if typed == "unpin" else ["--json"]
            with pytest.raises(SystemExit) as ended:
                main(["people", typed, *told, "--home", str(desk.house.home)])
            assert ended.value.code == 0
        listed = json.loads(capsys.readouterr().out.splitlines()[-1])
        assert {each["id"] for each in listed if each["pinned"]} == {"cora"}
        issuer.claims = CORA | {"sub": "first"}
        assert go_and_come_back(browser).status_code == 403

    def test_nothing_to_unpin_or_a_colleague_asks__is_refused(self, desk: Desk) -> None:
        desk.books.add("person", id="otto", name="Otto Reyes", roles="admin")
        with desk.house.ledger.write() as session, pytest.raises(Conflict, match="no account"):
            forget_pin(session, "cora", "operator", NOON)
        desk.books.change("person", "id", "cora", provider_pin="pinned")
        with desk.house.ledger.write() as session, pytest.raises(Refused, match="on the machine"):
            forget_pin(session, "cora", "otto", NOON)

    @pytest.mark.parametrize(("known_as", "stays"), [("new@company.example", False), (None, True)])
    def test_other_name_at_the_provider__ends_the_pin(
        self, desk: Desk, known_as: str | None, stays: bool
    ) -> None:
        desk.books.change("person", "id", "cora", known_as="old", provider_pin="pinned")
        with desk.house.ledger.write() as session:
            saved = save_person(
                session, "cora", "Cora Lind", ("collector",), desk.house.policy, "operator", NOON,
                known_as=known_as,
            )  # fmt: skip
            assert (saved.provider_pin is not None) == stays


def journalled(desk: Desk) -> list[str]:
    """What the journal holds of accounts at the provider, in order."""
    with desk.house.ledger.read() as session:
        kinds = session.scalars(select(Audit.kind).order_by(Audit.seq))
        return [kind for kind in kinds if kind.startswith("provider_")]


class TestAnswers:
    @pytest.mark.parametrize(
        "claims",
        [
            {"nonce": "of another sign-in"},
            {"aud": "another-client"},
            {"iss": "https://evil.example"},
            {"exp": 1_700_000_000},
        ],
        ids=str,
    )
    def test_token_for_something_else__is_refused(
        self, browser: TestClient, issuer: Provider, claims: dict[str, Any]
    ) -> None:
        issuer.claims = CORA | claims
        answer = go_and_come_back(browser)
        assert (answer.status_code, "did not confirm" in answer.text) == (403, True)

    def test_token_signed_by_another__is_refused(
        self, browser: TestClient, issuer: Provider
    ) -> None:
        issuer.claims, issuer.known = CORA, ECKey.generate_key("P-256", {"kid": "one"})
        assert go_and_come_back(browser).status_code == 403

    @pytest.mark.parametrize(
        "changed",
        [
            {"state": "of another"},
            {"state": ""},
            {"code": "guessed"},
            {"code": ""},
            {"iss": "https://evil.example"},
            {"error": "access_denied"},
        ],
        ids=str,
    )
    def test_answer_was_changed__is_refused(
        self, browser: TestClient, issuer: Provider, changed: dict[str, str]
    ) -> None:
        issuer.claims = CORA
        assert go_and_come_back(browser, **changed).status_code == 403
        assert COOKIE not in browser.cookies

    def test_answer_lands_in_another_browser__is_refused(
        self, browser: TestClient, issuer: Provider
    ) -> None:
        issuer.claims = CORA
        sent = browser.get(START)
        back = httpx2.URL(httpx2.get(sent.headers["location"]).headers["location"])
        browser.cookies.clear()
        assert browser.get(f"{back.path}?{back.query.decode()}").status_code == 403


class TestSetUp:
    def test_none_set_up__is_not_found(self, desk: Desk) -> None:
        with TestClient(create_app(desk.house)) as client:
            assert client.get(START).status_code == 404
            assert "company account" not in client.get("/desk/sign-in").text

    def test_issuer_without_tls__is_refused(self) -> None:
        with pytest.raises(BadInput, match="needs https"):
            OidcProvider("http://login.example", CLIENT, None)

    def test_issuer_does_not_answer__says_so(self, browser: TestClient) -> None:
        app: Any = browser.app
        app.state.provider = OidcProvider("http://127.0.0.1:1", CLIENT, None)
        answer = browser.get(START)
        assert (answer.status_code, "does not answer" in answer.text) == (403, True)

    def test_half_of_the_settings__are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DUNWELL_OIDC_ISSUER", "https://login.example")
        with pytest.raises(BadInput, match="DUNWELL_OIDC_CLIENT_ID"):
            read_settings()
        monkeypatch.setenv("DUNWELL_OIDC_CLIENT_ID", CLIENT)
        monkeypatch.setenv("DUNWELL_OIDC_CLIENT_SECRET", SECRET)
        oidc = read_settings().oidc
        assert oidc is not None
        assert SECRET not in repr(oidc)
        assert oidc.match == "email"
        monkeypatch.setenv("DUNWELL_OIDC_MATCH", "username")
        told = read_settings().oidc
        assert told is not None
        assert told.match == "username"
        monkeypatch.setenv("DUNWELL_OIDC_MATCH", "sub")
        with pytest.raises(BadInput, match="email or username"):
            read_settings()
