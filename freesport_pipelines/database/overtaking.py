"""A newer stock update that is published while an older import is open: neither loses its rows.

What 1C says later wins, row by row. Whoever publishes stocks leaves the keys it named to the sessions that are open
at that moment; those of them that were formed earlier in 1C set aside just these rows and apply all others. Prices and
the catalogue are not mixed like this: an import that is older there is refused as a whole.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import staging
from freesport_pipelines.database.bookkeeping import import_sessions, named_meanwhile
from freesport_pipelines.database.sessions import DONE, Session
from freesport_pipelines.database.unfinished import may_come_later
from freesport_pipelines.domain.kinds import Kind

RESTS = str(Kind.RESTS)


def older_kinds(connection: sa.Connection, session: Session) -> list[str]:
    """Kinds of which something newer was published than the session brings, in words; strictly older counts.

    Rests published since the session was begun are left out: they are minded row by row.
    """
    begun = _begun(connection, session)
    return _older(session, _published(connection, session), lambda row: row.finished_at > begun)


def older_kinds_since(connection: sa.Connection, session: Session, moment: datetime) -> list[str]:
    """The same of what was published since a moment, rests and all."""
    later = [row for row in _published(connection, session) if row.finished_at and row.finished_at > moment]
    return _older(session, later, lambda _: False)


def _published(connection: sa.Connection, session: Session) -> Sequence[Any]:
    query = sa.select(import_sessions.c.id, import_sessions.c.formed_at, import_sessions.c.finished_at)
    return connection.execute(query.where(import_sessions.c.status.in_(DONE), import_sessions.c.id != session.id)).all()


def _older(session: Session, published: Iterable[Any], is_minded: Callable[[Any], bool]) -> list[str]:
    newest: dict[str, str] = {}
    for row in published:
        for kind, moment in row.formed_at.items():
            if kind != RESTS or row.finished_at is None or not is_minded(row):
                newest[kind] = max(moment, newest.get(kind, moment))
    return [
        f"{kind}: {moment} is older than {newest[kind]}"
        for kind, moment in sorted(session.formed_at.items())
        if moment < newest.get(kind, moment)
    ]


def leave_named_keys(connection: sa.Connection, session: Session) -> None:
    """Leave the stock keys that this session names to the sessions open now; forget what no open one can need."""
    forget(connection)
    others = sa.select(sa.func.count()).where(import_sessions.c.id != session.id, may_come_later())
    if not connection.execute(others).scalar_one():
        return
    # what was set aside without a place was named all the same: it waits in quarantine with a newer word
    named = sa.union(*(sa.select(table.c.onec_id) for table in (staging.sku_stocks, staging.aside[staging.sku_stocks])))
    keys = named.subquery()
    # whoever is older than an earlier update is older than this one, too: one word per key is enough
    earlier = named_meanwhile.delete().where(
        named_meanwhile.c.session_id.in_(_formed_no_later(connection, session)),
        named_meanwhile.c.kind == RESTS,
        named_meanwhile.c.key.in_(sa.select(keys.c.onec_id)),
    )
    connection.execute(earlier)
    rows = sa.select(sa.literal(session.id, sa.BigInteger), sa.literal(RESTS, sa.Text), keys.c.onec_id)
    connection.execute(named_meanwhile.insert().from_select(["session_id", "kind", "key"], rows))


def _formed_no_later(connection: sa.Connection, session: Session) -> list[int]:
    ids = sa.select(named_meanwhile.c.session_id).distinct()
    query = sa.select(import_sessions.c.id, import_sessions.c.formed_at).where(import_sessions.c.id.in_(ids))
    mine = session.formed_at.get(RESTS, "")
    return [row.id for row in connection.execute(query) if row.formed_at.get(RESTS, "") <= mine]


def set_aside_overtaken(connection: sa.Connection, session: Session) -> int:
    """Take stock rows out of staging that a session formed later has named since this one was begun; how many."""
    begun, mine = _begun(connection, session), session.formed_at.get(RESTS, "")
    newer = [
        row.id
        for row in _published(connection, session)
        if row.finished_at and row.finished_at > begun and row.formed_at.get(RESTS, "") > mine
    ]
    if not newer:
        return 0
    keys = sa.select(named_meanwhile.c.key).where(
        named_meanwhile.c.session_id.in_(newer), named_meanwhile.c.kind == RESTS
    )
    staged = staging.sku_stocks
    is_overtaken = sa.and_(staged.c.seq >= 0, staged.c.onec_id.in_(keys))
    names = [column.name for column in staged.columns]
    connection.execute(staging.overtaken.insert().from_select(names, sa.select(staged).where(is_overtaken)))
    return connection.execute(staged.delete().where(is_overtaken)).rowcount


def take_back(connection: sa.Connection) -> None:
    """Before the session is judged again: the newer one may have been rolled back meanwhile."""
    names = [column.name for column in staging.sku_stocks.columns]
    connection.execute(staging.sku_stocks.insert().from_select(names, sa.select(staging.overtaken)))
    connection.execute(staging.overtaken.delete())


def forget(connection: sa.Connection) -> None:
    """Drop the keys that were left to sessions which can no longer come."""
    coming = import_sessions.alias("coming")
    needed = sa.select(import_sessions.c.id).where(
        sa.exists().where(may_come_later(coming), coming.c.started_at < import_sessions.c.finished_at)
    )
    connection.execute(named_meanwhile.delete().where(named_meanwhile.c.session_id.not_in(needed)))


def _begun(connection: sa.Connection, session: Session) -> datetime:
    """When the session was begun: where its drop was interrupted or rejected and taken up again, the first time."""
    before = sa.select(sa.func.min(import_sessions.c.started_at)).where(
        import_sessions.c.drop_id == session.drop_id,
        import_sessions.c.kind == session.kind,
        may_come_later(),
    )
    first: datetime | None = connection.execute(before).scalar_one()
    return session.started_at if first is None else min(first, session.started_at)
