"""What the customer's page takes: server time of one look and of one form, in a large book."""

import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from evals.bench.databases import own_database, servers
from evals.bench.frame import BenchOptions, Measured, apart
from evals.bench.requests import look_times
from evals.worlds.home import AS_OF
from evals.worlds.mix import ONE_IN_TEN
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home
from graph.settings import Settings
from ledger.clock import SystemClock
from ledger.tables.account import Contact
from tools.portal_links import make_portal_link

LINKS, WARM = 200, 10
PLACES = ("", "/pay", "/dispute")


@dataclass(frozen=True, slots=True)
class Looked:
    """Milliseconds of the looks at one place of the page.

    Attributes:
        times: From the request to the last byte of its answer.
        busy: What of it this process computed.
    """

    place: str
    times: tuple[float, ...]
    busy: tuple[float, ...]
    database: str

    @property
    def p95(self) -> float:
        """The time that one look in twenty exceeds."""
        return statistics.quantiles(self.times, n=20)[18]

    @property
    def busy_p95(self) -> float:
        """The same of what was computed."""
        return statistics.quantiles(self.busy, n=20)[18]


def bench_portal(options: BenchOptions) -> Iterator[Measured]:
    """Server time of pages that nobody looked at before, on each database there is."""
    accounts = next((size for size in options.sizes if size >= 10_000), options.sizes[-1])
    options.tell(f"looking at the pages of {LINKS} of {accounts:,} customers")
    places = enumerate(servers())
    looks = [
        looked
        for number, server in places
        for looked in apart(
            look_at_pages, options.folder / f"portal{number}", accounts, options.seed, server
        )
    ]
    how = f"each of {LINKS} links once, in one process without a network, first {WARM} left out"
    for looked in looks:
        case = f"{accounts:,} accounts, {looked.database}, {looked.place or 'open items'}"
        yield Measured("portal", case, "page p95", "ms", looked.p95, how, "< 50")
        median = statistics.median(looked.times)
        yield Measured("portal", case, "page median", "ms", median, how, detail=True)
        busy = f"{how}; processor time of the process, which other work does not lengthen"
        yield Measured("portal", case, "page p95, processor", "ms", looked.busy_p95, busy)


def look_at_pages(folder: Path, accounts: int, seed: int, server: str | None) -> list[Looked]:
    """Build a home, make links, and open each page once."""
    with own_database(server) as url:
        house = create_home(settings=Settings(home=folder, database_url=url))
        try:
            return _look(house, accounts, seed)
        finally:
            house.close()


def _look(house: House, accounts: int, seed: int) -> list[Looked]:
    import structlog

    from api.app import create_app
    from api.limits import Limits

    # A server writes a line a request; standard output belongs to the figures.
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    policy = house.policy
    build_portfolio(
        house.ledger, seed=seed, accounts=accounts, as_of=AS_OF, mix=ONE_IN_TEN, policy=policy
    )
    with house.ledger.write() as session:
        now = SystemClock().now()
        contacts = session.scalars(select(Contact.id).order_by(Contact.id)).all()
        chosen = contacts[:: max(1, len(contacts) // LINKS)][:LINKS]
        links = [make_portal_link(session, each, policy, "bench", now) for each in chosen]
    app = create_app(house, limits=Limits(counts=False))
    database = "SQLite" if house.ledger.is_sqlite else "PostgreSQL"
    looks = []
    for place in PLACES:
        times = look_times(app, [f"/p/{each.token}{place}" for each in links])[WARM:]
        looks.append(Looked(place, *zip(*times, strict=True), database))
    return looks
