"""Numbers for Prometheus: requests by route, and how the home stands at the moment of asking."""

from collections.abc import Iterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram
from prometheus_client.exposition import generate_latest
from prometheus_client.metrics_core import GaugeMetricFamily
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import Meter
from graph.bootstrap import House
from ledger.clock import SystemClock, stopwatch
from ledger.queries.gauges import Gauges, gauges
from ledger.queries.reviewing import exercises_of
from tools.webhooks_told import backlogs

router = APIRouter(tags=["metrics"])
_MICROS = 1_000_000
# A method may be any word; only these become a label, so that nobody fills the memory with them.
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Meters:
    """The counters of one application; nothing is shared between two of them."""

    def __init__(self, house: House) -> None:
        self.registry = CollectorRegistry()
        self.registry.register(_Standing(house))
        self.requests = Counter(
            "dunwell_requests",
            "Requests answered",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.seconds = Histogram(
            "dunwell_request_seconds",
            "Seconds to the end of an answer",
            ("method", "route"),
            registry=self.registry,
            buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
        )

    def note(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        method = method if method in _METHODS else "OTHER"
        self.requests.labels(method, route, str(status)).inc()
        self.seconds.labels(method, route).observe(seconds)


class _Standing:
    """Reads how the home stands whenever somebody asks."""

    def __init__(self, house: House) -> None:
        self.house = house

    def describe(self) -> list[Any]:
        """Nothing is read when it is registered."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """One read, as gauges."""
        clock = SystemClock()
        with self.house.ledger.read() as session:
            found = gauges(session, self.house.business_date(), clock.today())
            behind, exercises = backlogs(session), exercises_of(session)
        yield from _families(found, clock, self.house)
        yield _labelled(
            "webhook_deliveries",
            "Tellings that have not reached their receiver, to be tried or given up",
            "state",
            {
                "waiting": sum(each.waiting for each in behind),
                "dead": sum(each.dead for each in behind),
            },
        )
        answered = sum(all_of_them for all_of_them, _noticed in exercises.values())
        noticed = sum(some for _answered, some in exercises.values())
        yield _labelled(
            "reviewer_exercises",
            "Planted mistakes put before reviewers and answered; noticed of all is the catch rate",
            "outcome",
            {"noticed": noticed, "missed": answered - noticed},
        )


def _families(found: Gauges, clock: SystemClock, house: House) -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    oldest = found.oldest_created_on
    release, finished = found.first_release_at, found.run_finished_at
    plain = {
        "approvals_waiting": ("Requests that wait for a decision", found.waiting),
        "approvals_oldest_days": (
            "Days the oldest of them has waited",
            (house.business_date() - oldest).days if oldest else 0,
        ),
        "outbox_queued": ("Messages with a permit that have not left", found.queued),
        "outbox_lag_seconds": (
            "Seconds since the first of them might leave",
            max(0.0, (now - release).total_seconds()) if release else 0,
        ),
        "messages_uncertain": ("Messages nobody can tell about", found.uncertain),
        "night_seconds": ("How long the newest night took", found.run_seconds),
        "night_age_seconds": (
            "Seconds since the newest night ended",
            (now - finished).total_seconds() if finished else 0,
        ),
        "model_cost_today": (
            "What model calls cost today, in the model's currency",
            found.spent_micros / _MICROS,
        ),
    }
    for name, (says, value) in plain.items():
        yield GaugeMetricFamily(f"dunwell_{name}", says, value=float(value))
    yield _labelled(
        "unapplied_cash_minor", "Unapplied cash in minor units", "currency", dict(found.unapplied)
    )


def _labelled(name: str, says: str, label: str, values: Mapping[str, int]) -> GaugeMetricFamily:
    """Counts of one kind, a label each."""
    family = GaugeMetricFamily(f"dunwell_{name}", says, labels=(label,))
    for told, count in values.items():
        family.add_metric((told,), count)
    return family


class Metered:
    """Counts every request under the template of its route, never under its address."""

    def __init__(self, app: ASGIApp, meters: Meters) -> None:
        self.app = app
        self.meters = meters

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and count it when its answer is complete."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = stopwatch(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            self.meters.note(scope["method"], route_of(scope), status, stopwatch() - start)


def route_of(scope: Scope) -> str:
    """The template of the route that answered; an address nobody knows is not kept."""
    return getattr(scope.get("route"), "path", "unknown")


@router.get("/metrics", response_class=Response)
def show_metrics(request: Request, caller: Meter) -> Response:
    """How the home stands, in the text format of Prometheus. The key needs the scope `metrics`."""
    del caller  # asking for it is what opens the door
    meters: Meters = request.app.state.meters
    return Response(generate_latest(meters.registry), media_type=CONTENT_TYPE_LATEST)
