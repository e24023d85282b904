"""Whose money a waiting receipt may be."""

from typing import Any

import orjson
import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles

revision = "0021"
down_revision = "0020"

_ASKED = ("pending", "snoozed", "question", "decided")


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "receipt_candidate",
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("denied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_receipt_candidate_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_candidate_receipt_id_receipt")
        ),
        sa.PrimaryKeyConstraint(
            "receipt_id", "account_id", "currency", name=op.f("pk_receipt_candidate")
        ),
    )
    op.create_index(op.f("ix_receipt_candidate_account_id"), "receipt_candidate", ["account_id"])
    connection = op.get_bind()
    name_asked_about(connection)
    if connection.dialect.name == "postgresql":
        install_roles(connection)


def downgrade() -> None:
    """Forget whose it may be."""
    op.drop_table("receipt_candidate")


def name_asked_about(connection: sa.Connection) -> None:
    """Those that waiting requests would set money against stay protected."""
    asked = connection.execute(
        sa.text(
            "SELECT account_id, action FROM proposal"
            " WHERE action_type = 'apply_receipt' AND state IN :states"
        ).bindparams(sa.bindparam("states", _ASKED, expanding=True))
    )
    wanted = [(row[0], orjson.loads(row[1])) for row in asked]
    ids = sorted({part["invoice_id"] for _account, each in wanted for part in each["allocations"]})
    invoices = _by_id(connection, "invoice", ids)
    receipts = _by_id(connection, "receipt", sorted({each["receipt_id"] for _a, each in wanted}))
    rows: set[tuple[str, str, str]] = set()
    for account, each in wanted:
        receipt = receipts.get(each["receipt_id"])
        if receipt is None:
            continue
        named = [invoices[part["invoice_id"]] for part in each["allocations"]]
        rows |= {(receipt.id, account, receipt.currency)}
        rows |= {(receipt.id, invoice.account_id, invoice.currency) for invoice in named}
    names = ("receipt_id", "account_id", "currency")
    table = sa.table("receipt_candidate", *map(sa.column, (*names, "denied")))
    if rows:
        named = [dict(zip(names, row, strict=True)) | {"denied": False} for row in sorted(rows)]
        connection.execute(sa.insert(table), named)


def _by_id(connection: sa.Connection, name: str, ids: list[str]) -> dict[str, Any]:
    table = sa.table(name, sa.column("id"), sa.column("account_id"), sa.column("currency"))
    found: dict[str, Any] = {}
    for start in range(0, len(ids), 500):
        rows = connection.execute(sa.select(table).where(table.c.id.in_(ids[start : start + 500])))
        found |= {row.id: row for row in rows}
    return found
