"""When each telling was delivered or given up, and endpoints that are paused."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.webhook_events import install, remove
from ledger.tables.base import UtcDateTime

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("webhook_delivery", sa.Column("settled_at", UtcDateTime(), nullable=True))
    # The nearest instant that is known of those settled before.
    op.execute("UPDATE webhook_delivery SET settled_at = queued_at WHERE state <> 'waiting'")
    _install_anew()


def downgrade() -> None:
    """Forget when, and tell paused endpoints again."""
    op.execute("UPDATE webhook_endpoint SET state = 'active' WHERE state = 'paused'")
    op.drop_column("webhook_delivery", "settled_at")
    _install_anew()


def _install_anew() -> None:
    """Triggers of before wrote nothing down for an endpoint that is paused."""
    connection = op.get_bind()
    remove(connection)
    install(connection)
