"""Which windows of which register were read, and when: the watermark, and what the drift detector compares."""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.purchase_schema import onec_windows


class WindowRead(NamedTuple):
    """A window that was read completely."""

    start: datetime
    end: datetime
    is_published: bool


def windows_read(database: ShopDatabase, entity: str) -> list[WindowRead]:
    """All windows of a table, oldest first."""
    c = onec_windows.c
    query = sa.select(c.window_start, c.window_end, c.is_published).where(c.entity == entity)
    with database.read() as connection:
        return [WindowRead(*row) for row in connection.execute(query.order_by(c.window_start))]


def count_rows(
    database: ShopDatabase, live: sa.Table, period: str, start: datetime, end: datetime, *, documents: bool = False
) -> int:
    """How many rows (or documents) of a window the shop has."""
    column: sa.Column[Any] = live.c[period]
    inside = sa.and_(column >= sa.literal(start, column.type), column < sa.literal(end, column.type))
    with database.read() as connection:
        rows = sa.select(live.c.recorder, live.c.recorder_type).distinct() if documents else sa.select(column)
        query = sa.select(sa.func.count()).select_from(rows.where(inside).subquery())
        return int(connection.execute(query).scalar_one())
