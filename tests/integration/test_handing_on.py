"""Handing a request on: to whom it may go, and that it is no decision."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

from ledger.errors import BadInput, Refused
from ledger.tables.review import Exercise
from policies.load import with_changes
from policies.schema_reviewing import ReviewPolicy
from tests.support.desk import AS_OF, Desk
from tests.support.pages import post, signed_in
from tools.authority import Decider
from tools.colleagues import takers
from tools.delegation import delegate
from tools.people import retire_person

NOW = datetime(2026, 3, 17, 9, 0, tzinfo=UTC)
_OFFERED = re.compile(r'<select name="(?:person|substitute)" required>(.*?)</select>', re.DOTALL)


def leave(desk: Desk, person_id: str) -> None:
    with desk.house.ledger.write() as session:
        retire_person(session, person_id, desk.house.policy, "operator", NOW)


def away(desk: Desk, who: str, substitute: str) -> str:
    with desk.house.ledger.write() as session:
        by = Decider(who, who, ("collector",))
        until = AS_OF + timedelta(days=7)
        policy = desk.house.policy
        return delegate(session, by, who, substitute, AS_OF, until, "leave", policy, NOW)


def offered(text: str) -> set[str]:
    [choice] = _OFFERED.findall(text)
    return set(re.findall(r'<option value="([^"]+)"', choice))


def one_a_day(desk: Desk, **values: object) -> None:
    reviewing = ReviewPolicy(warn_after=1, stop_after=1, pace_seconds=0, **values)
    changed = desk.house.policy.approval.model_copy(update={"reviewing": reviewing})
    desk.house.policy = with_changes(desk.house.policy, approval=changed)


class TestToWhom:
    @pytest.mark.parametrize("takes", ["milo", "ines"])
    def test_left_or_decides_nothing__is_not_taken(self, desk: Desk, takes: str) -> None:
        waiting = desk.waiting_reminder()
        leave(desk, "milo")
        with pytest.raises(BadInput, match="works no accounts"):
            desk.inbox("cora").assign(waiting, takes)
        assert desk.proposal(waiting).assignee is None
        with pytest.raises(BadInput, match="works no accounts"):
            away(desk, "cora", takes)

    def test_substitute_left_meanwhile__is_not_taken(self, desk: Desk) -> None:
        waiting = desk.waiting_reminder()
        away(desk, "cora", "milo")
        leave(desk, "milo")
        with pytest.raises(BadInput, match="Milo Varga works no accounts"):
            desk.inbox("felix").assign(waiting, "cora")

    def test_pages__offer_neither(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        leave(desk, "milo")
        browser = signed_in(desk, client, "cora")
        assert offered(browser.get(f"/desk/inbox/{waiting}").text) == {
            "amara", "cora", "felix", "lena"
        }  # fmt: skip
        assert offered(browser.get("/desk/inbox/reviewing").text) == {"amara", "felix", "lena"}

    def test_does_not_see_the_account__is_not_offered_it(self, desk: Desk) -> None:
        account = desk.account("acc_a", owner="cora")
        desk.books.change("person", "id", "milo", sees="own")
        with desk.house.ledger.read() as session:
            able = {each.person_id for each in takers(session, desk.house.policy, account)}
        assert "cora" in able
        assert "milo" not in able


class TestAtTheLimit:
    def test_what_decides_nothing__goes_through_and_counts_nothing(
        self, desk: Desk, client: TestClient
    ) -> None:
        one_a_day(desk)
        waiting = [desk.waiting_reminder(f"acc_{n}") for n in range(4)]
        cora = desk.inbox("cora", attended=True)
        cora.reject(waiting[0], "no")
        assert cora.assign(waiting[1], "milo").verb == "assign"
        assert cora.snooze(waiting[2], AS_OF + timedelta(days=1)).verb == "snooze"
        assert cora.answer(waiting[3], "another tone").verb == "answer"
        assert cora.load().decided == 1
        browser = signed_in(desk, client, "cora")
        page = f"/desk/inbox/{waiting[1]}"
        assert post(browser, page, f"{page}/assign", person="felix").status_code == 303

    @pytest.mark.parametrize("verb", ["approve", "reject", "edit"])
    def test_decision__is_refused(self, desk: Desk, verb: str) -> None:
        one_a_day(desk)
        first, second = (desk.waiting_reminder(f"acc_{n}") for n in range(2))
        cora = desk.inbox("cora", attended=True)
        cora.edit(first, {"subject": "Your open invoices"})
        said = {"approve": (), "reject": ("no",), "edit": ({"subject": "Open"},)}[verb]
        with pytest.raises(Refused, match="which is the limit"):
            getattr(cora, verb)(second, *said)

    def test_handed_on__brings_no_exercise_nearer(self, desk: Desk) -> None:
        one_a_day(desk, training=True, training_every=1)
        waiting = desk.waiting_reminder()
        cora = desk.inbox("cora", attended=True)
        cora.assign(waiting, "cora")
        assert desk.count(Exercise) == 0
