"""Reviewing as work of people; a message that can be taken back; what waits, found at once."""

import sqlalchemy as sa
from alembic import op

from ledger.identities import install_roles
from ledger.migrations.append_only import REVIEWING, install
from ledger.tables.base import UtcDateTime

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("outbox", sa.Column("held_until", UtcDateTime(), nullable=True))
    _index_what_waits()
    _review()
    _exercise()
    _absences_and_digests()
    connection = op.get_bind()
    install(connection, REVIEWING)
    if connection.dialect.name == "postgresql":
        install_roles(connection)


def _index_what_waits() -> None:
    waits = sa.text(
        "state NOT IN ('decided', 'executed', 'expired', 'refused', 'rejected', 'superseded')"
    )
    for name, columns in _WAITING.items():
        op.create_index(
            name, "proposal", columns, unique=False, sqlite_where=waits, postgresql_where=waits
        )
    op.create_index(op.f("ix_proposal_supersedes_id"), "proposal", ["supersedes_id"], unique=False)


_PLACE = ["priority_minor", "id", "state", "snoozed_until"]
# The first holds what the filters of the queue ask for, so that a count needs no row.
_WAITING = {
    "ix_proposal_waiting": [
        *_PLACE, "action_type", "currency", "approver_roles", "rule_ids"
    ],
    "ix_proposal_waiting_assignee": ["assignee", *_PLACE],
    "ix_proposal_waiting_account": ["account_id", *_PLACE],
}  # fmt: skip


def _review() -> None:
    op.create_table(
        "review",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("subject_id", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.Column("within", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_review")),
    )
    op.create_index("ix_review_person", "review", ["person_id", "decided_at"], unique=False)


def _exercise() -> None:
    op.create_table(
        "exercise",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("proposal_id", sa.String(), nullable=False),
        sa.Column("flaw", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("wrong", sa.String(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_exercise_proposal_id_proposal")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exercise")),
    )
    op.create_index("ix_exercise_person", "exercise", ["person_id", "answered_at"], unique=False)


def _absences_and_digests() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("substitute_id", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        _person("delegation", "person_id"),
        _person("delegation", "substitute_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    for column in ("person_id", "substitute_id"):
        op.create_index(op.f(f"ix_delegation_{column}"), "delegation", [column], unique=False)
    op.create_table(
        "reviewer",
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("wants_digest", sa.Boolean(), nullable=False),
        _person("reviewer", "person_id"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reviewer")),
    )
    op.create_table(
        "digest",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("attempted_at", UtcDateTime(), nullable=False),
        _person("digest", "person_id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest")),
        sa.UniqueConstraint("person_id", "day", name="uq_digest_day"),
    )


def _person(table: str, column: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_person")
    return sa.ForeignKeyConstraint([column], ["person.id"], name=name)


def downgrade() -> None:
    """Lose what is known of reviewing."""
    for table in ("digest", "reviewer", "delegation", "exercise", "review"):
        op.drop_table(table)
    for name in (*_WAITING, op.f("ix_proposal_supersedes_id")):
        op.drop_index(name, "proposal")
    op.drop_column("outbox", "held_until")
