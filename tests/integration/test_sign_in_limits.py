"""Too many tries wait, and nobody's tries keep a colleague out."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from api.limits import (
    CHAT,
    NEW_PASSWORD,
    PORTAL_FROM,
    SIGN_IN_AS,
    SIGN_IN_FROM,
    SIGN_IN_PROVIDER,
    SIGN_IN_STRANGE,
    Allowance,
    Limits,
)
from ledger.clock import SystemClock
from ledger.tables.work import SignIn
from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk
from tests.support.pages import post, token_on
from tools.sign_in import make_link, set_password

WORDS = "a long enough sentence"
HOME, OFFICE, STRANGE = "203.0.113.7", "198.51.100.20", "192.0.2.66"
At = Callable[[str], TestClient]


@pytest.fixture
def at(desk: Desk) -> At:
    """A browser at an address, before one server."""
    app = create_app(desk.house)
    with desk.house.ledger.write() as session:
        set_password(session, "cora", WORDS, "test", SystemClock().now())
    return lambda address: TestClient(
        app, base_url="https://desk.example", client=(address, 50_000), follow_redirects=False
    )


def sign_in(browser: TestClient, person: str, password: str) -> int:
    return browser.post("/desk/sign-in", data={"person": person, "password": password}).status_code


def by_link(desk: Desk, browser: TestClient) -> int:
    with desk.house.ledger.write() as session:
        secret = make_link(session, "cora", "test", SystemClock().now())
    return browser.post("/desk/sign-in/link", data={"secret": secret}).status_code


def used_up(at: At, allowance: Allowance, whose: str, but: int = 0) -> None:
    """Count tries as if they had been made, because each real one takes its time."""
    limits = at(STRANGE).app.state.limits  # type: ignore[attr-defined]
    for _try in range(allowance.tries - but):
        limits.take(allowance, whose)


class TestOneAddress:
    @pytest.mark.parametrize("person", ["cora", "nobody-of-that-name"])
    def test_too_many_tries__even_the_right_word_waits(self, at: At, person: str) -> None:
        browser = at(STRANGE)
        for _try in range(SIGN_IN_AS.tries):
            assert sign_in(browser, person, "wrong") == 403
        answer = browser.post("/desk/sign-in", data={"person": person, "password": WORDS})
        assert (answer.status_code, "wait" in answer.text) == (429, True)
        assert "dunwell people link" in answer.text
        assert 0 < int(answer.headers["retry-after"]) <= 600
        assert "text/html" in answer.headers["content-type"]

    def test_one_address_tries_many_names__waits(self, at: At) -> None:
        browser = at(STRANGE)
        used_up(at, SIGN_IN_FROM, STRANGE, but=1)
        assert [sign_in(browser, name, "x") for name in ("a", "b")] == [403, 429]

    def test_right_one__forgets_the_wrong_ones(self, at: At) -> None:
        browser = at(STRANGE)
        for _round in range(2):
            for _try in range(SIGN_IN_AS.tries - 1):
                assert sign_in(browser, "cora", "wrong") == 403
            assert sign_in(browser, "cora", WORDS) == 303

    def test_signed_in_before__guessing_there_waits_all_the_same(self, at: At) -> None:
        browser = at(HOME)
        assert sign_in(browser, "cora", WORDS) == 303
        answers = [sign_in(browser, "cora", "wrong") for _try in range(SIGN_IN_AS.tries + 1)]
        assert answers == [403] * SIGN_IN_AS.tries + [429]


class TestOthersGuess:
    def test_from_one_address__person_elsewhere_comes_in(self, at: At) -> None:
        stranger = at(STRANGE)
        answers = [sign_in(stranger, "cora", "wrong") for _try in range(SIGN_IN_FROM.tries)]
        assert answers.count(403) == SIGN_IN_AS.tries
        assert sign_in(at(HOME), "cora", WORDS) == 303

    def test_from_many_addresses__strange_ones_wait_and_known_ones_come_in(self, at: At) -> None:
        assert sign_in(at(HOME), "cora", WORDS) == 303
        used_up(at, SIGN_IN_STRANGE, "cora", but=4)  # the first time, home was strange too
        guessed = [sign_in(at(f"192.0.2.{number}"), "cora", "wrong") for number in range(1, 5)]
        assert guessed == [403, 403, 403, 429]
        assert sign_in(at(OFFICE), "cora", WORDS) == 429
        assert sign_in(at(HOME), "cora", WORDS) == 303

    def test_from_many_addresses__link_lets_in_and_makes_the_address_known(
        self, desk: Desk, at: At
    ) -> None:
        used_up(at, SIGN_IN_STRANGE, "cora")
        assert sign_in(at(OFFICE), "cora", WORDS) == 429
        assert by_link(desk, at(OFFICE)) == 303
        assert sign_in(at(OFFICE), "cora", WORDS) == 303

    def test_from_the_same_address__link_still_lets_in(self, desk: Desk, at: At) -> None:
        used_up(at, SIGN_IN_FROM, HOME)
        assert sign_in(at(HOME), "cora", WORDS) == 429
        assert by_link(desk, at(HOME)) == 303

    def test_from_the_same_address__provider_is_still_asked(self, at: At) -> None:
        used_up(at, SIGN_IN_FROM, HOME)
        assert at(HOME).get("/desk/sign-in/provider").status_code == 404  # none is set up here
        used_up(at, SIGN_IN_PROVIDER, HOME, but=1)
        assert at(HOME).get("/desk/sign-in/provider").status_code == 429

    def test_other_names_from_a_known_address__leave_the_person_alone(self, at: At) -> None:
        assert sign_in(at(HOME), "cora", WORDS) == 303
        used_up(at, SIGN_IN_FROM, HOME, but=1)
        assert sign_in(at(HOME), "another", "wrong") == 429
        assert sign_in(at(HOME), "cora", WORDS) == 303

    def test_known_address_of_another_person__is_strange_for_this_one(
        self, desk: Desk, at: At
    ) -> None:
        with desk.house.ledger.write() as session:
            set_password(session, "milo", WORDS, "test", SystemClock().now())
        assert sign_in(at(HOME), "milo", WORDS) == 303
        used_up(at, SIGN_IN_STRANGE, "cora")
        assert sign_in(at(HOME), "cora", WORDS) == 429

    def test_restarted_server__still_knows_the_address(self, desk: Desk, at: At) -> None:
        assert sign_in(at(HOME), "cora", WORDS) == 303
        anew = create_app(desk.house)
        for _try in range(SIGN_IN_STRANGE.tries):
            anew.state.limits.take(SIGN_IN_STRANGE, "cora")
        known = TestClient(anew, base_url="https://desk.example", client=(HOME, 1))
        assert known.post(
            "/desk/sign-in", data={"person": "cora", "password": WORDS}, follow_redirects=False
        ).status_code == 303  # fmt: skip

    def test_guessing__does_not_keep_a_signed_in_person_from_a_new_password(self, at: At) -> None:
        browser = at(HOME)
        assert sign_in(browser, "cora", WORDS) == 303
        used_up(at, SIGN_IN_AS, f"{HOME} cora")
        assert sign_in(at(HOME), "cora", WORDS) == 429
        new = "quite another sentence"
        fields = {"current": WORDS, "password": new, "again": new}
        assert post(browser, "/desk/me", "/desk/me/password", **fields).status_code == 303


def test_signed_in__address_is_kept_as_what_nobody_can_read(desk: Desk, at: At) -> None:
    browser = at(HOME)
    assert sign_in(browser, "cora", WORDS) == 303
    new = "quite another sentence"
    token = token_on(browser.get("/desk/me"))
    fields = {"form_token": token, "current": WORDS, "password": new, "again": new}
    assert browser.post("/desk/me/password", data=fields).status_code == 303
    with desk.house.ledger.read() as session:
        kept = set(session.scalars(select(SignIn.came_from)))
    assert len(kept) == 1
    assert not any(HOME in str(each) for each in kept)


def test_wrong_current_password_too_often__waits(at: At) -> None:
    browser = at(HOME)
    assert sign_in(browser, "cora", WORDS) == 303
    token = token_on(browser.get("/desk/me"))
    used_up(at, NEW_PASSWORD, "cora", but=1)
    fields = {"form_token": token, "current": "x", "password": WORDS * 2, "again": WORDS * 2}
    answers = [browser.post("/desk/me/password", data=fields).status_code for _try in range(2)]
    assert answers == [403, 429]


def test_two_servers__share_no_counters() -> None:
    """Nobody can look beforehand for a name that counts against somebody else's."""
    places = {Limits()._place("cora") for _server in range(4)}
    assert len(places) > 1


def test_chat_too_often__is_a_problem_with_its_hour(desk: Desk, client: TestClient) -> None:
    header = signed(desk, "cora")
    for _ask in range(CHAT.tries):
        client.app.state.limits.take(CHAT, "cora")  # type: ignore[attr-defined]
    answer = client.post("/chat/a/messages", headers=header, json={"text": "hello"})
    assert_problem(answer, 429, "too-many")
    assert int(answer.headers["retry-after"]) > 0


def test_portal_from_one_address_too_often__waits(client: TestClient) -> None:
    limits = client.app.state.limits  # type: ignore[attr-defined]
    for _look in range(PORTAL_FROM.tries):
        limits.take(PORTAL_FROM, "testclient")
    answer = client.get("/p/guessed")
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
