"""Put a backup back: all our tables in one transaction, verified before it is committed.

The shop's own tables, and what it has built on ours, stay. Sessions that came after the backup stay in the list as
rolled back: their numbers are not given out again, and the exchange sensor does not bring their drops back by itself.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, fingerprints, migrate, postgres_tools, undone
from freesport_pipelines.database.backup import server_version, sqlite_file
from freesport_pipelines.database.backup_manifest import (
    POSTGRESQL,
    SQLITE,
    BackupError,
    Manifest,
    TableContent,
    verify_file,
)
from freesport_pipelines.database.customer_schema import OWNED_BY_SHOP, customers
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.liveness import alive
from freesport_pipelines.database.purchase_schema import MIRRORED, onec_windows
from freesport_pipelines.database.replacing import replace_rows

ATTACHED = "restored"
NOTHING = "nothing was restored"


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    rows: dict[str, int]
    undone_sessions: tuple[int, ...]
    """Published sessions that came after the backup."""


def restore(
    database: ShopDatabase,
    dump: Path,
    manifest: Manifest,
    *,
    postgres_bin: Path | None = None,
    seen: undone.Mark | None = None,
) -> Restored:
    """Make our tables what they were when the backup was made. If anything fails they stay as they are.

    :param postgres_bin: folder of pg_restore, if it is not on the PATH
    :param seen: refuse when sessions have begun or ended since this was taken
    """
    _refuse_other_kind(database, manifest)
    verify_file(dump, manifest)
    _refuse_unknown_revision(manifest)
    if database.is_sqlite:
        restored = _restore_sqlite(database, dump, manifest, seen)
    else:
        restored = _restore_postgresql(database, dump, manifest, seen, postgres_bin)
    for area in database.areas():  # staged against another state of the shop
        database.discard_area(area)
    return restored


def _refuse_other_kind(database: ShopDatabase, manifest: Manifest) -> None:
    here = SQLITE if database.is_sqlite else POSTGRESQL
    if manifest.database != here:
        raise BackupError(
            f"this is a backup of {manifest.database}, the database is {here}: {NOTHING}. Import the archived drops "
            "instead (freesport rebuild, freesport replay)"
        )


def _refuse_unknown_revision(manifest: Manifest) -> None:
    if manifest.revision not in migrate.revisions():
        raise BackupError(
            f"the backup has schema {manifest.revision}, which this version of freesport does not know: {NOTHING}. "
            "Restore it with the version that made it, or a newer one"
        )


def _refuse_while_at_work(database: ShopDatabase) -> None:
    at_work = sorted(alive(database))
    if at_work:
        raise BackupError(
            f"session {at_work[0]} is being imported: {NOTHING}. Wait until it has ended, then restore "
            "(идёт импорт, дождитесь его окончания)"
        )


# --- SQLite: the copy is attached; an older copy is brought to this version's schema first ---


def _restore_sqlite(database: ShopDatabase, dump: Path, manifest: Manifest, seen: undone.Mark | None) -> Restored:
    with tempfile.TemporaryDirectory(prefix="freesport-restore-") as folder:
        copy = Path(shutil.copyfile(dump, Path(folder) / "shop.db"))
        wanted = _verified_copy(copy, manifest)
        migrate.upgrade(database)
        seen = seen or undone.mark(database)
        _refuse_while_at_work(database)
        with _attached(database, copy) as connection:
            return _replace(connection, manifest, wanted, seen, _attached_table)


def _verified_copy(copy: Path, manifest: Manifest) -> dict[str, TableContent]:
    """What the copy holds, in this version's schema."""
    with sqlite_file(copy).connect() as connection:
        found = {n: fingerprints.content(connection, n, t.columns) for n, t in manifest.tables.items()}
    if found != dict(manifest.tables):
        raise BackupError(f"the dump does not hold what its manifest says: {NOTHING}; use another backup")
    older = ShopDatabase(f"sqlite:///{copy}")
    migrate.upgrade(older)
    with older.read() as connection:
        return fingerprints.contents(connection)


@contextmanager
def _attached(database: ShopDatabase, copy: Path) -> Iterator[sa.Connection]:
    with database.engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection:
        raw: Any = connection.connection.dbapi_connection
        raw.execute(f"ATTACH DATABASE ? AS {ATTACHED}", (str(copy),))
        with connection.begin():
            yield connection


def _attached_table(name: str, columns: tuple[str, ...]) -> Any:
    return sa.table(name, *map(sa.column, columns), schema=ATTACHED).alias("wanted")


# --- PostgreSQL: the rows are loaded into temporary tables first ---


def _restore_postgresql(
    database: ShopDatabase, dump: Path, manifest: Manifest, seen: undone.Mark | None, postgres_bin: Path | None
) -> Restored:
    _prepare_schema(database, manifest)
    seen = seen or undone.mark(database)
    _refuse_while_at_work(database)
    with database.publishing() as connection:
        tool = postgres_tools.find_tool("pg_restore", postgres_bin, server_version(connection))
        _load(connection, tool, dump, manifest)
        # the shop may read meanwhile, nobody may write
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(manifest.tables)} IN EXCLUSIVE MODE")
        restored = _replace(connection, manifest, dict(manifest.tables), seen, _temporary_table)
    migrate.upgrade(database)
    return restored


def _prepare_schema(database: ShopDatabase, manifest: Manifest) -> None:
    with database.read() as connection:
        present = migrate.current_revision(connection)
    known = migrate.revisions()
    if present is None or known.index(present) > known.index(manifest.revision):  # the newest comes first
        migrate.upgrade(database, manifest.revision)
    elif present != manifest.revision:
        raise BackupError(
            f"the backup has schema {manifest.revision}, the database {present}: {NOTHING}. Restore it into an empty "
            "database (--into postgresql://…), which then gets this version's schema; or rebuild the catalogue with "
            f"freesport rebuild --until {manifest.created_at.isoformat(timespec='seconds')}"
        )


def _load(connection: sa.Connection, tool: Path, dump: Path, manifest: Manifest) -> None:
    """The dump's rows into temporary tables."""
    for name, content in manifest.tables.items():
        ours = ", ".join(f'"{column}"' for column in content.columns)
        connection.exec_driver_sql(
            f"CREATE TEMP TABLE restored_{name} ON COMMIT DROP AS SELECT {ours} FROM {name} WITH NO DATA"  # noqa: S608
        )
    cursor: Any = connection.connection.cursor()
    with postgres_tools.dumped_rows(tool, dump) as blocks:
        for name, columns, rows in blocks:
            if name not in manifest.tables:
                continue
            for column in set(columns) - set(manifest.tables[name].columns):  # the shop's own, not restored
                cursor.execute(f'ALTER TABLE restored_{name} ADD COLUMN "{column}" text')
            listed = ", ".join(f'"{column}"' for column in columns)
            cursor.copy_expert(f"COPY restored_{name} ({listed}) FROM STDIN WITH (ENCODING 'UTF8')", rows)
    cursor.close()
    dialect.analyze(connection, *(sa.Table(f"restored_{name}", sa.MetaData()) for name in manifest.tables))


def _temporary_table(name: str, columns: tuple[str, ...]) -> Any:
    return sa.table(f"restored_{name}", *map(sa.column, columns)).alias("wanted")


# --- both ---


def _holds_rows(connection: sa.Connection, table: sa.Table) -> bool:
    return bool(connection.execute(sa.select(sa.exists().select_from(table))).scalar_one())


def _without_customers(connection: sa.Connection, wanted: dict[str, TableContent]) -> dict[str, TableContent]:
    """Customers who registered after the backup must not vanish: their tables are restored into an empty shop only.

    So are purchases, which 1C tells again.
    """
    groups = ((customers, OWNED_BY_SHOP), (onec_windows, MIRRORED))
    there = [(first, tables) for first, tables in groups if first.name in wanted]  # an older schema has none of them
    kept = {table.name for first, tables in there if _holds_rows(connection, first) for table in tables}
    return {name: content for name, content in wanted.items() if name not in kept}


def _replace(
    connection: sa.Connection, manifest: Manifest, wanted: dict[str, TableContent], seen: undone.Mark, source: Any
) -> Restored:
    if undone.mark_in(connection) != seen:
        raise BackupError(f"sessions have begun or ended meanwhile: {NOTHING}. Try once more")
    wanted = _without_customers(connection, wanted)
    known = undone.known_sessions(connection, source("import_sessions", ("run_id", "status")))
    lost = undone.undone_by(connection, known, manifest.history.newest_session)
    replace_rows(connection, wanted, source)
    moment = f"{manifest.created_at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    undone.keep(connection, lost, f"undone: the shop's tables were restored to the backup of {moment}")
    return Restored({name: content.rows for name, content in wanted.items()}, lost.published)
