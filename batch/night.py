"""Drives a night: lock, run, graph, counts. Rerunning resumes; it never repeats."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy import update

from batch.cash_pass import cash_pass
from batch.collections_pass import collections_pass
from batch.credit_pass import credit_pass
from batch.digests import send_digests
from batch.dispatch import dispatch
from batch.dispute_pass import dispute_pass
from batch.experiments_pass import experiments_pass
from batch.forecast_pass import forecast_pass
from batch.intake import intake
from batch.replies_pass import replies_pass
from batch.report import write_report
from batch.run import Night, finish_night, night_thread, start_night
from batch.webhooks import forget_tellings, tell_webhooks
from graph.bootstrap import House
from graph.night import PHASES, build_night_graph
from graph.telemetry import span
from ledger.clock import stopwatch
from ledger.tables.work import Run

Progress = Callable[[str, int, int], None]

_ROWS_BETWEEN_SEARCHES = 50_000


def run_night(house: House, as_of: date, progress: Progress, limit: int | None = None) -> Night:
    """Run the night of a date, or take it up where it was interrupted.

    Args:
        house: The home.
        as_of: The business date.
        progress: Called with (phase, done, total); total is 0 where it is not known.
        limit: Look at so many accounts only; the report counts those not reached, and running the
            night again without a limit takes them up.

    Raises:
        Conflict: Another night is running on this home.
        BadInput: A later night has run already.
    """
    with house.night_lock(), _cycles_seldom_sought():
        started = stopwatch()
        night = start_night(house, as_of, progress, limit)
        works: dict[str, Callable[[], None]] = {
            "intake": partial(intake, night),
            "cash": partial(cash_pass, night),
            "disputes": partial(_replies_and_disputes, night),
            "credit": partial(credit_pass, night),
            "collections": partial(_collections, night),
            "forecast": partial(forecast_pass, night),
            "dispatch": partial(_dispatch, night),
            "report": lambda: finish_night(night, stopwatch() - started),
        }
        phases = {name: partial(_phase, night, name, works[name]) for name in PHASES}
        with span(house.settings, "night", as_of=as_of.isoformat(), run_id=night.run_id):
            _run_graph(house, night, build_night_graph(phases, house.checkpointer))
        write_report(house, night.as_of)
    tell_webhooks(house)
    forget_tellings(house)
    if limit is None:  # a night that left accounts out is run again, and what waits is told then
        send_digests(house, night.as_of)
    return night


@contextmanager
def _cycles_seldom_sought() -> Iterator[None]:
    """A night makes many rows at once and hardly a cycle; seeking those every 700 rows is dear."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_ROWS_BETWEEN_SEARCHES, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _run_graph(house: House, night: Night, graph: Any) -> None:
    """Go on after the last finished phase, or start over where the night had ended."""
    thread = night_thread(night.as_of)
    config = {"configurable": {"thread_id": thread}}
    unfinished = bool(graph.get_state(config).next)
    graph.invoke(None if unfinished else {"run_id": night.run_id}, config, durability="sync")
    house.checkpointer.delete_thread(thread)


def _phase(night: Night, name: str, work: Callable[[], None]) -> None:
    night.progress(name, 0, 0)
    with night.house.ledger.write() as session:
        session.execute(update(Run).where(Run.id == night.run_id).values(phase=name))
    started = stopwatch()
    with span(night.house.settings, f"night {name}", phase=name):
        work()
    night.add("seconds", **{name: round(stopwatch() - started, 3)})
    with night.house.ledger.write() as session:
        night.keep_counts(session)


def _replies_and_disputes(night: Night) -> None:
    """What customers wrote opens disputes, so it is read before disputes are prepared."""
    replies_pass(night)
    dispute_pass(night)


def _collections(night: Night) -> None:
    """Who takes part in what is settled before any reminder is worded."""
    experiments_pass(night)
    collections_pass(night)


def _dispatch(night: Night) -> None:
    done = dispatch(night.house, night.as_of, night.run_id, night.progress)
    night.add("dispatch", **vars(done))
