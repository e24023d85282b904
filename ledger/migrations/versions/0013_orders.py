"""Orders not billed yet, for known billing and exposure."""

import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "sales_order",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("invoice_on", sa.Date(), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("terms_days", sa.Integer(), nullable=True),
        sa.Column("po_number", sa.String(), nullable=True),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_sales_order_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sales_order")),
        sa.UniqueConstraint("account_id", "order_number", name=op.f("uq_sales_order_number")),
    )
    op.create_index(op.f("ix_sales_order_account_id"), "sales_order", ["account_id"])
    op.create_index(op.f("ix_sales_order_listed_on"), "sales_order", ["listed_on"])
    if op.get_bind().dialect.name == "postgresql":
        install_roles(op.get_bind())


def downgrade() -> None:
    """Forget orders; the next export tells them again."""
    op.drop_table("sales_order")
