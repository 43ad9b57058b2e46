"""The figures of `sync_dashboard` (requirement, section 8.1), those of its chart, and whether anything is new."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.customer_schema import PRISTINE, customer_sync_log, customers, sync_conflicts
from freesport_pipelines.database.sessions import DONE
from freesport_pipelines.domain.customers import LINK, PENDING
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS


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
    pending = count.select_from(sync_conflicts).where(sync_conflicts.c.status == PENDING)
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
    decided = sa.exists().where(sync_conflicts.c.status == PENDING, sync_conflicts.c.decision == LINK)
    return bool(connection.execute(sa.select(sa.or_(of_shop, decided))).scalar_one())
