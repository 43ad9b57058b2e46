"""Keep a table equal to what 1C says: a register window by window, a catalogue as a whole (facts/odata, section 5).

Rows are gathered in a temporary table while they are read. Only when the reading has come to its end, one transaction
makes the live table equal to them and notes the window: a killed or incomplete reading changes nothing, and reading the
same again writes nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.purchase_schema import onec_windows

MIRROR_LOCK = 7_214_005
"""One mirror is written at a time; the catalogue is published beside it."""
VANISH_SHARE = 0.2
VANISH_ROWS = 10
"""No share of vanished rows is suspicious below this many."""

Row = Sequence[Any]


class SuspiciousScan(RuntimeError):
    """1C shows much less than before: lost rights look just like deletions, so nothing was changed."""


class RepeatedRows(RuntimeError):
    """A row was read twice: somebody gave a document another time meanwhile. Nothing was changed."""

    transient = True


@dataclass(frozen=True)
class Counts:
    """What a mirror wrote."""

    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    rows: int = 0
    """Rows that were read."""

    @property
    def changed(self) -> int:
        """Rows written in all."""
        return self.inserted + self.updated + self.deleted


@dataclass(frozen=True)
class Read:
    """How a window was read, for the record."""

    start: datetime
    end: datetime
    at: datetime
    """When the reading began: what 1C changed later is seen by the next one."""
    run_id: str | None = None
    is_degraded: bool = False
    is_published: bool = True


class Gathered:
    """Rows on their way into one table."""

    def __init__(self, connection: sa.Connection, live: sa.Table, columns: Sequence[str]) -> None:
        """Use `gathering`."""
        self._connection = connection
        self.live = live
        self.columns = tuple(columns)
        self.key = tuple(column.name for column in live.primary_key.columns)
        scratch = [sa.Column(name, live.c[name].type, nullable=live.c[name].nullable) for name in columns]
        self.table = sa.Table(f"incoming_{live.name}", sa.MetaData(), *scratch, prefixes=["TEMPORARY"])
        self.rows = 0
        with connection.begin():
            if _is_there(connection, self.table.name):
                self.table.drop(connection, checkfirst=False)
            self.table.create(connection, checkfirst=False)

    def moment(self, value: datetime | None) -> str | None:
        """A moment as `add` takes it."""
        return None if value is None else dialect.moment_text(self._connection, value)

    def add(self, rows: Iterable[Row]) -> None:
        """Keep a block of rows, values in the order of the columns."""
        with self._connection.begin():
            self.rows += dialect.bulk_load(self._connection, self.table, rows)

    @contextmanager
    def publishing(self) -> Iterator[sa.Connection]:
        """The transaction in which the live table becomes equal to the gathered rows."""
        connection = self._connection.execution_options(sqlite_begin="IMMEDIATE")
        with connection.begin():
            if not dialect.is_sqlite(connection):
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIRROR_LOCK)))
                connection.exec_driver_sql(f"ANALYZE {self.table.name}")
            dialect.plan_for(connection, self.rows)
            yield connection

    @contextmanager
    def comparing(self) -> Iterator[sa.Connection]:
        """A transaction that only looks at the live table: it holds up no writer, and waits for none."""
        with self._connection.begin():
            yield self._connection

    def same(self) -> sa.ColumnElement[bool]:
        """Do a live and a gathered row have the same key?"""
        return sa.and_(*(self.live.c[name] == self.table.c[name] for name in self.key))

    def differs(self) -> sa.ColumnElement[bool]:
        """Do they differ in a column besides?"""
        rest = [name for name in self.columns if name not in self.key]
        return sa.or_(*(self.live.c[name].is_distinct_from(self.table.c[name]) for name in rest))

    def index_by_key(self, connection: sa.Connection) -> None:
        """Index the gathered rows.

        :raises RepeatedRows: if two of them have one key
        """
        index = f"CREATE UNIQUE INDEX ix_{self.table.name} ON {self.table.name} ({', '.join(self.key)})"
        try:
            connection.exec_driver_sql(index)
        except sa.exc.IntegrityError:
            raise RepeatedRows(
                f"{self.live.name}: 1C gave a row twice, because a document was moved while it was read. Nothing was "
                "changed; run it again (документ перенесли во время чтения, повторите)"
            ) from None


def _is_there(connection: sa.Connection, name: str) -> bool:
    if dialect.is_sqlite(connection):
        query = "SELECT count(*) FROM sqlite_temp_master WHERE name = ?"
        return bool(connection.exec_driver_sql(query, (name,)).scalar_one())
    return bool(connection.exec_driver_sql("SELECT to_regclass(%s) IS NOT NULL", (f"pg_temp.{name}",)).scalar_one())


@contextmanager
def gathering(database: ShopDatabase, live: sa.Table, columns: Sequence[str]) -> Iterator[Gathered]:
    """Gather rows for a table on a connection of its own.

    :param columns: those that 1C fills; others are the shop's
    """
    with database.engine.connect().execution_options(sqlite_begin="DEFERRED") as connection:
        gathered = Gathered(connection, live, columns)
        yield gathered
        with connection.begin():
            gathered.table.drop(connection, checkfirst=False)


def replace_window(gathered: Gathered, period: str, read: Read) -> Counts:
    """Make the window hold the gathered rows and nothing else; a row that moved here leaves where it was."""
    live = gathered.live
    start, end = (sa.literal(moment, live.c[period].type) for moment in (read.start, read.end))
    inside = sa.and_(live.c[period] >= start, live.c[period] < end)
    with gathered.publishing() as connection:
        gathered.index_by_key(connection)
        gone = live.delete().where(inside, ~sa.exists().where(gathered.same()))
        deleted = connection.execute(gone).rowcount
        updated, inserted = _write(connection, gathered)
        values = {
            "window_end": read.end,
            "row_count": gathered.rows,
            "read_at": read.at,
            "run_id": read.run_id,
            "is_degraded": read.is_degraded,
            "is_published": read.is_published,
        }
        key = sa.and_(onec_windows.c.entity == live.name, onec_windows.c.window_start == read.start)
        if not connection.execute(onec_windows.update().where(key).values(values)).rowcount:
            connection.execute(onec_windows.insert().values(entity=live.name, window_start=read.start, **values))
    return Counts(inserted, updated, deleted, gathered.rows)


def replace_part(gathered: Gathered, of: sa.ColumnElement[bool]) -> Counts:
    """Make the live rows of a condition equal to the gathered ones: all balances, all profiles."""
    with gathered.publishing() as connection:
        gathered.index_by_key(connection)
        gone = gathered.live.delete().where(of, ~sa.exists().where(gathered.same()))
        deleted = connection.execute(gone).rowcount
        updated, inserted = _write(connection, gathered)
    return Counts(inserted, updated, deleted, gathered.rows)


def differing(gathered: Gathered, of: sa.ColumnElement[bool], moment: str) -> list[Any]:
    """Where gathered rows and the live rows of a condition are not the same: the values of a column, here and there."""
    live, incoming = gathered.live, gathered.table
    gone = sa.select(live.c[moment]).where(of, ~sa.exists().where(gathered.same()))
    new = sa.select(incoming.c[moment]).where(~sa.exists().where(gathered.same()))
    changed = sa.select(incoming.c[moment]).where(gathered.same(), gathered.differs())
    left = sa.select(live.c[moment]).where(gathered.same(), gathered.differs())
    with gathered.comparing() as connection:
        gathered.index_by_key(connection)
        return list(connection.execute(sa.union(gone, new, changed, left)).scalars())


def replace_catalogue(gathered: Gathered, now: datetime, *, allow_vanishing: bool = False) -> Counts:
    """Take over a complete scan: changed rows, new ones, and which of the known ones are no longer there.

    :raises SuspiciousScan: if nothing is left, or too much has vanished, and that was not allowed
    """
    live = gathered.live
    moment = sa.literal(now, live.c.updated_at.type)
    with gathered.publishing() as connection:
        gathered.index_by_key(connection)
        there = sa.exists().where(gathered.same())
        known = sa.select(sa.func.count()).select_from(live).where(live.c.missing_since.is_(None))
        vanishing = known.where(~there)
        total, gone = connection.execute(known).scalar_one(), connection.execute(vanishing).scalar_one()
        if not allow_vanishing:
            _refuse_if_suspicious(live.name, total, gone, gathered.rows)
        updated, inserted = _write(connection, gathered, updated_at=moment)
        back = live.update().where(live.c.missing_since.is_not(None), there)
        connection.execute(back.values(missing_since=None, updated_at=moment))
        away = live.update().where(live.c.missing_since.is_(None), ~there)
        flags = {"is_active": False} if "is_active" in live.c else {}
        connection.execute(away.values(missing_since=moment, updated_at=moment, **flags))
    return Counts(inserted, updated, gone, gathered.rows)


def _refuse_if_suspicious(name: str, total: int, gone: int, rows: int) -> None:
    if total and not rows:
        raise SuspiciousScan(
            f"{name}: 1C shows no row at all, {total} were known. Nothing was changed: look whether the rights of the "
            "user were changed in 1C; if it is meant, run it with allow_vanishing"
        )
    if gone >= VANISH_ROWS and gone > VANISH_SHARE * total:
        raise SuspiciousScan(
            f"{name}: {gone} of {total} rows have vanished in 1C at once. Nothing was changed: look whether rights "
            "were lost (RLS) or something was deleted by mistake; if it is meant, run it with allow_vanishing"
        )


def _write(connection: sa.Connection, gathered: Gathered, **also: Any) -> tuple[int, int]:
    """Update rows that differ and insert those that are missing."""
    live, incoming = gathered.live, gathered.table
    rest = [name for name in gathered.columns if name not in gathered.key]
    changed = {name: incoming.c[name] for name in rest} | also
    updated = connection.execute(live.update().values(changed).where(gathered.same(), gathered.differs())).rowcount
    missing = sa.select(*(incoming.c[name] for name in gathered.columns), *also.values()).where(
        ~sa.exists().where(gathered.same())
    )
    new = live.insert().from_select([*gathered.columns, *also], missing)
    return updated, connection.execute(new).rowcount
