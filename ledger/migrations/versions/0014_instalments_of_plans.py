"""Instalments of a plan count from the day it is accepted until it ends."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_COLUMNS = ("plan_id", "agreed_on", "ended_on")


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("instalment", sa.Column("plan_id", sa.String(), nullable=True))
    op.add_column("instalment", sa.Column("agreed_on", sa.Date(), nullable=True))
    op.add_column("instalment", sa.Column("ended_on", sa.Date(), nullable=True))


def downgrade() -> None:
    """Invoices in a plan fall due as they were billed."""
    op.execute(sa.text("DELETE FROM instalment WHERE plan_id IS NOT NULL"))
    for column in _COLUMNS:
        op.drop_column("instalment", column)
