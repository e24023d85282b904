"""Three identities on the database: what each may read, add and change, kept by the database.

The *agent* serves code that a model can reach: it reads, and adds what waits for others. The
*poster* carries out, and can write no approval. The *dispatcher* moves the outbox and notes what
left. PostgreSQL keeps them by roles and grants, SQLite by an authorizer on connections of their
own. Without an identity a transaction is the house's: people's decisions, imports, set-up.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

EVERY_TABLE = "*"
TELLING = "tell_webhooks_"
"""Triggers named so write events down, behind whichever identity wrote the fact.

They are the schema's, which no identity can change, so what they do is not what it may do.
"""


class Identity(StrEnum):
    """On whose behalf a transaction works; the value is the end of the role's name."""

    AGENT = "agent"
    POSTER = "poster"
    DISPATCHER = "dispatcher"

    @property
    def role(self) -> str:
        """Its role on PostgreSQL."""
        return f"dunwell_{self.value}"


@dataclass(frozen=True, slots=True)
class Reach:
    """What an identity may touch, by table; `*` is every table that is not `closed`.

    Attributes:
        closed: Tables it may not even read.
        only_read: Tables it may read and never write, whatever else it may write.
    """

    adds: frozenset[str]
    changes: frozenset[str] = frozenset()
    removes: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    only_read: frozenset[str] = frozenset()

    def may(self, verb: str, table: str) -> bool:
        """Whether it may `read`, `add`, `change` or `remove` rows of a table."""
        if table in self.closed:
            return False
        if verb == "read":
            return True
        listed = {"add": self.adds, "change": self.changes, "remove": self.removes}[verb]
        return table not in self.only_read and (table in listed or EVERY_TABLE in listed)


_SECRETS = frozenset(
    {
        "api_key",
        "idempotent_request",
        "password",
        "sign_in",
        "sign_in_link",
        "portal_link",
        "payment_event",
        "webhook_endpoint",
        "webhook_delivery",
    }
)
# What makes an act lawful. Whoever carries out may not also write these.
_APPROVALS = frozenset(
    {
        "decision",
        "policy_version",
        "policy_adoption",
        "policy_approval",
        "person",
        "lesson",
        "review",
        "delegation",
        "exercise",
        "reviewer",
        "alembic_version",
    }
)
_ALL = frozenset({EVERY_TABLE})

REACH: dict[Identity, Reach] = {
    Identity.AGENT: Reach(
        adds=frozenset(
            {
                "proposal",
                "receipt_candidate",
                "snapshot",
                "audit",
                "chat_message",
                "account_note",
                "model_call",
            }
        ),
        closed=_SECRETS,
    ),
    Identity.POSTER: Reach(
        adds=_ALL, changes=_ALL, removes=_ALL, closed=_SECRETS, only_read=_APPROVALS
    ),
    Identity.DISPATCHER: Reach(
        adds=frozenset({"message", "audit", "disposition", "snapshot", "call_task"}),
        changes=frozenset({"outbox", "account", "contact", "invoice"}),
        closed=_SECRETS,
    ),
}

_VERBS = {"read": "SELECT", "add": "INSERT", "change": "UPDATE", "remove": "DELETE"}


# --- SQLite -----------------------------------------------------------------------------------

_WRITES = {
    sqlite3.SQLITE_READ: "read",
    sqlite3.SQLITE_INSERT: "add",
    sqlite3.SQLITE_UPDATE: "change",
    sqlite3.SQLITE_DELETE: "remove",
}
_HARMLESS = frozenset(
    {
        sqlite3.SQLITE_SELECT,
        sqlite3.SQLITE_TRANSACTION,
        sqlite3.SQLITE_SAVEPOINT,
        sqlite3.SQLITE_FUNCTION,
        sqlite3.SQLITE_RECURSIVE,
    }
)


def authorizer(identity: Identity) -> Callable[..., int]:
    """What SQLite asks before it prepares a statement; anything not listed is denied.

    Schema, attached files and pragmas are never an identity's, so no trigger can be taken off.
    """
    reach = REACH[identity]
    known: dict[tuple[str, str], int] = {}

    def ask(action: int, table: Any, _name: Any, _schema: Any, trigger: str | None) -> int:
        if action in _HARMLESS or (trigger or "").startswith(TELLING):
            return sqlite3.SQLITE_OK
        verb = _WRITES.get(action)
        if verb is None:
            return sqlite3.SQLITE_DENY
        key = (verb, table or "")
        if key not in known:
            allowed = reach.may(*key) and (verb == "read" or not key[1].startswith("sqlite_"))
            known[key] = sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
        return known[key]

    return ask


# --- PostgreSQL -------------------------------------------------------------------------------


def install_roles(connection: Connection) -> str:
    """Create the roles where they are missing and grant each its reach, later tables included.

    Returns:
        Why it could not be done, as a sentence; empty where it was.
    """
    missing = [each for each in Identity if not _exists(connection, each)]
    try:
        with connection.begin_nested():
            for each in missing:
                connection.execute(text(f"CREATE ROLE {each.role} NOLOGIN"))
    except DBAPIError:
        if not all(_exists(connection, each) for each in missing):
            return "this login may not create roles"
    try:
        with connection.begin_nested():
            for each in Identity:
                if not _may_become(connection, each):
                    connection.execute(text(f"GRANT {each.role} TO CURRENT_USER"))
                for statement in grants(connection, each):
                    connection.execute(text(statement))
    except DBAPIError:
        return "this login may not grant what the roles need"
    return ""


def grants(connection: Connection, identity: Identity) -> list[str]:
    """The statements that give a role its reach and nothing else, on the tables there are."""
    reach, role = REACH[identity], identity.role
    schema = connection.scalar(text("SELECT quote_ident(current_schema())"))
    tables = connection.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY 1")
    ).all()
    statements = [
        f"GRANT USAGE ON SCHEMA {schema} TO {role}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT USAGE ON SEQUENCES TO {role}",
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} REVOKE ALL ON TABLES FROM {role}",
    ]
    later = ", ".join(word for verb, word in _VERBS.items() if reach.may(verb, EVERY_TABLE))
    statements.append(
        f"ALTER DEFAULT PRIVILEGES IN SCHEMA {schema} GRANT {later} ON TABLES TO {role}"
    )
    for table in tables:
        words = ", ".join(word for verb, word in _VERBS.items() if reach.may(verb, table))
        if words:
            statements.append(f'GRANT {words} ON {schema}."{table}" TO {role}')
    return statements


def enforced(connection: Connection) -> bool:
    """Whether this login may become each role, and the roles may read here."""
    reads = text("SELECT has_table_privilege(:role, 'account', 'SELECT')")
    return all(
        _exists(connection, each)
        and _may_become(connection, each)
        and bool(connection.scalar(reads, {"role": each.role}))
        for each in Identity
    )


def become(connection: Connection, identity: Identity) -> None:
    """Work as a role until the transaction ends."""
    connection.exec_driver_sql(f"SET LOCAL ROLE {identity.role}")


def _exists(connection: Connection, identity: Identity) -> bool:
    found = text("SELECT count(*) FROM pg_roles WHERE rolname = :role")
    return bool(connection.scalar(found, {"role": identity.role}))


def _may_become(connection: Connection, identity: Identity) -> bool:
    # Until PostgreSQL 15 every member of a role could become it, and no grant said otherwise.
    version = connection.dialect.server_version_info or (0,)
    told = {"role": identity.role, "privilege": "SET" if version >= (16,) else "MEMBER"}
    return bool(
        connection.scalar(text("SELECT pg_has_role(current_user, :role, :privilege)"), told)
    )
