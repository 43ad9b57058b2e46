"""What our tables hold, in numbers that can be compared between a database, its backup and what was restored.

A digest is the sum of one hash per row, so that the order of rows does not matter. Columns that the shop has added to
our tables are not ours: they are neither counted nor restored.
"""

import hashlib
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import REGCLASS

from freesport_pipelines.database import bookkeeping, dialect
from freesport_pipelines.database.backup_manifest import History, OpenSession, TableContent, as_ranges
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.schema import metadata
from freesport_pipelines.database.sessions import DONE, ROLLED_BACK

_ = bookkeeping  # its tables belong to the same metadata
HASH_BYTES = 8


def our_columns(connection: sa.Connection) -> dict[str, tuple[str, ...]]:
    """{table: columns} of ours that this database has, whatever its schema's revision."""
    inspector = sa.inspect(connection)
    there = set(inspector.get_table_names())
    return {
        table.name: tuple(c["name"] for c in inspector.get_columns(table.name) if c["name"] in table.c)
        for table in metadata.sorted_tables
        if table.name in there
    }


def contents(connection: sa.Connection) -> dict[str, TableContent]:
    """What each of our tables holds, as this transaction sees it."""
    return {name: content(connection, name, columns) for name, columns in our_columns(connection).items()}


def content(connection: sa.Connection, table: str, columns: Sequence[str]) -> TableContent:
    """What these columns of one table hold."""
    count, digest = (_sqlite_digest if dialect.is_sqlite(connection) else _postgresql_digest)(
        connection, table, columns
    )
    return TableContent(tuple(columns), count, str(digest), last_id(connection, table))


def _postgresql_digest(connection: sa.Connection, table: str, columns: Sequence[str]) -> tuple[int, int]:
    # texts of times depend on these two settings
    connection.exec_driver_sql("SET LOCAL TimeZone = 'UTC'")
    connection.exec_driver_sql("SET LOCAL DateStyle = 'ISO'")
    row = f"ROW({', '.join(map(_quoted, columns))})::text"
    number = f"('x' || left(encode(sha256(convert_to({row}, 'UTF8')), 'hex'), {2 * HASH_BYTES}))::bit(64)::bigint"
    query = f"SELECT count(*), coalesce(sum({number}), 0) FROM {_quoted(table)}"  # noqa: S608 - names are our own
    count, total = connection.exec_driver_sql(query).one()
    return int(count), int(total)


def _sqlite_digest(connection: sa.Connection, table: str, columns: Sequence[str]) -> tuple[int, int]:
    raw: Any = connection.connection.dbapi_connection
    raw.create_aggregate("freesport_digest", -1, _RowsDigest)
    query = f"SELECT count(*), freesport_digest({', '.join(map(_quoted, columns))}) FROM {_quoted(table)}"  # noqa: S608
    count, total = connection.exec_driver_sql(query).one()
    return int(count), int(total or 0)


class _RowsDigest:
    """SQLite's aggregate function: the sum of the rows' hashes."""

    def __init__(self) -> None:
        self.total = 0

    def step(self, *values: Any) -> None:
        digest = hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).digest()
        self.total += int.from_bytes(digest[:HASH_BYTES], signed=True)

    def finalize(self) -> str:
        return str(self.total)


def _quoted(name: str) -> str:
    return f'"{name}"'


def sequence_of(connection: sa.Connection, table: str) -> str | None:
    """The sequence behind the table's id; SQLite has none."""
    known = metadata.tables.get(table)
    if dialect.is_sqlite(connection) or known is None or "id" not in known.c or known.c.id.identity is None:
        return None
    name: str | None = connection.execute(sa.select(sa.func.pg_get_serial_sequence(table, "id"))).scalar_one()
    return name


def last_id(connection: sa.Connection, table: str) -> int:
    """The highest id that the table's sequence has given out."""
    sequence = sequence_of(connection, table)
    if sequence is None:
        return 0
    query = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}"  # noqa: S608
    return int(connection.exec_driver_sql(query).scalar_one())


def continue_numbers(connection: sa.Connection, table: str, last_id_elsewhere: int = 0) -> None:
    """Let the table's ids go on above every id that was ever given out, here or elsewhere."""
    sequence = sequence_of(connection, table)
    if sequence is None:
        return
    ids: sa.ColumnClause[int] = sa.column("id", sa.BigInteger)
    highest = connection.execute(sa.select(sa.func.max(ids)).select_from(sa.table(table))).scalar_one()
    wanted = max(last_id_elsewhere, highest or 0)
    if wanted > last_id(connection, table):
        connection.execute(sa.select(sa.func.setval(sa.cast(sequence, REGCLASS), wanted)))


def history(connection: sa.Connection) -> History:
    """How far the imports have come."""
    table = import_sessions
    last = sa.select(table.c.id, table.c.run_id).order_by(table.c.id.desc()).limit(1)
    newest = connection.execute(last).one_or_none()
    if newest is None:
        return History()
    done = table.c.status.in_(DONE)
    until = sa.select(sa.func.max(table.c.finished_at)).where(done, sa.not_(table.c.dry_run))
    may_follow = sa.and_(table.c.status.not_in((*DONE, ROLLED_BACK)), sa.not_(table.c.dry_run))
    rest = sa.select(table.c.id, table.c.drop_id, table.c.status).where(may_follow).order_by(table.c.id)
    return History(
        newest_session=newest.id,
        newest_run=newest.run_id,
        published_until=connection.execute(until).scalar_one(),
        open_sessions=tuple(OpenSession(*row) for row in connection.execute(rest)),
        lived_through=as_ranges(connection.execute(_lived_through(connection)).scalars()),
    )


def _lived_through(connection: sa.Connection) -> sa.Select[Any]:
    """What led to this state; `PastSession.took_effect` without what `Lineage.lost` names."""
    table, later = import_sessions, import_sessions.alias("later")
    done = later.c.status.in_(DONE) & sa.not_(later.c.dry_run)
    is_rolled_back: sa.ColumnElement[bool] = sa.exists().where(later.c.undoes_session_id == table.c.id, done)
    if "undoes_session_id" not in our_columns(connection)[table.name]:
        is_rolled_back = sa.false()  # a schema before there were rollbacks
    has_effect = table.c.status.in_(DONE) | (table.c.status == ROLLED_BACK) & is_rolled_back
    wanted = sa.select(table.c.id).where(has_effect, sa.not_(table.c.dry_run), table.c.finished_at.is_not(None))
    return wanted.order_by(table.c.id)
