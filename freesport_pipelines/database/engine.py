"""Connections to the shop's database, on PostgreSQL and SQLite alike.

Every statement runs in one of three kinds of transaction: `read`, `write` (live tables and bookkeeping; on SQLite it
takes the write lock at once instead of failing half-way) and `staging` (only the session's own staging area).
"""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateSchema, CreateTable, DropSchema

from freesport_pipelines.database import discretion, purchase_schema, staging

_ = purchase_schema  # whoever has a connection has all tables in the metadata
BUSY_SECONDS = 120
PUBLISH_LOCK = 7_214_001
"""Key of the advisory lock that lets one session at a time judge and publish."""


class ShopDatabase:
    """The shop's database and the staging areas that belong to it."""

    def __init__(self, url: str) -> None:
        """Do not connect yet.

        :param url: SQLAlchemy URL; `postgresql+psycopg2://…` or `sqlite:///…`
        """
        self.url = sa.make_url(url)

    @property
    def is_sqlite(self) -> bool:
        """SQLite, as opposed to PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @cached_property
    def engine(self) -> sa.Engine:
        """The engine, made at first use."""
        if not self.is_sqlite:
            engine = sa.create_engine(self.url, pool_pre_ping=True, hide_parameters=True)
            sa.event.listen(engine, "handle_error", discretion.on_error)
            sa.event.listen(engine, "connect", _prepare_postgres)
            return engine
        if not self.url.database or self.url.database == ":memory:":
            raise ValueError("an in-memory SQLite database cannot be shared by the steps of a run: name a file")
        Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
        engine = sa.create_engine(
            self.url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True
        )
        sa.event.listen(engine, "handle_error", discretion.on_error)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return engine

    def dispose(self) -> None:
        """Close pooled connections."""
        self.engine.dispose()

    @contextmanager
    def read(self, session_id: int | None = None) -> Iterator[sa.Connection]:
        """A transaction that writes nothing; with a session id its staging area is visible as schema "stage"."""
        with self._connection(session_id, "DEFERRED") as connection, connection.begin():
            yield connection

    @contextmanager
    def staging(self, session_id: int) -> Iterator[sa.Connection]:
        """A transaction that writes to the session's staging area only."""
        with self._connection(session_id, "DEFERRED") as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self, session_id: int | None = None) -> Iterator[sa.Connection]:
        """A transaction that writes live tables or bookkeeping."""
        with self._connection(session_id, "IMMEDIATE") as connection, connection.begin():
            yield connection

    @contextmanager
    def publishing(self, session_id: int | None = None) -> Iterator[sa.Connection]:
        """A write transaction that no other publishing transaction overlaps."""
        with self.write(session_id) as connection:
            if not self.is_sqlite:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PUBLISH_LOCK)))
            yield connection

    @contextmanager
    def _connection(self, session_id: int | None, begin: str) -> Iterator[sa.Connection]:
        options: dict[str, Any] = {"sqlite_begin": begin}
        if session_id is not None:
            options["schema_translate_map"] = {staging.STAGE: staging.area_name(session_id)}
        with self.engine.connect().execution_options(**options) as connection:
            if session_id is not None and self.is_sqlite:
                _attach(connection, self._area_file(session_id), staging.area_name(session_id))
            yield connection

    # --- staging areas ---

    def open_area(self, session_id: int) -> None:
        """Make an empty staging area, replacing one that a crashed attempt left."""
        self.discard_area(session_id)
        if self.is_sqlite:
            self._area_file(session_id).parent.mkdir(parents=True, exist_ok=True)
        with self.staging(session_id) as connection:
            if not self.is_sqlite:
                connection.execute(CreateSchema(staging.area_name(session_id)))
            for table in staging.metadata.sorted_tables:
                connection.execute(_CreateScratchTable(table))
                if not self.is_sqlite:
                    self._leave_uncompressed(connection, table)
            connection.execute(staging.opened.insert().values(session_id=session_id))

    def _leave_uncompressed(self, connection: sa.Connection, table: sa.Table) -> None:
        """What is staged is read once or twice: compressing it costs more than it saves."""
        texts = [column.name for column in table.columns if isinstance(column.type, sa.Text) and column.nullable]
        changes = ", ".join(f"ALTER COLUMN {name} SET STORAGE EXTERNAL" for name in texts)
        if changes:
            schema = connection.get_execution_options()["schema_translate_map"][staging.STAGE]
            connection.exec_driver_sql(f"ALTER TABLE {schema}.{table.name} {changes}")

    def require_area(self, session_id: int) -> None:
        """Raise `StagingLost` unless the session's staging area is there and was not emptied by a crash."""
        if session_id in self.areas():
            with self.read(session_id) as connection:
                if connection.execute(sa.select(staging.opened.c.session_id)).scalar_one_or_none() == session_id:
                    return
        raise staging.StagingLost(
            f"the staging area of session {session_id} is gone (it was pruned, or the database server was restarted); "
            "nothing was published: import the drop again (freesport replay)"
        )

    def discard_area(self, session_id: int) -> None:
        """Drop a staging area if it is there."""
        if self.is_sqlite:
            for suffix in ("", "-journal", "-wal", "-shm"):
                Path(f"{self._area_file(session_id)}{suffix}").unlink(missing_ok=True)
            self.life_file(session_id).unlink(missing_ok=True)
        else:
            with self.write() as connection:
                connection.execute(DropSchema(staging.area_name(session_id), cascade=True, if_exists=True))

    def areas(self) -> list[int]:
        """Sessions that have a staging area, oldest first."""
        if self.is_sqlite:
            names = [path.stem for path in self._areas_folder.glob("stage_*.db")]
        else:
            with self.read() as connection:
                names = [name for name in sa.inspect(connection).get_schema_names() if name.startswith("stage_")]
        numbers = (name.removeprefix("stage_") for name in names)
        return sorted(int(number) for number in numbers if number.isdigit())

    def life_file(self, session_id: int) -> Path:
        """The file that a process at work on the session keeps locked (SQLite, see `liveness`)."""
        return self._areas_folder / f"session_{session_id}.alive"

    def life_files(self) -> list[Path]:
        """All of them."""
        return list(self._areas_folder.glob("session_*.alive"))

    @property
    def _areas_folder(self) -> Path:
        return Path(f"{self.url.database}-staging")

    def _area_file(self, session_id: int) -> Path:
        return self._areas_folder / f"{staging.area_name(session_id)}.db"


class _CreateScratchTable(CreateTable):
    """CREATE TABLE for data that a crash may take: unlogged in PostgreSQL."""

    inherit_cache = False


@compiles(_CreateScratchTable, "postgresql")
def _unlogged(create: _CreateScratchTable, compiler: Any, **kw: Any) -> str:
    return str(compiler.visit_create_table(create, **kw)).replace("CREATE TABLE", "CREATE UNLOGGED TABLE", 1)


def _prepare_postgres(connection: Any, _record: Any) -> None:
    """Compress long texts with lz4, ten times as fast as the default, where the server was built with it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config(name, 'lz4', false) FROM pg_settings "
            "WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)"
        )
    connection.commit()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # this module begins transactions itself
    _switch_to_wal(connection)
    for pragma in ("synchronous=NORMAL", "cache_size=-65536", "temp_store=FILE"):
        connection.execute(f"PRAGMA {pragma}")


def _switch_to_wal(connection: Any) -> None:
    """Once in a file's life; this pragma does not wait for the busy timeout when another process does the same."""
    deadline = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


def _begin_sqlite(connection: sa.Connection) -> None:
    begin = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {begin}")


def _attach(connection: sa.Connection, file: Path, name: str) -> None:
    raw: Any = connection.connection.dbapi_connection
    raw.execute(f"ATTACH DATABASE ? AS {name}", (str(file),))
    # a journal on disk: a process may be killed when pages of a long transaction are written already
    for pragma in ("journal_mode=TRUNCATE", "synchronous=OFF", "cache_size=-65536"):
        try:
            raw.execute(f"PRAGMA {name}.{pragma}")
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            raise staging.StagingLost(f"the staging area {file.name} is damaged: import the drop again") from error
