"""Runs migrations on the connection that ledger.session.upgrade hands over."""

from alembic import context

from ledger.tables.all_tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
