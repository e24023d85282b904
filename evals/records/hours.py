"""The moment of sending moved across the edges of the permitted hours and across clock changes."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time

from evals.records.good import SENT, Good, Record, resent
from evals.records.mutant import Mutant, changed, has_say, spoiled

_SATURDAY, _SUNDAY = datetime(2026, 11, 21), datetime(2026, 11, 22)  # noqa: DTZ001 - local time


@dataclass(frozen=True, slots=True)
class Window:
    """From the first moment on and before the last, a rule lets messages leave."""

    rules: tuple[str, ...]
    opens: str
    closes: str
    day: datetime = SENT


@dataclass(frozen=True, slots=True)
class ClockChange:
    """Two zones of a place, one of which changes its clocks, and days around the change.

    On the day named `within` the message may leave at that local time; on the other the second
    zone is still, or already, at night.
    """

    place: str
    zones: tuple[str, str]
    at: time
    within: datetime
    outside: datetime


_WINDOWS = (
    Window(("UNI-18", "UK-CONC-02", "US-REGF-01"), "08:00", "21:00"),
    Window(("US-WA-01",), "07:30", "21:00"),
    Window(("CA-ON-02",), "13:00", "17:00", _SUNDAY),
    Window(("AU-RG96-02",), "09:00", "21:00", _SATURDAY),
)
_CHANGES = (
    ClockChange(
        "US",
        ("America/New_York", "America/Phoenix"),
        time(10, 30),
        within=datetime(2026, 11, 2),  # noqa: DTZ001
        outside=datetime(2026, 10, 30),  # noqa: DTZ001
    ),
    ClockChange(
        "GB",
        ("Europe/London", "Atlantic/Reykjavik"),
        time(8, 30),
        within=datetime(2026, 10, 26),  # noqa: DTZ001
        outside=datetime(2026, 10, 23),  # noqa: DTZ001
    ),
    ClockChange(
        "EU",
        ("Europe/Berlin", "Africa/Algiers"),
        time(8, 30),
        within=datetime(2026, 10, 26),  # noqa: DTZ001
        outside=datetime(2026, 10, 23),  # noqa: DTZ001
    ),
    ClockChange(
        "AU",
        ("Australia/Sydney", "Australia/Brisbane"),
        time(8, 30),
        within=datetime(2026, 10, 1),  # noqa: DTZ001
        outside=datetime(2026, 10, 7),  # noqa: DTZ001
    ),
)


def hour_mutants(good: Good) -> Iterator[Mutant]:
    """This record sent a minute too early, a minute too late, and in a zone where it is night."""
    for window in _windows_of(good):
        for moment in (_before(window.opens), window.closes):
            record = _sent_at(good, window.day, moment)
            yield from spoiled("a minute outside the hours", good, record, window.rules)
    if _has_hours(good):
        for change in _CHANGES:
            if good.row["place"].startswith(change.place):
                record = _in_zones(good, change, change.outside)
                rules = ("UNI-18", "US-REGF-01", "UK-CONC-02", "US-WA-01", "AU-RG96-02")
                yield from spoiled("other side of a clock change", good, record, rules)


def kept_hours(good: Good) -> Iterator[Record]:
    """The twins of those mutants, a minute or a clock change away, that must still be let pass."""
    for window in _windows_of(good):
        for moment in (window.opens, _before(window.closes)):
            yield _sent_at(good, window.day, moment)
    if _has_hours(good):
        for change in _CHANGES:
            if good.row["place"].startswith(change.place):
                yield _in_zones(good, change, change.within)


def _windows_of(good: Good) -> Iterator[Window]:
    record = good.record()
    for window in _WINDOWS:
        if any(has_say(rule, record) for rule in window.rules):
            yield window


def _has_hours(good: Good) -> bool:
    return has_say("UNI-18", good.record())


def _sent_at(good: Good, day: datetime, moment: str) -> Record:
    return resent(good, datetime.combine(day, time.fromisoformat(moment))).record()


def _in_zones(good: Good, change: ClockChange, day: datetime) -> Record:
    moved = resent(good, datetime.combine(day, change.at))
    return changed(moved.record(), {"time_zones": list(change.zones)})


def _before(moment: str) -> str:
    minutes = int(moment[:2]) * 60 + int(moment[3:]) - 1
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
