"""The customer's page: links, acts, files and card payments."""

import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles
from ledger.migrations.append_only import THE_PORTAL, install
from ledger.tables.base import UtcDateTime

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Apply the revision."""
    _links_and_acts()
    _payments()
    connection = op.get_bind()
    install(connection, THE_PORTAL)
    if connection.dialect.name == "postgresql":
        install_roles(connection)


def _links_and_acts() -> None:
    op.create_table(
        "portal_link",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_portal_link_token_hash")),
    )
    op.create_index(op.f("ix_portal_link_account_id"), "portal_link", ["account_id"])
    op.create_table(
        "portal_act",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("inbound_id", sa.String(), nullable=True),
        sa.Column("checkout_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_portal_act_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_portal_act")),
    )
    op.create_index(op.f("ix_portal_act_account_id"), "portal_act", ["account_id"])
    op.create_index("ix_portal_act_counted", "portal_act", ["link_id", "kind", "done_at"])
    op.create_table(
        "portal_file",
        sa.Column("attachment_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attachment_id"],
            ["attachment.id"],
            name=op.f("fk_portal_file_attachment_id_attachment"),
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_portal_file_account_id_account")
        ),
        sa.PrimaryKeyConstraint("attachment_id", name=op.f("pk_portal_file")),
    )


def _payments() -> None:
    op.create_table(
        "checkout",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("link_id", sa.String(), nullable=False),
        sa.Column("invoices", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("provider_ref", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("begun_on", sa.Date(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_checkout_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checkout")),
        sa.UniqueConstraint("provider_ref", name=op.f("uq_checkout_provider_ref")),
    )
    op.create_index(op.f("ix_checkout_account_id"), "checkout", ["account_id"])
    op.create_table(
        "payment_event",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("says", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_event")),
    )
    op.create_index("ix_payment_event_state", "payment_event", ["state", "received_at"])


def downgrade() -> None:
    """Take the page away; what customers said on it stays in `inbound`."""
    for table in ("payment_event", "checkout", "portal_file", "portal_act", "portal_link"):
        op.drop_table(table)
