"""A database for a while, of the kind of the shop's and beside it, where the catalogue is built anew unseen."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import sqlalchemy as sa

from freesport_pipelines.database.backup_manifest import BackupError
from freesport_pipelines.database.engine import ShopDatabase

LONGEST_NAME = 63
INSUFFICIENT_PRIVILEGE = "42501"


@contextmanager
def scratch_database(database: ShopDatabase) -> Iterator[ShopDatabase]:
    """An empty database that is gone at the end of the block."""
    make = _scratch_file if database.is_sqlite else _scratch_on_server
    with make(database) as url:
        scratch = ShopDatabase(url.render_as_string(hide_password=False))
        try:
            yield scratch
        finally:
            for area in scratch.areas():
                scratch.discard_area(area)
            scratch.dispose()


@contextmanager
def _scratch_file(database: ShopDatabase) -> Iterator[sa.URL]:
    shop = Path(str(database.url.database))
    names = (shop.with_name(f"{shop.stem}-rebuild-{number}{shop.suffix}") for number in count(1))
    file = next(name for name in names if not name.exists())
    try:
        yield database.url.set(database=str(file))
    finally:
        for suffix in ("", "-journal", "-wal", "-shm"):
            Path(f"{file}{suffix}").unlink(missing_ok=True)
        shutil.rmtree(f"{file}-staging", ignore_errors=True)


@contextmanager
def _scratch_on_server(database: ShopDatabase) -> Iterator[sa.URL]:
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        name = _free_name(connection, str(connection.engine.url.database))
        try:
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        except sa.exc.ProgrammingError as error:
            if getattr(error.orig, "pgcode", None) != INSUFFICIENT_PRIVILEGE:
                raise
            raise BackupError(
                f"the user {database.url.username} may not create the database {name}, in which the catalogue would "
                "be rebuilt: nothing was changed. Allow it (ALTER ROLE … CREATEDB), or create an empty database and "
                "name it with --into"
            ) from error
        try:
            yield database.url.set(database=name)
        finally:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _free_name(connection: sa.Connection, shop: str) -> str:
    taken = set(connection.exec_driver_sql("SELECT datname FROM pg_database").scalars())
    endings = (f"_rebuild_{number}" for number in count(1))
    names = (shop[: LONGEST_NAME - len(ending)] + ending for ending in endings)
    return next(name for name in names if name not in taken)
