"""Sessions whose rows are staged by hand, without files: what comparing and publishing are tested with."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import compare, dialect, publish, sessions
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import FEEDS, Feed
from freesport_pipelines.database.packing import PACKET_ROWS
from freesport_pipelines.domain.rows import UnitRow

FEED = {feed.name: feed for feed in FEEDS}
_runs = iter(range(1, 1_000_000))


def open_session(database: ShopDatabase, **values: Any) -> sessions.Session:
    number = next(_runs)
    session = sessions.open_session(
        database,
        kind="catalog_import",
        drop_id=f"drop-{number}",
        run_id=f"run-{number}",
        mode="delta",
        dry_run=values.get("dry_run", False),
        options={},
        content_digest=f"digest-{number}",
        formed_at={},
    )
    database.open_area(session.id)
    return session


def stage(database: ShopDatabase, session_id: int, feed: Feed, rows: Iterable[Sequence[Any]], seq: int = 0) -> None:
    first = seq or PACKET_ROWS
    with database.staging(session_id) as connection:
        dialect.bulk_load(connection, feed.staged, [(first + i, 1, *row) for i, row in enumerate(rows)])


def stage_units(database: ShopDatabase, *rows: UnitRow) -> int:
    """A session that has staged these units and is compared and judged."""
    session = open_session(database)
    stage(database, session.id, FEED["units"], rows)
    compare_staged(database, session.id)
    return session.id


def compare_staged(database: ShopDatabase, session_id: int) -> None:
    with database.write(session_id) as connection:
        compare.compare(connection, session_id)
        sessions.update_in(connection, session_id, status=sessions.JUDGED)


def publish_staged(database: ShopDatabase, session_id: int) -> dict[str, dict[str, int]]:
    with database.publishing(session_id) as connection:
        counts = publish.publish(connection, session_id)
        sessions.update_in(connection, session_id, status=sessions.PUBLISHED)
    return counts


def unit(onec_id: str = "796", name: str = "шт", *, wants_active: bool = True) -> UnitRow:
    return UnitRow(onec_id, onec_id, name, None, None, wants_active)


def journal(database: ShopDatabase, session_id: int) -> dict[tuple[str, str], Any]:
    """{(table, key): journal row}."""
    with database.read() as connection:
        rows = connection.execute(change_sets.select().where(change_sets.c.session_id == session_id))
        return {(row.table_name, row.key): row for row in rows}


def live_units(database: ShopDatabase) -> dict[str, tuple[str, bool, bool]]:
    live = FEED["units"].live
    with database.read() as connection:
        rows = connection.execute(live.select())
        return {row.onec_id: (row.short_name, row.is_active, row.hidden_by_1c) for row in rows}


def execute(database: ShopDatabase, statement: sa.Executable) -> None:
    """What the shop, or an operator, does to the tables."""
    with database.write() as connection:
        connection.execute(statement)
