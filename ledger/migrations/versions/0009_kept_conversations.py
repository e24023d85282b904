"""Conversations know whose they are and what an answer is made of; calls and notes are kept."""

import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles
from ledger.migrations.append_only import WHAT_PEOPLE_NOTED, install
from ledger.tables.base import UtcDateTime

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Apply the revision."""
    op.add_column(
        "chat_message", sa.Column("person_id", sa.String(), nullable=False, server_default="")
    )
    op.add_column(
        "chat_message", sa.Column("blocks", sa.String(), nullable=False, server_default="[]")
    )
    _name_the_people()
    op.create_index(
        op.f("ix_chat_message_person"), "chat_message", ["person_id", "seq"], unique=False
    )
    op.create_table(
        "account_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("noted_by", sa.String(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_account_note_account_id_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_note")),
    )
    op.create_index(
        op.f("ix_account_note_account_id"), "account_note", ["account_id"], unique=False
    )
    connection = op.get_bind()
    install(connection, WHAT_PEOPLE_NOTED)
    if connection.dialect.name == "postgresql":
        install_roles(connection)


def _name_the_people() -> None:
    """Threads are `chat:{person}:{session}`, and no person's id holds a colon."""
    lines = sa.table("chat_message", sa.column("thread_id"), sa.column("person_id"))
    connection = op.get_bind()
    for thread in connection.scalars(sa.select(lines.c.thread_id).distinct()).all():
        person = thread.split(":")[1] if thread.startswith("chat:") else ""
        connection.execute(
            lines.update().where(lines.c.thread_id == thread).values(person_id=person)
        )


def downgrade() -> None:
    """Lose notes, and what answers were made of; the words stay."""
    op.drop_table("account_note")
    op.drop_index(op.f("ix_chat_message_person"), "chat_message")
    op.drop_column("chat_message", "blocks")
    op.drop_column("chat_message", "person_id")
