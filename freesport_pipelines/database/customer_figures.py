"""Figures for the gates of customers; examples are ids of 1C and numbers of conflicts, never personal values."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import staging
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.compare import HIDE
from freesport_pipelines.database.customer_schema import customers, sync_conflicts
from freesport_pipelines.domain.customers import PENDING
from freesport_pipelines.domain.gates import Figure
from freesport_pipelines.domain.kinds import Kind

EXAMPLES = 10

Figures = Mapping[str, Mapping[str, Any]]


def vanishing_customers(connection: sa.Connection, session_id: int) -> Figure:
    """Active customers that would be made inactive, merged ones left out: they go on in another row."""
    hidden = sa.select(change_sets.c.key, change_sets.c.live_id).where(
        change_sets.c.session_id == session_id,
        change_sets.c.table_name == customers.name,
        change_sets.c.operation == HIDE,
        change_sets.c.staged_seq.in_(
            sa.select(staging.customers.c.seq).where(staging.customers.c.merged_into_id.is_(None))
        ),
    )
    keys = [row.key for row in connection.execute(hidden.limit(EXAMPLES))]
    bad = connection.execute(sa.select(sa.func.count()).select_from(hidden.subquery())).scalar_one()
    active = sa.select(sa.func.count()).select_from(customers).where(customers.c.is_active)
    return Figure(bad, connection.execute(active).scalar_one(), tuple(keys))


def warned(figures: Figures, *names: str) -> Figure:
    """Contragents with one of these warnings."""
    of_kind = figures.get(Kind.CONTRAGENTS, {})
    bad = sum(of_kind.get("warnings", {}).get(name, 0) for name in names)
    examples = tuple(x for name in names for x in of_kind.get("examples", {}).get(name, ()))
    return Figure(bad, max(int(of_kind.get("records", 0)), bad), examples[:EXAMPLES])


def waiting_conflicts(connection: sa.Connection) -> Figure:
    """Questions that will wait after the session: those that wait already and are not answered by it, and its own."""
    staged, live = staging.sync_conflicts, sync_conflicts
    new = sa.select(staged.c.key.label("key"), staged.c.conflict_type.label("what")).where(staged.c.status == PENDING)
    old = sa.select(live.c.key, live.c.conflict_type).where(
        live.c.status == PENDING, live.c.key.not_in(sa.select(staged.c.key))
    )
    waiting = sa.union(new, old).subquery()
    by_type = sa.select(waiting.c.what, sa.func.count()).group_by(waiting.c.what).order_by(waiting.c.what)
    counts = connection.execute(by_type).all()
    bad = sum(count for _, count in counts)
    total = connection.execute(sa.select(sa.func.count()).select_from(customers)).scalar_one()
    return Figure(bad, max(total, bad), tuple(f"{what}: {count}" for what, count in counts))
