"""Spans of requests and nights at a collector: they arrive, and hold no word and no key."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import create_app
from cli.doctor import examine
from graph import telemetry
from graph.night import PHASES
from graph.settings import Signal, read_settings
from ledger.clock import SystemClock
from ledger.tables.account import Account, Contact
from ledger.tables.receivable import Invoice
from tests.support.api_client import key_of
from tests.support.desk import Desk
from tests.support.otlp_collector import DEFAULT_PORT, Collector, collector
from tests.support.pages import signed_in
from tests.support.played_home import AS_OF, Homes, PlayedHome
from tests.support.portal import browser_of
from tools.sign_in import make_link

BOTH: frozenset[Signal] = frozenset({"traces", "metrics"})
ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
CANARY = "canaryfeathers"
FOREIGN = {
    "traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
    "tracestate": f"{CANARY}=1",
    "baggage": f"name={CANARY}",
    "host": f"{CANARY}.example",
    "user-agent": CANARY,
    "cookie": f"other={CANARY}",
}


@pytest.fixture
def there() -> Iterator[Collector]:
    with collector() as state:
        yield state


@pytest.fixture
def exporting(there: Collector, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """This program told to export, and emptied afterwards."""
    monkeypatch.setenv(ENDPOINT, there.url)
    telemetry._exporting.cache_clear()
    made = telemetry._exporting(BOTH)
    assert made is not None
    yield made
    made.tracers.shutdown()
    made.meters.shutdown()
    telemetry._exporting.cache_clear()


@pytest.fixture
def telling(desk: Desk, exporting: Any) -> Iterator[TestClient]:
    settings = desk.house.settings.model_copy(update={"telemetry": BOTH})
    desk.house.settings = settings
    with TestClient(create_app(desk.house), raise_server_exceptions=False) as client:
        yield client


def attributes(span: Any) -> dict[str, Any]:
    return {each.key: each.value.string_value or each.value.int_value for each in span.attributes}


class TestRequests:
    def test_request__arrives_under_its_route(
        self, desk: Desk, telling: TestClient, exporting: Any, there: Collector
    ) -> None:
        desk.account("acc_a")
        key = key_of(desk, "cora", "read")
        telling.get("/accounts/acc_a", headers={"Authorization": f"Bearer {key}"})
        telling.get("/accounts/acc_nobody", headers={"Authorization": f"Bearer {key}"})
        exporting.tracers.force_flush()
        exporting.meters.force_flush()
        told = [each for each in there.spans() if each.name == "GET /accounts/{named}"]
        assert [attributes(each)["http.response.status_code"] for each in told] == [200, 404]
        assert there.services() == {"dunwell"}
        assert "http.server.request.duration" in there.meters()

    def test_keys_names_and_words__stay_here(
        self, desk: Desk, telling: TestClient, exporting: Any, there: Collector
    ) -> None:
        desk.account("acc_a", name=f"{CANARY} Ltd")
        key = key_of(desk, "cora", "read", "chat")
        with desk.house.ledger.write() as session:
            secret = make_link(session, "cora", "test", SystemClock().now())
        token = browser_of(desk, telling, "acc_a").link.token
        signed = {"Authorization": f"Bearer {key}"}
        asked = [
            telling.get(f"/accounts/{CANARY} Ltd", headers=signed),
            telling.get("/accounts", params={"words": CANARY}, headers=signed | FOREIGN),
            telling.get(f"/{CANARY}/{CANARY}"),
            telling.request(CANARY.upper(), "/health"),
            telling.get(f"/desk/sign-in/link?secret={secret}"),
            telling.get(f"/p/{token}"),
            telling.post("/desk/sign-in", data={"person": CANARY, "password": CANARY}),
            telling.post(
                "/chat/one/messages", json={"text": f"how is {CANARY} Ltd?"}, headers=signed
            ),
        ]
        assert [each.status_code for each in asked] == [200, 200, 404, 405, 200, 200, 403, 200]
        exporting.tracers.force_flush()
        exporting.meters.force_flush()
        assert sum(each.kind == 2 for each in there.spans()) == len(asked)  # 2: of a server
        came = there.everything.lower()
        for held in (CANARY, secret.lower(), token.lower(), key.lower()):
            assert held.encode() not in came, held

    def test_request_that_breaks__tells_the_kind_of_error_and_no_word_of_it(
        self, desk: Desk, telling: TestClient, exporting: Any, there: Collector
    ) -> None:
        def broken() -> None:
            raise RuntimeError(f"{CANARY} broke it")

        app: Any = telling.app
        app.add_api_route("/broken", broken)
        assert telling.get("/broken").status_code == 500
        exporting.tracers.force_flush()
        (told,) = [each for each in there.spans() if each.name == "GET /broken"]
        assert attributes(told)["error.type"] == "RuntimeError"
        assert not told.events
        assert CANARY.encode() not in there.everything.lower()

    def test_no_collector_named__nothing_is_told(
        self, desk: Desk, exporting: Any, there: Collector
    ) -> None:
        with TestClient(create_app(desk.house)) as client:
            assert signed_in(desk, client, "cora").get("/desk/people").status_code == 200
        with telemetry.span(desk.house.settings, "night"):
            pass
        exporting.tracers.force_flush()
        exporting.meters.force_flush()
        assert there.spans() == []


class TestSettings:
    @pytest.mark.parametrize(
        ("named", "wanted"),
        [
            ({}, set()),
            ({ENDPOINT: ""}, set()),
            ({"OTEL_TRACES_EXPORTER": "otlp"}, set()),
            ({ENDPOINT: "http://collector:4318"}, {"traces", "metrics"}),
            (
                {ENDPOINT: "http://collector:4318", "OTEL_METRICS_EXPORTER": "none"},
                {"traces"},
            ),
        ],
        ids=("nothing", "empty", "no_address", "both", "traces_alone"),
    )
    def test_what_leaves__is_what_the_operator_named(
        self, monkeypatch: pytest.MonkeyPatch, named: dict[str, str], wanted: set[str]
    ) -> None:
        for name in (ENDPOINT, "OTEL_TRACES_EXPORTER", "OTEL_METRICS_EXPORTER"):
            monkeypatch.delenv(name, raising=False)
        for name, value in named.items():
            monkeypatch.setenv(name, value)
        assert read_settings().telemetry == wanted

    def test_only_counts__no_span_is_made(
        self, desk: Desk, there: Collector, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(ENDPOINT, there.url)
        signals: frozenset[Signal] = frozenset({"metrics"})
        desk.house.settings = desk.house.settings.model_copy(update={"telemetry": signals})
        telemetry._exporting.cache_clear()
        with TestClient(create_app(desk.house)) as client:
            assert client.get("/health").status_code == 200
        with telemetry.span(desk.house.settings, "night"):
            pass
        exporting = telemetry._exporting(signals)
        assert exporting is not None
        assert exporting.meters is not None
        exporting.meters.shutdown()
        telemetry._exporting.cache_clear()
        assert there.spans() == []
        assert "http.server.request.duration" in there.meters()


@pytest.fixture
def home(homes: Homes) -> Iterator[PlayedHome]:
    made = homes.copy()
    yield made
    homes.drop(made)


def night(home: PlayedHome, **named: str) -> None:
    """`dunwell night` as a program of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OTEL_")}
    database = {"DUNWELL_DATABASE_URL": home.url} if home.url else {}
    typed = ["night", "--as-of", AS_OF.isoformat(), "--home", str(home.folder)]
    done = subprocess.run(
        [sys.executable, "-c", f"from cli.main import main; main({typed!r})"],
        env=kept | database | named,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr


class TestNight:
    def test_night__arrives_with_its_phases_and_without_a_customer(
        self, home: PlayedHome, there: Collector
    ) -> None:
        night(home, **{ENDPOINT: there.url})
        told = {each.name: each for each in there.spans()}
        assert set(told) == {"night", *(f"night {phase}" for phase in PHASES)}
        whole = told.pop("night")
        assert attributes(whole)["dunwell.as_of"] == AS_OF.isoformat()
        assert {each.parent_span_id for each in told.values()} == {whole.span_id}
        came = there.everything
        with home.opened() as house, house.ledger.read() as session:
            of_customers = [
                *session.scalars(select(Account.name)),
                *session.scalars(select(Contact.email)),
                *session.scalars(select(Invoice.invoice_number)),
            ]
        assert len(of_customers) > 100
        assert not [each for each in of_customers if each and each.encode() in came]

    def test_no_collector_named__nothing_is_told_where_one_would_listen(
        self, home: PlayedHome
    ) -> None:
        try:
            with collector(DEFAULT_PORT) as usual:
                night(home)
                assert usual.bodies == []
        except OSError:
            pytest.skip(f"port {DEFAULT_PORT} of this machine is taken")

    def test_collector_does_not_answer__night_ends_all_the_same(self, home: PlayedHome) -> None:
        night(home, **{ENDPOINT: "http://127.0.0.1:9", "OTEL_EXPORTER_OTLP_TIMEOUT": "1"})

    @pytest.mark.parametrize(
        ("signals", "says"),
        [
            (frozenset[Signal](), "none leave; "),
            (frozenset[Signal]({"metrics"}), "none leave, only metrics"),
            (frozenset[Signal]({"traces"}), "to the collector"),
            (BOTH, "to the collector"),
        ],
        ids=("nothing", "metrics", "traces", "both"),
    )
    def test_doctor__says_whether_traces_leave(
        self, desk: Desk, signals: frozenset[Signal], says: str
    ) -> None:
        settings = desk.house.settings.model_copy(update={"telemetry": signals})
        check = next(each for each in examine(settings) if each.name == "traces")
        assert (check.state, check.says.startswith(says)) == ("ok", True)
