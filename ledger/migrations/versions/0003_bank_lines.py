"""What banks and payers told us: booked lines and the lines of remittance advices."""

import sqlalchemy as sa
from alembic import op

from ledger.migrations.append_only import BANK_LINES, install

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply the revision."""
    op.create_table(
        "bank_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("line_key", sa.String(), nullable=False),
        sa.Column("statement_account", sa.String(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=False),
        sa.Column("value_on", sa.Date(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("payer_account", sa.String(), nullable=False),
        sa.Column("bank_ref", sa.String(), nullable=False),
        sa.Column("customer_ref", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("return_of", sa.String(), nullable=False),
        sa.Column("file_digest", sa.String(), nullable=False),
        sa.Column("receipt_id", sa.String(), nullable=True),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_bank_line_receipt_id_receipt")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bank_line")),
        sa.UniqueConstraint("line_key", name=op.f("uq_bank_line_line_key")),
    )
    op.create_index(op.f("ix_bank_line_booked_on"), "bank_line", ["booked_on"])
    op.create_index(op.f("ix_bank_line_receipt_id"), "bank_line", ["receipt_id"])
    op.create_table(
        "remittance_line",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("line_key", sa.String(), nullable=False),
        sa.Column("advice_key", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("advice_number", sa.String(), nullable=False),
        sa.Column("advised_on", sa.Date(), nullable=False),
        sa.Column("payer_name", sa.String(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("gross_minor", sa.BigInteger(), nullable=False),
        sa.Column("deduction_minor", sa.BigInteger(), nullable=False),
        sa.Column("net_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("batch_id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_line")),
        sa.UniqueConstraint("line_key", name=op.f("uq_remittance_line_line_key")),
    )
    op.create_index(op.f("ix_remittance_line_advice_key"), "remittance_line", ["advice_key"])
    op.create_index(op.f("ix_remittance_line_advised_on"), "remittance_line", ["advised_on"])
    install(op.get_bind(), BANK_LINES)


def downgrade() -> None:
    """Forget what the bank told; the receipts made of it stay."""
    op.drop_table("remittance_line")
    op.drop_table("bank_line")
