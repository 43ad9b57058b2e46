"""Who is at work on which session: a lock that ends with its process, so that a dead run is known to be dead.

PostgreSQL: a shared advisory lock on a connection of its own (not through a pooler in transaction mode). SQLite: a
shared file lock beside the staging areas. Where there are no file locks, only silence tells (see `sessions`).
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from freesport_pipelines.database.engine import ShopDatabase

LIFE_LOCK = 7_214_003
"""First key of the advisory locks; the second is the session's id."""


@contextlib.contextmanager
def working_on(database: ShopDatabase, session_id: int) -> Iterator[None]:
    """Give a sign of life for the session as long as the block runs; several processes may do so at once."""
    hold = _hold_file if database.is_sqlite else _hold_advisory
    with hold(database, session_id):
        yield


def alive(database: ShopDatabase) -> set[int]:
    """Sessions of which some process, on any machine, says that it is at work."""
    return _alive_files(database) if database.is_sqlite else _alive_advisory(database)


@contextlib.contextmanager
def _hold_advisory(database: ShopDatabase, session_id: int) -> Iterator[None]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock_shared(LIFE_LOCK, session_id)))
        try:
            yield
        finally:
            # a connection that was cut has given the lock back already
            with contextlib.suppress(sa.exc.DBAPIError):
                connection.execute(sa.select(sa.func.pg_advisory_unlock_shared(LIFE_LOCK, session_id)))


def _alive_advisory(database: ShopDatabase) -> set[int]:
    query = sa.text(
        "SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid = :lock AND objsubid = 2 "
        "AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with database.read() as connection:
        return set(connection.execute(query, {"lock": LIFE_LOCK}).scalars())


@contextlib.contextmanager
def _hold_file(database: ShopDatabase, session_id: int) -> Iterator[None]:
    file = database.life_file(session_id)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab") as stream:
        _flock(stream.fileno(), shared=True)  # given back with the file, also by the end of the process
        yield


def _alive_files(database: ShopDatabase) -> set[int]:
    return {int(file.stem.rpartition("_")[2]) for file in database.life_files() if _is_held(file)}


def _is_held(file: Path) -> bool:
    try:
        with file.open("ab") as stream:
            return not _flock(stream.fileno(), shared=False)
    except FileNotFoundError:
        return False


def _flock(descriptor: int, *, shared: bool) -> bool:
    """Lock the file: a shared lock waits, an exclusive one says at once whether somebody else holds it."""
    try:
        import fcntl
    except ImportError:  # Windows
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH if shared else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
