"""Requests in LangChain's review shape, and its four decisions."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk


@pytest.fixture
def waiting(desk: Desk) -> str:
    return desk.waiting_reminder()


@pytest.fixture
def cora(desk: Desk) -> dict[str, str]:
    return signed(desk, "cora", "read", "decide")


def shown(client: TestClient, proposal: str, key: dict[str, str]) -> dict[str, Any]:
    return client.get(f"/inbox/{proposal}/hitl", headers=key).json()


def decided(
    client: TestClient, proposal: str, key: dict[str, str], decision: Any, **more: Any
) -> Any:
    body = {"decisions": [decision]} | more
    return client.post(f"/inbox/{proposal}/hitl", json=body, headers=key)


def test_request__has_their_keys(client: TestClient, waiting: str, cora: dict[str, str]) -> None:
    request = shown(client, waiting, cora)
    (action,), (config,) = request["action_requests"], request["review_configs"]
    assert set(action) == {"name", "args", "description"}
    assert set(config) == {"action_name", "allowed_decisions", "args_schema"}
    assert action["name"] == config["action_name"] == "send_reminder"
    assert config["allowed_decisions"] == ["approve", "edit", "reject", "respond"]
    assert "200.50" in action["args"]["body"]
    assert set(config["args_schema"]["properties"]) > {"stage", "subject", "body"}


class TestDecisions:
    def test_approve__carries_out_what_was_seen(
        self, client: TestClient, waiting: str, cora: dict[str, str], desk: Desk
    ) -> None:
        digest = shown(client, waiting, cora)["digest"]
        answer = decided(client, waiting, cora, {"type": "approve"}, digest=digest)
        assert answer.json()["state"] == "executed"
        assert len(desk.queued()) == 1

    def test_approve_without_or_with_another_digest__is_refused(
        self, client: TestClient, waiting: str, cora: dict[str, str], desk: Desk
    ) -> None:
        none = decided(client, waiting, cora, {"type": "approve"})
        assert_problem(none, 422, "bad-input", "digest")
        other = decided(client, waiting, cora, {"type": "approve"}, digest="0" * 32)
        assert other.status_code == 409
        assert desk.queued() == []

    def test_edit__changes_only_what_differs_and_asks_again(
        self, client: TestClient, waiting: str, cora: dict[str, str], desk: Desk
    ) -> None:
        args = shown(client, waiting, cora)["action_requests"][0]["args"]
        edited = {"name": "send_reminder", "args": args | {"subject": "A word on your account"}}
        answer = decided(client, waiting, cora, {"type": "edit", "edited_action": edited})
        assert answer.status_code == 200, answer.text
        (new,) = answer.json()["new_proposal_ids"]
        assert desk.proposal(new).author == "cora"
        assert "A word on your account" in desk.proposal(new).action

    @pytest.mark.parametrize(
        ("name", "says"),
        [("write_off", "an edit keeps that"), ("send_reminder", "changes nothing")],
    )
    def test_edit_of_nothing_or_into_another_action__is_refused(
        self, client: TestClient, waiting: str, cora: dict[str, str], name: str, says: str
    ) -> None:
        edited = {"name": name, "args": {}}
        answer = decided(client, waiting, cora, {"type": "edit", "edited_action": edited})
        assert_problem(answer, 422, "bad-input", says)

    def test_reject_and_respond__take_their_message(
        self, client: TestClient, waiting: str, cora: dict[str, str], desk: Desk
    ) -> None:
        said = decided(client, waiting, cora, {"type": "respond", "message": "Ask them first"})
        assert said.json()["verb"] == "answer"
        other = desk.waiting_reminder("acc_b")
        answer = decided(client, other, cora, {"type": "reject", "message": "Not now"})
        assert (answer.json()["verb"], desk.proposal(other).state) == ("reject", "rejected")

    def test_author_or_reader__decides_nothing(
        self, client: TestClient, desk: Desk, waiting: str
    ) -> None:
        ines = signed(desk, "ines", "read", "decide")
        digest = shown(client, waiting, ines)["digest"]
        answer = decided(client, waiting, ines, {"type": "approve"}, digest=digest)
        assert_problem(answer, 403, "refused")
        desk.account("acc_c")
        own = desk.ask(desk.reminder("acc_c"), author="cora")
        cora = signed(desk, "cora", "read", "decide")
        digest = shown(client, own, cora)["digest"]
        answer = decided(client, own, cora, {"type": "approve"}, digest=digest)
        assert_problem(answer, 403, "refused", "author")
