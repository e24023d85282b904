"""Questions at any door leave the pages a thread, however slow the model is."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from threading import Event, Semaphore
from typing import Any

import pytest
from anyio.to_thread import current_default_thread_limiter
from fastapi.testclient import TestClient

from tests.support.api_client import signed
from tests.support.desk import Desk
from tests.support.pages import signed_in, token_on

_PATIENCE = 20
_AT_ONCE = 3
Ask = Callable[[TestClient, int], Any]


class _SlowGraph:
    """Answers nothing before it may."""

    def __init__(self) -> None:
        self.begun, self.may_end = Semaphore(0), Event()

    def invoke(self, *_state: Any, **_more: Any) -> dict[str, Any]:
        self.begun.release()
        self.may_end.wait(_PATIENCE)
        told = {"answer": "done", "role": "assistant", "line": 1}
        return told | {"proposal_ids": [], "blocks": [], "calls": []}


def _by_api(desk: Desk, _client: TestClient) -> Ask:
    key = signed(desk, "cora", "chat")
    return lambda client, n: client.post(f"/chat/s{n}/messages", json={"text": "hi"}, headers=key)


def _by_openai(desk: Desk, _client: TestClient) -> Ask:
    key = signed(desk, "cora", "chat")
    said = {"model": "dunwell-assistant", "messages": [{"role": "user", "content": "hi"}]}
    return lambda client, n: client.post(
        "/v1/chat/completions", json=said | {"user": f"u{n}"}, headers=key
    )


def _by_agui(desk: Desk, _client: TestClient) -> Ask:
    if find_spec("ag_ui") is None:
        pytest.skip("the extra agui is not installed")
    key = signed(desk, "cora", "chat")
    body = {
        "runId": "run-1", "messages": [{"id": "m1", "role": "user", "content": "hi"}],
        "tools": [], "context": [], "state": {}, "forwardedProps": {},
    }  # fmt: skip
    return lambda client, n: client.post(
        "/agui", json=body | {"threadId": f"thread-{n}"}, headers=key
    )


def _by_form(desk: Desk, client: TestClient) -> Ask:
    token = token_on(signed_in(desk, client, "cora").get("/desk/assistant"))
    return lambda client, n: client.post(
        "/desk/assistant",
        data={"form_token": token, "text": "hi", "session": f"desk-{n}"},
        follow_redirects=False,
    )


@pytest.mark.parametrize("door", [_by_api, _by_openai, _by_agui, _by_form])
def test_slow_model_at_a_door__pages_answer_meanwhile(
    client: TestClient, desk: Desk, door: Callable[[Desk, TestClient], Ask]
) -> None:
    ask, graph = door(desk, client), _SlowGraph()
    desk.house.chat_graph = graph
    assert client.portal is not None
    client.portal.call(lambda: setattr(current_default_thread_limiter(), "total_tokens", 2))
    with ThreadPoolExecutor(_AT_ONCE + 1) as pool:
        asked = [pool.submit(ask, client, n) for n in range(_AT_ONCE)]
        try:
            for _each in asked:
                assert graph.begun.acquire(timeout=_PATIENCE / 4), "a question found no thread"
            page = pool.submit(client.get, "/health")
            assert page.result(_PATIENCE / 4).status_code == 200
        finally:
            graph.may_end.set()
        assert {each.result().status_code for each in asked} <= {200, 303}
