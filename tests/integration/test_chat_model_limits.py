"""The model gateway's breaker, budget, redaction and silence."""

import logging
import socket
import subprocess
import sys

import pytest
import tiktoken
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langsmith.utils import tracing_is_enabled

from agents.model_faults import ModelAnswerInvalid, ModelError, ModelUnavailable
from tests.support import openai_server as wire
from tests.support.model_gateway import ASK, KEY, LIST_OPEN_ITEMS, PromiseClaim, Stopwatch

# Breaker and budget


def test_breaker__opens_after_failures_in_a_row_and_tries_once_after_its_rest(
    gateway, openai_server, usages
):
    watch = Stopwatch()
    door = gateway(monotonic=watch, max_attempts=1, breaker_failures=2, breaker_cool_down_s=30.0)
    codes = []

    def ask() -> None:
        try:
            codes.append(door.invoke(ASK).text)
        except ModelError as error:
            codes.append(error.code)

    openai_server.always(wire.refused(500))
    ask(), ask(), ask()  # the third is not let out
    watch.seconds = 30.0
    ask(), ask()  # a trial that fails, then rest again
    watch.seconds = 60.0
    openai_server.always(wire.text("well again"))
    ask(), ask()

    failed, resting = "endpoint_failed", "breaker_open"
    assert codes == [failed, failed, resting, failed, resting, "well again", "well again"]
    assert len(openai_server.requests) == 5
    assert [usage.attempts for usage in usages] == [1, 1, 0, 1, 0, 1, 1]


def test_unusable_answers__do_not_open_the_breaker(gateway, openai_server):
    openai_server.always(wire.text(""))
    door = gateway(breaker_failures=1)

    for _ in range(3):
        with pytest.raises(ModelAnswerInvalid):
            door.invoke(ASK)

    assert len(openai_server.requests) == 3


def test_budget_of_calls__stops_and_counts_retries(gateway, openai_server):
    openai_server.script(wire.refused(500), wire.text("one"), wire.text("two"))
    door = gateway(budget_calls=3)
    door.invoke(ASK)
    door.invoke(ASK)

    with pytest.raises(ModelUnavailable) as failure:
        door.invoke(ASK)

    assert failure.value.code == "budget_calls"
    assert len(openai_server.requests) == 3
    assert door.spend.calls == 3


@pytest.mark.parametrize("usage", [(60, 40), None], ids=["reported", "estimated"])
def test_budget_of_tokens__stops(gateway, openai_server, usage):
    openai_server.always(wire.text("y" * 400, usage=usage))
    door = gateway(budget_tokens=100)
    door.invoke(ASK)

    with pytest.raises(ModelUnavailable) as failure:
        list(door.stream(ASK))

    assert failure.value.code == "budget_tokens"
    assert len(openai_server.requests) == 1
    assert door.spend.tokens >= 100


def test_unusable_answer__its_tokens_are_still_accounted(gateway, openai_server):
    openai_server.script(wire.text("", usage=(900, 1)))
    door = gateway()

    with pytest.raises(ModelAnswerInvalid):
        door.invoke(ASK)

    assert door.spend.tokens == 901


# What never leaves


def test_request_body__holds_no_bank_data_keys_or_passwords(gateway, openai_server):
    openai_server.always(wire.text("ok"))
    secrets = {
        "iban": "DE89 3704 0044 0532 0130 00",
        "card": "4111 1111 1111 1111",
        "key": "sk-proj-abcdefghijklmnop1234",
        "ark": "ark_live_abcdefghijklmnop",
        "password": "hunter2!",
        "own": KEY,
    }
    said = ", ".join(secrets[name] for name in ("iban", "card", "key", "ark", "own"))
    call = {"name": "list_open_items", "args": {"account": said}, "id": "call_9"}
    conversation = [
        SystemMessage(f"Notes: {said}"),
        HumanMessage([{"type": "text", "text": f"my password is {secrets['password']} {said}"}]),
        AIMessage("", tool_calls=[call]),
        ToolMessage(said, tool_call_id="call_9"),
    ]

    door = gateway()
    door.invoke(conversation, tools=[LIST_OPEN_ITEMS])
    list(door.stream(conversation))

    for request in openai_server.requests:
        body = str(request)
        assert [name for name, secret in secrets.items() if secret in body] == []
        assert body.count("[redacted iban]") == 4
        assert request["messages"][3]["tool_call_id"] == "call_9"
    assert secrets["iban"] in conversation[0].text  # the caller's own messages stay whole


def test_api_key__never_shown(gateway, openai_server, caplog):
    caplog.set_level(logging.DEBUG)
    openai_server.script(
        wire.text("ok"),
        wire.refused(401, f"Incorrect API key provided: {KEY}"),
        wire.refused(400, f"no model for {KEY}"),
        wire.refused(500, KEY),
    )
    door = gateway(max_attempts=1)
    door.invoke(ASK)
    shown = [repr(door), str(door), repr(door.settings), str(door.settings)]
    shown.append(door.settings.model_dump_json())
    for _ in range(3):
        with pytest.raises(ModelUnavailable) as failure:
            door.invoke(ASK)
        assert "[redacted key]" in failure.value.message
        shown += [str(failure.value), str(failure.getrepr(style="long", chain=True))]

    assert KEY not in "\n".join(shown)
    assert KEY not in caplog.text
    assert caplog.records  # the client does log at this level, so the line above can fail


def test_invoke__reaches_only_its_endpoint_and_counts_no_tokens_itself(
    gateway, openai_server, monkeypatch
):
    for name in ("LANGSMITH_TRACING", "LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2"):
        monkeypatch.delenv(name, raising=False)
    reached = []
    connect = socket.socket.connect

    def recording_connect(self, address):
        reached.append(address)
        return connect(self, address)

    def forbidden(*args, **kwargs):
        raise AssertionError("tiktoken downloads its encodings")

    monkeypatch.setattr(socket.socket, "connect", recording_connect)
    monkeypatch.setattr(tiktoken, "get_encoding", forbidden)
    monkeypatch.setattr(tiktoken, "encoding_for_model", forbidden)
    openai_server.always(wire.structured({"amount_minor": 1, "quote": "by Friday"}))
    door = gateway(timeout_s=4.5)  # a timeout of its own, so that the client connects anew
    door.structured(ASK, PromiseClaim)
    openai_server.always(wire.text("ok"))
    door.invoke(ASK)
    list(door.stream(ASK))

    port = int(openai_server.base_url.rsplit(":", 1)[1].split("/")[0])
    assert set(reached) == {("127.0.0.1", port)}
    assert not tracing_is_enabled()


def test_import_of_the_gateway__loads_no_client():
    loaded = (
        "import sys, agents.chat_model;"
        "print([m for m in ('openai', 'langchain_openai', 'langchain_core') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", loaded], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
