"""Sessions that have not come to their end: which of them are open, which are dead, whose staging areas may go.

A session whose process is gone and that was quiet for a while is marked failed by whoever looks next: the sensor, the
next import, the command line.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import liveness, sessions
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.sessions import DONE, FAILED, JUDGED, REJECTED, STAGED, STARTED
from freesport_pipelines.domain.jobs import ROLLBACK, SYNC_CUSTOMERS

AT_WORK = (STARTED, STAGED, JUDGED)
TAKEN_UP_WITHIN = timedelta(hours=24)
"""After this long an interrupted or rejected session is no longer minded by those that overtake it."""
KEPT_AREAS = 5
"""Staging areas kept of sessions that failed or only tried: for re-executing a run from its failure."""
DIED = (
    "its process ended before the session did (killed, out of memory, power cut); nothing was published. "
    "The exchange sensor asks for the drop again; by hand: freesport replay {drop_id} / процесс был прерван, "
    "данные магазина не изменены"
)
DIED_UNDOING = "its process ended before the rollback did; nothing was changed: start it again (откат прерван)"


def _s(name: str) -> sa.Column[object]:
    return import_sessions.c[name]


def mark_dead(database: ShopDatabase, quiet_seconds: float) -> list[sessions.Session]:
    """Mark the sessions failed of which no process gives a sign of life any more; return them.

    A session that was only prepared (judged by a run without its publishing step) waits for an operator instead.
    """
    before = datetime.now(UTC) - timedelta(seconds=quiet_seconds)
    quiet = sa.and_(
        _s("status").in_(AT_WORK),
        sa.or_(_s("status") != JUDGED, sa.not_(import_sessions.c.dry_run)),
        sa.func.coalesce(_s("active_at"), _s("started_at")) < sa.literal(before, import_sessions.c.active_at.type),
    )
    with database.read() as connection:
        silent = [sessions.Session(**row._mapping) for row in connection.execute(import_sessions.select().where(quiet))]  # noqa: SLF001
    silent = [session for session in silent if not (session.status == JUDGED and session.options.get("prepares"))]
    if not silent:
        return []
    at_work = liveness.alive(database)
    return [session for session in silent if session.id not in at_work and _mark(database, session, quiet)]


def _mark(database: ShopDatabase, session: sessions.Session, still: sa.ColumnElement[bool]) -> bool:
    now = datetime.now(UTC)
    died = DIED_UNDOING if session.kind == ROLLBACK else DIED.format(drop_id=session.drop_id)
    error = session.error or died
    values = {"status": FAILED, "error": error, "interrupted_at": now, "finished_at": now}
    with database.write() as connection:
        marked = connection.execute(import_sessions.update().where(_s("id") == session.id, still).values(values))
        return marked.rowcount > 0


def _of(*, of_customers: bool) -> sa.ColumnElement[bool]:
    """Sessions that read the contragents of a drop, or those that read all the rest of it."""
    return (_s("kind") == SYNC_CUSTOMERS) if of_customers else (_s("kind") != SYNC_CUSTOMERS)


def settled_drops(database: ShopDatabase, *, of_customers: bool = False) -> set[str]:
    """Drops of which a session came to an end, good or bad.

    No end: a session whose run was killed, a trial or a part of the drop that an operator imported by hand.
    """
    query = sa.select(import_sessions.c.drop_id, import_sessions.c.options).where(
        _s("status").not_in((STARTED, STAGED)), _s("interrupted_at").is_(None), _of(of_customers=of_customers)
    )
    with database.read() as connection:
        ended = connection.execute(query).all()
    return {drop_id for drop_id, options in ended if not options.get("tried") and not options.get("only")}


def begun_drops(database: ShopDatabase) -> set[str]:
    """Drops of whose catalogue a session is open or came to an end."""
    query = sa.select(import_sessions.c.drop_id).where(_s("interrupted_at").is_(None), _of(of_customers=False))
    with database.read() as connection:
        return set(connection.execute(query.distinct()).scalars())


def may_come_later(table: Any = import_sessions) -> sa.ColumnElement[bool]:
    """Sessions whose rows may be published after now: at work, or lately interrupted or rejected and replayed."""
    lately = sa.literal(datetime.now(UTC) - TAKEN_UP_WITHIN, import_sessions.c.interrupted_at.type)
    waits = sa.or_(
        table.c.status.in_(AT_WORK),
        sa.and_(table.c.status == FAILED, table.c.interrupted_at > lately),
        sa.and_(table.c.status == REJECTED, table.c.judged_at > lately),
    )
    return sa.and_(waits, sa.not_(table.c.dry_run))


def others_at_work(database: ShopDatabase, session_id: int) -> bool:
    """Is another session under way that may be published later?"""
    query = sa.select(sa.func.count()).where(_s("id") != session_id, may_come_later(), _of(of_customers=False))
    with database.read() as connection:
        return bool(connection.execute(query).scalar_one())


def open_ids(connection: sa.Connection) -> set[int]:
    """Sessions that may still be published: at work, prepared, or rejected and none of their kind published since."""
    later = import_sessions.alias("later")
    overtaken = sa.exists().where(later.c.kind == _s("kind"), later.c.id > _s("id"), later.c.status.in_(DONE))
    waits = sa.and_(_s("status") == REJECTED, ~overtaken)
    query = sa.select(import_sessions.c.id).where(
        sa.or_(
            _s("status").in_((STARTED, STAGED)),
            sa.and_(sa.not_(import_sessions.c.dry_run), sa.or_(_s("status") == JUDGED, waits)),
        )
    )
    return set(connection.execute(query).scalars())


def discard_areas(database: ShopDatabase) -> int:
    """Drop the staging areas nobody can need: of done sessions, and all but the newest few of failed and tried ones."""
    with database.read() as connection:
        needed = open_ids(connection)
        done = set(connection.execute(sa.select(import_sessions.c.id).where(_s("status").in_(DONE))).scalars())
    areas = [area for area in database.areas() if area not in needed]
    rest = [area for area in areas if area not in done]
    return _discard(database, [area for area in areas if area in done or area in rest[:-KEPT_AREAS]])


def _discard(database: ShopDatabase, areas: Collection[int]) -> int:
    for area in areas:
        database.discard_area(area)
    return len(areas)
