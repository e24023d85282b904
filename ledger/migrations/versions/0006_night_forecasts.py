"""Forecasts of past nights, kept to be held against what came."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "night_forecast",
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("run_id", sa.String(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("items", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("as_of", name=op.f("pk_night_forecast")),
    )


def downgrade() -> None:
    """Forget past forecasts; the books stay."""
    op.drop_table("night_forecast")
