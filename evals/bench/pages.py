"""What the pages of the desk take in a large book, beside the same pages in a small one."""

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session

from evals.bench.frame import BenchOptions, Measured, apart
from evals.bench.requests import look_times
from evals.worlds.home import AS_OF, build_home, reopen
from evals.worlds.mix import ONE_IN_TEN
from graph.bootstrap import House
from ledger.clock import SystemClock
from ledger.tables.account import Account
from ledger.tables.forecast import NightForecast
from ledger.tables.work import Run
from tools.people import save_person
from tools.sign_in import begin_stay

SMALL, LARGE = 1_000, 10_000
LOOKS, WARM = 20, 2
WEEKS_KEPT, NIGHTS_KEPT = 39, 90
PLACES = {
    "/desk": "today",
    "/desk/analytics": "analytics",
    "/desk/inbox": "the inbox",
    "/desk/accounts": "the accounts",
    "/desk/accounts/{account}": "one account",
    "/desk/disputes": "the disputes",
}
_READER = "bench-reader"
_DAY = re.compile(r'"(\d{4}-\d\d-\d\d)"')


@dataclass(frozen=True, slots=True)
class Opened:
    """Milliseconds of the looks at a page: by the clock, and computed by this process."""

    times: tuple[float, ...]
    busy: tuple[float, ...]


def bench_pages(options: BenchOptions) -> Iterator[Measured]:
    """Processor time of each page of the desk after a night, in a book of ten times the size."""
    looks = {}
    for accounts in (SMALL, LARGE):
        options.tell(f"opening the pages of the desk over {accounts:,} accounts")
        folder = options.folder / f"pages-{accounts}"
        looks[accounts] = apart(open_pages, folder, accounts, options.seed)
    how = (
        f"a finance lead opens it {LOOKS} times in one process without a network, the first {WARM} "
        "left out; processor time, which other work on the machine lengthens little"
    )
    for place, said in PLACES.items():
        small, large = looks[SMALL][place], looks[LARGE][place]
        case, beside = f"{LARGE:,} accounts, SQLite, {said}", f"the same page of {SMALL:,} accounts"
        middle = statistics.median(large.busy), statistics.median(small.busy)
        yield Measured("pages", case, "page, processor", "ms", middle[0], how, "< 300", beside,
                       middle[1])  # fmt: skip
        by_clock = statistics.median(large.times), statistics.median(small.times)
        yield Measured("pages", case, "page, by the clock", "ms", by_clock[0], how, "", beside,
                       by_clock[1], detail=True)  # fmt: skip


def open_pages(home: Path, accounts: int, seed: int) -> dict[str, Opened]:
    """Build a home, run its night, and open each page."""
    from batch.night import run_night

    build_home(home, ONE_IN_TEN, accounts, seed)
    house = reopen(home)
    try:
        run_night(house, AS_OF, lambda *_: None)
        return looks_at(house)
    finally:
        house.close()


def looks_at(house: House) -> dict[str, Opened]:
    """Open each page of a home as somebody who sees all of it.

    The home gets the past that pages look back on: forecasts of weeks, and numbers of nights.
    """
    import structlog

    from api.app import create_app
    from api.limits import Limits
    from api.pages.access import COOKIE

    # A server writes a line a request; standard output belongs to the figures.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    now = SystemClock().now()
    with house.ledger.write() as session:
        save_person(session, _READER, "Bench", ("finance_lead",), house.policy, "bench", now)
        secret = begin_stay(session, _READER, "link", now).secret
        account = session.scalar(select(Account.id).order_by(Account.id).limit(1))
        _give_past(session)
    app = create_app(house, limits=Limits(counts=False))
    found = {}
    for place in PLACES:
        path = place.format(account=account)
        took = look_times(app, [path] * LOOKS, f"{COOKIE}={secret}")[WARM:]
        times, busy = zip(*took, strict=True)
        found[place] = Opened(times, busy)
    return found


def _give_past(session: Session) -> None:
    """The newest night's numbers and forecast, as if earlier nights had told the same."""
    night = session.scalars(select(Run).order_by(Run.as_of.desc())).first()
    told = session.scalars(select(NightForecast).order_by(NightForecast.as_of.desc())).first()
    if night is None or told is None:
        raise RuntimeError("a home without a night has no pages to measure")
    for back in range(1, NIGHTS_KEPT):
        on = night.as_of - timedelta(days=back)
        said = {"id": f"{night.id}-{back}", "as_of": on, "number": -back}
        session.add(Run(**(night.model_dump() | said)))
    session.add_all(_weeks_before(told, back) for back in range(1, WEEKS_KEPT))


def _weeks_before(told: NightForecast, weeks: int) -> NightForecast:
    """The same forecast, of a night some weeks earlier."""
    shift = timedelta(weeks=weeks)
    said = _DAY.sub(lambda day: f'"{date.fromisoformat(day[1]) - shift}"', told.said)
    return NightForecast(
        as_of=told.as_of - shift, run_id=told.run_id, method=told.method, said=said
    )
