"""The API over a real home: keys, problems, pages, decisions once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import MAX_BODY_BYTES, create_app
from ledger.clock import SystemClock
from ledger.tables.work import ApiKey, Decision, IdempotentRequest, Permit
from tests.support.desk import AS_OF, Desk
from tools.people import create_key, revoke_key

Call = Callable[..., Any]


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    with TestClient(create_app(desk.house), raise_server_exceptions=False) as client:
        yield client


def key_of(desk: Desk, person: str, *scopes: str, days: int = 30) -> str:
    now = SystemClock().now()
    with desk.house.ledger.write() as session:
        wanted = scopes or ("read", "decide", "chat")
        return create_key(session, person, wanted, days, "test", now).secret


def signed(desk: Desk, person: str, *scopes: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key_of(desk, person, *scopes)}"}


def assert_problem(answer: Any, status: int, kind: str, detail: str = "") -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert (told["status"], told["type"]) == (status, f"/problems/{kind}")
    assert detail in told["detail"]
    assert answer.headers["x-content-type-options"] == "nosniff"


class TestKeys:
    @pytest.mark.parametrize(
        "header", [None, "Bearer nonsense", "Bearer ark_nonsense", "Basic eA=="]
    )
    def test_no_key_in_force__is_401(
        self, desk: Desk, client: TestClient, header: str | None
    ) -> None:
        headers = {"Authorization": header} if header else {}
        answer = client.get("/inbox", headers=headers)
        assert_problem(answer, 401, "unauthorized")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_key__is_stored_as_a_hash_only(self, desk: Desk) -> None:
        secret = key_of(desk, "cora")
        with desk.house.ledger.read() as session:
            row = session.scalars(select(ApiKey)).one()
        assert secret.startswith("ark_")
        assert secret not in row.model_dump_json()
        assert len(row.key_hash) == 64

    def test_expired_or_revoked__opens_nothing(self, desk: Desk, client: TestClient) -> None:
        secret = key_of(desk, "cora", days=1)
        headers = {"Authorization": f"Bearer {secret}"}
        assert client.get("/inbox", headers=headers).status_code == 200
        yesterday = SystemClock().today() - timedelta(days=1)
        desk.books.change("api_key", "person_id", "cora", expires_on=yesterday)
        assert_problem(client.get("/inbox", headers=headers), 401, "unauthorized")
        desk.books.change("api_key", "person_id", "cora", expires_on=None)
        assert client.get("/inbox", headers=headers).status_code == 200
        with desk.house.ledger.write() as session:
            key = session.scalars(select(ApiKey)).one()
            revoke_key(session, key.id, "test", SystemClock().now())
        assert_problem(client.get("/inbox", headers=headers), 401, "unauthorized")

    def test_scope_is_missing__is_403(self, desk: Desk, client: TestClient) -> None:
        waiting = desk.waiting_reminder()
        headers = signed(desk, "cora", "read")
        answer = client.post(f"/inbox/{waiting}/reject", headers=headers, json={"reason": "no"})
        assert_problem(answer, 403, "refused", "this key may read, not decide")
        assert desk.proposal(waiting).state == "pending"


class TestProblems:
    def test_unknown_address__is_404(self, client: TestClient) -> None:
        assert_problem(client.get("/nowhere"), 404, "not-found")

    def test_unknown_request__is_404(self, desk: Desk, client: TestClient) -> None:
        answer = client.get("/inbox/prp_zzzzzz", headers=signed(desk, "cora"))
        assert_problem(answer, 404, "not-found", "no proposal 'prp_zzzzzz'")
        assert answer.json()["instance"] == "/inbox/prp_zzzzzz"

    def test_wrong_method__is_405_and_says_which(self, client: TestClient) -> None:
        answer = client.delete("/inbox")
        assert_problem(answer, 405, "method-not-allowed")
        assert answer.headers["allow"] == "GET"

    def test_unknown_field__is_422_and_echoes_nothing(self, desk: Desk, client: TestClient) -> None:
        answer = client.post(
            "/inbox/prp_abc/reject",
            headers=signed(desk, "cora"),
            json={"reason": "no", "secret": "ark_oops"},
        )
        assert_problem(answer, 422, "bad-input", "/body/secret")
        assert answer.json()["errors"][0]["pointer"] == "/body/secret"
        assert "ark_oops" not in answer.text

    def test_no_json__is_422(self, desk: Desk, client: TestClient) -> None:
        answer = client.post(
            "/inbox/prp_abc/reject", headers=signed(desk, "cora"), content=b"{reason"
        )
        assert_problem(answer, 422, "bad-input")

    def test_large_body__is_413(self, desk: Desk, client: TestClient) -> None:
        answer = client.post(
            "/inbox/prp_abc/reject",
            headers=signed(desk, "cora"),
            json={"reason": "x" * (MAX_BODY_BYTES + 1)},
        )
        assert_problem(answer, 413, "too-large")

    def test_large_body_in_pieces__is_413_too(self, desk: Desk, client: TestClient) -> None:
        pieces = (b" " * 1000 for _ in range(MAX_BODY_BYTES // 1000 + 2))
        answer = client.post("/inbox/prp_abc/reject", headers=signed(desk, "cora"), content=pieces)
        assert_problem(answer, 413, "too-large")

    def test_accident__is_500_without_inner_words(
        self, desk: Desk, client: TestClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_args: Any) -> date:
            raise RuntimeError("secret table is gone")

        headers = signed(desk, "cora")
        monkeypatch.setattr(type(desk.house), "business_date", broken)
        answer = client.get("/inbox", headers=headers)
        assert_problem(answer, 500, "error")
        assert "secret" not in answer.text

    def test_every_answer__cannot_be_cached_or_framed(self, desk: Desk, client: TestClient) -> None:
        for path in ("/health", "/openapi.json", "/nowhere"):
            headers = client.get(path).headers
            assert headers["cache-control"] == "no-store"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]

    def test_documentation_pages__are_not_served(self, client: TestClient) -> None:
        for path in ("/docs", "/redoc"):
            assert client.get(path).status_code == 404


class TestDescription:
    def test_openapi__every_answer_and_problem_is_modelled(self, client: TestClient) -> None:
        described = client.get("/openapi.json").json()
        assert {"Card", "QueuePage", "Outcome", "AccountPage", "Why", "Reply", "Problem"} <= (
            described["components"]["schemas"].keys()
        )
        assert "HTTPValidationError" not in described["components"]["schemas"]
        for path, methods in described["paths"].items():
            for method, told in methods.items():
                answers = told["responses"]
                schema = answers["200"]["content"]["application/json"]["schema"]
                assert schema.get("$ref"), (method, path)
                assert "application/problem+json" in answers["4XX"]["content"], (method, path)
                if path != "/health":
                    assert told["security"], (method, path)

    def test_health__needs_no_key(self, client: TestClient) -> None:
        assert client.get("/health").json() == {"status": "ok"}


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
        assert seen == sorted(seen)

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
        desk.books.change("idempotent_request", "key", "k1", status=None)
        answer = self.post(client, waiting, headers, reason="no")
        assert_problem(answer, 409, "conflict", "still running")

    def test_left_behind_yesterday__is_done_again_without_a_second_effect(
        self, desk: Desk, client: TestClient
    ) -> None:
        waiting, headers = desk.waiting_reminder(), signed(desk, "cora")
        self.post(client, waiting, headers, reason="no")
        yesterday = SystemClock().today() - timedelta(days=1)
        desk.books.change("idempotent_request", "key", "k1", status=None, created_on=yesterday)
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


class TestAccountsAndRuns:
    def test_accounts__are_paged_searched_and_explained(
        self, desk: Desk, client: TestClient
    ) -> None:
        for name in ("acc_a", "acc_b", "acc_c"):
            desk.account(name)
        headers = signed(desk, "ines", "read")
        first = client.get("/accounts", headers=headers, params={"limit": 2}).json()
        rest = client.get(
            "/accounts", headers=headers, params={"limit": 2, "cursor": first["next"]}
        ).json()
        assert [a["id"] for a in first["accounts"]] == ["acc_a", "acc_b"]
        assert ([a["id"] for a in rest["accounts"]], rest["next"]) == (["acc_c"], None)
        assert first["accounts"][0]["open"] == [{"amount": "200.50", "currency": "USD"}]
        found = client.get("/accounts", headers=headers, params={"words": "PANY ACC_B"}).json()
        assert [a["id"] for a in found["accounts"]] == ["acc_b"]
        page = client.get("/accounts/acc_a", headers=headers).json()
        assert [item["days_overdue"] for item in page["items"]] == [12, 11]
        assert_problem(client.get("/accounts/acc_a/why", headers=headers), 404, "not-found")
        assert_problem(client.get("/accounts/nobody", headers=headers), 404, "not-found")

    def test_runs__and_what_they_decided(self, desk: Desk, client: TestClient) -> None:
        desk.waiting_reminder()
        facts_hash = desk.proposal(desk.waiting_reminder("acc_b")).facts_hash
        for account in ("acc_a", "acc_b"):
            desk.books.add(
                "disposition", run_id="run_a", account_id=account, kind="waiting_for_approval",
                reason="Autonomy is draft.", rule_ids="autonomy_waits", account_class="routine",
                facts_hash=facts_hash,
            )  # fmt: skip
        headers = signed(desk, "cora")
        [run] = client.get("/runs", headers=headers).json()["runs"]
        assert (run["id"], run["as_of"]) == ("run_a", "2026-03-17")
        path = "/runs/run_a/dispositions"
        first = client.get(path, headers=headers, params={"limit": 1}).json()
        rest = client.get(path, headers=headers, params={"cursor": first["next"]}).json()
        told = [*first["dispositions"], *rest["dispositions"]]
        assert [line["account_id"] for line in told] == ["acc_a", "acc_b"]
        assert rest["next"] is None
        why = client.get("/accounts/acc_b/why", headers=headers).json()
        assert why["counterfactual"] == "It would be routine if autonomy were auto."
        assert why["moved"] == []
        assert_problem(client.get("/runs/run_z", headers=headers), 404, "not-found")
        assert_problem(client.get("/runs/run_z/dispositions", headers=headers), 404, "not-found")


class TestChat:
    def test_question__is_answered_and_kept_per_person(
        self, desk: Desk, client: TestClient
    ) -> None:
        desk.waiting_reminder()
        answer = client.post(
            "/chat/morning/messages",
            headers=signed(desk, "cora", "chat"),
            json={"text": "who should I work today?"},
        )
        assert answer.status_code == 200, answer.text
        assert "Company acc_a" in answer.json()["answer"]
        thread = {"configurable": {"thread_id": "chat:cora:morning"}}
        assert desk.house.checkpointer.get_tuple(thread) is None

    def test_wish_to_act__waits_and_its_author_cannot_approve(
        self, desk: Desk, client: TestClient
    ) -> None:
        desk.account("acc_a")
        headers = signed(desk, "cora")
        answer = client.post(
            "/chat/morning/messages", headers=headers, json={"text": "place acc_a on hold"}
        )
        [waiting] = answer.json()["proposal_ids"]
        row = desk.proposal(waiting)
        assert (row.author, row.state, row.thread_id is not None) == ("cora", "pending", True)
        refused = client.post(
            f"/inbox/{waiting}/approve", headers=headers, json={"digest": row.digest}
        )
        assert_problem(refused, 403, "refused", "author")

    def test_auditor__may_ask_but_not_wish(self, desk: Desk, client: TestClient) -> None:
        desk.account("acc_a")
        answer = client.post(
            "/chat/morning/messages",
            headers=signed(desk, "ines"),
            json={"text": "place acc_a on hold"},
        )
        assert (answer.status_code, answer.json()["proposal_ids"]) == (200, [])

    @pytest.mark.parametrize("path", ["/chat/a b/messages", "/chat/a:b/messages"])
    def test_name_of_a_conversation__is_checked(
        self, desk: Desk, client: TestClient, path: str
    ) -> None:
        answer = client.post(path, headers=signed(desk, "cora"), json={"text": "hello"})
        assert_problem(answer, 422, "bad-input")
