"""API keys on the pages: shown once, for a while, and never in another's name."""

import re
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.access import open_door
from api.limits import Limits
from ledger.clock import SystemClock
from ledger.errors import Refused
from ledger.tables.work import ApiKey
from tests.support.desk import Desk
from tests.support.pages import post, signed_in
from tools.people import create_key


@pytest.fixture
def office(desk: Desk) -> Desk:
    """The desk with an admin."""
    desk.books.add("person", id="otto", name="Otto", roles="admin")
    return desk


class TestKeys:
    def test_made__is_shown_once_and_opens(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        fields = {"scope": "read", "days": "30", "label": "report"}
        answer = post(browser, "/desk/me", "/desk/me/keys", **fields)
        [secret] = re.findall(r"ark_[\w-]{43}", answer.text)
        assert secret not in browser.get("/desk/me").text
        header = {"Authorization": f"Bearer {secret}"}
        assert browser.get("/accounts", headers=header).status_code == 200
        with desk.house.ledger.read() as session:
            [key] = session.scalars(select(ApiKey))
        assert key.last_used_on == SystemClock().today()
        assert post(browser, "/desk/me", f"/desk/me/keys/{key.id}/revoke").status_code == 303
        assert browser.get("/accounts", headers=header).status_code == 401

    @pytest.mark.parametrize("days", ["0", "366", "-1", "abc", "9" * 40, "²"])
    def test_life_that_is_none__is_refused(self, desk: Desk, client: TestClient, days: str) -> None:
        browser = signed_in(desk, client, "cora")
        fields = {"scope": "read", "days": days}
        assert post(browser, "/desk/me", "/desk/me/keys", **fields).status_code == 422

    def test_admin_makes_a_key_that_decides_for_another__is_refused(
        self, office: Desk, client: TestClient
    ) -> None:
        admin = signed_in(office, client, "otto")
        for scope, status in (("decide", 403), ("chat", 403), ("admin", 403), ("read", 200)):
            fields = {"scope": scope, "days": "5"}
            where = "/desk/people/felix"
            assert post(admin, where, f"{where}/keys", **fields).status_code == status

    def test_key_of_another__is_not_found(self, desk: Desk, client: TestClient) -> None:
        with desk.house.ledger.write() as session:
            key = create_key(session, "milo", ("read",), 5, "milo", SystemClock().now())
        browser = signed_in(desk, client, "cora")
        answer = post(browser, "/desk/me", f"/desk/me/keys/{key.key_id}/revoke")
        assert answer.status_code == 404

    def test_admin_scope_without_the_role__opens_nothing(self, office: Desk) -> None:
        state = SimpleNamespace(house=office.house, limits=Limits(), dispatch=None)
        made = {}
        for person in ("felix", "otto"):
            with office.house.ledger.write() as session:
                now = SystemClock().now()
                made[person] = create_key(session, person, ("admin",), 5, person, now).secret
        assert open_door(SimpleNamespace(state=state), made["otto"], "admin").person.name == "Otto"
        with pytest.raises(Refused, match="no admin"):
            open_door(SimpleNamespace(state=state), made["felix"], "admin")
