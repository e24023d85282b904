"""Triggers that keep the books and the journal append-only on both databases."""

from sqlalchemy import Connection

Frozen = dict[str, tuple[str, ...] | None]

# By revision: table -> columns that may never change after the insert; None: no column may.
THE_BOOKS: Frozen = {
    "invoice": ("id", "account_id", "invoice_number", "amount_minor", "currency"),
    "credit_memo": ("id", "account_id", "credit_number", "amount_minor", "currency"),
    "receipt": ("id", "receipt_number", "amount_minor", "currency", "received_on"),
    "application": None,
    "decision": None,
    "permit": None,
    "audit": None,
    "disposition": None,
    "snapshot": None,
    "policy_version": None,
    "proposal": ("id", "account_id", "action", "digest", "author", "facts_hash"),
    "outbox": ("id", "idempotency_key", "account_id", "recipient", "subject", "body", "digest"),
}
APPROVED_POLICIES: Frozen = {"policy_adoption": None, "policy_approval": None}
BANK_LINES: Frozen = {"bank_line": None, "remittance_line": None}
WHAT_CUSTOMERS_SAID: Frozen = {
    "inbound": ("id", "source_key", "sender", "subject", "body", "received_at", "authentic"),
    "attachment": None,
    "claim": ("id", "inbound_id", "kind", "value", "quote", "found_by", "claimed_on"),
    "document": None,
    "dispute_evidence": None,
    "receipt_return": None,
    "lesson": ("id", "kind", "subject", "diff", "examples", "results"),
}
ENCLOSURES: Frozen = {"outbox": (*(THE_BOOKS["outbox"] or ()), "attachments")}
WHAT_PEOPLE_NOTED: Frozen = {"account_note": None}
REVIEWING: Frozen = {
    "review": None,
    "delegation": ("id", "person_id", "substitute_id", "from_on", "until_on", "made_by"),
    "exercise": ("id", "person_id", "proposal_id", "flaw", "recipient", "subject", "body", "wrong"),
    "digest": ("id", "person_id", "day"),
}
THE_PORTAL: Frozen = {
    "portal_link": ("id", "token_hash", "account_id", "contact_id", "made_at", "made_by"),
    "portal_act": None,
    "portal_file": None,
    "checkout": ("id", "account_id", "link_id", "invoices", "amount_minor", "currency"),
    "payment_event": ("id", "provider", "kind", "payload", "received_at"),
}
FROZEN: Frozen = (
    THE_BOOKS
    | APPROVED_POLICIES
    | BANK_LINES
    | WHAT_CUSTOMERS_SAID
    | ENCLOSURES
    | WHAT_PEOPLE_NOTED
    | REVIEWING
    | THE_PORTAL
)


def install(connection: Connection, frozen: Frozen) -> None:
    """Refuse deletes and updates of frozen columns."""
    if connection.dialect.name == "sqlite":
        _install_sqlite(connection, frozen)
    else:
        _install_postgresql(connection, frozen)


def remove(connection: Connection, frozen: Frozen) -> None:
    """Take off the triggers of tables that get others in the same revision."""
    for table in frozen:
        if connection.dialect.name == "sqlite":
            for event in ("delete", "update"):
                connection.exec_driver_sql(f"DROP TRIGGER {table}_is_append_only_{event}")
        else:
            connection.exec_driver_sql(f"DROP TRIGGER {table}_is_append_only ON {table}")


def _install_sqlite(connection: Connection, frozen: Frozen) -> None:
    for table, columns in frozen.items():
        of = f"OF {', '.join(columns)}" if columns else ""
        for event in ("DELETE", f"UPDATE {of}"):
            name = f"{table}_is_append_only_{event.split()[0].lower()}"
            connection.exec_driver_sql(
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _install_postgresql(connection: Connection, frozen: Frozen) -> None:
    connection.exec_driver_sql(
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger AS $$ BEGIN "
        "RAISE EXCEPTION '%% is append-only', TG_TABLE_NAME; END $$ LANGUAGE plpgsql"
    )
    for table, columns in frozen.items():
        of = f"OF {', '.join(columns)}" if columns else ""
        connection.exec_driver_sql(
            f"CREATE TRIGGER {table}_is_append_only BEFORE DELETE OR UPDATE {of} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
