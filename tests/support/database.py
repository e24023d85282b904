"""The database a test runs on: SQLite, or PostgreSQL when DUNWELL_TEST_DATABASE says so.

A test asks for `database_url` and gets a database of its own with every table in it. The tables are
made once in a template, which is then copied for each test.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.session import open_engine, sqlite_url, upgrade

KINDS = ("sqlite", "postgres")


@pytest.fixture(scope="session")
def database_kind() -> str:
    """`sqlite` or `postgres`."""
    kind = os.environ.get("DUNWELL_TEST_DATABASE", "sqlite")
    if kind not in KINDS:
        pytest.exit(f"DUNWELL_TEST_DATABASE is {kind!r}; set it to one of {', '.join(KINDS)}", 2)
    return kind


@pytest.fixture(scope="session")
def template_database(
    database_kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """The database to copy: a file on SQLite, a name on PostgreSQL."""
    if database_kind == "sqlite":
        template = str(tmp_path_factory.mktemp("database") / "template.db")
        create_tables(sqlite_url(Path(template)))
    else:
        server = request.getfixturevalue("postgres_server")
        template = server.create_database()
        create_tables(server.url(template))
    return template


@pytest.fixture
def empty_database_url(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A database without a table, for the tests of the migrations themselves."""
    if database_kind == "sqlite":
        yield sqlite_url(tmp_path / "empty.db")
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture
def database_url(
    database_kind: str, template_database: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[str]:
    """A database of the test's own, with every table and no row."""
    if database_kind == "sqlite":
        copy = tmp_path / "ledger.db"
        with (
            closing(sqlite3.connect(template_database)) as old,
            closing(sqlite3.connect(copy)) as new,
        ):
            old.backup(new)
        yield sqlite_url(copy)
        return
    server = request.getfixturevalue("postgres_server")
    name = server.create_database(template=template_database)
    yield server.url(name)
    server.drop_database(name)


def create_tables(url: str) -> None:
    """Bring a database to the newest schema."""
    engine = open_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()
