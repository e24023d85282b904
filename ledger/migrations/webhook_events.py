"""Triggers that write an event down with the fact it tells of, whichever code wrote the fact.

A trigger is in the transaction of its fact, sees only rows that are really new, and covers writes
of many rows at once. Without an endpoint it finds nobody and writes nothing.
"""

from dataclasses import dataclass

from sqlalchemy import Connection

from ledger.identities import TELLING


@dataclass(frozen=True, slots=True)
class _Event:
    """An event: on which write it happens, and what of the row is told.

    Attributes:
        write: INSERT, or UPDATE OF a column.
        when: The condition on the row.
    """

    name: str
    table: str
    write: str
    when: str
    subject: str
    account: str
    kind: str
    on: str


_DECIDED_FOR = "(SELECT account_id FROM proposal WHERE id = NEW.proposal_id)"
_EVENTS = (
    _Event(
        "proposal.waiting", "proposal", "INSERT", "NEW.state = 'pending'",
        "NEW.id", "NEW.account_id", "NEW.action_type", "NEW.created_on",
    ),
    _Event(
        "proposal.decided", "decision", "INSERT", "NEW.id IS NOT NULL",
        "NEW.proposal_id", _DECIDED_FOR, "NEW.verb", "{decided_on}",
    ),
    _Event(
        "message.sent", "message", "INSERT", "NEW.direction = 'out' AND NEW.outbox_id IS NOT NULL",
        "NEW.id", "NEW.account_id", "NEW.channel", "NEW.sent_on",
    ),
    _Event(
        "dispute.opened", "dispute", "INSERT", "NEW.state = 'open'",
        "NEW.id", "NEW.account_id", "NEW.level", "NEW.opened_on",
    ),
    _Event(
        "promise.broken", "promise", "UPDATE OF state",
        "NEW.state = 'broken' AND OLD.state <> 'broken'",
        "NEW.id", "NEW.account_id", "NEW.direction", "NEW.due_on",
    ),
    _Event(
        "run.finished", "run", "UPDATE OF state",
        "NEW.state = 'finished' AND OLD.state <> 'finished'",
        "NEW.id", "NULL", "'night'", "NEW.as_of",
    ),
    _Event(
        "payment.received", "receipt", "INSERT", "NEW.id IS NOT NULL",
        "NEW.id", "NEW.account_id", "'receipt'", "NEW.received_on",
    ),
)  # fmt: skip


def install(connection: Connection) -> None:
    """Write events down from now on."""
    put = _put_sqlite if connection.dialect.name == "sqlite" else _put_postgresql
    for event in _EVENTS:
        put(connection, event)


def remove(connection: Connection) -> None:
    """Write no event down any more."""
    for event in _EVENTS:
        name = _trigger(event)
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        else:
            connection.exec_driver_sql(f"DROP FUNCTION {name}() CASCADE")


def _trigger(event: _Event) -> str:
    return f"{TELLING}{event.name.replace('.', '_')}"


def _insert(event: _Event, found: str, on: str) -> str:
    """The row of each endpoint that is told of it."""
    asked = f"{found}(',' || e.events || ',', ',{event.name},') > 0"
    return (
        "INSERT INTO webhook_delivery (endpoint_id, event, subject_id, account_id, kind, "  # noqa: S608 - ours
        "happened_on, queued_at, state, attempts, says) "
        f"SELECT e.id, '{event.name}', {event.subject}, {event.account}, {event.kind}, "
        f"{event.on.format(decided_on=on)}, CURRENT_TIMESTAMP, 'waiting', 0, '' "
        f"FROM webhook_endpoint e WHERE e.state IN ('active', 'paused') AND {asked};"
    )


def _put_sqlite(connection: Connection, event: _Event) -> None:
    body = _insert(event, "instr", "date(NEW.decided_at)")
    connection.exec_driver_sql(
        f'CREATE TRIGGER {_trigger(event)} AFTER {event.write} ON "{event.table}" '
        f"WHEN {event.when} BEGIN {body} END"
    )


def _put_postgresql(connection: Connection, event: _Event) -> None:
    """The function works as its owner: whoever writes the fact may not see endpoints."""
    body = _insert(event, "strpos", "(NEW.decided_at AT TIME ZONE 'UTC')::date")
    name = _trigger(event)
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar()
    connection.exec_driver_sql(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
        f"SET search_path = {schema}, pg_temp AS $$ BEGIN {body} RETURN NULL; END $$"
    )
    connection.exec_driver_sql(
        f'CREATE TRIGGER {name} AFTER {event.write} ON "{event.table}" '
        f"FOR EACH ROW WHEN ({event.when}) EXECUTE FUNCTION {name}()"
    )
