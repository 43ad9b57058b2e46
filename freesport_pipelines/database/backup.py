"""Make a backup of our tables in a local file, while imports go on: pg_dump, or SQLite's online backup.

PostgreSQL: the dump holds our tables alone, never those that the shop keeps in the same database; the manifest's
figures are taken in the very snapshot that is dumped. SQLite: the copy is the whole file; a restore takes only our
tables out of it. Staging areas are not backed up: what is in them can be staged again.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from freesport_pipelines.database import fingerprints, migrate, postgres_tools
from freesport_pipelines.database.backup_manifest import (
    POSTGRESQL,
    SQLITE,
    BackupError,
    History,
    Manifest,
    TableContent,
    sha256_of,
)
from freesport_pipelines.database.engine import ShopDatabase


@dataclass(frozen=True)
class _Content:
    revision: str
    tables: dict[str, TableContent]
    history: History


def back_up(database: ShopDatabase, target: Path, *, postgres_bin: Path | None = None) -> Manifest:
    """Write all our tables, as they are in one moment, into a new file; return what it holds.

    :param postgres_bin: folder of pg_dump, if it is not on the PATH
    """
    now = datetime.now(UTC)
    content = _copy_sqlite(database, target) if database.is_sqlite else _dump(database, target, postgres_bin)
    return Manifest(
        created_at=now,
        database=SQLITE if database.is_sqlite else POSTGRESQL,
        revision=content.revision,
        tables=content.tables,
        history=content.history,
        size=target.stat().st_size,
        sha256=sha256_of(target),
    )


def _content(connection: sa.Connection) -> _Content:
    revision = migrate.current_revision(connection)
    if revision is None:
        raise BackupError("this database has none of our tables: there is nothing to back up")
    return _Content(revision, fingerprints.contents(connection), fingerprints.history(connection))


def _copy_sqlite(database: ShopDatabase, target: Path) -> _Content:
    with database.engine.connect() as connection, closing(sqlite3.connect(target)) as copy:
        live: Any = connection.connection.dbapi_connection
        live.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file that needs no others beside it
        found = [row[0] for row in copy.execute("PRAGMA integrity_check(5)")]
    if found != ["ok"]:
        raise BackupError(f"the database is damaged, its copy is of no use: {'; '.join(found)}")
    with sqlite_file(target).connect() as connection:
        return _content(connection)


def sqlite_file(file: Path) -> sa.Engine:
    """A plain connection to a copy, which stays one file."""
    return sa.create_engine(sa.URL.create("sqlite", database=str(file)), poolclass=NullPool)


def _dump(database: ShopDatabase, target: Path, postgres_bin: Path | None) -> _Content:
    # pg_dump sees what this transaction sees
    options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with database.engine.connect().execution_options(**options) as connection, connection.begin():
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")
        tool = postgres_tools.find_tool("pg_dump", postgres_bin, server_version(connection))
        snapshot = connection.execute(sa.select(sa.func.pg_export_snapshot())).scalar_one()
        content = _content(connection)
        schema = str(sa.inspect(connection).default_schema_name)
        postgres_tools.dump(tool, database.url, target, list(content.tables), schema, snapshot)
    return content


def server_version(connection: sa.Connection) -> int:
    """The server's major version."""
    found: Any = connection.dialect.server_version_info
    return int(found[0])
