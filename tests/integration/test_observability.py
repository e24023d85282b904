"""What a service tells about itself: metrics, its log, and nothing to anybody else."""

import io
import json
import logging
import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient

from api.request_log import redacted, write_log
from batch.night import run_night
from ledger.clock import SystemClock
from tests.support.api_client import assert_problem, signed
from tests.support.books import NOON
from tests.support.desk import AS_OF, Desk

SECRETS = (
    "ark_" + "s3cr3tS3cr3tS3cr3tS3cr3t",
    "pat@customer.example",
    "DE89 3704 0044 0532 0130 00",
    "4111 1111 1111 1111",
    "+1 212 555 2368",
    "hunter2hunter2",
)


class TestMetrics:
    def test_standing__is_that_of_the_books(self, desk: Desk, client: TestClient) -> None:
        desk.waiting_reminder()
        desk.books.receipt("rcp_1", 12_34, currency="USD")
        told = _values(client.get("/metrics", headers=signed(desk, "cora", "metrics")).text)
        assert told["dunwell_approvals_waiting"] == 1
        assert told["dunwell_approvals_oldest_days"] == 0
        assert told['dunwell_unapplied_cash_minor{currency="USD"}'] == 1234

    def test_requests__are_counted_by_route_never_by_address(
        self, desk: Desk, client: TestClient
    ) -> None:
        account = desk.account("acc_secret")
        headers = signed(desk, "cora", "read", "metrics")
        for _look in range(3):
            client.get(f"/accounts/{account}", headers=headers)
        client.get("/no/such/place", headers=headers)
        text = client.get("/metrics", headers=headers).text
        told = _values(text)
        counted = 'dunwell_requests_total{method="GET",route="/accounts/{named}",status="200"}'
        assert told[counted] == 3
        assert told['dunwell_requests_total{method="GET",route="unknown",status="404"}'] == 1
        assert "acc_secret" not in text

    def test_invented_methods__share_one_count(self, desk: Desk, client: TestClient) -> None:
        for number in range(5):
            client.request(f"ODD{number}", "/health")
        told = _values(client.get("/metrics", headers=signed(desk, "cora", "metrics")).text)
        odd = {name: count for name, count in told.items() if "ODD" in name or "OTHER" in name}
        assert sum(count for name, count in odd.items() if "requests_total" in name) == 5
        assert not any("ODD" in name for name in odd)

    def test_key_for_something_else__is_refused(self, desk: Desk, client: TestClient) -> None:
        answer = client.get("/metrics", headers=signed(desk, "cora", "read"))
        assert_problem(answer, 403, "refused")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    kept = root.handlers[:], root.level
    stream = io.StringIO()
    write_log(stream)
    yield stream
    root.handlers[:], root.level = kept
    structlog.reset_defaults()


class TestLog:
    def test_request__is_one_line_with_the_id_of_its_answer(
        self, desk: Desk, client: TestClient, log: io.StringIO
    ) -> None:
        answer = client.get("/accounts/acc_nobody", headers=signed(desk, "cora"))
        (line,) = _lines(log, "request")
        assert (line["route"], line["status"], line["method"]) == ("/accounts/{named}", 404, "GET")
        assert line["request_id"] == answer.headers["x-request-id"]

    @pytest.mark.parametrize(("sent", "kept"), [("trace-12345678", True), ("bad id\t!", False)])
    def test_id_of_the_caller__is_kept_where_it_is_harmless(
        self, desk: Desk, client: TestClient, sent: str, kept: bool
    ) -> None:
        answer = client.get("/health", headers={"X-Request-Id": sent})
        assert (answer.headers["x-request-id"] == sent) is kept

    def test_link_that_opens_something__never_stands_in_the_log(
        self, desk: Desk, client: TestClient, log: io.StringIO
    ) -> None:
        client.get("/p/tokentokentokentokentokentokentokentoken")
        client.get("/desk/sign-in/link?secret=linklinklinklinklinklink")
        assert "tokentoken" not in log.getvalue()
        assert "linklink" not in log.getvalue()

    @pytest.mark.parametrize("secret", SECRETS)
    def test_secret_in_any_field_or_traceback__never_reaches_the_output(
        self, log: io.StringIO, secret: str
    ) -> None:
        said = f"password: {secret}" if secret.startswith("hunter") else f"about {secret} now"
        logger = structlog.stdlib.get_logger("test")
        logger.warning(said, deep={"list": [said]}, text=said)
        try:
            raise ValueError(said)
        except ValueError:
            logging.getLogger("plain").exception("failed on %s", said)
        written = log.getvalue()
        assert written.count("redacted") >= 4
        assert secret not in written

    def test_numbers_of_invoices_and_amounts__stay(self) -> None:
        text = "INV-10423 of 1,234.56 EUR, order 4500012345, due 2026-03-14"
        assert redacted(text) == text


_REACHED: list[str] = []


def _listen(event: str, args: tuple[Any, ...]) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        _REACHED.append(str(args[1][0]))
    elif event == "socket.getaddrinfo":
        _REACHED.append(str(args[0]))


class TestNothingLeaves:
    def test_night_chat_search_and_api__reach_no_address_but_this_machine(
        self, desk: Desk, client: TestClient
    ) -> None:
        sys.addaudithook(_listen)  # it stays for good, and only listens
        desk.account("acc_a")
        desk.books.add(
            "contract_note", id="cn_1", account_id="acc_a", noted_on=AS_OF, body="net 30"
        )
        _REACHED.clear()
        night = AS_OF + timedelta(days=1)
        for feed in desk.house.policy.contact.feed_max_age_days:
            desk.books.change("feed", "name", feed, read_through=night, read_at=NOON)
        run_night(desk.house, night, lambda *_: None)
        headers = signed(desk, "cora")
        for text in ("who should I work today, and why?", "search the notes for net 30"):
            answer = client.post("/chat/one/messages", json={"text": text}, headers=headers)
            assert answer.status_code == 200, answer.text
        client.get("/openapi.json")
        local = {"127.0.0.1", "::1", "localhost", "None", "testserver"}
        assert set(_REACHED) <= local | _database_host(desk)


def _database_host(desk: Desk) -> set[str]:
    url = desk.house.ledger.engine.url
    return {str(url.host), *map(str, url.query.values())}


def _values(text: str) -> dict[str, float]:
    lines = re.findall(r"^(dunwell\S*?(?:\{.*\})?) (\S+)$", text, re.MULTILINE)
    return {name: float(value) for name, value in lines}


def _lines(log: io.StringIO, event: str) -> list[dict[str, Any]]:
    told = [json.loads(line) for line in log.getvalue().splitlines()]
    return [line for line in told if line["event"] == event]


def test_clock_is_real_for_costs_of_the_day(desk: Desk, client: TestClient) -> None:
    now = SystemClock().now()
    for number, at in enumerate((now, now - timedelta(days=2))):
        desk.books.add(
            "model_call", id=number + 1, prompt="chat", model="m", input_tokens=1,
            output_tokens=1, cost_micros=2_500_000, attempts=1, called_at=at,
        )  # fmt: skip
    told = _values(client.get("/metrics", headers=signed(desk, "cora", "metrics")).text)
    assert told["dunwell_model_cost_today"] == 2.5


def test_home_has_no_log_of_its_own(desk: Desk) -> None:
    assert list(Path(desk.house.home).glob("*.log")) == []
