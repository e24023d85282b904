"""Webhooks over HTTP: the rules of `dunwell webhooks`, for admins who see every account."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from standardwebhooks import Webhook

from adapters.webhooks import Told
from api.app import create_app
from batch.webhooks import PAUSES, tell_webhooks
from cli.doctor import examine
from ledger.clock import FixedClock, SystemClock
from ledger.tables.receivable import Receipt
from ledger.tables.work import Audit, IdempotentRequest
from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk
from tests.support.webhook_receiver import Receiver, receiver
from tools.webhooks import add_endpoint, judge_endpoint

OUTSIDE = "https://hooks.example/x"
Meanwhile = list[Callable[[], None]]


@pytest.fixture
def heard() -> Iterator[Receiver]:
    with receiver() as state:
        yield state


@pytest.fixture
def header(desk: Desk) -> dict[str, str]:
    desk.books.add("person", id="otto", name="Otto Reyes", roles="admin")
    return signed(desk, "otto", "admin", "metrics")


@pytest.fixture
def telling(desk: Desk) -> Iterator[TestClient]:
    """A client of a server that tells, as `dunwell serve` does."""
    with TestClient(create_app(desk.house, lambda _day: tell_webhooks(desk.house))) as client:
        client.app.state.dispatch._seconds = 0  # type: ignore[attr-defined]
        yield client


def added(desk: Desk, heard: Receiver) -> dict[str, str]:
    """A receiver on this machine, which only its command line may name."""
    wanted = judge_endpoint(heard.url, (), at_the_machine=True)
    with desk.house.ledger.write() as session:
        return asdict(add_endpoint(session, wanted, "operator", SystemClock().now()))


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """The one name that is found, and what happens while it is looked up."""
    meanwhile: Meanwhile = []

    def found(*_a: Any, **_k: Any) -> list[Any]:
        for each in meanwhile:
            each()
        return [(socket.AF_INET, 1, 6, "", ("8.8.8.8", 443))]

    monkeypatch.setattr(socket, "getaddrinfo", found)
    return meanwhile


def a_receipt(desk: Desk, number: int = 1) -> None:
    desk.books.receipt(f"rcp_{number}", 12_34, account_id=None)


def give_up(desk: Desk) -> None:
    """Let every try fail until the house gives up."""
    real = desk.house.system_clock
    for pause in (*PAUSES, None):
        tell_webhooks(desk.house, lambda *_: Told(False, "status 500", unwell=True))
        if pause is not None:
            now = desk.house.system_clock.now()
            desk.house.system_clock = FixedClock(now + pause + PAUSES[0])
    desk.house.system_clock = real


def deliveries(client: TestClient, header: dict[str, str], made: dict[str, str], **q: Any) -> Any:
    answer = client.get(f"/webhooks/{made['id']}/deliveries", headers=header, params=q)
    assert answer.status_code == 200, answer.text
    return answer.json()


class TestEndpoints:
    def test_added__is_told_by_its_secret_and_listed_without_it(
        self, desk: Desk, client: TestClient, header: dict[str, str], outside: Meanwhile
    ) -> None:
        sent = {"url": OUTSIDE, "events": ["payment.received"]}
        answer = client.post("/webhooks", json=sent, headers=header)
        assert answer.status_code == 201, answer.text
        made = answer.json()
        a_receipt(desk)
        posted: list[tuple[str, ...]] = []

        def post(*told: Any) -> Told:
            posted.append(told[:4])
            return Told(True, "status 204")

        tell_webhooks(desk.house, post)
        ((url, secret, _id, body),) = posted
        assert (url, secret) == (OUTSIDE, made["secret"])
        assert json.loads(body)["data"]["id"] == "rcp_1"
        listed = client.get("/webhooks", headers=header)
        assert made["secret"] not in listed.text
        (line,) = listed.json()["webhooks"]
        assert (line["events"], line["delivered"]) == (["payment.received"], 1)
        with desk.house.ledger.read() as session:
            noted = session.scalars(select(Audit).where(Audit.subject_id == made["id"])).one()
        assert noted.actor == "otto"
        assert made["secret"] not in noted.payload

    def test_added_twice_under_one_key__is_one_whose_secret_is_told_once(
        self, desk: Desk, client: TestClient, header: dict[str, str], outside: Meanwhile
    ) -> None:
        keyed = header | {"Idempotency-Key": "one"}
        first = client.post("/webhooks", json={"url": OUTSIDE}, headers=keyed)
        again = client.post("/webhooks", json={"url": OUTSIDE}, headers=keyed)
        assert (first.status_code, again.status_code) == (201, 201)
        assert again.json() == first.json() | {"secret": None}
        assert len(client.get("/webhooks", headers=header).json()["webhooks"]) == 1
        with desk.house.ledger.read() as session:
            kept = session.scalars(select(IdempotentRequest)).one()
        assert first.json()["secret"] not in kept.answer

    @pytest.mark.parametrize(
        "sent",
        [
            {"url": "http://example.com/hook"},
            {"url": "https://10.0.0.8/hook"},
            {"url": "https://169.254.169.254/latest"},
            {"url": "https://ann:secret@example.com/"},
            {"url": OUTSIDE, "events": ["nothing.happened"]},
            {"url": OUTSIDE, "secret": "mine"},
            {},
        ],
        ids=str,
    )
    def test_address_or_event_that_may_not_be__is_refused(
        self, client: TestClient, header: dict[str, str], sent: dict[str, Any]
    ) -> None:
        answer = client.post("/webhooks", json=sent, headers=header)
        assert answer.status_code == 422
        assert client.get("/webhooks", headers=header).json()["webhooks"] == []

    @pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
    @pytest.mark.parametrize("scheme", ["http", "https"])
    def test_machine_of_the_server__is_for_its_command_line(
        self, client: TestClient, header: dict[str, str], scheme: str, host: str
    ) -> None:
        sent = {"url": f"{scheme}://{host}:6379/"}
        answer = client.post("/webhooks", json=sent, headers=header)
        assert_problem(answer, 422, "bad-input", "is this machine itself; add it there")
        assert client.get("/webhooks", headers=header).json()["webhooks"] == []

    def test_name_is_looked_up__others_write_meanwhile(
        self, desk: Desk, client: TestClient, header: dict[str, str], outside: Meanwhile
    ) -> None:
        outside.append(lambda: a_receipt(desk))
        answer = client.post("/webhooks", json={"url": OUTSIDE}, headers=header)
        assert answer.status_code == 201, answer.text
        assert desk.count(Receipt) == 1

    def test_removed__is_told_of_nothing_more(
        self, desk: Desk, client: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made = added(desk, heard)
        a_receipt(desk)
        assert client.delete(f"/webhooks/{made['id']}", headers=header).status_code == 204
        assert tell_webhooks(desk.house).delivered == 0
        again = client.delete(f"/webhooks/{made['id']}", headers=header)
        assert_problem(again, 404, "not-found", "no webhook")
        (told,) = deliveries(client, header, made)["deliveries"]
        assert (told["state"], told["says"]) == ("dead", "endpoint removed")

    def test_paused__is_sent_nothing_until_it_is_resumed(
        self, desk: Desk, telling: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        at = f"/webhooks/{added(desk, heard)['id']}"
        assert telling.post(f"{at}/pause", headers=header).status_code == 204
        assert_problem(telling.post(f"{at}/pause", headers=header), 409, "conflict", "paused")
        a_receipt(desk)
        assert tell_webhooks(desk.house).delivered == 0
        (line,) = telling.get("/webhooks", headers=header).json()["webhooks"]
        assert (line["state"], line["waiting"], line["last_delivered_at"]) == ("paused", 1, None)
        assert telling.post(f"{at}/resume", headers=header).status_code == 204
        (line,) = telling.get("/webhooks", headers=header).json()["webhooks"]
        assert (line["state"], line["delivered"], len(heard.taken)) == ("active", 1, 1)
        assert line["last_delivered_at"] is not None

    def test_test_event__says_what_the_receiver_answered(
        self, desk: Desk, client: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made = added(desk, heard)
        answer = client.post(f"/webhooks/{made['id']}/test", headers=header)
        assert (answer.status_code, answer.json()) == (200, {"says": "status 204"})
        headers, body = heard.taken[0]
        assert Webhook(made["secret"]).verify(body, headers)["type"] == "webhook.test"
        heard.answers = [500]
        refused = client.post(f"/webhooks/{made['id']}/test", headers=header)
        assert_problem(refused, 409, "conflict", "did not take it: status 500")


class TestDeliveries:
    def test_pages__hold_every_telling_once_newest_first(
        self, desk: Desk, client: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made, other = added(desk, heard), added(desk, heard)
        for number in range(5):
            a_receipt(desk, number)
        seen, cursor = [], None
        while True:
            page = deliveries(client, header, made, limit=2, cursor=cursor or "")
            seen += [each["subject_id"] for each in page["deliveries"]]
            cursor = page["next"]
            if cursor is None:
                break
        assert seen == [f"rcp_{number}" for number in reversed(range(5))]
        assert len(deliveries(client, header, other)["deliveries"]) == 5
        tell_webhooks(desk.house)
        ids = {each["id"] for each in deliveries(client, header, made)["deliveries"]}
        assert ids < set(heard.ids())

    @pytest.mark.parametrize("cursor", ["LTE", "eA", "OTk5" * 40])
    def test_cursor_of_nobody__is_refused(
        self,
        desk: Desk,
        client: TestClient,
        header: dict[str, str],
        heard: Receiver,
        cursor: str,
    ) -> None:
        made = added(desk, heard)
        params = {"cursor": cursor}
        asked = client.get(f"/webhooks/{made['id']}/deliveries", headers=header, params=params)
        assert_problem(asked, 422, "bad-input", "not a cursor")

    def test_given_up__is_shown_counted_and_sent_again_under_its_id(
        self, desk: Desk, telling: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made = added(desk, heard)
        a_receipt(desk)
        give_up(desk)
        a_receipt(desk, 2)
        (dead,) = deliveries(telling, header, made, state="dead")["deliveries"]
        assert (dead["subject_id"], dead["says"]) == ("rcp_1", "status 500")
        assert standing(telling, header) == (1, 1)
        again = telling.post(f"/webhooks/{made['id']}/replay", json={}, headers=header)
        assert (again.status_code, again.json()) == (200, {"count": 1})
        assert heard.ids()[0] == dead["id"]
        assert standing(telling, header) == (0, 0)
        all_of_them = {"since": "2020-01-01"}
        once_more = telling.post(f"/webhooks/{made['id']}/replay", json=all_of_them, headers=header)
        assert once_more.json() == {"count": 2}
        assert sorted(heard.ids()) == sorted([*heard.ids()[:2]] * 2)


class TestWho:
    def test_admin_who_sees_a_part_of_the_book__is_refused(
        self, desk: Desk, client: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made = added(desk, heard)
        desk.books.change("person", "id", "otto", sees="own")
        at = f"/webhooks/{made['id']}"
        for method, path, body in (
            ("GET", "/webhooks", None),
            ("POST", "/webhooks", {"url": heard.url}),
            ("DELETE", at, None),
            ("GET", f"{at}/deliveries", None),
            ("POST", f"{at}/replay", {}),
            ("POST", f"{at}/test", None),
            ("POST", f"{at}/pause", None),
            ("POST", f"{at}/resume", None),
        ):
            answer = client.request(method, path, json=body, headers=header)
            assert_problem(answer, 403, "refused", "every account")
        assert heard.taken == []


class TestDoctor:
    def test_nobody_asked__is_well(self, desk: Desk) -> None:
        assert doctor(desk) == ("ok", "nobody is told of events")

    def test_given_up__says_how_many_and_what_to_do(
        self, desk: Desk, client: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made = added(desk, heard)
        a_receipt(desk)
        assert doctor(desk) == ("ok", "1 endpoints, 1 to be told")
        give_up(desk)
        state, says = doctor(desk)
        assert (state, f"`dunwell webhooks replay {made['id']}`" in says) == ("warn", True)
        assert says.startswith("1 given up")

    def test_receiver_said_gone__is_told_until_it_is_removed(
        self, desk: Desk, client: TestClient, header: dict[str, str], heard: Receiver
    ) -> None:
        made = added(desk, heard)
        a_receipt(desk)
        heard.answers = [410]
        tell_webhooks(desk.house)
        state, says = doctor(desk)
        assert (state, f"webhooks remove {made['id']}" in says) == ("warn", True)
        assert client.delete(f"/webhooks/{made['id']}", headers=header).status_code == 204
        assert doctor(desk)[0] == "ok"


def test_answered_exercises__give_the_catch_rate(
    desk: Desk, client: TestClient, header: dict[str, str]
) -> None:
    waiting = desk.waiting_reminder()
    now = SystemClock().now()
    for number, answer in enumerate(("approve", "reject", "answer", None)):
        desk.books.add(
            "exercise", id=f"prp_e{number}", person_id="cora", proposal_id=waiting, flaw="amount",
            recipient="", subject="", body="", wrong="", given_at=now,
            answered_at=now if answer else None, answer=answer or "",
        )  # fmt: skip
    text = client.get("/metrics", headers=header).text
    assert 'dunwell_reviewer_exercises{outcome="noticed"} 2.0' in text
    assert 'dunwell_reviewer_exercises{outcome="missed"} 1.0' in text


def standing(client: TestClient, header: dict[str, str]) -> tuple[int, int]:
    """Tellings that wait, and those given up, as the metrics have them."""
    lines = client.get("/metrics", headers=header).text.splitlines()
    found = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    name = "dunwell_webhook_deliveries"
    waiting, dead = (found[f'{name}{{state="{state}"}}'] for state in ("waiting", "dead"))
    return int(float(waiting)), int(float(dead))


def doctor(desk: Desk) -> tuple[str, str]:
    """What `dunwell doctor` says of webhooks."""
    check = next(each for each in examine(desk.house.settings) if each.name == "webhooks")
    return check.state, check.says
