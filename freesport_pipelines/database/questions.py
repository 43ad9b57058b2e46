"""What is asked about customers, from one synchronisation to the next: kept open, kept answered, closed.

An answer stands: `separate` for good, `seen` until the matter itself changes, `link` until it is carried out.
"""

import json
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.compare import INSERT
from freesport_pipelines.database.customer_schema import customers, sync_conflicts
from freesport_pipelines.domain.customers import LINK, PENDING, RESOLVED, SEEN, SEPARATE, question_key
from freesport_pipelines.domain.identity import STRATEGY, ConflictType, Method
from freesport_pipelines.domain.rows import ConflictRow

BEHIND_ALL = 10**15
"""Staged questions that are only closed are numbered from here."""


class Question(NamedTuple):
    """A row of `sync_conflicts`, as far as the next synchronisation must know it."""

    is_open: bool
    decision: str | None
    details: Any


def asked(connection: sa.Connection) -> dict[str, Question]:
    """All questions by their keys."""
    c = sync_conflicts.c
    query = sa.select(c.key, c.status == PENDING, c.decision, c.details)
    return {key: Question(*rest) for key, *rest in connection.execute(query)}


def decisions(connection: sa.Connection) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """What operators have said: {contragent: customers} that are to be linked, and that are somebody else."""
    linked: dict[str, set[int]] = defaultdict(set)
    apart: dict[str, set[int]] = defaultdict(set)
    c = sync_conflicts.c
    query = sa.select(c.onec_id, c.customer_id, c.decision).where(
        sa.or_(c.decision == SEPARATE, sa.and_(c.decision == LINK, c.status == PENDING))
    )
    for onec_id, customer_id, decision in connection.execute(query):
        (linked if decision == LINK else apart)[onec_id].add(customer_id)
    return linked, apart


def as_answered(row: ConflictRow, known: Mapping[str, Question]) -> ConflictRow:
    """A question that comes up again, with what was said of it before."""
    before = known.get(row.key)
    if before is None or row.status == RESOLVED:
        return row
    is_seen = before.decision == SEEN and before.details == json.loads(row.details)
    if not before.is_open and is_seen:
        return row._replace(status=RESOLVED, decision=SEEN)
    return row._replace(decision=before.decision) if before.is_open else row


def close_what_is_none(connection: sa.Connection) -> None:
    """Close pending questions about the contragents decided about that nobody need ask any more.

    A link that was decided and could not be made is closed as such.
    """
    c, staged, linked = sync_conflicts.c, staging.sync_conflicts, staging.customers.alias("linked")
    made = sa.exists().where(linked.c.customer_id == c.customer_id, linked.c.onec_id == c.onec_id)
    how = sa.case((sa.and_(c.decision == LINK, made), LINK), (c.decision == LINK, "not_carried_out"), else_="obsolete")
    details = c.details if dialect.is_sqlite(connection) else sa.cast(c.details, sa.Text)
    rows = sa.select(
        c.id + sa.literal(BEHIND_ALL, sa.BigInteger),
        sa.literal(1, sa.Integer),
        c.key,
        c.conflict_type,
        c.strategy,
        sa.literal(RESOLVED, sa.Text),
        c.method,
        c.customer_id,
        c.onec_id,
        details,
        how,
    ).where(
        c.status == PENDING,
        c.onec_id.in_(sa.select(staging.resolving.c.onec_id)),
        c.key.not_in(sa.select(staged.c.key)),
    )
    connection.execute(staged.insert().from_select([column.name for column in staged.columns], rows))


def keep_apart_what_was_undone(connection: sa.Connection, session_id: int) -> None:
    """A link that is rolled back must not be made again by the next synchronisation: people said that it was wrong."""
    done = change_sets.c
    query = sa.select(done.live_id, done.after, done.before).where(
        done.session_id == session_id, done.table_name == customers.name, done.operation != INSERT
    )
    for customer_id, after, before in connection.execute(query).all():
        onec_id = (after or {}).get("onec_id")
        if not onec_id or (before or {}).get("onec_id"):
            continue
        mine = sa.and_(sync_conflicts.c.onec_id == onec_id, sync_conflicts.c.customer_id == customer_id)
        answered = {"status": RESOLVED, "decision": SEPARATE}
        if not connection.execute(sync_conflicts.update().where(mine).values(answered)).rowcount:
            kind, now = ConflictType.DUPLICATE, sa.func.now()
            row = {
                "key": question_key(kind, onec_id, customer_id), "conflict_type": kind, "strategy": STRATEGY[kind],
                "method": Method.NONE, "customer_id": customer_id, "onec_id": onec_id, "details": {"undone": True},
                "session_id": session_id, "created_at": now, "updated_at": now, **answered,
            }  # fmt: skip
            connection.execute(sync_conflicts.insert().values(row))


def outdated_links(connection: sa.Connection) -> list[str]:
    """Contragents whose link by e-mail no longer holds: the shop changed the account since it was judged."""
    log, c, others = staging.sync_log, customers.c, customers.alias("others")
    same = sa.func.lower(sa.func.trim(others.c.email)) == sa.func.lower(sa.func.trim(c.email))
    has_account = sa.or_(others.c.login.is_not(None), sa.not_(others.c.created_in_1c))
    twin = sa.exists().where(same, has_account, others.c.id != c.id, others.c.merged_into_id.is_(None))
    holds = sa.and_(c.is_verified, c.is_active, c.onec_id.is_(None), c.merged_into_id.is_(None), ~twin)
    query = (
        sa.select(log.c.onec_id)
        .join(customers, c.id == log.c.customer_id)
        .where(log.c.method == Method.EMAIL, sa.not_(holds))
    )
    return list(connection.execute(query.limit(10)).scalars())
