"""The MCP server of a home, spoken to by mcp's own client over a socket."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from ledger.queries.inbox import QueueFilter
from tests.support.api_client import assert_problem, key_of
from tests.support.desk import Desk
from tests.support.served import served

mcp = pytest.importorskip("mcp", reason="the extra mcp is not installed")


@pytest.fixture
def address(desk: Desk) -> Iterator[str]:
    desk.account("acc_a")
    with served(create_app(desk.house)) as base:
        yield f"{base}/mcp"


@asynccontextmanager
async def opened(address: str, key: str) -> AsyncIterator[Any]:
    from mcp.client.streamable_http import streamable_http_client

    headers = {"Authorization": f"Bearer {key}"}
    async with (
        httpx2.AsyncClient(headers=headers, timeout=30) as http,
        mcp.Client(streamable_http_client(address, http_client=http)) as client,
    ):
        yield client


def listed(address: str, key: str) -> dict[str, Any]:
    async def ask() -> dict[str, Any]:
        async with opened(address, key) as client:
            return {tool.name: tool for tool in (await client.list_tools()).tools}

    return anyio.run(ask)


def called(address: str, key: str, name: str, given: dict[str, Any]) -> Any:
    async def ask() -> Any:
        async with opened(address, key) as client:
            return await client.call_tool(name, given)

    return anyio.run(ask)


class TestTools:
    def test_key_to_chat__reads_and_asks(self, desk: Desk, address: str) -> None:
        tools = listed(address, key_of(desk, "cora", "chat"))
        assert {"get_account_brief", "book_metrics", "propose_action"} <= set(tools)
        assert "log_note" not in tools
        brief = tools["get_account_brief"]
        assert brief.annotations.read_only_hint is True
        assert brief.input_schema["required"] == ["account"]
        assert tools["propose_action"].annotations.read_only_hint is False

    @pytest.mark.parametrize(("person", "scope"), [("cora", "read"), ("ines", "chat")])
    def test_key_to_read_or_of_a_reader__asks_nothing(
        self, desk: Desk, address: str, person: str, scope: str
    ) -> None:
        key = key_of(desk, person, scope)
        assert "propose_action" not in listed(address, key)
        action = {"type": "place_hold", "account_id": "acc_a", "reason": "manual"}
        refused = called(address, key, "propose_action", {"action": action})
        assert refused.is_error
        assert refused.structured_content["code"] == "tool_refused"
        assert desk.inbox().list_waiting(QueueFilter()).count == 0


class TestCalls:
    def test_result__is_structured(self, desk: Desk, address: str) -> None:
        key = key_of(desk, "cora", "read")
        found = called(address, key, "get_account_brief", {"account": "acc_a"})
        assert not found.is_error
        assert found.structured_content["open"] == [{"amount": "200.50", "currency": "USD"}]

    def test_arguments_that_do_not_fit__are_said(self, desk: Desk, address: str) -> None:
        key = key_of(desk, "cora", "read")
        found = called(address, key, "get_account_brief", {"account": "Nobody Inc"})
        assert found.is_error
        assert "no account is called" in found.structured_content["message"]
        found = called(address, key, "get_account_brief", {"konto": "acc_a"})
        assert "Extra inputs" in found.structured_content["message"]

    def test_request__waits_even_where_no_rule_objects(self, desk: Desk, address: str) -> None:
        key = key_of(desk, "felix", "chat")
        action = {
            "type": "create_call_task",
            "account_id": "acc_a",
            "summary": "Call them",
            "due_on": "2026-03-20",
        }
        done = called(address, key, "propose_action", {"action": action})
        (line,) = desk.inbox().list_waiting(QueueFilter()).lines
        assert done.structured_content["proposal_id"] == line.id
        row = desk.proposal(line.id)
        assert (row.author, row.state) == ("felix", "pending")

    def test_sight__limits_what_is_read(self, desk: Desk, address: str) -> None:
        desk.account("acc_theirs", (98_765_43,), owner="felix")
        desk.account("acc_mine", (11_00,), owner="milo")
        desk.books.change("person", "id", "milo", sees="own")
        found = called(address, key_of(desk, "milo", "read"), "top_overdue", {})
        assert [each["account_id"] for each in found.structured_content["accounts"]] == ["acc_mine"]
        assert "98765" not in str(found.structured_content)


class TestKeys:
    @pytest.mark.parametrize("header", [None, "Bearer ark_nonsense", "Basic eA=="])
    def test_no_key_in_force__is_401(
        self, desk: Desk, client: TestClient, header: str | None
    ) -> None:
        headers = {"Authorization": header} if header else {}
        assert_problem(client.post("/mcp", json={}, headers=headers), 401, "unauthorized")

    def test_key_that_only_decides__is_refused(self, desk: Desk, client: TestClient) -> None:
        headers = {"Authorization": f"Bearer {key_of(desk, 'cora', 'decide')}"}
        assert_problem(client.post("/mcp", json={}, headers=headers), 403, "refused")
