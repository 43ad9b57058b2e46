"""Rows that cannot be used, kept with reason and content until their cause is gone. Nothing is dropped silently."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.bookkeeping import import_sessions, quarantine, session_figures
from freesport_pipelines.database.feeds import Feed
from freesport_pipelines.database.sessions import DONE
from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.notes import Reject

ORPHAN_OFFER = "goods_unknown"
ORPHAN_SKU = "sku_unknown"
BARE_ID = "goods_sold_by_offers"
NAMED_ROWS = 10
WAITING = (ORPHAN_OFFER, ORPHAN_SKU)
"""Reasons that another drop may cure."""


def stage_rejects(connection: sa.Connection, packet: int, rejects: Iterable[Reject]) -> None:
    """Keep what shaping rejected in the staging area; `collect` moves it to quarantine."""
    rows = [(packet, r.kind, r.key, r.payload.get("onec_id"), r.reason, r.detail, as_json(r.payload)) for r in rejects]
    dialect.bulk_load(connection, staging.rejects, rows)


def forget_rejects(connection: sa.Connection, *kinds: str) -> None:
    """Before a kind is staged again: what an earlier attempt rejected is no longer so."""
    connection.execute(staging.rejects.delete().where(staging.rejects.c.kind.in_(kinds)))


def forget_superseded_rejects(connection: sa.Connection, feeds: Sequence[tuple[str, Feed]]) -> None:
    """What an earlier packet says wrongly does not matter once a later packet says it right."""
    rejects = staging.rejects
    for kind, feed in feeds:
        later = sa.exists().where(feed.staged.c.onec_id == rejects.c.onec_id, feed.staged.c.packet > rejects.c.packet)
        connection.execute(rejects.delete().where(rejects.c.kind == kind, later))


def collect(connection: sa.Connection, session_id: int, drop_id: str) -> None:
    """Write the session's rejected rows to quarantine, replacing what an earlier attempt wrote."""
    connection.execute(quarantine.delete().where(quarantine.c.session_id == session_id))
    rejects = staging.rejects
    payload = rejects.c.payload
    if not dialect.is_sqlite(connection):
        payload = sa.cast(payload, quarantine.c.payload.type)  # type: ignore[assignment]
    _insert(
        connection,
        sa.select(
            sa.literal(session_id, sa.BigInteger),
            sa.literal(drop_id, sa.Text),
            sa.cast(rejects.c.packet, sa.Text),
            rejects.c.kind,
            rejects.c.key,
            rejects.c.onec_id,
            rejects.c.reason,
            rejects.c.detail,
            payload,
        ),
    )


def move_staged(
    connection: sa.Connection,
    session_id: int,
    drop_id: str,
    *,
    feed: Feed,
    kind: str,
    parent: Any,
    reason: Any,
    seqs: sa.Select[Any],
) -> None:
    """Write staged rows to quarantine; the caller removes them from staging."""
    staged = feed.staged
    content = [column for column in staged.columns if column.name not in ("seq", "packet")]
    _insert(
        connection,
        sa.select(
            sa.literal(session_id, sa.BigInteger),
            sa.literal(drop_id, sa.Text),
            sa.cast(staged.c.packet, sa.Text),
            sa.literal(kind, sa.Text),
            staged.c.onec_id,
            parent,
            reason,
            sa.literal(None, sa.Text),
            dialect.row_json(connection, content),
        ).where(staged.c.seq.in_(seqs)),
    )


def _insert(connection: sa.Connection, rows: sa.Select[Any]) -> None:
    names = ["session_id", "drop_id", "packet", "kind", "key", "parent_onec_id", "reason", "detail", "payload"]
    moment = sa.literal(datetime.now(UTC), quarantine.c.created_at.type)
    connection.execute(quarantine.insert().from_select([*names, "created_at"], rows.add_columns(moment)))


def waiting(connection: sa.Connection, feed: Feed, kind: str, match: sa.ColumnElement[bool]) -> list[dict[str, Any]]:
    """Rows whose cause is gone, as they were staged, unless the drop itself brings a newer word about them."""
    open_rows = (
        sa.select(quarantine.c.key, quarantine.c.payload)
        .join(import_sessions, import_sessions.c.id == quarantine.c.session_id)
        .where(
            quarantine.c.kind == kind,
            quarantine.c.reason.in_(WAITING),
            quarantine.c.resolved_session_id.is_(None),
            import_sessions.c.status.in_(DONE),
            match,
            ~sa.exists().where(feed.staged.c.onec_id == quarantine.c.key),
        )
        .order_by(quarantine.c.id)
    )
    latest = dict(tuple(row) for row in connection.execute(open_rows))
    columns = [column for column in feed.staged.columns if column.name not in ("seq", "packet")]
    return [{c.name: _value(c, payload.get(c.name)) for c in columns} for payload in latest.values()]


def _value(column: sa.Column[Any], value: Any) -> Any:
    if value is None:
        return None
    if isinstance(column.type, sa.Boolean):
        return bool(value)
    return Decimal(str(value)) if isinstance(value, float) else value


def newer_words(
    connection: sa.Connection, session_id: int, since: datetime, used: Sequence[tuple[str, Feed]]
) -> list[str]:
    """Keys of staged rows about which a published session has left a newer word here since that moment."""
    q = quarantine.c
    moment = sa.literal(since, quarantine.c.created_at.type)
    done = sa.select(import_sessions.c.id).where(import_sessions.c.status.in_(DONE))
    found: list[str] = []
    for kind, feed in used:
        staged = sa.or_(feed.staged.c.onec_id == q.key, feed.staged.c.onec_id == q.parent_onec_id)
        query = sa.select(q.key).where(
            q.kind == kind,
            q.session_id != session_id,
            q.session_id.in_(done),
            q.created_at > moment,
            sa.exists().where(staged, feed.staged.c.seq >= 0),
        )
        found += connection.execute(query.limit(NAMED_ROWS)).scalars()
    return found


def resolve(connection: sa.Connection, session_id: int, used: Sequence[tuple[str, Feed]]) -> None:
    """Close older quarantine rows that this session used or judged anew: the newest word about a row wins."""
    older = sa.and_(quarantine.c.session_id != session_id, quarantine.c.resolved_session_id.is_(None))
    again = quarantine.alias("again")
    judged_anew = sa.exists().where(
        again.c.session_id == session_id, again.c.kind == quarantine.c.kind, again.c.key == quarantine.c.key
    )
    close = quarantine.update().values(resolved_session_id=session_id)
    connection.execute(close.where(older, judged_anew))
    for kind, feed in used:
        staged = feed.staged
        # a part of a row (one price) has a key of its own and the row's id as its parent
        is_part = sa.and_(quarantine.c.reason.not_in(WAITING), staged.c.onec_id == quarantine.c.parent_onec_id)
        used_now = sa.exists().where(sa.or_(staged.c.onec_id == quarantine.c.key, is_part), staged.c.seq >= 0)
        # a newer word about an SKU that is not for sale leaves no older one to come back with it
        aside = staging.aside[staged]
        skipped_now = sa.exists().where(aside.c.onec_id == quarantine.c.key)
        connection.execute(close.where(older, quarantine.c.kind == kind, sa.or_(used_now, skipped_now)))


def counts(connection: sa.Connection, session_id: int, *, of_drop: bool = False) -> dict[str, dict[str, int]]:
    """{kind: {reason: rows}} of a session; of the drop alone, or with rows that still wait from earlier drops."""
    query = (
        sa.select(quarantine.c.kind, quarantine.c.reason, sa.func.count())
        .where(quarantine.c.session_id == session_id, quarantine.c.packet.is_not(None) if of_drop else sa.true())
        .group_by(quarantine.c.kind, quarantine.c.reason)
        .order_by(quarantine.c.kind, quarantine.c.reason)
    )
    result: dict[str, dict[str, int]] = {}
    for kind, reason, count in connection.execute(query):
        result.setdefault(kind, {})[reason] = count
    return result


def _open() -> sa.ColumnElement[bool]:
    done = sa.select(import_sessions.c.id).where(import_sessions.c.status.in_(DONE))
    return sa.and_(quarantine.c.resolved_session_id.is_(None), quarantine.c.session_id.in_(done))


def open_counts(connection: sa.Connection) -> list[tuple[str, str, int]]:
    """(kind, reason, rows) of what still waits out of published sessions."""
    by = (quarantine.c.kind, quarantine.c.reason)
    query = sa.select(*by, sa.func.count()).where(_open()).group_by(*by).order_by(*by)
    return [(kind, reason, count) for kind, reason, count in connection.execute(query)]


def open_rows(
    connection: sa.Connection, limit: int, *, kind: str | None = None, reason: str | None = None
) -> list[dict[str, Any]]:
    """Rows of published sessions that still wait, newest first: session, drop, file, kind, key, reason, detail."""
    q = quarantine.c
    query = (
        sa.select(q.session_id, q.drop_id, q.packet, q.kind, q.key, q.reason, q.detail, session_figures.c.figures)
        .outerjoin(
            session_figures, sa.and_(session_figures.c.session_id == q.session_id, session_figures.c.kind == q.kind)
        )
        .where(
            _open(), sa.true() if kind is None else q.kind == kind, sa.true() if reason is None else q.reason == reason
        )
        .order_by(q.id.desc())
        .limit(limit)
    )
    return [
        {
            "session": row.session_id,
            "drop": row.drop_id,
            "file": _file(row.packet, (row.figures or {}).get("files", [])),
            "kind": row.kind,
            "key": row.key,
            "reason": row.reason,
            "detail": row.detail,
        }
        for row in connection.execute(query)
    ]


def _file(packet: str | None, files: Sequence[str]) -> str | None:
    """The packet a row came in."""
    if packet is None or not 0 < int(packet) <= len(files):
        return None
    return files[int(packet) - 1]
