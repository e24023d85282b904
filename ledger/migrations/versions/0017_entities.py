"""Which of our entities issued an invoice."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("invoice", sa.Column("entity", sa.String(), nullable=True))


def downgrade() -> None:
    """Forget who issued what; the next export tells it again."""
    op.drop_column("invoice", "entity")
