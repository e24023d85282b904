"""Whom the house tells of what happened, and the triggers that write it down."""

import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles
from ledger.migrations.webhook_events import install, remove
from ledger.tables.base import UtcDateTime

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("added_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("endpoint_id", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("says", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_webhook_delivery")),
    )
    op.create_index("ix_webhook_delivery_due", "webhook_delivery", ["state", "endpoint_id", "seq"])
    connection = op.get_bind()
    install(connection)
    if connection.dialect.name == "postgresql":
        install_roles(connection)


def downgrade() -> None:
    """Tell nobody any more."""
    remove(op.get_bind())
    op.drop_table("webhook_delivery")
    op.drop_table("webhook_endpoint")
