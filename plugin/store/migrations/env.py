"""Where Alembic starts: it runs on the connection that `plugin.store.migrating` hands over."""

from __future__ import annotations

from alembic import context

from plugin.store.schema import metadata

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
