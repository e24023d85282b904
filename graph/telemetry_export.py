"""The OpenTelemetry SDK set up so that only listed attributes leave.

FastAPI notes the address and the query of every request. A customer's link and a sign-in link are
keys, and an address may hold a customer's name, so a span is copied without them before it leaves.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, Status, StatusCode

from graph.settings import Signal

LEAVES = frozenset(
    {
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "network.protocol.version",
        "url.scheme",
        "code.function.name",
        "error.type",
        "dunwell.as_of",
        "dunwell.run_id",
        "dunwell.phase",
    }
)
"""Attributes of a span that leave; what a library adds tomorrow stays here."""


@dataclass(frozen=True, slots=True)
class Exporting:
    """Where spans and counts go; None: nowhere."""

    tracers: TracerProvider | None
    meters: MeterProvider | None

    @classmethod
    def of(cls, signals: frozenset[Signal]) -> "Exporting":
        """These, to the collector that the variables of OpenTelemetry name."""
        tracers = meters = None
        if "traces" in signals:
            tracers = TracerProvider(resource=_resource())
            tracers.add_span_processor(BatchSpanProcessor(Narrowed(OTLPSpanExporter())))
        if "metrics" in signals:
            reader = PeriodicExportingMetricReader(OTLPMetricExporter())
            meters = MeterProvider([reader], _resource())
        return cls(tracers, meters)


@contextmanager
def span_of(
    tracers: TracerProvider, name: str, attributes: Mapping[str, str | int]
) -> Iterator[None]:
    """A span around a piece of work; of an error only its kind is told."""
    named = {f"dunwell.{key}": value for key, value in attributes.items()}
    with tracers.get_tracer("dunwell").start_as_current_span(
        name, attributes=named, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_attribute("error.type", type(error).__qualname__)
            span.set_status(StatusCode.ERROR)
            raise


class Narrowed(SpanExporter):
    """Hands spans on without anything that is not listed."""

    def __init__(self, behind: SpanExporter) -> None:
        self._behind = behind

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Export narrowed copies."""
        return self._behind.export([_narrowed(each) for each in spans])

    def shutdown(self) -> None:
        """Nothing is exported any more."""
        self._behind.shutdown()

    def force_flush(self, timeout_millis: int = 30000) -> bool:
        """Whether everything has left."""
        return self._behind.force_flush(timeout_millis)


def _narrowed(span: ReadableSpan) -> ReadableSpan:
    """A span with its times and its place, without events, links, words and foreign state."""
    held: Mapping[str, Any] = span.attributes or {}
    return ReadableSpan(
        name=span.name,
        context=_bare(span.context),
        parent=_bare(span.parent),
        resource=span.resource,
        attributes={key: value for key, value in held.items() if key in LEAVES},
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _bare(context: SpanContext | None) -> SpanContext | None:
    """A place in a trace without what a caller wrote beside it."""
    if context is None:
        return None
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)


def _resource() -> Resource:
    """Who tells: `dunwell`, unless the operator names it otherwise."""
    found = Resource.create()
    if str(found.attributes[SERVICE_NAME]).startswith("unknown_service"):
        return found.merge(Resource({SERVICE_NAME: "dunwell"}))
    return found
