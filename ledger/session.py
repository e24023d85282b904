"""Engines and sessions: the only place that opens or commits a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlmodel import Session

from ledger.errors import BadInput
from ledger.identities import Identity, authorizer, become, enforced, install_roles
from ledger.sight import Sight, restrict

WRITER_LOCK = 0x64756E77  # one writer at a time on PostgreSQL too, as on SQLite


def sqlite_url(path: Path) -> str:
    """The URL of an SQLite ledger file."""
    return f"sqlite:///{path}"


def open_engine(url: str) -> Engine:
    """Open a ledger database, SQLite or PostgreSQL.

    Raises:
        BadInput: Neither of the two.
    """
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            connect_args={"timeout": 30, "check_same_thread": False},
            hide_parameters=True,  # an error may reach a log, what a customer wrote may not
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if url.startswith("postgresql"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    raise BadInput(f"database {url.split(':', 1)[0]!r} is not supported: use sqlite or postgresql")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are opened by _begin_sqlite
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "cache_size=-65536",
        "temp_store=MEMORY",
        "recursive_triggers=ON",  # INSERT OR REPLACE fires the delete triggers, which refuse it
    ):
        connection.execute(f"PRAGMA {pragma}")


def _engine_of(url: Any, identity: Identity) -> Engine:
    """Connections of an identity's own: an authorizer belongs to a connection."""

    def restrict(connection: Any, _record: Any) -> None:
        connection.execute("SELECT 1 FROM json_each('{}')")  # its first use declares a table
        connection.set_authorizer(authorizer(identity))

    engine = open_engine(url.render_as_string(hide_password=False))
    event.listen(engine, "connect", restrict)  # behind the pragmas, which it would refuse
    return engine


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


class Ledger:
    """Opens read snapshots and write transactions on one database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._engines: dict[Identity, Engine] = {}
        self._opening = Lock()  # chats of one server come at the same time
        self._sight = Sight()
        self.whole = self

    def seen_by(self, sight: Sight) -> "Ledger":
        """This ledger as somebody sees it; what lies outside is not found by any read.

        `whole` is what carries out reads, once they have found what they decide about.
        """
        if not sight.limited:
            return self.whole
        seen = copy(self.whole)
        seen._sight = sight
        return seen

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database is used."""
        return self.engine.dialect.name == "sqlite"

    @cached_property
    def keeps_identities(self) -> bool:
        """Whether the database itself keeps the identities apart."""
        if self.is_sqlite:
            return True
        with self.engine.connect() as connection:
            return enforced(connection)

    def part_identities(self) -> str:
        """Create and grant the roles where that is still to be done.

        Returns:
            Why the database does not keep the identities apart; empty where it does.
        """
        if self.keeps_identities:
            return ""
        with self.engine.begin() as connection:
            refused = install_roles(connection)
        self.__dict__.pop("keeps_identities", None)
        return refused

    @contextmanager
    def read(self, as_: Identity | None = None) -> Iterator[Session]:
        """One consistent snapshot; nothing written through it is kept.

        Args:
            as_: On whose behalf; code that a model can reach reads as the agent.
        """
        with Session(self._engine(as_), autoflush=False) as session:
            if not self.is_sqlite:
                connection = session.connection(
                    execution_options={
                        "isolation_level": "REPEATABLE READ",
                        "postgresql_readonly": True,
                    }
                )
                self._become(connection, as_)
            self._narrow(session)
            yield session  # closing rolls back, and leaves what was read usable

    @contextmanager
    def write(self, as_: Identity | None = None) -> Iterator[Session]:
        """One transaction that sees the newest state and excludes other writers.

        Args:
            as_: On whose behalf; without one it is the house's, for what people decide.
        """
        with Session(self._engine(as_), autoflush=False, expire_on_commit=False) as session:
            connection = session.connection(execution_options={"writes": True})
            if not self.is_sqlite:
                session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": WRITER_LOCK})
                self._become(connection, as_)
            self._narrow(session)
            yield session
            session.commit()

    def _narrow(self, session: Session) -> None:
        if self._sight.limited:
            restrict(session, self._sight)

    def close(self) -> None:
        """Give the connections back."""
        for engine in (self.engine, *self._engines.values()):
            engine.dispose()

    def _engine(self, identity: Identity | None) -> Engine:
        if identity is None or not self.is_sqlite:
            return self.engine
        with self._opening:
            if identity not in self._engines:
                self._engines[identity] = _engine_of(self.engine.url, identity)
            return self._engines[identity]

    def _become(self, connection: Connection, identity: Identity | None) -> None:
        if identity is not None and self.keeps_identities:
            become(connection, identity)


_MIGRATIONS = Path(__file__).parent / "migrations"


def revision_gap(engine: Engine) -> tuple[str | None, str]:
    """The revision a database is at, None before the first, and the newest one.

    Read without Alembic, whose import would cost every command a third of a second.
    """
    newest = max(path.stem.partition("_")[0] for path in (_MIGRATIONS / "versions").glob("0*.py"))
    if not inspect(engine).has_table("alembic_version"):
        return None, newest
    with engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version")), newest


def upgrade(engine: Engine) -> None:
    """Bring the schema to the newest revision; does nothing when it is."""
    has, newest = revision_gap(engine)
    if has == newest:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.commit()
