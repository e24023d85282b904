"""What customers said: mail taken in, claims, documents; returns of money; more on disputes."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import WHAT_CUSTOMERS_SAID, install
from ledger.tables.base import UtcDateTime

revision = "0004"
down_revision = "0003"

NEW_TABLES = (
    "claim",
    "attachment",
    "inbound",
    "document",
    "dispute_evidence",
    "receipt_return",
    "lesson",
)
NEW_COLUMNS = {
    "dispute": ("resolved_by", "resolved_minor", "level", "answer_by", "claim_id"),
    "message": ("inbound_id",),
    "outbox": ("attachments", "in_reply_to", "attempts"),
    "plan": ("frequency", "proposed_on", "accepted_on", "breached_on", "cure_by", "approved_by"),
    "receipt": ("advice_key",),
    "promise": (
        "method_days",
        "kept_on",
        "kept_minor",
        "claim_id",
        "owner",
        "settled_by",
        "told_on",
    ),
}


def upgrade() -> None:
    """Apply the revision."""
    _add_tables()
    _add_columns()
    install(op.get_bind(), WHAT_CUSTOMERS_SAID)


def downgrade() -> None:
    """Forget what customers said; the messages and cases made of it stay."""
    for table in NEW_TABLES:
        op.drop_table(table)
    for table, columns in NEW_COLUMNS.items():
        for column in columns:
            op.drop_column(table, column)


def _add_tables() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("diff", sa.String(), nullable=False),
        sa.Column("examples", sa.String(), nullable=False),
        sa.Column("results", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    op.create_table(
        "document",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("facts_hash", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_document_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document")),
    )
    op.create_index(op.f("ix_document_account_id"), "document", ["account_id"], unique=False)
    op.create_table(
        "inbound",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source_key", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("carrier", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("in_reply_to", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sender_name", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("authentic", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("contact_id", sa.String(), nullable=True),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column("outbox_id", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("read_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_inbound_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("fk_inbound_contact_id_contact")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound")),
        sa.UniqueConstraint("source_key", name=op.f("uq_inbound_source_key")),
    )
    op.create_index(op.f("ix_inbound_account_id"), "inbound", ["account_id"], unique=False)
    op.create_index("ix_inbound_state", "inbound", ["state", "received_on"], unique=False)
    op.create_table(
        "attachment",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("inbound_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("not_read_because", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_attachment_inbound_id_inbound")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attachment")),
    )
    op.create_index(op.f("ix_attachment_inbound_id"), "attachment", ["inbound_id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("inbound_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("quote", sa.String(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("found_by", sa.String(), nullable=False),
        sa.Column("invoice_id", sa.String(), nullable=True),
        sa.Column("claimed_on", sa.Date(), nullable=False),
        sa.Column("pauses_until", sa.Date(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.Column("settled_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_claim_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound.id"], name=op.f("fk_claim_inbound_id_inbound")
        ),
        sa.ForeignKeyConstraint(
            ["invoice_id"], ["invoice.id"], name=op.f("fk_claim_invoice_id_invoice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_account_id"), "claim", ["account_id"], unique=False)
    op.create_index(op.f("ix_claim_inbound_id"), "claim", ["inbound_id"], unique=False)
    op.create_table(
        "dispute_evidence",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("dispute_id", sa.String(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["dispute.id"], name=op.f("fk_dispute_evidence_dispute_id_dispute")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dispute_evidence")),
    )
    op.create_index(
        op.f("ix_dispute_evidence_dispute_id"), "dispute_evidence", ["dispute_id"], unique=False
    )
    op.create_table(
        "receipt_return",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("bank_line_id", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cause", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_line_id"],
            ["bank_line.id"],
            name=op.f("fk_receipt_return_bank_line_id_bank_line"),
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_return_receipt_id_receipt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_return")),
        sa.UniqueConstraint("bank_line_id", name=op.f("uq_receipt_return_bank_line_id")),
    )
    op.create_index(
        op.f("ix_receipt_return_receipt_id"), "receipt_return", ["receipt_id"], unique=False
    )


def _add_columns() -> None:
    op.add_column(
        "dispute", sa.Column("resolved_by", sa.String(), nullable=False, server_default="")
    )
    op.add_column("dispute", sa.Column("resolved_minor", sa.BigInteger(), nullable=True))
    op.add_column(
        "dispute", sa.Column("level", sa.String(), nullable=False, server_default="invoice")
    )
    op.add_column("dispute", sa.Column("answer_by", sa.Date(), nullable=True))
    op.add_column("dispute", sa.Column("claim_id", sa.String(), nullable=True))
    op.add_column("message", sa.Column("inbound_id", sa.String(), nullable=True))
    op.add_column(
        "outbox", sa.Column("attachments", sa.String(), nullable=False, server_default="[]")
    )
    op.add_column(
        "outbox", sa.Column("in_reply_to", sa.String(), nullable=False, server_default="")
    )
    op.add_column("outbox", sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"))
    op.add_column(
        "plan", sa.Column("frequency", sa.String(), nullable=False, server_default="monthly")
    )
    op.add_column("plan", sa.Column("proposed_on", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("accepted_on", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("breached_on", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("cure_by", sa.Date(), nullable=True))
    op.add_column("plan", sa.Column("approved_by", sa.String(), nullable=False, server_default=""))
    op.add_column(
        "promise", sa.Column("method_days", sa.Integer(), nullable=False, server_default="0")
    )
    op.add_column("promise", sa.Column("kept_on", sa.Date(), nullable=True))
    op.add_column(
        "promise", sa.Column("kept_minor", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.add_column(
        "receipt", sa.Column("advice_key", sa.String(), nullable=False, server_default="")
    )
    op.add_column("promise", sa.Column("claim_id", sa.String(), nullable=True))
    op.add_column("promise", sa.Column("owner", sa.String(), nullable=True))
    op.add_column(
        "promise", sa.Column("settled_by", sa.String(), nullable=False, server_default="")
    )
    op.add_column("promise", sa.Column("told_on", sa.Date(), nullable=True))
