"""Apply a published session's change set backwards, in one transaction. DESIGN decision 5.

What the session inserted is deleted, what it changed becomes what it was: values, session ids, timestamps, content
hashes. Refused, with the rows named, when somebody has changed them since or when something else refers to a row that
would go. The way back is journaled like any session.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, journal, references
from freesport_pipelines.database.bookkeeping import change_sets, import_sessions, quarantine
from freesport_pipelines.database.compare import DELETE, HIDE, INSERT, UNHIDE, changed_rows, count_changes
from freesport_pipelines.database.customer_schema import PRISTINE, customers, sync_conflicts
from freesport_pipelines.database.feeds import FEEDS, Feed
from freesport_pipelines.database.sessions import DONE

NAMED_ROWS = 10
_BACKWARDS = {INSERT: DELETE, HIDE: UNHIDE, UNHIDE: HIDE}


class RollbackRefused(RuntimeError):
    """The session cannot be rolled back; the message names the rows and the way out."""


def roll_back(
    connection: sa.Connection, session_id: int, by: int, forced: Collection[str]
) -> dict[str, dict[str, int]]:
    """Undo session `session_id`, journaled as session `by`; return rows per table and operation.

    The caller holds `ShopDatabase.publishing`.

    :param forced: tables in which rows that were changed since are set back (or deleted) all the same
    :raises RollbackRefused: if rows were changed since, or are referred to
    """
    dialect.plan_for(connection, changed_rows(count_changes(connection, session_id)))
    moved = [text for feed in FEEDS if feed.name not in forced and (text := _moved_since(connection, feed, session_id))]
    if moved:
        raise RollbackRefused(
            f"session {session_id} cannot be rolled back, rows were changed since: {'; '.join(moved)}. Roll back the "
            "later sessions first, or name a table with --force to set its rows back all the same"
        )
    _journal(connection, session_id, by)
    for feed in FEEDS:
        if feed.matched_by:
            connection.execute(_release_keys(connection, feed, session_id))
        connection.execute(_restore(connection, feed, session_id, by))
    referred = []
    for feed in reversed(FEEDS):
        referred += references.to_rows_that_go(connection, feed.live, session_id, by)
        connection.execute(_delete(feed, session_id))
    if referred:
        raise RollbackRefused(
            f"session {session_id} cannot be rolled back, later rows refer to rows it inserted: {'; '.join(referred)}. "
            "Roll back the sessions that brought them first"
        )
    _reopen_quarantine(connection, session_id)
    return count_changes(connection, by)


def _reopen_quarantine(connection: sa.Connection, session_id: int) -> None:
    """What the session had used out of quarantine waits there again, unless another has said or used a later word."""
    later = quarantine.alias("later")
    others = sa.select(import_sessions.c.id).where(
        import_sessions.c.status.in_(DONE), import_sessions.c.id != session_id
    )
    of_row = sa.and_(later.c.kind == quarantine.c.kind, later.c.key == quarantine.c.key)
    said = sa.and_(later.c.id > quarantine.c.id, later.c.session_id.in_(others))
    used = sa.and_(later.c.resolved_session_id > quarantine.c.session_id, later.c.resolved_session_id.in_(others))
    reopened = quarantine.update().where(
        quarantine.c.resolved_session_id == session_id, ~sa.exists().where(of_row, sa.or_(said, used))
    )
    connection.execute(reopened.values(resolved_session_id=None))


def _of(feed: Feed, session_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(change_sets.c.session_id == session_id, change_sets.c.table_name == feed.name)


def _moved_since(connection: sa.Connection, feed: Feed, session_id: int) -> str:
    """Rows of a table that are no longer as the session left them, in words."""
    live = feed.live
    changed_by_others = sa.or_(
        live.c.session_id.is_distinct_from(session_id),
        *(
            sa.and_(
                dialect.has_key(connection, journal.after(feed), name),
                live.c[name].is_distinct_from(dialect.from_json(connection, journal.after(feed), live.c[name])),
            )
            for name in feed.journaled
        ),
    )
    updates = (
        sa.select(change_sets.c.key)
        .select_from(change_sets.outerjoin(live, feed.live_id == change_sets.c.live_id))
        .where(_of(feed, session_id), change_sets.c.operation != INSERT, changed_by_others)
    )
    # EXCEPT: both databases sort or hash it, where an anti-join on a text key may become a nested loop
    inserted = sa.select(change_sets.c.key).where(_of(feed, session_id), change_sets.c.operation == INSERT)
    inserts = sa.select(sa.except_(inserted, _untouched(feed, session_id)).subquery().c.key)
    moved = sa.union_all(updates, inserts).subquery()
    keys = connection.execute(sa.select(moved.c.key).limit(NAMED_ROWS)).scalars().all()
    if not keys:
        return ""
    total = connection.execute(sa.select(sa.func.count()).select_from(moved)).scalar_one()
    return f"{total} of {feed.shown_as} ({', '.join(keys)}{', …' if total > len(keys) else ''})"


def _untouched(feed: Feed, session_id: int) -> sa.Select[Any]:
    """Keys of the live rows that the session was the last to write, and that the shop has not hidden since."""
    own = feed.live.c.session_id == session_id
    if feed.has_lifecycle:
        hidden_by_shop = sa.and_(sa.not_(feed.live.c.is_active), sa.not_(feed.live.c.hidden_by_1c))
        own = sa.and_(own, sa.not_(hidden_by_shop))
    if feed.live is customers:
        own = sa.and_(own, PRISTINE)
    if feed.live is sync_conflicts:
        own = sa.and_(own, sync_conflicts.c.decided_at.is_(None))
    if feed.through is None:
        return sa.select(feed.key_text(feed.live).label("key")).where(own)
    return sa.select(feed.through.c.onec_id.label("key")).join(feed.live, feed.live_id == feed.through.c.id).where(own)


def _journal(connection: sa.Connection, session_id: int, by: int) -> None:
    """The same journal, before and after exchanged."""
    done = change_sets
    backwards = sa.case(
        *((done.c.operation == there, back) for there, back in _BACKWARDS.items()), else_=done.c.operation
    )
    rows = sa.select(
        sa.literal(by, sa.BigInteger),
        done.c.table_name,
        done.c.staged_seq,
        done.c.key,
        backwards,
        done.c.live_id,
        done.c.after,
        done.c.before,
        sa.literal(session_id, sa.BigInteger),
    ).where(done.c.session_id == session_id)
    names = ["session_id", "table_name", "staged_seq", "key", "operation", "live_id", "before", "after"]
    connection.execute(change_sets.insert().from_select([*names, "before_session_id"], rows))
    journal.keep_images_backwards(connection, session_id, by)


def _restore(connection: sa.Connection, feed: Feed, session_id: int, by: int) -> sa.Update:
    """Give changed rows their before-image; a row that a later session wrote (forced) is ours from now on."""
    live, before = feed.live, journal.before(feed)
    is_ours = live.c.session_id == session_id
    values: dict[str, Any] = {
        name: sa.case(
            (dialect.has_key(connection, before, name), dialect.from_json(connection, before, live.c[name])),
            else_=live.c[name],
        )
        for name in feed.journaled
    }
    now = sa.literal(datetime.now(UTC), live.c.updated_at.type)
    values["updated_at"] = sa.case((is_ours, change_sets.c.before_updated_at), else_=now)
    values["session_id"] = sa.case((is_ours, change_sets.c.before_session_id), else_=sa.literal(by, sa.BigInteger))
    if feed.is_hashed:
        values["content_hash"] = change_sets.c.before_hash
    return (
        live.update()
        .values(values)
        .where(_of(feed, session_id), change_sets.c.operation != INSERT, feed.live_id == change_sets.c.live_id)
    )


def _release_keys(connection: sa.Connection, feed: Feed, session_id: int) -> sa.Update:
    """Take the 1C key from rows that will get another one, before a third gets theirs."""
    key = feed.live.c[feed.key[0]]
    changes_key = dialect.has_key(connection, journal.before(feed), key.name)
    return (
        feed.live.update()
        .values({key.name: None})
        .where(
            _of(feed, session_id),
            change_sets.c.operation != INSERT,
            feed.live_id == change_sets.c.live_id,
            changes_key,
        )
    )


def _delete(feed: Feed, session_id: int) -> sa.Delete:
    inserted = sa.select(change_sets.c.key).where(_of(feed, session_id), change_sets.c.operation == INSERT)
    if feed.through is None:
        return feed.live.delete().where(feed.key_text(feed.live).in_(inserted))
    owners = sa.select(feed.through.c.id).where(feed.through.c.onec_id.in_(inserted))
    return feed.live.delete().where(feed.live_id.in_(owners))
