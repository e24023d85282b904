"""Spans of requests and nights for an operator's collector, and only where they name one.

What leaves says how long things took and what became of them: never an address, a query, a name
or a word of anybody.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from graph.settings import Settings, Signal

if TYPE_CHECKING:
    from graph.telemetry_export import Exporting

_LOG = logging.getLogger(__name__)


def exporting_of(settings: Settings) -> "Exporting | None":
    """Where spans and counts of this program go; None: nowhere."""
    return _exporting(settings.telemetry) if settings.telemetry else None


@cache
def _exporting(signals: frozenset[Signal]) -> "Exporting | None":
    """One for the whole program; it is emptied when the program ends."""
    try:
        from graph.telemetry_export import Exporting
    except ImportError:
        _LOG.warning("no traces are exported: install dunwell[otel]")
        return None
    return Exporting.of(signals)


@contextmanager
def span(settings: Settings, name: str, **attributes: str | int) -> Iterator[None]:
    """Time a piece of work under a name of ours.

    Args:
        settings: Say whether anything is exported.
        name: What is done.
        attributes: Ids, dates and counts of ours, named in `graph.telemetry_export`.
    """
    exporting = exporting_of(settings)
    if exporting is None or exporting.tracers is None:
        yield
        return
    from graph.telemetry_export import span_of

    with span_of(exporting.tracers, name, attributes):
        yield


def of_requests(settings: Settings) -> dict[str, Any]:
    """How FastAPI tells of requests."""
    exporting = exporting_of(settings)
    tracers = exporting.tracers if exporting else None
    meters = exporting.meters if exporting else None
    return {
        "auto_configure": False,
        "logs": False,
        "tracing": tracers is not None,
        "metrics": meters is not None,
        "tracer_provider": tracers,
        "meter_provider": meters,
    }
