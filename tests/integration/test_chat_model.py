"""The model gateway against a real chat-completions endpoint on the loopback interface."""

import logging
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import tiktoken
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langsmith.utils import tracing_is_enabled
from pydantic import BaseModel, Field

from agents.chat_model import ChatGateway
from agents.model_faults import ModelAnswerInvalid, ModelError, ModelUnavailable
from agents.model_settings import ModelSettings
from agents.usage import Price, Usage
from tests.support import openai_server as wire
from tests.support.openai_server import OpenAIServer

KEY = "k3y-of-the-house-0042"
ASK = [HumanMessage("Which open items are overdue?")]
LIST_OPEN_ITEMS = {
    "type": "function",
    "function": {
        "name": "list_open_items",
        "description": "Open items of an account.",
        "parameters": {
            "type": "object",
            "properties": {"account": {"type": "string"}},
            "required": ["account"],
        },
    },
}
WAYS = ["json_schema", "function_calling"]


class PromiseClaim(BaseModel):
    """A promise to pay read from a reply."""

    amount_minor: int
    quote: str = Field(min_length=3)


class Stopwatch:
    """A monotonic clock that a test turns by hand."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


Gateway = Callable[..., ChatGateway]


@pytest.fixture
def usages() -> list[Usage]:
    return []


@pytest.fixture
def gateway(openai_server: OpenAIServer, usages: list[Usage]) -> Iterator[Gateway]:
    def build(*, monotonic=time.perf_counter, sleep=time.sleep, **settings) -> ChatGateway:
        chosen = {"timeout_s": 5.0, "backoff_s": 0.0, **settings}
        return ChatGateway(
            ModelSettings(
                model="house-model", base_url=openai_server.base_url, api_key=KEY, **chosen
            ),
            on_usage=usages.append,
            monotonic=monotonic,
            sleep=sleep,
        )

    return build


# What works


def test_invoke__words_and_account_of_the_call(gateway, openai_server, usages):
    openai_server.script(wire.text("Two items.", usage=(120, 30)))
    price = Price(input_minor="15", output_minor="60", currency="USD")

    answer = gateway(price=price).invoke(ASK, prompt_id="collector@3")

    assert answer.text == "Two items."
    assert len(usages) == 1
    assert usages[0].model_dump(exclude={"duration_ms"}) == {
        "model": "house-model",
        "prompt_version": "collector@3",
        "input_tokens": 120,
        "output_tokens": 30,
        "attempts": 1,
        "cost_micros": 120 * 15 + 30 * 60,
        "outcome": "ok",
        "estimated": False,
    }
    assert openai_server.requests[0]["model"] == "house-model"
    assert openai_server.headers[0]["authorization"] == f"Bearer {KEY}"


def test_invoke_without_price__cost_is_unknown_not_zero(gateway, openai_server, usages):
    openai_server.script(wire.text("ok"))

    gateway().invoke(ASK)

    assert usages[0].cost_micros is None
    assert usages[0].cost_minor is None


def test_endpoint_reports_no_usage__tokens_are_estimated(gateway, openai_server, usages):
    openai_server.script(wire.text("x" * 40, usage=None))

    gateway().invoke([HumanMessage("y" * 80)])

    assert (usages[0].input_tokens, usages[0].output_tokens) == (20, 10)
    assert usages[0].estimated


def test_tool_schema__is_offered_and_called(gateway, openai_server):
    openai_server.script(wire.tool_calls(("list_open_items", {"account": "acc_1"})))

    answer = gateway().invoke(ASK, tools=[LIST_OPEN_ITEMS])

    assert [(call["name"], call["args"]) for call in answer.tool_calls] == [
        ("list_open_items", {"account": "acc_1"})
    ]
    assert openai_server.requests[0]["tools"][0]["function"]["name"] == "list_open_items"


def test_langchain_tool__is_offered_like_a_schema(gateway, openai_server):
    @tool
    def list_open_items(account: str) -> str:
        """Open items of an account."""
        return account

    openai_server.script(wire.tool_calls(("list_open_items", {"account": "acc_1"})))

    answer = gateway().invoke(ASK, tools=[list_open_items])

    assert answer.tool_calls[0]["name"] == "list_open_items"
    parameters = openai_server.requests[0]["tools"][0]["function"]["parameters"]
    assert parameters["required"] == ["account"]


def test_tool_result__reaches_the_model_with_its_call(gateway, openai_server):
    openai_server.script(
        wire.tool_calls(("list_open_items", {"account": "acc_1"})), wire.text("One item.")
    )
    door = gateway()
    called = door.invoke(ASK, tools=[LIST_OPEN_ITEMS])
    result = ToolMessage("inv_1", tool_call_id=called.tool_calls[0]["id"])

    answer = door.invoke([*ASK, called, result], tools=[LIST_OPEN_ITEMS])

    assert answer.text == "One item."
    sent = openai_server.requests[1]["messages"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "call_0"


@pytest.mark.parametrize("way", WAYS)
def test_structured__instance_of_the_schema(gateway, openai_server, way):
    openai_server.script(wire.structured({"amount_minor": 125000, "quote": "by Friday"}))

    claim = gateway(structured_by=way).structured(ASK, PromiseClaim)

    assert claim == PromiseClaim(amount_minor=125000, quote="by Friday")
    request = openai_server.requests[0]
    if way == "json_schema":
        assert request["response_format"]["json_schema"]["name"] == "PromiseClaim"
        assert request["response_format"]["json_schema"]["strict"] is True
    else:
        assert request["tool_choice"]["function"]["name"] == "PromiseClaim"


def test_stream__pieces_add_up_and_usage_is_kept(gateway, openai_server, usages):
    openai_server.script(wire.text("Two items are overdue.", usage=(20, 9)))

    pieces = [piece.text for piece in gateway().stream(ASK)]

    assert "".join(pieces) == "Two items are overdue."
    assert len(pieces) > 3
    assert (usages[0].input_tokens, usages[0].output_tokens) == (20, 9)
    assert usages[0].outcome == "ok"


def test_streamed_tool_call__fragments_add_up(gateway, openai_server, usages):
    openai_server.script(
        wire.tool_calls(
            ("list_open_items", {"account": "acc_1"}), ("list_open_items", {"account": "acc_2"})
        )
    )

    pieces = list(gateway().stream(ASK, tools=[LIST_OPEN_ITEMS]))

    whole = pieces[0]
    for piece in pieces[1:]:
        whole = whole + piece
    assert [call["args"] for call in whole.tool_calls] == [
        {"account": "acc_1"},
        {"account": "acc_2"},
    ]
    assert usages[0].input_tokens == 11


def test_stream_left_early__account_says_abandoned(gateway, openai_server, usages):
    openai_server.script(wire.text("a long answer nobody reads to its end"))

    stream = gateway().stream(ASK)
    next(stream)
    stream.close()

    assert [usage.outcome for usage in usages] == ["abandoned"]


# What fails: every fault is one typed outcome after a known number of requests

UNAVAILABLE = {
    "429 three times": ([wire.rate_limited("0")] * 3, "rate_limited", 3),
    "500 three times": ([wire.refused(500)] * 3, "endpoint_failed", 3),
    "503 then 500 then 502": (
        [wire.refused(503), wire.refused(500), wire.refused(502)],
        "endpoint_failed",
        3,
    ),
    "400": ([wire.refused(400)], "request_refused", 1),
    "401": ([wire.refused(401)], "not_authorised", 1),
    "403": ([wire.refused(403)], "not_authorised", 1),
    "404": ([wire.refused(404)], "model_not_found", 1),
    "422": ([wire.refused(422)], "request_refused", 1),
    "quota used up": (
        [wire.refused(429, code="insufficient_quota")],
        "quota_exhausted",
        1,
    ),
    "body cut three times": ([wire.text("cut", cut_after=0)] * 3, "unreachable", 3),
}

INVALID = {
    "malformed body": (wire.malformed_body(), "malformed_body"),
    "page instead of an answer": (wire.Reply(raw_body=b'"<html>"'), "malformed_body"),
    "list instead of an answer": (wire.Reply(raw_body=b"[]"), "malformed_body"),
    "error inside a good status": (
        wire.Reply(raw_body=b'{"error": {"message": "upstream"}, "choices": null}'),
        "malformed_body",
    ),
    "choice of the wrong shape": (
        wire.Reply(raw_body=b'{"choices": [{"message": "hi"}]}'),
        "malformed_body",
    ),
    "empty choices": (wire.empty_choices(), "no_choices"),
    "empty text": (wire.text("  "), "empty_answer"),
    "cut at the length limit": (wire.text("Dear", finish_reason="length"), "truncated"),
    "content filter": (wire.text("Dear", finish_reason="content_filter"), "filtered"),
    "refusal": (
        wire.Reply(message={"role": "assistant", "content": None, "refusal": "I cannot."}),
        "refused",
    ),
    "unknown tool": (wire.tool_calls(("send_message", {})), "unknown_tool"),
    "arguments are not JSON": (
        wire.tool_calls(("list_open_items", '{"account": ')),
        "invalid_tool_calls",
    ),
    "arguments are a list": (wire.tool_calls(("list_open_items", "[1]")), "malformed_body"),
}


@pytest.mark.parametrize(("replies", "code", "requests"), UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_failing_endpoint__unavailable(gateway, openai_server, usages, replies, code, requests):
    openai_server.script(*replies)

    with pytest.raises(ModelUnavailable) as failure:
        gateway().invoke(ASK)

    assert failure.value.code == code
    assert len(openai_server.requests) == requests
    assert (usages[0].outcome, usages[0].attempts) == (code, requests)


@pytest.mark.parametrize(("reply", "code"), INVALID.values(), ids=INVALID)
def test_unusable_answer__invalid_after_one_request(gateway, openai_server, usages, reply, code):
    openai_server.script(reply)

    with pytest.raises(ModelAnswerInvalid) as failure:
        gateway().invoke(ASK, tools=[LIST_OPEN_ITEMS])

    assert failure.value.code == code
    assert len(openai_server.requests) == 1
    assert usages[0].outcome == code


@pytest.mark.parametrize("fault", [wire.refused(500), wire.rate_limited("0"), wire.refused(408)])
def test_passing_fault__retried_to_an_answer(gateway, openai_server, usages, fault):
    openai_server.script(fault, wire.text("ok"))

    assert gateway().invoke(ASK).text == "ok"
    assert (usages[0].outcome, usages[0].attempts) == ("ok", 2)


def test_slow_endpoint__timeout_after_every_attempt(gateway, openai_server):
    openai_server.always(wire.slow(0.5))

    with pytest.raises(ModelUnavailable) as failure:
        gateway(timeout_s=0.1, max_attempts=2).invoke(ASK)

    assert failure.value.code == "timeout"
    assert len(openai_server.requests) == 2


def test_nobody_listens__unreachable(gateway, openai_server):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    settings = ModelSettings(model="m", base_url=address, api_key=KEY, backoff_s=0.0)

    with pytest.raises(ModelUnavailable) as failure:
        ChatGateway(settings).invoke(ASK)

    assert failure.value.code == "unreachable"


def test_retry_after__is_waited_for(gateway, openai_server):
    openai_server.script(wire.rate_limited("1"), wire.text("ok"))
    started = time.perf_counter()

    gateway().invoke(ASK)

    assert 1.0 <= time.perf_counter() - started < 3.0


def test_retry_after__is_waited_for_exactly_else_backoff_doubles(gateway, openai_server):
    openai_server.script(
        wire.rate_limited("7"), wire.refused(500), wire.refused(500), wire.text("ok")
    )
    waits: list[float] = []

    gateway(sleep=waits.append, max_attempts=4, backoff_s=1.0).invoke(ASK)

    assert waits[0] == 7.0
    assert 2.0 <= waits[1] <= 3.0
    assert 4.0 <= waits[2] <= 5.0


def test_retry_after_beyond_the_deadline__gives_up_at_once(gateway, openai_server):
    openai_server.script(wire.rate_limited("3600"))
    waits: list[float] = []

    with pytest.raises(ModelUnavailable) as failure:
        gateway(sleep=waits.append, deadline_s=60.0).invoke(ASK)

    assert failure.value.retry_after_s == 3600.0
    assert waits == []
    assert len(openai_server.requests) == 1


def test_wrong_arguments_that_are_json__left_to_the_tool(gateway, openai_server):
    openai_server.script(wire.tool_calls(("list_open_items", {"invoice": 7})))

    answer = gateway().invoke(ASK, tools=[LIST_OPEN_ITEMS])

    assert answer.tool_calls[0]["args"] == {"invoice": 7}


@pytest.mark.parametrize("way", WAYS)
def test_structured_of_another_shape__names_fields_never_values(gateway, openai_server, way):
    openai_server.script(wire.structured({"amount_minor": "a lot of gold", "quote": "x"}))

    with pytest.raises(ModelAnswerInvalid) as failure:
        gateway(structured_by=way).structured(ASK, PromiseClaim)

    assert failure.value.code == "schema_mismatch"
    assert "amount_minor" in failure.value.message
    assert "gold" not in failure.value.message


def test_structured_answer_in_plain_words__mismatch(gateway, openai_server):
    openai_server.script(wire.text("They promise to pay."))

    with pytest.raises(ModelAnswerInvalid) as failure:
        gateway().structured(ASK, PromiseClaim)

    assert failure.value.code == "schema_mismatch"


@pytest.mark.parametrize("way", WAYS)
def test_structured_answer_cut_at_its_length__truncated(gateway, openai_server, way):
    openai_server.script(wire.text('{"amount_minor": 1', finish_reason="length"))

    with pytest.raises(ModelAnswerInvalid) as failure:
        gateway(structured_by=way).structured(ASK, PromiseClaim)

    assert failure.value.code == "truncated"


@pytest.mark.parametrize(
    "reply",
    [
        wire.cut_stream(after=3),
        wire.text("ends in good order", unfinished=True),
        wire.tool_calls(("list_open_items", {"account": "acc_1"}), cut_after=4),
    ],
    ids=["connection lost", "no finish reason", "within a tool call"],
)
def test_cut_stream__unavailable_after_its_pieces(gateway, openai_server, usages, reply):
    openai_server.script(reply)
    pieces = []

    with pytest.raises(ModelUnavailable) as failure:
        pieces.extend(gateway().stream(ASK, tools=[LIST_OPEN_ITEMS]))

    assert failure.value.code == "stream_cut"
    assert len(openai_server.requests) == 1
    assert usages[0].outcome == "stream_cut"


def test_stream_that_breaks_before_its_first_piece__is_retried(gateway, openai_server):
    openai_server.script(wire.cut_stream(after=0), wire.refused(500), wire.text("whole"))

    assert "".join(piece.text for piece in gateway().stream(ASK)) == "whole"
    assert len(openai_server.requests) == 3


@pytest.mark.parametrize(
    ("reply", "code"),
    [
        (wire.tool_calls(("send_message", {})), "unknown_tool"),
        (wire.tool_calls(("list_open_items", '{"account": "acc')), "invalid_tool_calls"),
        (wire.text("Dear", finish_reason="length"), "truncated"),
        (wire.text(""), "empty_answer"),
    ],
    ids=["unknown tool", "half an argument", "length", "empty"],
)
def test_unusable_stream__invalid_after_its_last_piece(gateway, openai_server, reply, code):
    openai_server.script(reply)

    with pytest.raises(ModelAnswerInvalid) as failure:
        list(gateway().stream(ASK, tools=[LIST_OPEN_ITEMS]))

    assert failure.value.code == code


def test_stream_past_the_deadline__timeout(gateway, openai_server):
    openai_server.script(wire.text("an answer that never seems to come to its end"))
    watch = Stopwatch()
    stream = gateway(monotonic=watch, deadline_s=10.0).stream(ASK)
    next(stream)

    watch.seconds = 11.0
    with pytest.raises(ModelUnavailable) as failure:
        next(stream)

    assert failure.value.code == "timeout"


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
