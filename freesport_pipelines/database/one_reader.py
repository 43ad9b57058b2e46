"""One process at a time reads 1C over OData: runs, backfills and commands together stay within its sessions.

Dagster's pool keeps runs in a queue; this lock is the guarantee, also for commands, and it ends with its process.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from freesport_pipelines.database.engine import ShopDatabase

READER_LOCK = 7_214_004


@contextmanager
def one_reader(database: ShopDatabase) -> Iterator[None]:
    """Wait until no other process reads, then be the one."""
    if database.is_sqlite:
        with _file_lock(Path(f"{database.url.database}-onec.lock")):
            yield
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(READER_LOCK)))
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(READER_LOCK)))


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    import fcntl

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("ab") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield
