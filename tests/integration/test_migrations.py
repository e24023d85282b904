"""The schema is the same brought up once or twice, is that of the tables, and is append-only."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, inspect, update
from sqlalchemy.exc import DBAPIError

from ledger.migrations.append_only import FROZEN
from ledger.session import open_engine, upgrade
from ledger.tables.all_tables import metadata
from tests.support.books import NOON, Books, open_books


def schema(url: str) -> dict[str, list[str]]:
    engine = open_engine(url)
    try:
        look = inspect(engine)
        return {
            table: sorted(column["name"] for column in look.get_columns(table))
            for table in look.get_table_names()
        }
    finally:
        engine.dispose()


def bring_up(url: str) -> None:
    engine = open_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def test_upgraded_twice__nothing_changes(empty_database_url: str) -> None:
    bring_up(empty_database_url)
    first = schema(empty_database_url)
    bring_up(empty_database_url)
    assert schema(empty_database_url) == first
    assert set(first) == set(metadata.tables) | {"alembic_version"}


def test_upgraded__rows_are_kept(database_url: str) -> None:
    with open_books(database_url) as books:
        books.account("acc_a")
    bring_up(database_url)
    with open_books(database_url) as books, books.ledger.read() as session:
        assert session.execute(metadata.tables["account"].select()).one().id == "acc_a"


def test_tables_and_schema__differ_in_nothing(database_url: str) -> None:
    engine = open_engine(database_url)
    try:
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, metadata) == []
    finally:
        engine.dispose()


DAY = NOON.date()
WORK = {"account_id": "acc_a"}
SEALED = {"seq": 1, "prev_hash": "p", "hash": "h"}
ROWS: dict[str, dict[str, object]] = {
    "permit": SEALED
    | {
        "outbox_id": "out_1", "message_digest": "m", "facts_hash": "f", "policy_hash": "p",
        "judged_at": NOON,
    },
    "audit": SEALED
    | {"at": NOON, "kind": "noted", "subject_id": "x", "actor": "ann", "payload": "{}"},
    "disposition": WORK
    | {
        "run_id": "run_1", "kind": "held", "reason": "", "rule_ids": "",
        "account_class": "routine", "facts_hash": "f",
    },
    "snapshot": {"hash": "f", "facts": b"x"},
    "policy_version": {"hash": "p", "said": "{}", "first_used_on": DAY},
    "policy_adoption": {"policy_hash": "p", "adopted_at": NOON, "approved_by": ""},
    "policy_approval": {
        "policy_hash": "p", "replaces_hash": "q", "person_id": "ann", "role": "legal",
        "approved_at": NOON,
    },
    "bank_line": {
        "id": "bnk_1", "line_key": "k", "statement_account": "", "booked_on": DAY,
        "amount_minor": 1, "currency": "EUR", "kind": "receipt", "payer_name": "",
        "payer_account": "", "bank_ref": "", "customer_ref": "", "memo": "", "code": "",
        "return_of": "", "file_digest": "f", "batch_id": "imp_1",
    },
    "remittance_line": {
        "id": "rml_1", "line_key": "k", "advice_key": "a", "place": 1, "advice_number": "",
        "advised_on": DAY, "payer_name": "", "total_minor": 1, "currency": "EUR",
        "reference": "", "gross_minor": 1, "deduction_minor": 0, "net_minor": 1, "reason": "",
        "memo": "", "batch_id": "imp_1",
    },
    "proposal": WORK
    | {
        "id": "prp_1", "action_type": "escalate", "action": "{}", "digest": "d", "author": "x",
        "role": "x", "rule_ids": "", "approver_roles": "", "why": "", "counterfactual": "",
        "facts_hash": "f", "policy_hash": "p", "priority_minor": 0, "expires_on": DAY,
        "created_on": DAY, "created_at": NOON, "state": "pending", "version": 1, "outcome": "",
    },
    "outbox": WORK
    | {
        "id": "out_1", "idempotency_key": "k", "action": "{}", "channel": "email",
        "recipient": "a@b.example", "cc": "", "subject": "s", "body": "b", "digest": "d",
        "message_id": "m", "state": "queued", "release_at": NOON, "stopped_by": "",
    },
    "inbound": {
        "id": "inb_1", "source_key": "k", "channel": "email", "carrier": "email",
        "kind": "message", "message_id": "", "in_reply_to": "", "sender": "a@b.example",
        "sender_name": "", "recipient": "", "subject": "s", "body": "b", "received_at": NOON,
        "received_on": DAY, "authentic": "none", "linked_by": "", "state": "new", "read_by": "",
    },
    "attachment": {
        "id": "att_1", "inbound_id": "inb_1", "name": "a.txt", "media_type": "", "size": 1,
        "file_digest": "f", "body": "", "not_read_because": "",
    },
    "claim": {
        "id": "clm_1", "inbound_id": "inb_1", "kind": "dispute", "value": "{}", "quote": "b",
        "part": "body", "found_by": "rules", "claimed_on": DAY, "state": "claimed",
        "settled_by": "",
    },
    "document": {
        "id": "doc_1", "account_id": "acc_a", "kind": "statement", "name": "s.html",
        "media_type": "text/html", "file_digest": "f", "content": b"x", "made_on": DAY,
        "facts_hash": "f",
    },
    "dispute": {
        "id": "dsp_1", "account_id": "acc_a", "reason": "PRICE", "opened_on": DAY,
        "state": "open", "quote": "",
    },
    "dispute_evidence": {
        "id": "evi_1", "dispute_id": "dsp_1", "noted_on": DAY, "kind": "note", "source": "",
        "body": "", "noted_by": "",
    },
    "receipt_return": {
        "id": "ret_1", "receipt_id": "rcp_1", "amount_minor": 1, "currency": "EUR",
        "returned_on": DAY, "bank_line_id": "bnk_1", "reason": "", "cause": "",
    },
    "lesson": {
        "id": "les_1", "kind": "letter", "subject": "s", "diff": "", "examples": "[]",
        "results": "{}", "state": "proposed", "proposed_on": DAY, "decided_by": "",
    },
    "account_note": {
        "id": "not_1", "account_id": "acc_a", "kind": "call", "body": "b", "noted_on": DAY,
        "noted_by": "ann", "noted_at": NOON,
    },
    "portal_link": WORK
    | {
        "id": "pln_1", "token_hash": "h", "contact_id": "con_a", "made_at": NOON,
        "made_by": "ann", "ends_at": NOON,
    },
    "portal_act": WORK
    | {"id": "pac_1", "link_id": "pln_1", "kind": "paid", "done_at": NOON, "told": "{}"},
    "portal_file": WORK | {"attachment_id": "att_1", "content": b"x"},
    "checkout": WORK
    | {
        "id": "chk_1", "link_id": "pln_1", "invoices": "[]", "amount_minor": 1,
        "currency": "EUR", "provider": "stripe", "address": "", "state": "begun",
        "begun_at": NOON, "begun_on": DAY,
    },
    "payment_event": {
        "id": "evt_1", "provider": "stripe", "kind": "x", "payload": b"{}",
        "received_at": NOON, "state": "new", "says": "",
    },
    "review": {
        "person_id": "ann", "subject_id": "prp_1", "verb": "approve",
        "decided_at": NOON,
    },
    "delegation": {
        "id": "dlg_1", "person_id": "ann", "substitute_id": "bob", "from_on": DAY,
        "until_on": DAY, "why": "", "made_by": "ann", "made_at": NOON,
    },
    "exercise": {
        "id": "exe_1", "person_id": "ann", "proposal_id": "prp_1", "flaw": "amount",
        "recipient": "a@b.example", "subject": "s", "body": "b", "wrong": "w",
        "given_at": NOON, "answer": "",
    },
    "digest": {
        "id": "dig_1", "person_id": "ann", "day": DAY, "state": "sent", "waiting": 1,
        "attempted_at": NOON,
    },
    "decision": {
        "id": "x", "proposal_id": "prp_1", "version": 1, "verb": "approve", "digest": "d",
        "decided_by": "ann", "decided_as": "x", "reason": "", "edit": "", "decided_at": NOON,
    },
}  # fmt: skip
MAY_MOVE = {
    "invoice": {"open_minor": 1, "dunning_level": 2},
    "credit_memo": {"unapplied_minor": 1},
    "receipt": {"unapplied_minor": 1, "hold_reason": "x"},
    "proposal": {"state": "decided", "version": 2},
    "outbox": {"state": "sent", "attempts": 1},
    "inbound": {"state": "read", "account_id": "acc_a", "linked_by": "person"},
    "claim": {"state": "confirmed", "settled_by": "ann"},
    "lesson": {"state": "approved", "decided_by": "ann"},
    "delegation": {"ended_at": NOON},
    "exercise": {"answer": "reject", "answered_at": NOON},
    "digest": {"state": "sent"},
    "portal_link": {"language": "de", "revoked_at": NOON, "revoked_by": "ann"},
    "checkout": {"state": "paid", "provider_ref": "cs_1", "ended_at": NOON},
    "payment_event": {"state": "booked", "says": "s"},
}


def fill(books: Books) -> None:
    """One row in every table that is frozen."""
    books.account("acc_a")
    books.invoice("inv_1", 100)
    books.receipt("rcp_1", 100)
    books.credit("crd_1", 100)
    books.apply("app_1", "inv_1", 10, receipt_id="rcp_1")
    for person in ("ann", "bob"):
        books.add("person", id=person, name=person, roles="collector")
    books.add(
        "contact",
        id="con_a",
        account_id="acc_a",
        name="",
        role="billing",
        consents="",
        opted_out=False,
        bounced=False,
    )
    for table, row in ROWS.items():
        books.add(table, **row)


def books_with_rows(books: Books) -> set[str]:
    with books.ledger.read() as session:
        return {
            name
            for name in FROZEN
            if session.execute(metadata.tables[name].select().limit(1)).first() is not None
        }


class TestAppendOnly:
    @pytest.fixture
    def books(self, database_url: str):
        with open_books(database_url) as opened:
            fill(opened)
            assert books_with_rows(opened) == set(FROZEN)
            yield opened

    def refused(self, books: Books, statement) -> None:
        with pytest.raises(DBAPIError, match="append-only"), books.ledger.write() as session:
            session.execute(statement)

    def test_delete__is_refused_by_the_database(self, books: Books) -> None:
        for name in FROZEN:
            self.refused(books, delete(metadata.tables[name]))
        assert books_with_rows(books) == set(FROZEN)

    def test_frozen_column__cannot_be_changed(self, books: Books) -> None:
        for name, columns in FROZEN.items():
            table = metadata.tables[name]
            for column in columns or [column.name for column in table.columns]:
                self.refused(books, update(table).values({column: table.c[column]}))

    def test_other_columns__move(self, books: Books) -> None:
        for name, values in MAY_MOVE.items():
            with books.ledger.write() as session:
                session.execute(update(metadata.tables[name]).values(values))
