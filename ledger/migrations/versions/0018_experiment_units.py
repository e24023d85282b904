"""Who takes part in an experiment, and in which arm."""

import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "experiment_unit",
        sa.Column("experiment_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("segment", sa.String(), nullable=False),
        sa.Column("arm", sa.String(), nullable=False),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("stopped_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_experiment_unit_account_id_account")
        ),
        sa.PrimaryKeyConstraint("experiment_id", "account_id", name=op.f("pk_experiment_unit")),
    )
    op.create_index(op.f("ix_experiment_unit_account_id"), "experiment_unit", ["account_id"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        install_roles(connection)


def downgrade() -> None:
    """Forget who took part in what."""
    op.drop_table("experiment_unit")
