"""AG-UI over the assistant: runs, blocks, interrupts out, decisions in."""

from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from tests.support.api_client import assert_problem, signed
from tests.support.desk import Desk

ag_ui = pytest.importorskip("ag_ui.core", reason="the extra agui is not installed")


@pytest.fixture
def cora(desk: Desk) -> dict[str, str]:
    desk.account("acc_a")
    return signed(desk, "cora", "chat", "decide")


def run(client: TestClient, key: dict[str, str], text: str = "", **more: Any) -> list[Any]:
    """Run the agent; returns its events, each read back by the protocol's own models."""
    messages = [{"id": "m1", "role": "user", "content": text}] if text else []
    body = {
        "threadId": "thread-1",
        "runId": "run-1",
        "messages": messages,
        "tools": [],
        "context": [],
        "state": {},
        "forwardedProps": {},
    } | more
    answer = client.post("/agui", json=body, headers=key)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/event-stream")
    parts = [orjson.loads(each[6:]) for each in answer.text.split("\n\n") if each]
    return [TypeAdapter(ag_ui.Event).validate_python(each) for each in parts]


def words(events: list[Any]) -> str:
    return "".join(e.delta for e in events if e.type == ag_ui.EventType.TEXT_MESSAGE_CONTENT)


class TestRun:
    def test_question__is_a_run_from_start_to_end(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        events = run(client, cora, 'aging of "ACCA-1"')
        kinds = list(dict.fromkeys(each.type.value for each in events))
        assert kinds == [
            "RUN_STARTED", "STEP_STARTED", "STEP_FINISHED", "TEXT_MESSAGE_START",
            "TEXT_MESSAGE_CONTENT", "TEXT_MESSAGE_END", "CUSTOM", "RUN_FINISHED",
        ]  # fmt: skip
        assert "total 200.50 USD" in words(events)
        (table,) = [each for each in events if each.type.value == "CUSTOM"]
        assert (table.name, table.value["kind"]) == ("dunwell.aging_table", "aging_table")
        assert (events[-1].thread_id, events[-1].outcome.type) == ("thread-1", "success")

    def test_thread__is_kept(self, client: TestClient, cora: dict[str, str]) -> None:
        run(client, cora, 'story of "ACCA-1"')
        assert "total 200.50 USD" in words(run(client, cora, "What are its open items?"))
        other = run(client, cora, "What are its open items?", threadId="thread-2")
        assert "Which account" in words(other)

    def test_no_words_of_the_user__is_an_error_of_the_run(
        self, client: TestClient, cora: dict[str, str]
    ) -> None:
        events = run(client, cora)
        assert (events[-1].type.value, events[-1].code) == ("RUN_ERROR", "bad_input")

    def test_no_key__is_401(self, client: TestClient) -> None:
        body = {"threadId": "t", "runId": "r", "messages": [], "tools": [], "context": []}
        assert_problem(client.post("/agui", json=body), 401, "unauthorized")


class TestInterrupt:
    def asked(self, client: TestClient, key: dict[str, str]) -> Any:
        outcome = run(client, key, 'draft a reminder for "ACCA-1"')[-1].outcome
        assert outcome.type == "interrupt"
        (interrupt,) = outcome.interrupts
        return interrupt

    def resume(self, interrupt: Any, decision: dict[str, Any]) -> list[dict[str, Any]]:
        digest = interrupt.metadata["request"]["digest"]
        payload = {"decisions": [decision], "digest": digest}
        return [{"interruptId": interrupt.id, "status": "resolved", "payload": payload}]

    def test_request__ends_the_run_and_waits(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        assert interrupt.reason == "approval"
        assert "decisions" in interrupt.response_schema["properties"]
        assert desk.proposal(interrupt.id).state == "pending"

    def test_author__does_not_resume_it(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        events = run(client, cora, resume=self.resume(interrupt, {"type": "approve"}))
        assert (events[-1].type.value, events[-1].code) == ("RUN_ERROR", "refused")
        assert desk.queued() == []

    def test_colleague__resumes_it(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        milo = signed(desk, "milo", "chat", "decide")
        events = run(client, milo, resume=self.resume(interrupt, {"type": "approve"}))
        assert events[-1].outcome.type == "success"
        assert len(desk.queued()) == 1

    def test_one_of_several_cannot_be_decided__the_others_are_and_each_is_told(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        (good,) = self.resume(interrupt, {"type": "approve"})
        entries = [good | {"interruptId": "prp_none"}, good, good | {"payload": {"yes": True}}]
        events = run(client, signed(desk, "milo", "chat", "decide"), resume=entries)
        told = words(events).splitlines()
        assert [line.partition(":")[0] for line in told] == ["prp_none", *[interrupt.id] * 2]
        assert "not done" in told[0]
        assert "not done" in told[2]
        assert events[-1].outcome.type == "success"
        assert len(desk.queued()) == 1

    def test_more_than_twenty__none_is_decided(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        entries = self.resume(interrupt, {"type": "approve"}) * 21
        events = run(client, signed(desk, "milo", "chat", "decide"), resume=entries)
        assert (events[-1].type.value, events[-1].code) == ("RUN_ERROR", "bad_input")
        assert desk.queued() == []

    def test_key_that_only_chats__resumes_nothing(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        body = {
            "threadId": "t", "runId": "r", "messages": [], "tools": [], "context": [],
            "resume": self.resume(interrupt, {"type": "approve"}),
        }  # fmt: skip
        milo = signed(desk, "milo", "chat")
        assert_problem(client.post("/agui", json=body, headers=milo), 403, "refused", "decide")

    def test_cancelled_or_unreadable__goes_on_waiting(
        self, client: TestClient, cora: dict[str, str], desk: Desk
    ) -> None:
        interrupt = self.asked(client, cora)
        entry = {"interruptId": interrupt.id, "status": "cancelled"}
        milo = signed(desk, "milo", "chat", "decide")
        assert "goes on waiting" in words(run(client, milo, resume=[entry]))
        entry = {"interruptId": interrupt.id, "status": "resolved", "payload": {"yes": True}}
        assert run(client, milo, resume=[entry])[-1].code == "bad_input"
        assert desk.proposal(interrupt.id).state == "pending"
