"""Who may touch what: roles and grants on PostgreSQL.

SQLite keeps the same identities in the connection, so nothing is recorded there. A login that may
not create roles goes on without them; `dunwell doctor` says so and how to mend it.
"""

from alembic import op

from ledger.identities import install_roles

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply the revision."""
    if op.get_bind().dialect.name == "postgresql":
        install_roles(op.get_bind())


def downgrade() -> None:
    """Leave the roles: other databases of the server may use them."""
