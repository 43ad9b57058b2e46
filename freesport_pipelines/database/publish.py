"""Apply a session's change set to the live tables, in one transaction. What was judged is what is applied.

The caller holds `ShopDatabase.publishing`. If a row's live state is no longer the one that was compared, nothing is
written and `LiveStateMoved` names the rows (DESIGN decision 2).
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, journal
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.compare import INSERT, changed_rows, count_changes, described
from freesport_pipelines.database.feeds import FEEDS, Feed
from freesport_pipelines.progress import Progress

NAMED_ROWS = 10
WORTH_STATISTICS = 5_000
"""From this many rows on, the planner is told at once what a table holds now; the shop's queries follow."""


class LiveStateMoved(RuntimeError):
    """Rows changed between the comparison and the publication."""

    def __init__(self, table: str, keys: list[str], count: int) -> None:
        shown = ", ".join(keys)
        super().__init__(
            f"{count} rows of {table} are no longer as they were when the change set was made ({shown}); "
            "nothing was published: run the import of this drop again"
        )
        self.table = table
        self.keys = keys


def publish(connection: sa.Connection, session_id: int) -> dict[str, dict[str, int]]:
    """Write the session's inserts, updates, hides and unhides; return how many per table and operation."""
    counts = count_changes(connection, session_id)
    now = datetime.now(UTC)
    total = changed_rows(counts)
    dialect.plan_for(connection, total)
    progress = Progress("publishing", total, "rows")
    for feed in FEEDS:
        operations = counts.get(feed.name, {})
        inserts = operations.get(INSERT, 0)
        changed = sum(operations.values()) - inserts
        if changed:
            _refuse_if_moved(connection, feed, session_id)
            if feed.matched_by:
                connection.execute(_release_keys(feed, session_id))
            written = connection.execute(_update(connection, feed, session_id, now)).rowcount
            _expect(feed, "change", changed, written)
        if inserts:
            _refuse_if_there_already(connection, feed, session_id)
            written = connection.execute(_insert(connection, feed, session_id, now)).rowcount
            _expect(feed, "insert", inserts, written)
        if inserts + changed >= WORTH_STATISTICS:
            dialect.analyze_live(connection, feed.live)
        progress.move(inserts + changed)
    progress.end(f"{total:,} rows")
    return counts


def _mine(feed: Feed, session_id: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        change_sets.c.session_id == session_id,
        change_sets.c.table_name == feed.name,
        change_sets.c.staged_seq == feed.staged.c.seq,
    )


def _insert(connection: sa.Connection, feed: Feed, session_id: int, now: datetime) -> sa.Insert:
    names = [*feed.fixed_key, *feed.columns] if feed.through is None else ["sku_id", *feed.columns]
    values: list[Any] = []
    source: Any = feed.staged.join(change_sets, _mine(feed, session_id))
    if feed.through is not None:
        source = source.join(feed.through, feed.through.c.onec_id == feed.staged.c.onec_id)
    for name in names:
        if name == "sku_id" and feed.through is not None:
            values.append(feed.through.c.id)
        else:
            values.append(dialect.as_live(connection, feed.staged.c[name], feed.live.c[name]))
    if feed.has_lifecycle:
        names += ["is_active", "hidden_by_1c"]
        values += [feed.staged.c.wants_active, sa.not_(feed.staged.c.wants_active)]
    names += ["created_at", "updated_at", "session_id"]
    moment = sa.literal(now, feed.live.c.created_at.type)
    values += [moment, moment, sa.literal(session_id, sa.BigInteger)]
    rows = sa.select(*values).select_from(source).where(change_sets.c.operation == INSERT).order_by(feed.staged.c.seq)
    return feed.live.insert().from_select(names, rows)


def _update(connection: sa.Connection, feed: Feed, session_id: int, now: datetime) -> sa.Update:
    changed: dict[str, Any] = {name: following for name, _, following in described(connection, feed)}
    changed["session_id"] = session_id
    if not feed.matched_by:  # else the moment of change is the shop's own
        changed["updated_at"] = now
    return (
        feed.live.update()
        .values(changed)
        .where(feed.live_id == change_sets.c.live_id, _mine(feed, session_id), change_sets.c.operation != INSERT)
    )


def _release_keys(feed: Feed, session_id: int) -> sa.Update:
    """Take the 1C key from rows that lose it, before another row gets it: a unique key is checked row by row."""
    key = feed.live.c[feed.key[0]]
    loses = sa.and_(key.is_not(None), key.is_distinct_from(feed.staged.c[feed.key[0]]))
    return (
        feed.live.update()
        .values({key.name: None})
        .where(feed.live_id == change_sets.c.live_id, _mine(feed, session_id), change_sets.c.operation != INSERT, loses)
    )


def _refuse_if_moved(connection: sa.Connection, feed: Feed, session_id: int) -> None:
    values = [value for value in described(connection, feed) if value[0] != "content_hash"]
    moved = (
        sa.select(change_sets.c.key)
        .select_from(
            change_sets.join(feed.staged, _mine(feed, session_id)).outerjoin(
                feed.live, feed.live_id == change_sets.c.live_id
            )
        )
        .where(
            change_sets.c.operation != INSERT,
            dialect.changed_columns(connection, values).is_distinct_from(journal.before(feed)),
        )
    )
    _refuse(connection, feed, moved)


def _refuse_if_there_already(connection: sa.Connection, feed: Feed, session_id: int) -> None:
    there = (
        sa.select(change_sets.c.key)
        .select_from(feed.side_by_side().join(change_sets, _mine(feed, session_id)))
        .where(change_sets.c.operation == INSERT, feed.live_id.is_not(None))
    )
    _refuse(connection, feed, there)


def _refuse(connection: sa.Connection, feed: Feed, moved: sa.Select[Any]) -> None:
    keys = connection.execute(moved.limit(NAMED_ROWS)).scalars().all()
    if keys:
        total = connection.execute(sa.select(sa.func.count()).select_from(moved.subquery())).scalar_one()
        raise LiveStateMoved(feed.name, list(keys), total)


def _expect(feed: Feed, what: str, judged: int, written: int) -> None:
    if written != judged:
        raise RuntimeError(
            f"{feed.name}: {judged} rows were judged to {what}, {written} could be written; the staging area of this "
            "session is incomplete (was the database restarted?). Nothing was published: replay the drop"
        )
