"""Alembic's entry: runs on the connection that `upgrade` opened; imports no table, so that gis stays at the bottom."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()
