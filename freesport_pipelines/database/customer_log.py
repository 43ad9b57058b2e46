"""`customer_sync_log`: one line per operation on a customer, with its method; and the five figures of the dashboard.

No personal values: customers are named by their number and their 1C id.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.customer_schema import PRISTINE, customer_sync_log, customers, sync_conflicts
from freesport_pipelines.database.sessions import DONE
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS
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


def dashboard(connection: sa.Connection, now: datetime, midnight: datetime) -> dict[str, Any]:
    """The requirement's five figures (section 8.1).

    :param midnight: when today began in the shop's time zone
    """
    log = customer_sync_log.c
    count = sa.select(sa.func.count())

    def moment(value: datetime) -> sa.ColumnElement[Any]:
        return sa.literal(value, log.created_at.type)

    synced = sa.select(sa.func.count(log.customer_id.distinct())).where(
        log.status == "success", log.created_at >= moment(midnight)
    )
    errors = count.select_from(customer_sync_log).where(
        log.status == "error", log.created_at >= moment(now - timedelta(hours=24))
    )
    pending = count.select_from(sync_conflicts).where(sync_conflicts.c.status == "pending")
    queue = count.select_from(customers).where(
        customers.c.needs_1c_export, customers.c.is_active, customers.c.merged_into_id.is_(None)
    )
    last = sa.select(sa.func.max(import_sessions.c.finished_at)).where(
        import_sessions.c.kind == SYNC_CUSTOMERS, import_sessions.c.status.in_(DONE)
    )
    return {
        "customers_synced_today": connection.execute(synced).scalar_one(),
        "pending_conflicts": connection.execute(pending).scalar_one(),
        "sync_errors_last_24h": connection.execute(errors).scalar_one(),
        "export_queue_size": connection.execute(queue).scalar_one(),
        "last_successful_import": connection.execute(last).scalar_one(),
    }


def outcomes_by_day(connection: sa.Connection, since: datetime) -> dict[str, dict[str, int]]:
    """{date (UTC): {status: lines}} for the chart."""
    log = customer_sync_log.c
    day = dialect.utc_date(connection, log.created_at)
    query = (
        sa.select(day, log.status, sa.func.count())
        .where(log.created_at >= sa.literal(since, log.created_at.type))
        .group_by(day, log.status)
        .order_by(day, log.status)
    )
    found: dict[str, dict[str, int]] = {}
    for date, status, count in connection.execute(query):
        found.setdefault(str(date), {})[status] = count
    return found


def durations(connection: sa.Connection, limit: int) -> list[tuple[int, float]]:
    """(session, seconds) of the newest synchronisations, newest first."""
    table = import_sessions.c
    query = sa.select(table.id, table.started_at, table.finished_at).where(
        table.kind == SYNC_CUSTOMERS, table.finished_at.is_not(None)
    )
    rows = connection.execute(query.order_by(table.id.desc()).limit(limit))
    return [(row.id, round((row.finished_at - row.started_at).total_seconds(), 2)) for row in rows]


def is_anything_new(connection: sa.Connection) -> bool:
    """Has the shop changed a customer since the last synchronisation, or an operator decided?"""
    c, ended = customers.c, import_sessions.c
    last = sa.select(sa.func.max(sa.func.coalesce(ended.judged_at, ended.started_at))).where(
        ended.kind == SYNC_CUSTOMERS, ended.status.in_(DONE)
    )
    since = connection.execute(last).scalar_one()
    changed: sa.ColumnElement[bool] = sa.true()
    if since is not None:  # a database may write whole seconds: rather one look too many
        changed = c.updated_at > sa.literal(since - timedelta(seconds=1), c.updated_at.type)
    stands = sa.and_(c.is_active, c.merged_into_id.is_(None))
    of_shop = sa.exists().where(changed, stands, sa.not_(PRISTINE))
    decided = sa.exists().where(sync_conflicts.c.status == "pending", sync_conflicts.c.decision == "link")
    return bool(connection.execute(sa.select(sa.or_(of_shop, decided))).scalar_one())
