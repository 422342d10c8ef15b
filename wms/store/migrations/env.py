"""What Alembic runs: migrations on the connection that `wms.store.migrations` hands over."""

from __future__ import annotations

from alembic import context

from wms.store.migrations import complete_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=complete_metadata(),
    render_as_batch=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
