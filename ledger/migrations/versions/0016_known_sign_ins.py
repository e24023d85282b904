"""Which account at the sign-in provider is a person's, and where a browser signed in from."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("person", sa.Column("provider_pin", sa.String(), nullable=True))
    op.create_index(op.f("ix_person_provider_pin"), "person", ["provider_pin"], unique=True)
    op.add_column("sign_in", sa.Column("came_from", sa.String(), nullable=True))


def downgrade() -> None:
    """Whoever the provider names by mail or user name comes in, from wherever."""
    op.drop_column("sign_in", "came_from")
    op.drop_index(op.f("ix_person_provider_pin"), "person")
    op.drop_column("person", "provider_pin")
