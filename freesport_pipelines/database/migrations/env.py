"""Alembic's entry: run on the connection that `migrate.upgrade` hands over."""

from alembic import context

from freesport_pipelines.database import bookkeeping
from freesport_pipelines.database.schema import metadata

_ = bookkeeping  # its tables belong to the same metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table="freesport_schema_version",
    transaction_per_migration=False,
)
context.run_migrations()
