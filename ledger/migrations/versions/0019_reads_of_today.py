"""Indexes for what is read every day, however much was ever written and applied."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Apply the revision."""
    op.create_index(
        "ix_message_unanswered",
        "message",
        ["direction", "account_id"],
        sqlite_where=sa.text("answered IS 0"),
        postgresql_where=sa.text("answered IS false"),
    )
    op.create_index("ix_application_applied_on", "application", ["applied_on"])


def downgrade() -> None:
    """Read them all again."""
    op.drop_index("ix_application_applied_on", "application")
    op.drop_index("ix_message_unanswered", "message")
