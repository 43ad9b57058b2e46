"""Bring the shop's database to the schema of this version. Every command and every run does it first."""

from importlib.resources import files

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from freesport_pipelines.database import views
from freesport_pipelines.database.engine import ShopDatabase

VERSION_TABLE = "freesport_schema_version"
MIGRATION_LOCK = 7_214_002


def upgrade(database: ShopDatabase) -> None:
    """Apply the migrations that are missing; safe when several processes start at once."""
    config = _config()
    head = ScriptDirectory.from_config(config).get_current_head()
    with database.read() as connection:
        if _current(connection) == head:
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        if _current(connection) != head:
            config.attributes["connection"] = connection
            views.drop(connection)
            command.upgrade(config, "head")
            views.create(connection)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("freesport_pipelines.database") / "migrations"))
    return config


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
