"""Batches, exercises and reviewing on the pages."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from ledger.tables.review import Delegation, Review
from ledger.tables.work import Decision
from policies.load import with_changes
from policies.schema_reviewing import ReviewPolicy
from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk
from tests.support.pages import post, signed_in, token_on
from tools.exercises import waiting_exercise
from tools.reviewer_guard import SAME_LOOK

_HIDDEN = re.compile(r'<input type="hidden" name="(pick|seen_\w+)" value="([^"]+)"')


def listed(browser: TestClient, *ids: str) -> Any:
    fields = {"form_token": token_on(browser.get("/desk/inbox")), "pick": list(ids)}
    return browser.post("/desk/inbox/batch", data=fields)


def confirmed(browser: TestClient, page: Any) -> Any:
    fields: dict[str, Any] = {"form_token": token_on(page), "pick": []}
    for name, value in _HIDDEN.findall(page.text):
        if name == "pick":
            fields["pick"].append(value)
        else:
            fields[name] = value
    return browser.post("/desk/inbox/batch/approve", data=fields)


class TestBatch:
    def test_equal_letters__sums_customers_then_one_yes(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = [desk.waiting_reminder(f"acc_{n}", amounts=(100_00,)) for n in range(3)]
        browser = signed_in(desk, client, "cora")
        page = listed(browser, *waiting)
        assert "$300.00" in page.text
        assert re.search(r"<dt>Customers</dt><dd>3</dd>", page.text)
        assert desk.count(Decision) == 0
        done = confirmed(browser, page)
        assert "3 approved" in done.text
        assert {desk.proposal(each).state for each in waiting} == {"executed"}
        assert desk.count(Decision) == 3

    def test_exceptions__come_first_and_are_not_decided(
        self, desk: Desk, client: TestClient
    ) -> None:
        plain = desk.waiting_reminder("acc_a")
        strategic = desk.waiting_reminder("acc_b", segment="strategic")
        own = desk.ask(desk.reminder(desk.account("acc_c")), author="cora")
        browser = signed_in(desk, client, "cora")
        page = listed(browser, plain, strategic, own)
        assert page.text.index("Not in this batch: 2") < page.text.index("One yes for 1")
        assert "needs a second approver" in page.text
        confirmed(browser, page)
        states = {each: desk.proposal(each).state for each in (plain, strategic, own)}
        assert states == {plain: "executed", strategic: "pending", own: "pending"}

    def test_smuggled_into_the_form__is_not_decided(self, desk: Desk, client: TestClient) -> None:
        plain = desk.waiting_reminder("acc_a")
        other = desk.waiting_reminder("acc_b")
        browser = signed_in(desk, client, "cora")
        page = listed(browser, plain)
        fields = {"form_token": token_on(page), "pick": [other]}
        done = browser.post("/desk/inbox/batch/approve", data=fields)
        assert "0 approved, 1 left" in done.text
        assert desk.proposal(other).state == "pending"

    def test_moved_since_it_was_listed__stays(self, desk: Desk, client: TestClient) -> None:
        waiting = [desk.waiting_reminder(f"acc_{n}") for n in range(2)]
        browser = signed_in(desk, client, "cora")
        page = listed(browser, *waiting)
        desk.hold("acc_1")
        assert "1 approved, 1 left" in confirmed(browser, page).text
        assert desk.proposal(waiting[1]).state == "pending"

    def test_nothing_picked__is_one_line(self, desk: Desk, client: TestClient) -> None:
        desk.waiting_reminder()
        page = listed(signed_in(desk, client, "cora"))
        assert page.status_code == 422
        assert "tick at least one" in page.text

    def test_guard__times_the_look_once(self, desk: Desk, client: TestClient) -> None:
        waiting = [desk.waiting_reminder(f"acc_{n}") for n in range(3)]
        browser = signed_in(desk, client, "cora")
        confirmed(browser, listed(browser, *waiting))
        with desk.house.ledger.read() as session:
            verbs = sorted(session.scalars(select(Review.verb)))
        assert verbs == ["approve", SAME_LOOK, SAME_LOOK]


class TestExercise:
    def test_approved_on_the_page__tells_what_was_wrong(
        self, desk: Desk, client: TestClient
    ) -> None:
        approval = desk.house.policy.approval
        training = ReviewPolicy(training=True, training_every=1)
        changed = approval.model_copy(update={"reviewing": training})
        desk.house.policy = with_changes(desk.house.policy, approval=changed)
        desk.waiting_reminder("acc_a", amounts=(900_00,))
        desk.inbox("cora", attended=True).reject(desk.waiting_reminder("acc_b"), "no")
        with desk.house.ledger.read() as session:
            line = waiting_exercise(session, "cora")
        assert line is not None
        browser = signed_in(desk, client, "cora")
        assert line.id in browser.get("/desk/inbox").text
        card = browser.get(f"/desk/inbox/{line.id}")
        seen = re.search(r'name="seen" value="([^"]+)"', card.text)
        assert seen
        fields = {"form_token": token_on(card), "seen": seen[1]}
        answer = browser.post(f"/desk/inbox/{line.id}/approve", data=fields)
        assert answer.status_code == 200
        assert "planted mistake" in answer.text
        assert desk.queued() == []
        assert "100" not in browser.get("/desk/inbox/reviewing").text.split("Noticed")[-1][:120]


class TestReviewing:
    def test_absence__is_noted_and_ended(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        page = "/desk/inbox/reviewing"
        fields = {"substitute": "milo", "from": "2026-03-17", "until": "2026-03-20"}
        assert post(browser, page, f"{page}/absence", **fields).status_code == 303
        assert "Milo Varga" in browser.get(page).text
        with desk.house.ledger.read() as session:
            made = session.scalars(select(Delegation.id)).one()
        assert post(browser, page, f"{page}/absence/{made}/end").status_code == 303
        with desk.house.ledger.read() as session:
            assert session.scalars(select(Delegation.ended_at)).one() is not None

    def test_absence_of_somebody_else__is_refused(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "milo")
        page = "/desk/inbox/reviewing"
        fields = {"person": "cora", "substitute": "milo", "from": "2026-03-17"}
        answer = post(browser, page, f"{page}/absence", until="2026-03-20", **fields)
        assert answer.status_code == 403
        assert desk.count(Delegation) == 0

    def test_daily_letter__is_asked_for(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        page = "/desk/inbox/reviewing"
        post(browser, page, f"{page}/digest", email="cora@dunwell.example", wants="yes")
        assert "cora@dunwell.example" in browser.get(page).text


class TestUndo:
    def test_from_the_queue__takes_it_back(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        desk.inbox("cora", attended=True).approve(waiting)
        browser = signed_in(desk, client, "cora")
        queue = browser.get("/desk/inbox")
        assert "Not gone yet" in queue.text
        answer = post(browser, "/desk/inbox", f"/desk/inbox/{waiting}/undo")
        assert answer.status_code == 303
        assert [row.state for row in desk.queued()] == ["taken_back"]

    def test_by_api__takes_it_back_and_is_too_late_later(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        headers = signed(desk, "cora")
        digest = desk.proposal(waiting).digest
        client.post(f"/inbox/{waiting}/approve", json={"digest": digest}, headers=headers)
        first = client.post(f"/inbox/{waiting}/undo", headers=headers)
        assert (first.status_code, first.json()["state"]) == (200, "superseded")
        assert_problem(client.post(f"/inbox/{waiting}/undo", headers=headers), 409, "conflict")


@pytest.mark.parametrize("path", ["", "/reviewing"])
def test_not_signed_in__goes_to_the_sign_in(client: TestClient, path: str) -> None:
    answer = client.get(f"/desk/inbox{path}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/desk/sign-in")
