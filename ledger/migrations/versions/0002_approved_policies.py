"""Which policy is in force, and who approved it."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import APPROVED_POLICIES, install
from ledger.tables.base import UtcDateTime

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "policy_adoption",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("adopted_at", UtcDateTime(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_hash"],
            ["policy_version.hash"],
            name=op.f("fk_policy_adoption_policy_hash_policy_version"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_policy_adoption")),
    )
    op.create_table(
        "policy_approval",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("policy_hash", sa.String(), nullable=False),
        sa.Column("replaces_hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("approved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_policy_approval")),
        sa.UniqueConstraint(
            "policy_hash",
            "replaces_hash",
            "person_id",
            name="uq_policy_approval",
        ),
    )
    install(op.get_bind(), APPROVED_POLICIES)


def downgrade() -> None:
    """Forget which policy was approved; the policies themselves stay recorded."""
    op.drop_table("policy_approval")
    op.drop_table("policy_adoption")
