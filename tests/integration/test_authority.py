"""Every endpoint against every role: who is let in, who is not, and that nothing is left out."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.pages.access import COOKIE
from ledger.clock import SystemClock
from ledger.tables.work import Decision, Outbox, Person
from tests.support import endpoints as doors
from tests.support.api_client import key_of
from tests.support.desk import Desk
from tests.support.endpoints import endpoints, entries
from tests.support.pages import token_on
from tools.people import SCOPES
from tools.sign_in import begin_stay

ROLES = ("collector", "finance_lead", "legal", "account_owner", "compliance", "auditor", "admin")
DECIDES = frozenset(ROLES) - {"auditor", "admin"}
API = (doors.READ, doors.DECIDE, doors.CHAT, doors.METRICS, doors.MANAGE)
PAGES = (doors.PAGE, doors.PAGE_LOOKS, doors.PAGE_MANAGES)
LOOKERS = {doors.PAGE_LOOKS: ("admin", "auditor"), doors.PAGE_MANAGES: ("admin",)}
FORMS = (doors.POST, doors.POST_DECIDES, doors.POST_MANAGES)
BODIES: dict[str, dict[str, Any]] = {
    "approve": {"digest": "0" * 32},
    "edit": {"changes": {"note": "x"}},
    "reject": {"reason": "no"},
    "answer": {"note": "look again"},
    "snooze": {"until": "2026-03-20"},
    "assign": {"person_id": "cora"},
    "messages": {"text": "hello"},
    "stream": {"text": "hello"},
    "hitl": {"decisions": [{"type": "reject", "message": "no"}]},
}


@pytest.fixture
def staff(desk: Desk, client: TestClient) -> Desk:
    """One person for each role, named like it; nobody else is admin."""
    client.base_url = client.base_url.copy_with(scheme="https", host="desk.example")
    for role in ROLES:
        desk.books.add("person", id=role.replace("_", "-"), name=role, roles=role)
    desk.books.add("person", id="guest", name="Guest", roles="")
    client.app.state.limits._counts = False  # type: ignore[attr-defined]
    return desk


def behind(*wanted: str) -> list[tuple[str, str, str]]:
    """Endpoints behind these doors: door, method, path."""
    found = [(door, name.split(" ")) for name, door in entries().items() if door in wanted]
    return [(door, method, path) for door, (method, path) in found]


def filled(path: str, proposal_id: str = "prp_none") -> str:
    """A path whose names are of nothing that exists, but for a request where one is given."""
    return re.sub(r"\{\w+\}", "zz-none", path.replace("{proposal_id}", proposal_id))


def ask(client: TestClient, method: str, path: str, key: str | None) -> int:
    header = {"Authorization": f"Bearer {key}"} if key else {}
    body = BODIES.get(path.rsplit("/", 1)[-1], {}) if method == "POST" else None
    return client.request(method, path, headers=header, json=body).status_code


def visit(desk: Desk, client: TestClient, person: str) -> None:
    """Sign the browser in as somebody, anew."""
    with desk.house.ledger.write() as session:
        stay = begin_stay(session, person, "password", SystemClock().now())
    client.cookies.clear()
    client.cookies.set(COOKIE, stay.secret)


def send(client: TestClient, path: str, token: str | None, **headers: str) -> Any:
    form = {"form_token": token} if token else {}
    return client.post(path, data=form, headers=headers, follow_redirects=False)


def is_invitation(answer: Any) -> bool:
    """Whether an answer leads to the sign-in page."""
    return answer.status_code == 303 and answer.headers["location"].startswith("/desk/sign-in")


def test_every_endpoint__has_a_door(client: TestClient) -> None:
    """Write a new endpoint down in tests/support/endpoints.py, behind the door it stands behind."""
    there = set(endpoints(client.app))  # type: ignore[arg-type]
    assert there - set(entries()) == set(), "endpoints without an entry"
    assert set(entries()) - there == set(), "entries without an endpoint"


class TestApi:
    def test_no_key__is_sent_away(self, staff: Desk, client: TestClient) -> None:
        for _door, method, path in behind(*API):
            for key in (None, "ark_guessed", "Basic"):
                assert ask(client, method, filled(path), key) == 401, (method, path)

    def test_key_for_something_else__is_refused(self, staff: Desk, client: TestClient) -> None:
        keys = {
            door: key_of(staff, "admin", *(scope for scope in SCOPES if scope != door))
            for door in API
        }
        for door, method, path in behind(*API):
            assert ask(client, method, filled(path), keys[door]) == 403, (method, path)

    def test_cookie_of_a_page__opens_nothing(self, staff: Desk, client: TestClient) -> None:
        visit(staff, client, "finance-lead")
        cookie = f"{COOKIE}={client.cookies[COOKIE]}"
        for _door, method, path in behind(*API):
            answer = client.request(method, filled(path), headers={"cookie": cookie})
            assert answer.status_code == 401, (method, path)

    def test_person_without_a_role__opens_nothing(self, staff: Desk, client: TestClient) -> None:
        key = key_of(staff, "guest", *SCOPES)
        for _door, method, path in behind(*API):
            assert ask(client, method, filled(path), key) == 401, (method, path)

    @pytest.mark.parametrize("role", ROLES)
    def test_role__is_let_in_where_it_belongs_and_nowhere_else(
        self, staff: Desk, client: TestClient, role: str
    ) -> None:
        key = key_of(staff, role.replace("_", "-"), *SCOPES)
        for door, method, path in behind(*API):
            status = ask(client, method, filled(path), key)
            closed = (door == doors.DECIDE and role not in DECIDES) or (
                door == doors.MANAGE and role != "admin"
            )
            assert (status in (401, 403)) == closed, (method, path, status)
            assert status < 500, (method, path, status)

    @pytest.mark.parametrize("role", sorted(set(ROLES) - DECIDES))
    def test_who_decides_nothing__moves_no_request(
        self, staff: Desk, client: TestClient, role: str
    ) -> None:
        waiting = staff.waiting_reminder()
        before = staff.proposal(waiting)
        key = key_of(staff, role, *SCOPES)
        for _door, method, path in behind(doors.DECIDE):
            assert ask(client, method, filled(path, waiting), key) == 403, path
        assert staff.proposal(waiting) == before
        assert (staff.count(Decision), staff.count(Outbox)) == (0, 0)


class TestPages:
    def test_nobody_signed_in__is_invited(self, staff: Desk, client: TestClient) -> None:
        for _door, method, path in behind(*PAGES, *FORMS):
            answer = client.request(method, filled(path), follow_redirects=False)
            assert is_invitation(answer), (method, path, answer.status_code)

    def test_key_of_the_api__opens_no_page(self, staff: Desk, client: TestClient) -> None:
        header = {"Authorization": f"Bearer {key_of(staff, 'admin', *SCOPES)}"}
        for _door, method, path in behind(*PAGES, *FORMS):
            answer = client.request(method, filled(path), headers=header, follow_redirects=False)
            assert is_invitation(answer), (method, path)

    def test_person_without_a_role__is_invited(self, staff: Desk, client: TestClient) -> None:
        visit(staff, client, "guest")
        for _door, method, path in behind(*PAGES, *FORMS):
            assert is_invitation(client.request(method, filled(path), follow_redirects=False))

    @pytest.mark.parametrize("role", ROLES)
    def test_role__sees_its_pages(self, staff: Desk, client: TestClient, role: str) -> None:
        visit(staff, client, role.replace("_", "-"))
        for door, method, path in behind(*PAGES):
            status = client.request(method, filled(path), follow_redirects=False).status_code
            closed = role not in LOOKERS.get(door, ROLES)
            assert (status == 403) == closed, (path, status)
            assert status in (200, 303, 403, 404, 422), (path, status)

    def test_form_without_its_token_or_from_elsewhere__does_nothing(
        self, staff: Desk, client: TestClient
    ) -> None:
        visit(staff, client, "admin")
        token = token_on(client.get("/desk/me"))
        people = staff.count(Person)
        for _door, _method, path in behind(*FORMS):
            for sent in (
                send(client, filled(path), None),
                send(client, filled(path), token[:-2]),
                send(client, filled(path), token, **{"sec-fetch-site": "cross-site"}),
                send(client, filled(path), token, origin="https://evil.example"),
            ):
                assert sent.status_code == 403, (path, sent.status_code)
        assert staff.count(Person) == people
        assert client.get("/desk/me").status_code == 200

    @pytest.mark.parametrize("role", ROLES)
    def test_role__sends_its_forms_and_no_other(
        self, staff: Desk, client: TestClient, role: str
    ) -> None:
        person = role.replace("_", "-")
        for door, _method, path in behind(*FORMS):
            visit(staff, client, person)
            answer = send(client, filled(path), token_on(client.get("/desk/people")))
            assert answer.status_code < 500, (path, answer.text[:500])
            if door == doors.POST_MANAGES:
                assert (answer.status_code == 403) == (role != "admin"), (path, answer.status_code)
            if door == doors.POST:
                assert answer.status_code != 403, (path, answer.text[:500])

    @pytest.mark.parametrize("role", sorted(set(ROLES) - DECIDES))
    def test_who_decides_nothing__moves_no_request(
        self, staff: Desk, client: TestClient, role: str
    ) -> None:
        waiting = staff.waiting_reminder()
        before = staff.proposal(waiting)
        visit(staff, client, role)
        card = client.get(f"/desk/inbox/{waiting}").text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', card))
        fields = {
            **hidden,
            "form_token": token_on(client.get("/desk/me")),
            "digest": before.digest,
            "reason": "no",
            "note": "again",
            "until": "2026-03-20",
            "person_id": "cora",
            "picked": waiting,
        }
        for _door, _method, path in behind(doors.POST_DECIDES):
            client.post(filled(path, waiting), data=fields, follow_redirects=False)
        assert staff.proposal(waiting) == before
        assert (staff.count(Decision), staff.count(Outbox)) == (0, 0)


def test_tools_for_other_agents__open_by_a_key_in_force(staff: Desk, client: TestClient) -> None:
    for _door, _method, path in behind(doors.TOOLS):
        for key in (None, "ark_guessed", key_of(staff, "guest", *SCOPES)):
            assert ask(client, "POST", path, key) == 401
        assert ask(client, "POST", path, key_of(staff, "collector", "chat")) not in (401, 403)


def test_portal_link__opens_for_nobody_who_holds_none(staff: Desk, client: TestClient) -> None:
    visit(staff, client, "admin")
    for _door, method, path in behind(doors.LINK):
        answer = client.request(method, filled(path), follow_redirects=False)
        assert answer.status_code in (403, 404), (method, path, answer.status_code)
