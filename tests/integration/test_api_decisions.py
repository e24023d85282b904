"""The inbox over HTTP: pages and filters, decisions, and every request done once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient

from agents.model_faults import ModelError
from ledger.clock import SystemClock
from ledger.tables.work import Decision, IdempotentRequest, Permit
from tests.support.api_client import assert_problem, signed
from tests.support.desk import AS_OF, Desk


class TestQueue:
    def test_pages__hold_every_request_once_in_order(self, desk: Desk, client: TestClient) -> None:
        for number in range(7):
            desk.waiting_reminder(f"acc_{number}", amounts=(100_00 + number % 3,))
        headers, seen, cursor = signed(desk, "cora"), [], None
        while True:
            params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
            page = client.get("/inbox", headers=headers, params=params).json()
            assert page["count"] == 7
            seen += [
                (-int(line["value"]["amount"].replace(".", "")), line["id"])
                for line in page["lines"]
            ]
            cursor = page["next"]
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 7
        by_id_backwards = sorted(seen, key=lambda line: line[1], reverse=True)
        assert seen == sorted(by_id_backwards, key=lambda line: line[0])

    def test_filters__narrow_the_queue(self, desk: Desk, client: TestClient) -> None:
        small = desk.waiting_reminder("acc_small", amounts=(50_00,))
        big = desk.waiting_reminder("acc_big", amounts=(9000_00,))
        owned = desk.waiting_reminder("acc_owned", segment="strategic")
        desk.inbox("cora").assign(small, "milo")
        headers = signed(desk, "cora")

        def ids(**params: Any) -> set[str]:
            answer = client.get("/inbox", headers=headers, params=params)
            assert answer.status_code == 200, answer.text
            return {line["id"] for line in answer.json()["lines"]}

        assert ids() == {small, big, owned}
        assert ids(account_id="acc_big") == {big}
        assert ids(role="account_owner") == {owned}
        assert ids(role="legal") == set()
        assert ids(rule="strategic_account_needs_owner") == {owned}
        assert ids(rule="strategic_account") == set()
        assert ids(assignee="milo") == {small}
        assert ids(assignee="") == {big, owned}
        assert ids(currency="USD", min_value="9000.00") == {big}
        assert ids(currency="EUR") == set()
        assert ids(state="executed") == set()
        assert ids(mine=True) == {small, big, owned}
        lena = signed(desk, "lena")
        assert client.get("/inbox", headers=lena, params={"mine": True}).json()["count"] == 0

    @pytest.mark.parametrize(
        "params",
        [
            {"cursor": "%%%"},
            {"cursor": "bm90IGEgY3Vyc29y"},
            {"limit": 0},
            {"limit": 201},
            {"min_value": "5"},
            {"min_value": "five", "currency": "USD"},
            {"currency": "XXQ"},
            {"state": "gone"},
        ],
    )
    def test_parameter_that_cannot_be_used__is_422(
        self, desk: Desk, client: TestClient, params: dict[str, Any]
    ) -> None:
        answer = client.get("/inbox", headers=signed(desk, "cora"), params=params)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


class TestDecisions:
    def test_card_then_approve__carries_it_out(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        headers = signed(desk, "cora")
        card = client.get(f"/inbox/{waiting}", headers=headers).json()
        assert (card["now"], card["draft"]["recipient"]) == ("carried_out", "pat@acc-a.example")
        done = client.post(
            f"/inbox/{waiting}/approve", headers=headers, json={"digest": card["digest"]}
        )
        assert done.status_code == 200
        assert done.json()["state"] == "executed"
        assert desk.queued()[0].body == card["draft"]["body"]

    def test_two_people_at_once__second_gets_409_with_who_and_what(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        digest = desk.proposal(waiting).digest
        barrier = Barrier(2)
        people = {person: signed(desk, person) for person in ("cora", "milo")}

        def decide(person: str) -> Any:
            barrier.wait()
            return client.post(
                f"/inbox/{waiting}/approve", headers=people[person], json={"digest": digest}
            )

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(decide, people), key=lambda answer: answer.status_code)
        assert [answer.status_code for answer in answers] == [200, 409]
        assert_problem(answers[1], 409, "conflict", "already decided: approve by")
        assert len(desk.queued()) == desk.count(Permit) == desk.count(Decision) == 1

    def test_other_digest__is_409(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        answer = client.post(
            f"/inbox/{waiting}/approve", headers=signed(desk, "cora"), json={"digest": "0" * 32}
        )
        assert_problem(answer, 409, "conflict", "not the one you saw")

    def test_author_or_auditor__is_403(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.ask(desk.reminder(desk.account("acc_a")), author="cora")
        sent = {"digest": desk.proposal(waiting).digest}
        for person, says in (("cora", "author"), ("ines", "may read the inbox, not decide")):
            answer = client.post(
                f"/inbox/{waiting}/approve", headers=signed(desk, person), json=sent
            )
            assert_problem(answer, 403, "refused", says)

    def test_every_other_verb__answers_with_its_outcome(
        self, desk: Desk, client: TestClient
    ) -> None:
        headers = signed(desk, "cora")
        until = (AS_OF + timedelta(days=2)).isoformat()
        body = "Dear Pat Doe,\n\nCould you look at the open invoices? Thank you.\n"
        for verb, sent, state in (
            ("assign", {"person_id": "milo"}, "pending"),
            ("snooze", {"until": until}, "snoozed"),
            ("edit", {"changes": {"body": body}}, "superseded"),
            ("reject", {"reason": "they called"}, "rejected"),
        ):
            waiting = desk.waiting_reminder(f"acc_{verb}")
            answer = client.post(f"/inbox/{waiting}/{verb}", headers=headers, json=sent)
            assert (answer.status_code, answer.json()["state"]) == (200, state), answer.text

    def test_edit_with_an_untraced_amount__is_403_and_nothing_changes(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting = desk.waiting_reminder()
        answer = client.post(
            f"/inbox/{waiting}/edit",
            headers=signed(desk, "cora"),
            json={"changes": {"body": "Dear Pat Doe,\n\nPay $1,234.56 now.\n"}},
        )
        assert_problem(answer, 403, "refused", "1,234.56")
        assert desk.count(Decision) == 0


class TestOnce:
    def post(self, client: TestClient, waiting: str, headers: dict[str, str], **sent: Any) -> Any:
        path = f"/inbox/{waiting}/reject"
        return client.post(path, headers=headers | {"Idempotency-Key": "k1"}, json=sent)

    def test_same_request_again__gets_the_first_answer(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        first = self.post(client, waiting, headers, reason="no")
        again = self.post(client, waiting, headers, reason="no")
        assert (first.status_code, again.status_code) == (200, 200)
        assert first.json() == again.json()
        assert "idempotency-replayed" not in first.headers
        assert again.headers["idempotency-replayed"] == "true"
        assert desk.count(Decision) == 1

    def test_problem_again__is_the_same_problem(self, desk: Desk, client: TestClient) -> None:
        headers = signed(desk, "cora")
        first = self.post(client, "prp_zzzzzz", headers, reason="no")
        again = self.post(client, "prp_zzzzzz", headers, reason="no")
        assert_problem(first, 404, "not-found")
        assert_problem(again, 404, "not-found")
        assert again.headers["idempotency-replayed"] == "true"

    def test_same_key_for_another_request__is_422(self, desk: Desk, client: TestClient) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        self.post(client, waiting, headers, reason="no")
        answer = self.post(client, waiting, headers, reason="never")
        assert_problem(answer, 422, "bad-input", "used for another request")

    def test_same_key_of_another_person__is_their_own(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        self.post(client, waiting, signed(desk, "cora"), reason="no")
        answer = self.post(client, waiting, signed(desk, "milo"), reason="no")
        assert_problem(answer, 409, "conflict", "already decided: reject by cora")

    def test_still_running__is_409(self, desk: Desk, client: TestClient) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        self.post(client, waiting, headers, reason="no")
        now = SystemClock().now().isoformat()
        desk.books.change("idempotent_request", "key", "k1", status=None, answer=now)
        answer = self.post(client, waiting, headers, reason="no")
        assert_problem(answer, 409, "conflict", "still running")

    @pytest.mark.parametrize("minutes", [11, 24 * 60])
    def test_left_behind_by_a_stopped_server__is_done_again_without_a_second_effect(
        self, desk: Desk, client: TestClient, minutes: int
    ) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        self.post(client, waiting, headers, reason="no")
        since = (SystemClock().now() - timedelta(minutes=minutes)).isoformat()
        desk.books.change("idempotent_request", "key", "k1", status=None, answer=since)
        answer = self.post(client, waiting, headers, reason="no")
        assert_problem(answer, 409, "conflict", "already decided: reject by cora")
        assert desk.count(Decision) == 1

    def test_accident__may_be_tried_again(
        self, desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        with monkeypatch.context() as patched:
            patched.setattr("graph.inbox.resume", lambda *_args: 1 / 0)
            assert_problem(self.post(client, waiting, headers, reason="no"), 500, "error")
        assert desk.count(IdempotentRequest) == 0

    def test_guard_lets_it_wait__goes_through_later_under_the_same_key(
        self, desk: Desk, client: TestClient
    ) -> None:
        approval = desk.house.policy.approval
        stopped = approval.reviewing.model_copy(update={"warn_after": 1, "stop_after": 1})
        policy = desk.house.policy
        changed = {"approval": approval.model_copy(update={"reviewing": stopped})}
        first, second = desk.waiting_reminder("acc_1"), desk.waiting_reminder("acc_2")
        headers = signed(desk, "cora")
        client.post(f"/inbox/{first}/reject", headers=headers, json={"reason": "no"})
        desk.house.policy = policy.model_copy(update=changed)
        told = self.post(client, second, headers, reason="no")
        assert_problem(told, 403, "refused", "the limit")
        desk.house.policy = policy
        again = self.post(client, second, headers, reason="no")
        assert (again.status_code, "idempotency-replayed" in again.headers) == (200, False)

    def test_fault_on_our_side__may_be_tried_again(
        self, desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def down(*_args: object) -> str:
            raise ModelError("timeout", "no answer in time")

        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        with monkeypatch.context() as patched:
            patched.setattr("graph.inbox.resume", down)
            assert_problem(self.post(client, waiting, headers, reason="no"), 502, "timeout")
        assert desk.count(IdempotentRequest) == 0

    def test_two_at_once__one_effect_and_no_lost_answer(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        barrier = Barrier(3)

        def send(_number: int) -> Any:
            barrier.wait()
            return self.post(client, waiting, headers, reason="no")

        with ThreadPoolExecutor(3) as pool:
            told = list(pool.map(send, range(3)))
        assert {answer.status_code for answer in told} <= {200, 409}
        assert any(answer.status_code == 200 for answer in told)
        assert desk.count(Decision) == 1

    @pytest.mark.parametrize("key", ["with space", "x" * 201])
    def test_key_that_cannot_be_used__is_422(
        self, desk: Desk, client: TestClient, key: str
    ) -> None:
        headers = signed(desk, "cora") | {"Idempotency-Key": key}
        answer = client.post("/inbox/prp_abc/reject", headers=headers, json={"reason": "no"})
        assert_problem(answer, 422, "bad-input", "Idempotency-Key")
