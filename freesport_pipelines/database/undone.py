"""Sessions that a restore undoes: kept in the list, so that their numbers and drops are not taken for new ones."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import fingerprints
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.sessions import DONE, FAILED, JUDGED, ROLLED_BACK
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS

_ENDED = (*DONE, ROLLED_BACK)
_INSTEAD = {**dict.fromkeys(DONE, ROLLED_BACK), JUDGED: FAILED}


class Mark(NamedTuple):
    """How far the sessions of a database have come; differs as soon as one begins or ends."""

    newest: int
    ended: int
    published: int


def mark(database: ShopDatabase) -> Mark:
    """The mark of this moment."""
    with database.read() as connection:
        return mark_in(connection)


def mark_in(connection: sa.Connection) -> Mark:
    """The mark as a transaction sees it."""
    table = import_sessions
    done = sa.func.count().filter(table.c.status.in_(DONE))
    query = sa.select(sa.func.coalesce(sa.func.max(table.c.id), 0), sa.func.count(table.c.finished_at), done)
    return Mark(*connection.execute(query.select_from(table)).one())


class Undone(NamedTuple):
    """What a database has lived through since another state of it."""

    later: Sequence[Any]
    """Sessions that the other state does not know."""
    published_since: Sequence[int]
    """Sessions that were open in it and have been published."""
    rolled_back_since: Sequence[int] = ()
    """Sessions that were open in it, have been published and were undone already."""

    @property
    def published(self) -> tuple[int, ...]:
        """What the shop loses by going back to that state."""
        done = [row.id for row in self.later if row.status in DONE and not row.dry_run and row.kind != SYNC_CUSTOMERS]
        return tuple(sorted([*self.published_since, *done]))


def known_sessions(connection: sa.Connection, table: Any = import_sessions) -> dict[str, str]:
    """{run: status} of the sessions in a state."""
    return {run_id: status for run_id, status in connection.execute(sa.select(table.c.run_id, table.c.status))}  # noqa: C416


def undone_by(connection: sa.Connection, known: Mapping[str, str], newest: int) -> Undone:
    """What going back to another state would undo.

    :param known: the sessions of that state
    :param newest: the number of its newest session
    """
    columns = {column["name"] for column in sa.inspect(connection).get_columns("import_sessions")}
    if not columns >= set(import_sessions.c.keys()):
        return Undone([], [])  # an older schema is loaded into an empty database only
    rows = connection.execute(import_sessions.select().order_by(import_sessions.c.id)).all()
    later = [row for row in rows if row.run_id not in known and row.id > newest]
    were_open = [row for row in rows if known.get(row.run_id, ROLLED_BACK) not in _ENDED]
    since = [row.id for row in were_open if row.status in DONE]
    return Undone(later, since, [row.id for row in were_open if row.status == ROLLED_BACK])


def keep(connection: sa.Connection, undone: Undone, note: str) -> None:
    """List them, under their numbers, as what they are in the other state."""
    now = datetime.now(UTC)
    rows = []
    for row in undone.later:
        status = None if row.kind == SYNC_CUSTOMERS else _INSTEAD.get(row.status)  # customers stay as they are
        changed = {} if status is None else {"status": status, "error": note, "finished_at": row.finished_at or now}
        rows.append({**row._mapping, **changed})  # noqa: SLF001
    if rows:
        connection.execute(import_sessions.insert(), rows)
    since = [*undone.published_since, *undone.rolled_back_since]
    opened_then = import_sessions.update().where(import_sessions.c.id.in_(since))
    connection.execute(opened_then.values(status=ROLLED_BACK, error=note))


def adopt(source: ShopDatabase, target: ShopDatabase, note: str) -> Undone:
    """List the sessions of one database, which the other lacks, in the other; new ones get higher numbers there."""
    with target.read() as connection:
        known = known_sessions(connection)
        newest = mark_in(connection).newest
    with source.read() as connection:
        undone = undone_by(connection, known, newest)
    with target.write() as connection:
        keep(connection, undone, note)
        fingerprints.continue_numbers(connection, import_sessions.name)
    return undone
