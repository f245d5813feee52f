"""Run by alembic: the steps on the connection that cds_service.store.migrate hands over, in its transaction."""

from alembic import context

from cds_service.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
