"""`customer_sync_log`: one line per operation on a customer, with its method.

No personal values: customers are named by their number and their 1C id.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.customer_schema import customer_sync_log, customers
from freesport_pipelines.domain.rows import SyncLogRow

_COLUMNS = ("operation_type", "status", "method", "customer_id", "onec_id", "details", "error_message")


def keep(connection: sa.Connection, session_id: int) -> None:
    """Move what the session decided into the log, in the transaction that publishes it."""
    staged, now = staging.sync_log, datetime.now(UTC)
    values: list[Any] = [dialect.as_live(connection, staged.c[n], customer_sync_log.c[n]) for n in _COLUMNS]
    # a customer made by this session has its number only now
    values[_COLUMNS.index("customer_id")] = sa.func.coalesce(staged.c.customer_id, customers.c.id)
    rows = (
        sa.select(sa.literal(session_id, sa.BigInteger), *values, sa.literal(now, customer_sync_log.c.created_at.type))
        .select_from(staged.outerjoin(customers, customers.c.onec_id == staged.c.onec_id))
        .order_by(staged.c.seq)
    )
    names = ["session_id", *_COLUMNS, "created_at"]
    connection.execute(customer_sync_log.insert().from_select(names, rows))


def write(connection: sa.Connection, session_id: int | None, lines: Iterable[SyncLogRow]) -> None:
    """Add lines of an operation that is no import."""
    now = datetime.now(UTC)
    rows = [
        {**line._asdict(), "details": json.loads(line.details), "session_id": session_id, "created_at": now}
        for line in lines
    ]
    if rows:
        connection.execute(customer_sync_log.insert(), rows)
