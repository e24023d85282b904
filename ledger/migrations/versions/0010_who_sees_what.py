"""People see all accounts or some, are known to a sign-in provider; keys say what they are for."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("person", sa.Column("sees", sa.String(), nullable=False, server_default="all"))
    op.add_column("person", sa.Column("known_as", sa.String(), nullable=True))
    op.create_index(op.f("ix_person_known_as"), "person", ["known_as"], unique=True)
    op.add_column("api_key", sa.Column("label", sa.String(), nullable=False, server_default=""))
    op.add_column("api_key", sa.Column("last_used_on", sa.Date(), nullable=True))
    op.create_index(op.f("ix_account_owner"), "account", ["owner"], unique=False)


def downgrade() -> None:
    """Everybody sees everything again."""
    op.drop_index(op.f("ix_account_owner"), "account")
    op.drop_column("api_key", "last_used_on")
    op.drop_column("api_key", "label")
    op.drop_index(op.f("ix_person_known_as"), "person")
    op.drop_column("person", "known_as")
    op.drop_column("person", "sees")
