"""What old sessions leave behind and nobody needs any more: journals, figures, cured quarantine rows, report details.

A session itself stays in the list for ever, with its status and its counts per table. Nothing is taken from sessions
that are still open, nor what these would ask of the others; rows go in batches, so that no lock is held for long.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import sessions, unfinished
from freesport_pipelines.database.bookkeeping import change_sets, import_sessions, quarantine, session_figures
from freesport_pipelines.database.customer_schema import customer_sync_log, personal_images
from freesport_pipelines.database.engine import ShopDatabase

BATCH_ROWS = 10_000
KEPT_OF_REPORT = ("session", "kind", "drop", "mode", "dry_run", "status", "summary", "seconds", "tables", "approved",
                  "undoes_session")  # fmt: skip
_LEFTOVERS = {
    "change_set_rows": (change_sets, change_sets.c.session_id),
    "personal_images": (personal_images, personal_images.c.session_id),
    "customer_log_lines": (customer_sync_log, customer_sync_log.c.session_id),
    "session_figures": (session_figures, session_figures.c.session_id),
    "resolved_quarantine_rows": (quarantine, quarantine.c.resolved_session_id),
}


def prunable_sessions(database: ShopDatabase, before: datetime, keep: int) -> list[int]:
    """Sessions whose details may go: those that ended before this moment, and all but the newest `keep` journals."""
    table = import_sessions
    ended = sa.func.coalesce(table.c.finished_at, table.c.started_at)
    with database.read() as connection:
        old = set(connection.execute(sa.select(table.c.id).where(ended < _moment(before))).scalars())
        surplus = set(connection.execute(_surplus(keep)).scalars())
        return sorted((old | surplus) - _needed(connection))


def _surplus(keep: int) -> sa.Select[Any]:
    """Sessions older than the newest so many that have a journal."""
    has_journal = sa.exists().where(change_sets.c.session_id == import_sessions.c.id)
    newest = sa.select(import_sessions.c.id).where(has_journal).order_by(import_sessions.c.id.desc()).limit(keep)
    oldest_kept = sa.select(sa.func.min(newest.subquery().c.id)).scalar_subquery()
    return sa.select(import_sessions.c.id).where(import_sessions.c.id < oldest_kept)


def _needed(connection: sa.Connection) -> set[int]:
    """Open sessions, what was published since the first of them began, and what unchanged content is recognised by."""
    table = import_sessions
    needed = unfinished.open_ids(connection)
    began = sa.select(sa.func.min(table.c.started_at)).where(table.c.id.in_(needed))
    first = connection.execute(began).scalar_one()
    if first is not None:
        since = sa.select(table.c.id).where(table.c.finished_at >= _moment(first))
        needed |= set(connection.execute(since).scalars())
    ended = table.c.finished_at.desc()  # a long session may have ended after later ones
    last = sa.select(table.c.id).where(table.c.status.in_(sessions.DONE)).order_by(ended).limit(1)
    return needed | set(connection.execute(last).scalars())


def _moment(moment: datetime) -> sa.ColumnElement[datetime]:
    return sa.literal(moment, import_sessions.c.started_at.type)


def count_details(database: ShopDatabase, session_ids: Collection[int]) -> dict[str, int]:
    """What `prune_details` would remove."""
    with database.read() as connection:
        counts = {
            name: sum(
                connection.execute(sa.select(sa.func.count()).select_from(table).where(column.in_(ids))).scalar_one()
                for ids in _portions(session_ids)
            )
            for name, (table, column) in _LEFTOVERS.items()
        }
        detailed = [len(connection.execute(_detailed(ids)).all()) for ids in _portions(session_ids)]
    return {**counts, "reports": sum(detailed)}


def prune_details(database: ShopDatabase, session_ids: Collection[int]) -> dict[str, int]:
    """Remove journals, figures and cured quarantine rows of these sessions, and shorten their reports; how many."""
    counts = {
        name: sum(_delete_in_batches(database, table, column, ids) for ids in _portions(session_ids))
        for name, (table, column) in _LEFTOVERS.items()
    }
    return {**counts, "reports": sum(_shorten_reports(database, ids) for ids in _portions(session_ids))}


def _portions(session_ids: Collection[int], size: int = 500) -> Iterable[list[int]]:
    """SQLite takes only so many values in one statement."""
    listed = list(session_ids)
    return (listed[i : i + size] for i in range(0, len(listed), size))


def _delete_in_batches(database: ShopDatabase, table: sa.Table, column: sa.Column[Any], ids: list[int]) -> int:
    key = sa.tuple_(*table.primary_key.columns)
    batch = sa.select(*table.primary_key.columns).where(column.in_(ids)).limit(BATCH_ROWS)
    removed = 0
    while True:
        with database.write() as connection:
            count = connection.execute(table.delete().where(key.in_(batch))).rowcount
        removed += count
        if count < BATCH_ROWS:
            return removed


def _detailed(ids: list[int]) -> sa.Select[Any]:
    """Sessions with a full report: the verdict goes with the details and tells which is which."""
    table = import_sessions
    return sa.select(table.c.id, table.c.report).where(table.c.id.in_(ids), table.c.verdict.is_not(None))


def _shorten_reports(database: ShopDatabase, ids: list[int]) -> int:
    with database.write() as connection:
        detailed = connection.execute(_detailed(ids)).all()
        for session_id, report in detailed:
            kept = {name: report[name] for name in KEPT_OF_REPORT if name in report} if report else None
            if kept is not None:
                kept["details_pruned_at"] = datetime.now(UTC).isoformat(timespec="seconds")
            sessions.update_in(connection, session_id, verdict=None, report=kept)
    return len(detailed)


def prune_areas(database: ShopDatabase) -> int:
    """Drop the staging areas nobody can need."""
    return unfinished.discard_areas(database)
