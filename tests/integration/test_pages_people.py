"""People, their browsers, passwords and keys: who may change what, and what it ends."""

import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from api.pages.access import COOKIE
from ledger.clock import SystemClock
from ledger.errors import BadInput, Conflict
from ledger.tables.work import ApiKey, Audit, Password, Person, SignIn
from tests.support.desk import Desk
from tests.support.pages import post, signed_in, token_on
from tools.invitations import invite
from tools.people import create_key, retire_person, save_person
from tools.sign_in import make_link, set_password, sign_in_by_link

WORDS = "a long enough sentence"
OTHER = "quite another sentence"


@pytest.fixture
def office(desk: Desk) -> Desk:
    """The desk with two admins."""
    for person_id in ("otto", "olga"):
        desk.books.add("person", id=person_id, name=person_id.title(), roles="admin")
    return desk


@pytest.fixture
def browser(client: TestClient) -> TestClient:
    client.base_url = client.base_url.copy_with(scheme="https", host="desk.example")
    return client


def person_row(desk: Desk, person_id: str) -> Person:
    with desk.house.ledger.read() as session:
        return session.get_one(Person, person_id)


def give_password(desk: Desk, person: str, words: str = WORDS) -> None:
    with desk.house.ledger.write() as session:
        set_password(session, person, words, "test", SystemClock().now())


def sign_in(browser: TestClient, person: str, password: str) -> int:
    fields = {"person": person, "password": password}
    return browser.post("/desk/sign-in", data=fields, follow_redirects=False).status_code


class TestRoles:
    def test_admin_changes_roles_and_sight__they_hold_and_the_browser_is_out(
        self, office: Desk, client: TestClient
    ) -> None:
        with office.house.ledger.write() as session:
            now = SystemClock().now()
            stay = sign_in_by_link(session, make_link(session, "cora", "test", now), now)
        admin = signed_in(office, client, "otto")
        fields = {"name": "Cora Lind", "role": "legal", "sees": "segments:", "segment": "smb"}
        answer = post(admin, "/desk/people/cora", "/desk/people/cora", **fields)
        assert answer.status_code == 303, answer.text
        row = person_row(office, "cora")
        assert (row.roles, row.sees) == ("legal", "segments:smb")
        client.cookies.set(COOKIE, stay.secret)
        assert client.get("/desk/me", follow_redirects=False).status_code == 303

    def test_own_roles__are_refused(self, office: Desk, client: TestClient) -> None:
        admin = signed_in(office, client, "otto")
        fields = {"name": "Otto", "role": "finance_lead", "sees": "all"}
        answer = post(admin, "/desk/people/otto", "/desk/people/otto", **fields)
        assert (answer.status_code, "own roles" in answer.text) == (403, True)
        assert person_row(office, "otto").roles == "admin"

    def test_last_admin__stays(self, office: Desk) -> None:
        house, now = office.house, SystemClock().now()
        with house.ledger.write() as session:
            retire_person(session, "olga", house.policy, "operator", now)
        with house.ledger.write() as session, pytest.raises(Conflict, match="last admin"):
            save_person(session, "otto", "Otto", ("legal",), house.policy, "operator", now)

    def test_no_admin__manages_nothing(self, office: Desk, client: TestClient) -> None:
        felix = signed_in(office, client, "felix")
        token = token_on(felix.get("/desk/people"))
        fields = {"form_token": token, "name": "X", "role": "admin", "id": "zed"}
        for address in (
            "/desk/people",
            "/desk/people/cora",
            "/desk/people/cora/retire",
            "/desk/people/cora/link",
            "/desk/people/cora/sign-out",
            "/desk/people/cora/keys",
            "/desk/people/cora/keys/key_x/revoke",
        ):
            assert felix.post(address, data=fields, follow_redirects=False).status_code == 403
        assert felix.get("/desk/people/cora").status_code == 403

    def test_auditor__looks_and_changes_nothing(self, office: Desk, client: TestClient) -> None:
        ines = signed_in(office, client, "ines")
        told = ines.get("/desk/people/cora").text
        assert "Roles: collector" in told
        assert 'name="role"' not in told

    def test_retired__no_door_opens(self, office: Desk, browser: TestClient) -> None:
        give_password(office, "cora")
        now, house = SystemClock().now(), office.house
        with house.ledger.write() as session:
            key = create_key(session, "cora", ("read",), 5, "cora", now)
            link = make_link(session, "cora", "test", now)
            retire_person(session, "cora", house.policy, "otto", now)
        assert sign_in(browser, "cora", WORDS) == 403
        assert browser.post("/desk/sign-in/link", data={"secret": link}).status_code == 403
        header = {"Authorization": f"Bearer {key.secret}"}
        assert browser.get("/accounts", headers=header).status_code == 401

    @pytest.mark.parametrize("person", ["cora", "felix", "olga"])
    def test_admin__comes_in_as_nobody_who_decides_or_manages(
        self, office: Desk, client: TestClient, person: str
    ) -> None:
        admin, page = signed_in(office, client, "otto"), f"/desk/people/{person}"
        answer = post(admin, page, f"{page}/link")
        assert (answer.status_code, "no colleague makes a link" in answer.text) == (403, True)
        row = person_row(office, person)
        fields = {"name": row.name, "role": row.roles, "sees": "all", "known_as": "otto@x.example"}
        answer = post(admin, page, page, **fields)
        assert (answer.status_code, "who they are at the sign-in" in answer.text) == (403, True)
        assert person_row(office, person).known_as is None

    def test_link_for_an_auditor__only_while_they_have_no_password(
        self, office: Desk, client: TestClient
    ) -> None:
        admin = signed_in(office, client, "otto")
        assert "secret=" in post(admin, "/desk/people/ines", "/desk/people/ines/link").text
        give_password(office, "ines")
        answer = post(admin, "/desk/people/ines", "/desk/people/ines/link")
        assert (answer.status_code, "has a password" in answer.text) == (403, True)

    def test_first_say_given_by_a_colleague__whatever_let_them_in_ends(
        self, office: Desk, browser: TestClient
    ) -> None:
        now, house = SystemClock().now(), office.house
        give_password(office, "ines")
        with house.ledger.write() as session:
            key = create_key(session, "ines", ("read",), 5, "ines", now)
            names = ("ines", "Ines", ("auditor",), house.policy, "otto", now, None)
            save_person(session, *names, "otto@x.example")
            save_person(session, "ines", "Ines", ("collector",), house.policy, "otto", now)
        assert sign_in(browser, "ines", WORDS) == 403
        header = {"Authorization": f"Bearer {key.secret}"}
        assert browser.get("/accounts", headers=header).status_code == 401
        assert person_row(office, "ines").known_as is None

    def test_operator__lets_anybody_in(self, office: Desk, browser: TestClient) -> None:
        now, house = SystemClock().now(), office.house
        give_password(office, "ines")
        with house.ledger.write() as session:
            who = ("ines", "Ines", ("collector",), house.policy, "operator", now, None)
            save_person(session, *who, "ines@x.example")
            secret = invite(session, "ines", house.policy, "operator", now)
        assert sign_in(browser, "ines", WORDS) == 303
        link = {"secret": secret}
        came = browser.post("/desk/sign-in/link", data=link, follow_redirects=False)
        assert came.status_code == 303
        assert person_row(office, "ines").known_as == "ines@x.example"

    def test_known_as__is_nobody_elses(self, office: Desk) -> None:
        house, now = office.house, SystemClock().now()
        with house.ledger.write() as session:
            save_person(
                session,
                "cora",
                "C",
                ("legal",),
                house.policy,
                "operator",
                now,
                None,
                "C@x.example ",
            )
        assert person_row(office, "cora").known_as == "c@x.example"
        with house.ledger.write() as session, pytest.raises(Conflict, match="cora is known"):
            save_person(
                session, "milo", "M", ("legal",), house.policy, "host", now, None, "c@X.example"
            )


class TestPassword:
    @pytest.mark.parametrize(
        "words",
        [
            "short",
            "x" * 201,
            "aaaaaaaaaaaaaaaa",
            "coralindcoralind1",
            "password1234!",
            "Cora-Lind-2026",
        ],
    )
    def test_easy_to_try__is_refused(self, desk: Desk, words: str) -> None:
        with pytest.raises(BadInput):
            give_password(desk, "cora", words)

    def test_composed_otherwise__is_the_same_password(
        self, desk: Desk, browser: TestClient
    ) -> None:
        give_password(desk, "cora", "Fünf Mäuse im Käse")
        assert sign_in(browser, "cora", "Fünf Mäuse im Käse") == 303

    def test_changed__other_browsers_are_out_and_this_one_has_a_new_secret(
        self, desk: Desk, client: TestClient
    ) -> None:
        give_password(desk, "cora")
        now = SystemClock().now()
        with desk.house.ledger.write() as session:
            other = sign_in_by_link(session, make_link(session, "cora", "test", now), now)
        browser = signed_in(desk, client, "cora")
        before = browser.cookies[COOKIE]
        fields = {"password": OTHER, "again": OTHER}
        assert post(browser, "/desk/me", "/desk/me/password", **fields).status_code == 303
        assert browser.cookies[COOKIE] != before
        assert browser.get("/desk/me").status_code == 200
        for old in (before, other.secret):
            browser.cookies.clear()
            answer = browser.get(
                "/desk/me", headers={"cookie": f"{COOKIE}={old}"}, follow_redirects=False
            )
            assert answer.status_code == 303

    def test_current_is_wrong__nothing_changes(self, desk: Desk, browser: TestClient) -> None:
        give_password(desk, "cora")
        assert sign_in(browser, "cora", WORDS) == 303
        fields = {"current": "not that at all", "password": OTHER, "again": OTHER}
        assert post(browser, "/desk/me", "/desk/me/password", **fields).status_code == 403
        browser.cookies.clear()
        assert sign_in(browser, "cora", WORDS) == 303

    def test_new_ones_differ__nothing_changes(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        fields = {"password": OTHER, "again": WORDS}
        assert post(browser, "/desk/me", "/desk/me/password", **fields).status_code == 422
        assert desk.count(Password) == 0


class TestStays:
    def test_planted_cookie__is_not_what_the_browser_ends_up_with(
        self, desk: Desk, client: TestClient
    ) -> None:
        planted = "x" * 43
        client.cookies.set(COOKIE, planted, domain="desk.example", path="/desk")
        browser = signed_in(desk, client, "cora")
        held = [cookie.value for cookie in browser.cookies.jar if cookie.name == COOKIE]
        assert planted not in held[-1:]
        browser.cookies.clear()
        answer = browser.get(
            "/desk/me", headers={"cookie": f"{COOKIE}={planted}"}, follow_redirects=False
        )
        assert answer.status_code == 303

    def test_signed_in_again__the_former_stay_ends(self, desk: Desk, client: TestClient) -> None:
        former = signed_in(desk, client, "milo").cookies[COOKIE]
        browser = signed_in(desk, client, "cora")
        browser.cookies.clear()
        answer = browser.get(
            "/desk/me", headers={"cookie": f"{COOKIE}={former}"}, follow_redirects=False
        )
        assert answer.status_code == 303

    @pytest.mark.parametrize(
        "change",
        [
            {"ends_at": SystemClock().now() - timedelta(seconds=1)},
            {"seen_at": SystemClock().now() - timedelta(hours=3)},
            {"ended": True},
        ],
        ids=["absolute end", "idle", "revoked"],
    )
    def test_over__asks_to_sign_in(
        self, desk: Desk, client: TestClient, change: dict[str, object]
    ) -> None:
        browser = signed_in(desk, client, "cora")
        with desk.house.ledger.write() as session:
            session.execute(update(SignIn).values(**change))
        answer = browser.get("/desk/me", follow_redirects=False)
        assert answer.headers["location"] == "/desk/sign-in?next=%2Fdesk%2Fme"

    def test_everywhere__every_browser_and_link_ends(self, desk: Desk, client: TestClient) -> None:
        browser = signed_in(desk, client, "cora")
        token = token_on(browser.get("/desk/me"))
        with desk.house.ledger.write() as session:
            link = make_link(session, "cora", "test", SystemClock().now())
        browser.post("/desk/me/sign-out-everywhere", data={"form_token": token})
        with desk.house.ledger.read() as session:
            assert set(session.scalars(select(SignIn.ended))) == {True}
        assert browser.post("/desk/sign-in/link", data={"secret": link}).status_code == 403

    def test_stay_of_another__cannot_be_ended(self, desk: Desk, client: TestClient) -> None:
        now = SystemClock().now()
        with desk.house.ledger.write() as session:
            stay = sign_in_by_link(session, make_link(session, "milo", "test", now), now)
        browser = signed_in(desk, client, "cora")
        where = f"/desk/me/sign-ins/{stay.sign_in_id}/end"
        assert post(browser, "/desk/me", where).status_code == 404

    def test_newer_link__ends_the_older(self, desk: Desk, browser: TestClient) -> None:
        with desk.house.ledger.write() as session:
            older, newer = (
                make_link(session, "cora", "test", SystemClock().now()) for _ in range(2)
            )
        assert browser.post("/desk/sign-in/link", data={"secret": older}).status_code == 403
        answer = browser.post("/desk/sign-in/link", data={"secret": newer}, follow_redirects=False)
        assert answer.status_code == 303


class TestForeignForms:
    @pytest.mark.parametrize(
        "headers",
        [
            {"sec-fetch-site": "cross-site"},
            {"sec-fetch-site": "same-site"},
            {"origin": "https://evil.example"},
            {"origin": "null"},
        ],
        ids=str,
    )
    def test_sent_by_another_site__is_refused_with_a_right_token_too(
        self, desk: Desk, client: TestClient, headers: dict[str, str]
    ) -> None:
        browser = signed_in(desk, client, "cora")
        token = token_on(browser.get("/desk/me"))
        form = {"form_token": token, "scope": "read", "days": "5"}
        assert browser.post("/desk/me/keys", data=form, headers=headers).status_code == 403
        foreign = {"person": "cora", "password": WORDS}
        assert browser.post("/desk/sign-in", data=foreign, headers=headers).status_code == 403
        assert browser.post("/desk/me/keys", data=form).status_code == 200

    def test_token_of_another_browser__is_refused(self, desk: Desk, client: TestClient) -> None:
        stolen = token_on(signed_in(desk, client, "milo").get("/desk/me"))
        browser = signed_in(desk, client, "cora")
        form = {"form_token": stolen, "scope": "read", "days": "5"}
        assert browser.post("/desk/me/keys", data=form).status_code == 403


def test_secrets__stand_in_no_log_journal_or_table(
    office: Desk, client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    admin = signed_in(office, client, "otto")
    shown = [post(admin, "/desk/people/ines", "/desk/people/ines/link").text]
    fields = {"scope": "read", "days": "5"}
    shown.append(post(admin, "/desk/me", "/desk/me/keys", **fields).text)
    secrets = re.findall(r"secret=([\w-]{43})|(ark_[\w-]{43})", "".join(shown))
    found = [part for pair in secrets for part in pair if part] + [admin.cookies[COOKIE], WORDS]
    assert len(found) == 4
    give_password(office, "cora")
    client.post("/desk/sign-in", data={"person": "cora", "password": WORDS})
    client.post("/desk/sign-in", data={"person": "cora", "password": WORDS + "!"})
    with office.house.ledger.read() as session:
        kept = "".join(map(str, session.execute(select(Audit.payload, Audit.subject_id))))
        for table in (ApiKey, SignIn, Password):
            kept += "".join(str(row.model_dump()) for row in session.scalars(select(table)))
    told = " ".join(
        record.getMessage() for record in caplog.records if record.name.startswith(("api", "tools"))
    )
    assert not [secret for secret in found if secret in kept + told]
