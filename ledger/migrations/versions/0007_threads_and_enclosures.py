"""Replies find the message they answer by an index; what a letter enclosed may not change."""

from alembic import op

from ledger.migrations.append_only import ENCLOSURES, install, remove

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Apply the revision."""
    op.create_index(op.f("ix_outbox_message_id"), "outbox", ["message_id"], unique=False)
    remove(op.get_bind(), ENCLOSURES)
    install(op.get_bind(), ENCLOSURES)


def downgrade() -> None:
    """Take the index off; the stricter triggers stay, because they only refuse."""
    op.drop_index(op.f("ix_outbox_message_id"), "outbox")
