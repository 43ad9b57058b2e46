"""Compare staged with live rows: the change set. Nothing live is written here.

First a narrow pass finds the rows that differ (by content hash where there is one), then only those are described
in the journal: keys for inserts, changed columns before and after for the rest (facts/speed.md, "Comparing").
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from freesport_pipelines.database import dialect, journal, staging
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.feeds import FEEDS, Feed
from freesport_pipelines.progress import Progress

INSERT, UPDATE, HIDE, UNHIDE = "insert", "update", "hide", "unhide"
DELETE = "delete"
"""Only in the journal of a rollback: imports never delete."""
SKIP = "skip"
"""New, but not wanted: counted, not journaled."""

Described = journal.Described


def compare(connection: sa.Connection, session_id: int, feeds: Sequence[Feed] = FEEDS) -> dict[str, int]:
    """Write the session's change set anew, for all tables; return how many rows were staged for each.

    :param feeds: those that the session may change
    """
    connection.execute(change_sets.delete().where(change_sets.c.session_id == session_id))
    journal.forget_images(connection, session_id)
    connection.execute(staging.changes.delete())
    staged = _count_staged(connection, feeds)
    dialect.plan_for(connection, sum(staged.values()))
    progress = Progress("comparing with the shop", 2 * sum(staged.values()), "rows")
    for feed in feeds:
        _find_changes(connection, feed)
        progress.move(staged[feed.name])
    dialect.analyze(connection, staging.changes)
    for feed in feeds:
        _journal_inserts(connection, feed, session_id)
        _journal_changes(connection, feed, session_id)
        progress.move(staged[feed.name])
    progress.end(f"{sum(staged.values()):,} staged rows")
    return staged


def described(connection: sa.Connection, feed: Feed) -> Described:
    """What the journal says about a changed row: (column, live value, next value)."""
    values: Described = [(name, feed.live.c[name], feed.next_value(connection, name)) for name in feed.columns]
    if feed.has_lifecycle:
        values.append(("is_active", feed.live.c.is_active, feed.next_active()))
        values.append(("hidden_by_1c", feed.live.c.hidden_by_1c, feed.next_hidden_by_1c()))
    return values


def _find_changes(connection: sa.Connection, feed: Feed) -> None:
    is_new = feed.live_id.is_(None)
    found = sa.select(
        sa.literal(feed.name, sa.Text),
        feed.staged.c.seq,
        feed.key_text(),
        _operation(feed),
        feed.live_id,
    )
    found = found.select_from(feed.side_by_side()).where(
        sa.or_(sa.and_(is_new, sa.not_(feed.is_touch)), sa.and_(sa.not_(is_new), _may_differ(connection, feed)))
    )
    connection.execute(staging.changes.insert().from_select([c.name for c in staging.changes.c], found))


def _operation(feed: Feed) -> ColumnElement[str]:
    cases: list[Any] = []
    if not feed.inserts_hidden:
        cases.append((sa.and_(feed.live_id.is_(None), sa.not_(feed.staged.c.wants_active)), SKIP))
    cases.append((feed.live_id.is_(None), INSERT))
    if feed.has_lifecycle:
        cases.append((sa.and_(feed.live.c.is_active, sa.not_(feed.next_active())), HIDE))
        cases.append((sa.and_(sa.not_(feed.live.c.is_active), feed.next_active()), UNHIDE))
    return sa.case(*cases, else_=UPDATE)


def _may_differ(connection: sa.Connection, feed: Feed) -> ColumnElement[bool]:
    """Rows worth describing: all that differ and, where only the hash was looked at, perhaps a few that do not."""
    values = described(connection, feed)
    if feed.is_hashed:
        narrow = {"is_active", "hidden_by_1c", "brand_id", *feed.touched}
        of_hash = sa.and_(sa.not_(feed.is_touch), feed.live.c.content_hash.is_distinct_from(feed.staged.c.content_hash))
        return sa.or_(of_hash, *(live.is_distinct_from(after) for name, live, after in values if name in narrow))
    return sa.or_(*(live.is_distinct_from(after) for _, live, after in values))


def _journal_inserts(connection: sa.Connection, feed: Feed, session_id: int) -> None:
    changes = staging.changes
    rows = sa.select(
        sa.literal(session_id, sa.BigInteger), changes.c.table_name, changes.c.seq, changes.c.key, changes.c.operation
    ).where(changes.c.table_name == feed.name, changes.c.operation == INSERT)
    connection.execute(
        change_sets.insert().from_select(["session_id", "table_name", "staged_seq", "key", "operation"], rows)
    )


def _journal_changes(connection: sa.Connection, feed: Feed, session_id: int) -> None:
    changes = staging.changes
    values = [value for value in described(connection, feed) if value[0] != "content_hash"]
    following = [(name, after, live) for name, live, after in values]
    before = journal.shown(connection, feed, values)
    after = journal.shown(connection, feed, following)
    rows = (
        sa.select(
            sa.literal(session_id, sa.BigInteger),
            changes.c.table_name,
            changes.c.seq,
            changes.c.key,
            changes.c.operation,
            changes.c.live_id,
            before,
            after,
            feed.live.c.session_id,
            feed.live.c.updated_at,
            feed.live.c.content_hash if feed.is_hashed else sa.literal(None, sa.BigInteger),
        )
        .select_from(
            changes.join(feed.staged, feed.staged.c.seq == changes.c.seq).join(
                feed.live, feed.live_id == changes.c.live_id
            )
        )
        .where(
            changes.c.table_name == feed.name,
            changes.c.operation.not_in((INSERT, SKIP)),
            before != dialect.empty_json(connection),
        )
    )
    names = ["session_id", "table_name", "staged_seq", "key", "operation", "live_id", "before", "after"]
    names += ["before_session_id", "before_updated_at", "before_hash"]
    connection.execute(change_sets.insert().from_select(names, rows))
    if feed.is_personal:
        true_before = dialect.changed_columns(connection, values)
        true_after = dialect.changed_columns(connection, following)
        journal.keep_images(connection, session_id, _images(feed, session_id, true_before, true_after))


def _images(feed: Feed, session_id: int, before: ColumnElement[Any], after: ColumnElement[Any]) -> sa.Select[Any]:
    """The true images of the changes that were journaled."""
    of_staged = change_sets.join(feed.staged, feed.staged.c.seq == change_sets.c.staged_seq)
    return (
        sa.select(change_sets.c.table_name, change_sets.c.staged_seq, before.label("b"), after.label("a"))
        .select_from(of_staged.join(feed.live, feed.live_id == change_sets.c.live_id))
        .where(
            change_sets.c.session_id == session_id,
            change_sets.c.table_name == feed.name,
            change_sets.c.operation != INSERT,
        )
    )


def count_changes(connection: sa.Connection, session_id: int) -> dict[str, dict[str, int]]:
    """How many rows per table and operation the session's change set holds."""
    query = (
        sa.select(change_sets.c.table_name, change_sets.c.operation, sa.func.count())
        .where(change_sets.c.session_id == session_id)
        .group_by(change_sets.c.table_name, change_sets.c.operation)
    )
    counts: dict[str, dict[str, int]] = {}
    for table, operation, count in connection.execute(query):
        counts.setdefault(table, {})[operation] = count
    return counts


def changed_rows(counts: Mapping[str, Mapping[str, int]]) -> int:
    """Rows of a change set in all."""
    return sum(sum(operations.values()) for operations in counts.values())


def count_unchanged(connection: sa.Connection, session_id: int, staged: Mapping[str, int]) -> dict[str, int]:
    """How many staged rows per table say just what the shop already has.

    :param staged: what `compare` gave
    """
    journaled = (
        sa.select(change_sets.c.table_name, sa.func.count())
        .where(change_sets.c.session_id == session_id, change_sets.c.staged_seq >= 0)
        .group_by(change_sets.c.table_name)
    )
    skipped = (
        sa.select(staging.changes.c.table_name, sa.func.count())
        .where(staging.changes.c.operation == SKIP)
        .group_by(staging.changes.c.table_name)
    )
    accounted: dict[str, int] = {}
    for query in (journaled, skipped):
        for table, count in connection.execute(query):
            accounted[table] = accounted.get(table, 0) + count
    return {name: count - accounted.get(name, 0) for name, count in staged.items()}


def _count_staged(connection: sa.Connection, feeds: Sequence[Feed]) -> dict[str, int]:
    """How many rows are staged per table, mere touches left out."""
    return {
        feed.name: connection.execute(
            sa.select(sa.func.count()).select_from(feed.staged).where(sa.not_(feed.is_touch))
        ).scalar_one()
        for feed in feeds
    }
