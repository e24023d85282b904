"""The API over a real home: keys, problems, its description, accounts, nights, the assistant."""

from datetime import date, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.body_limits import MAX_BODY_BYTES
from ledger.clock import SystemClock
from ledger.tables.work import ApiKey
from tests.support.api_client import assert_problem, key_of, signed
from tests.support.desk import Desk
from tools.people import revoke_key


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


STREAMS = {"/chat/{session}/stream", "/chat/{session}/events", "/agui", "/metrics"}
"""What is answered in pieces, or in a form of its own."""


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
                good = next(code for code in answers if code.startswith("2"))
                content = answers[good].get("content", {})
                if path not in STREAMS and good != "204":
                    assert content["application/json"]["schema"].get("$ref"), (method, path)
                # Clients of OpenAI's API read errors in its own shape.
                problem = "json" if path.startswith("/v1/") else "problem+json"
                assert f"application/{problem}" in answers["4XX"]["content"], (method, path)
                if path != "/health":
                    assert told["security"], (method, path)

    def test_health__needs_no_key(self, client: TestClient) -> None:
        assert client.get("/health").json() == {"status": "ok"}


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
        standing = page["standing"]
        assert standing["score"]["account_class"] in "ABCDE"
        assert standing["exposure"][0]["amount"] == {"amount": "200.50", "currency": "USD"}
        (ages,) = standing["open_by_age"]
        assert ages["buckets"]["1-30"] == ages["total"] == {"amount": "200.50", "currency": "USD"}
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
