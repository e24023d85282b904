"""An OpenTelemetry collector on the loopback: what comes over OTLP/HTTP, by its own protocol."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

DEFAULT_PORT = 4318


@dataclass
class Collector:
    """What came.

    Attributes:
        bodies: Every request as it came: its path and its bytes.
    """

    url: str = ""
    bodies: list[tuple[str, bytes]] = field(default_factory=list)

    @property
    def everything(self) -> bytes:
        """Every byte that came."""
        return b"\n".join(body for _path, body in self.bodies)

    def spans(self) -> list[Any]:
        """Every span, in the order it came."""
        found = []
        for path, body in self.bodies:
            if path == "/v1/traces":
                told = ExportTraceServiceRequest.FromString(body)
                scopes = [each for some in told.resource_spans for each in some.scope_spans]
                found += [span for scope in scopes for span in scope.spans]
        return found

    def services(self) -> set[str]:
        """Who says that they told."""
        return {
            each.value.string_value
            for path, body in self.bodies
            if path == "/v1/traces"
            for some in ExportTraceServiceRequest.FromString(body).resource_spans
            for each in some.resource.attributes
            if each.key == "service.name"
        }

    def meters(self) -> set[str]:
        """Names of every count that came."""
        return {
            metric.name
            for path, body in self.bodies
            if path == "/v1/metrics"
            for some in ExportMetricsServiceRequest.FromString(body).resource_metrics
            for scope in some.scope_metrics
            for metric in scope.metrics
        }


@contextmanager
def collector(port: int = 0) -> Iterator[Collector]:
    """One for as long as it is needed.

    Raises:
        OSError: The port is taken.
    """
    state = Collector()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            if self.headers.get("content-encoding") == "gzip":
                body = gzip.decompress(body)
            state.bodies.append((self.path, body))
            self.send_response(200)
            self.send_header("content-type", "application/x-protobuf")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
            """Say nothing."""

    http = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{http.server_address[1]}"
    try:
        yield state
    finally:
        http.shutdown()
        http.server_close()
        thread.join()
