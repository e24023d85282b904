"""Where a bench keeps its books: a file of its own, and a database of its own on a server."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from sqlalchemy import create_engine, make_url, text

from graph.settings import read_settings


def servers() -> tuple[str | None, ...]:
    """SQLite, and PostgreSQL too where DUNWELL_DATABASE_URL names a server."""
    url = read_settings().database_url
    return (None, url) if url and url.startswith("postgresql") else (None,)


@contextmanager
def own_database(server: str | None) -> Iterator[str | None]:
    """An empty database on a server, dropped afterwards; None is a file of the home."""
    if server is None:
        yield None
        return
    name = f"dunwell_bench_{uuid4().hex[:12]}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f'CREATE DATABASE "{name}"'))
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
        engine.dispose()
