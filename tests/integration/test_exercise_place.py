"""Exercises on the pages: each stands in the place of its request, and nothing gives it away."""

import re
from html import unescape

import pytest
from fastapi.testclient import TestClient

from ledger.tables.review import Exercise
from ledger.tables.work import Decision
from policies.load import with_changes
from policies.schema_reviewing import ReviewPolicy
from tests.support.desk import Desk
from tests.support.pages import edited, post, signed_in, token_on
from tools.exercises import waiting_exercise

_ROWS = re.compile(r'name="pick" value="([^"]+)"')
_SEEN = re.compile(r'<input type="hidden" name="(pick|seen_\w+)" value="([^"]+)"')


@pytest.fixture
def given(desk: Desk) -> tuple[str, str]:
    """The exercise of cora and the request in whose place it stands, between two others."""
    training = ReviewPolicy(training=True, training_every=1)
    changed = desk.house.policy.approval.model_copy(update={"reviewing": training})
    desk.house.policy = with_changes(desk.house.policy, approval=changed)
    original = desk.waiting_reminder("acc_b", amounts=(500_00,))
    desk.inbox("cora", attended=True).reject(desk.waiting_reminder("acc_z"), "no")
    with desk.house.ledger.read() as session:
        row = waiting_exercise(session, "cora")
        assert row is not None
        assert row.proposal_id == original
        exercise = row.id
    desk.waiting_reminder("acc_a", amounts=(900_00,))
    desk.waiting_reminder("acc_c", amounts=(100_00,))
    return exercise, original


def rows(browser: TestClient, query: str = "") -> list[str]:
    return _ROWS.findall(browser.get(f"/desk/inbox?{query}").text)


class TestQueue:
    def test_waiting__stands_in_the_place_of_its_request(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        exercise, original = given
        real = rows(signed_in(desk, client, "milo"))
        assert real.index(original) == 1
        client.cookies.clear()
        mine = rows(signed_in(desk, client, "cora"))
        assert mine == [exercise if each == original else each for each in real]

    @pytest.mark.parametrize(
        ("query", "fits"),
        [("who=mine", True), ("q=acc_b", True), ("account=acc_b", True), ("state=pending", True),
         ("account=acc_a", False), ("currency=USD&least=600", False)],
    )  # fmt: skip
    def test_filtered__shows_where_its_request_would_fit(
        self, desk: Desk, client: TestClient, given: tuple[str, str], query: str, fits: bool
    ) -> None:
        exercise, original = given
        found = rows(signed_in(desk, client, "cora"), query)
        assert (exercise in found) is fits
        assert original not in found

    def test_answered__gives_the_request_back(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        exercise, original = given
        browser = signed_in(desk, client, "cora")
        page = f"/desk/inbox/{exercise}"
        answer = post(browser, page, f"{page}/reject", code="wrong_facts", words="")
        assert "That was an exercise" in answer.text
        assert original in rows(browser)
        assert exercise not in rows(browser)

    def test_request_decided_by_a_colleague__takes_it_along_and_another_is_given(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        exercise, original = given
        desk.inbox("milo").reject(original, "no")
        browser = signed_in(desk, client, "cora")
        assert exercise not in rows(browser)
        assert 'id="closed"' in browser.get(f"/desk/inbox/{exercise}").text
        desk.inbox("cora", attended=True).reject(desk.waiting_reminder("acc_y"), "no")
        assert desk.count(Exercise) == 2


class TestCard:
    def test_link_to_the_request__opens_the_exercise(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        exercise, original = given
        browser = signed_in(desk, client, "cora")
        card = browser.get(f"/desk/inbox/{original}").text
        assert f'action="/desk/inbox/{exercise}/approve"' in card
        assert original not in card

    def test_neighbours__lead_to_it(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        exercise, original = given
        browser = signed_in(desk, client, "cora")
        first, _second, third = rows(browser)
        for each in (first, third):
            card = browser.get(f"/desk/inbox/{each}").text
            assert f"/desk/inbox/{exercise}" in card
            assert original not in card

    def test_card__holds_the_spoiled_words_everywhere_and_every_part_of_a_real_one(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        exercise, original = given
        real = signed_in(desk, client, "milo").get(f"/desk/inbox/{original}").text
        client.cookies.clear()
        card = signed_in(desk, client, "cora").get(f"/desk/inbox/{exercise}").text
        parts = re.compile(r"<(?:h2|h3|summary|legend)\b[^>]*>(.*?)</", re.DOTALL)
        assert parts.findall(card) == parts.findall(real)
        with desk.house.ledger.read() as session:
            body = session.get_one(Exercise, exercise).body
        wrong = next(each for each in re.findall(r"[\d,]+\.\d\d", body) if each not in real)
        [box] = re.findall(r'<textarea[^>]*name="body"[^>]*>(.*?)</textarea>', card, re.DOTALL)
        assert wrong in box

    def test_edit_judged__answers_as_for_a_request(
        self, desk: Desk, client: TestClient, given: tuple[str, str]
    ) -> None:
        page = f"/desk/inbox/{given[0]}"
        browser = signed_in(desk, client, "cora")
        assert "Nothing is changed yet" in edited(browser, page, "judge", {"hx-request": "1"}).text
        answer = edited(browser, page, "judge", {"hx-request": "1"}, subject="Another subject")
        assert "It would wait for" in answer.text
        with desk.house.ledger.read() as session:
            body = session.get_one(Exercise, given[0]).body
        assert body.strip() in unescape(answer.text)
        assert "That was an exercise" in edited(browser, page, "edit", subject="Another").text


def test_picked_with_others__is_listed_and_sends_nothing(
    desk: Desk, client: TestClient, given: tuple[str, str]
) -> None:
    exercise, original = given
    browser = signed_in(desk, client, "cora")
    page = browser.get("/desk/inbox")
    fields = {"form_token": token_on(page), "pick": rows(browser)}
    listed = browser.post("/desk/inbox/batch", data=fields)
    assert "One yes for 3" in listed.text
    hidden = _SEEN.findall(listed.text)
    sent = {name: value for name, value in hidden if name != "pick"}
    picked = [value for name, value in hidden if name == "pick"]
    assert exercise in picked
    confirmed = {"form_token": token_on(listed), "pick": picked} | sent
    done = browser.post("/desk/inbox/batch/approve", data=confirmed)
    assert "2 approved, 1 left" in done.text
    assert "planted mistake" in done.text
    assert desk.proposal(original).state == "pending"
    assert desk.count(Decision) == 3
