"""Homes with a synthetic portfolio and everything on automatic, made once and copied."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url

from evals.worlds.mix import DEMO, PortfolioMix
from evals.worlds.portfolio import build_portfolio
from graph.bootstrap import House, create_home, open_house
from graph.settings import Settings
from tests.support.crash import Nights, started_nights
from tests.support.database import create_tables

AS_OF = date(2025, 3, 12)
SEED = 7
EVERY_SHARE = replace(DEMO, copies_of_each_case=0, invoices_per_year=3)


@dataclass(frozen=True)
class PlayedHome:
    """A home of its own for one test or one crash."""

    folder: Path
    url: str | None

    @contextmanager
    def opened(self) -> Iterator[House]:
        """The home, opened and closed again."""
        house = open_house(settings=Settings(home=self.folder, database_url=self.url))
        try:
            yield house
        finally:
            house.close()


@dataclass
class Homes:
    """Copies of one home with one portfolio.

    Attributes:
        root: Where they live.
        server: The PostgreSQL server, or None for the embedded database.
    """

    root: Path
    server: Any = None
    _numbers: Iterator[int] = field(default_factory=count)
    _template: PlayedHome | None = None

    def build(self, accounts: int, mix: PortfolioMix = EVERY_SHARE) -> None:
        """Make the home that is copied."""
        home = self._empty("template")
        settings = Settings(home=home.folder, database_url=home.url)
        create_home(settings=settings).close()
        autonomy = home.folder / "policies" / "autonomy.toml"
        text = autonomy.read_text("utf-8")
        autonomy.write_text(text.replace('\nmode = "draft"', '\nmode = "auto"'), "utf-8")
        with home.opened() as house:
            build_portfolio(
                house.ledger,
                seed=SEED,
                accounts=accounts,
                as_of=AS_OF,
                mix=mix,
                policy=house.policy,
            )
        self._template = home

    def copy(self) -> PlayedHome:
        """A fresh copy of the home."""
        made = self._template
        assert made is not None, "build the home first"
        folder = self.root / f"home-{next(self._numbers)}"
        shutil.copytree(made.folder, folder, ignore=shutil.ignore_patterns("*.db*"))
        if self.server is not None:
            name = self.server.create_database(template=make_url(made.url).database)
            return PlayedHome(folder, self.server.url(name))
        with (
            closing(sqlite3.connect(made.folder / "ledger.db")) as old,
            closing(sqlite3.connect(folder / "ledger.db")) as new,
        ):
            old.backup(new)
        return PlayedHome(folder, None)

    def drop(self, home: PlayedHome) -> None:
        """Throw a copy away."""
        shutil.rmtree(home.folder)
        if self.server is not None:
            self.server.drop_database(make_url(home.url).database)

    def _empty(self, name: str) -> PlayedHome:
        if self.server is None:
            return PlayedHome(self.root / name, None)
        url = self.server.url(self.server.create_database())
        create_tables(url)
        return PlayedHome(self.root / name, url)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How hard the crash tests try; the suite's own run is small."""
    group = parser.getgroup("crash tests")
    group.addoption("--crash-points", type=int, default=30, help="how often the night is killed")
    group.addoption("--crash-accounts", type=int, default=80, help="size of the portfolio")


@pytest.fixture(scope="module")
def homes(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Homes:
    """A built home to copy, on the database of this run."""
    postgres = database_kind == "postgres"
    server = request.getfixturevalue("postgres_server") if postgres else None
    made = Homes(tmp_path_factory.mktemp("homes"), server)
    made.build(request.config.getoption("--crash-accounts"))
    return made


@pytest.fixture(scope="session")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """The process that forks nights."""
    warm = Homes(tmp_path_factory.mktemp("warm"))
    warm.build(accounts=40)
    with started_nights(warm.copy().folder, AS_OF) as started:
        yield started
