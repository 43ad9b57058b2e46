"""A newer stock update that is published while an older import is open: neither loses its rows.

What 1C says later wins, row by row. Whoever publishes stocks leaves the keys it named to the sessions that are open
at that moment; those of them that were formed earlier in 1C set aside just these rows and apply all others. Prices and
the catalogue are not mixed like this: an import that is older there is refused as a whole.
"""

from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import staging
from freesport_pipelines.database.bookkeeping import import_sessions, named_meanwhile
from freesport_pipelines.database.sessions import DONE, Session
from freesport_pipelines.database.unfinished import AT_WORK
from freesport_pipelines.domain.kinds import Kind

RESTS = str(Kind.RESTS)


def older_kinds(connection: sa.Connection, session: Session, *, row_by_row: bool = True) -> list[str]:
    """Kinds of which something newer was published than the session brings, in words; strictly older counts."""
    published = _newest_formed_at(connection, session, row_by_row=row_by_row)
    return [
        f"{kind}: {moment} is older than {published[kind]}"
        for kind, moment in sorted(session.formed_at.items())
        if moment < published.get(kind, moment)
    ]


def _newest_formed_at(connection: sa.Connection, session: Session, *, row_by_row: bool) -> dict[str, str]:
    """{kind: newest ДатаФормирования that was published}.

    Rests published since the session was opened are left out where they are minded row by row.
    """
    query = sa.select(import_sessions.c.formed_at, import_sessions.c.finished_at).where(
        import_sessions.c.status.in_(DONE), import_sessions.c.id != session.id
    )
    result: dict[str, str] = {}
    for formed_at, finished_at in connection.execute(query):
        for kind, moment in formed_at.items():
            minded = row_by_row and kind == RESTS and finished_at is not None and finished_at > session.started_at
            if not minded:
                result[kind] = max(moment, result.get(kind, moment))
    return result


def leave_named_keys(connection: sa.Connection, session: Session) -> None:
    """Leave the stock keys that this session names to the sessions open now; forget what no open one can need."""
    forget(connection)
    others = sa.select(sa.func.count()).where(import_sessions.c.id != session.id, _is_at_work())
    if not connection.execute(others).scalar_one():
        return
    # what was set aside without a place was named all the same: it waits in quarantine with a newer word
    named = sa.union(*(sa.select(table.c.onec_id) for table in (staging.sku_stocks, staging.aside[staging.sku_stocks])))
    keys = named.subquery()
    rows = sa.select(sa.literal(session.id, sa.BigInteger), sa.literal(RESTS, sa.Text), keys.c.onec_id)
    connection.execute(named_meanwhile.insert().from_select(["session_id", "kind", "key"], rows))


def set_aside_overtaken(connection: sa.Connection, session: Session) -> int:
    """Take stock rows out of staging that a session formed later has named since this one was opened; how many."""
    newer = [
        row.id
        for row in connection.execute(_published_since_opened(session))
        if row.formed_at.get(RESTS, "") > session.formed_at.get(RESTS, "")
    ]
    if not newer:
        return 0
    keys = sa.select(named_meanwhile.c.key).where(
        named_meanwhile.c.session_id.in_(newer), named_meanwhile.c.kind == RESTS
    )
    staged = staging.sku_stocks
    return connection.execute(staged.delete().where(staged.c.seq >= 0, staged.c.onec_id.in_(keys))).rowcount


def forget(connection: sa.Connection) -> None:
    """Drop the keys that were left to sessions which are no longer open."""
    opened = import_sessions.alias("opened")
    needed = sa.select(import_sessions.c.id).where(
        sa.exists().where(_is_at_work(opened), opened.c.started_at < import_sessions.c.finished_at)
    )
    connection.execute(named_meanwhile.delete().where(named_meanwhile.c.session_id.not_in(needed)))


def _is_at_work(table: Any = import_sessions) -> sa.ColumnElement[bool]:
    return sa.and_(table.c.status.in_(AT_WORK), sa.not_(table.c.dry_run))


def _published_since_opened(session: Session) -> sa.Select[Any]:
    return sa.select(import_sessions.c.id, import_sessions.c.formed_at).where(
        import_sessions.c.id != session.id,
        import_sessions.c.status.in_(DONE),
        import_sessions.c.finished_at > session.started_at,
    )
