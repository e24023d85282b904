"""The model gateway against a real chat-completions endpoint on loopback: what works."""

import pytest
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool

from agents.usage import Price
from tests.support import openai_server as wire
from tests.support.model_gateway import ASK, KEY, LIST_OPEN_ITEMS, WAYS, PromiseClaim

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
