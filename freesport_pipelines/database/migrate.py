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


def upgrade(database: ShopDatabase, revision: str | None = None) -> None:
    """Apply the migrations that are missing; safe when several processes start at once.

    :param revision: an older one, to load an older backup into; without the views, which fit the newest schema only
    """
    config = _config()
    newest = ScriptDirectory.from_config(config).get_current_head()
    wanted = revision or newest
    with database.read() as connection:
        if current_revision(connection) == wanted:
            return
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
        if current_revision(connection) != wanted:
            config.attributes["connection"] = connection
            views.drop(connection)
            command.upgrade(config, str(wanted))
            if wanted == newest:
                views.create(connection)


def revisions() -> list[str]:
    """Every revision of the schema that this version knows, the newest first."""
    return [script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("freesport_pipelines.database") / "migrations"))
    return config


def current_revision(connection: sa.Connection) -> str | None:
    """The schema's revision; None where our tables are not there."""
    return MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE}).get_current_revision()
