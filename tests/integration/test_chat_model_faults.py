"""The model gateway and every fault an endpoint can have: one typed outcome each."""

import socket
import time

import pytest

from agents.chat_model import ChatGateway
from agents.model_faults import ModelAnswerInvalid, ModelUnavailable
from agents.model_settings import ModelSettings
from tests.support import openai_server as wire
from tests.support.model_gateway import ASK, KEY, LIST_OPEN_ITEMS, WAYS, PromiseClaim, Stopwatch

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
