"""A client of the API of a home under test, and what a problem must look like."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from ledger.clock import SystemClock
from tests.support.desk import Desk
from tools.people import create_key


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
