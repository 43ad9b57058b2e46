"""Dangerous moves in a change set: what would vanish, which prices would collapse, what would sell out.

Each figure names the rows concerned, out of those the shop has now.
"""

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement, FromClause

from freesport_pipelines.database import schema, staging
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.compare import HIDE, INSERT
from freesport_pipelines.domain.gates import Figure
from freesport_pipelines.domain.roles import PRICE_FIELDS

EXAMPLES = 10


def vanishing_skus(connection: sa.Connection, session_id: int) -> Figure:
    """SKUs that customers see now and would not see after the session, by their own or their goods' hiding."""
    skus, goods = schema.skus, schema.goods
    visible = skus.join(goods, goods.c.onec_id == skus.c.parent_onec_id)
    is_visible = sa.and_(skus.c.is_active, goods.c.is_active)
    vanishes = sa.or_(
        skus.c.onec_id.in_(_changed("skus", session_id, (HIDE,))),
        goods.c.onec_id.in_(_changed("goods", session_id, (HIDE,))),
    )
    return _figure(connection, visible, skus.c.onec_id, is_visible, vanishes)


def vanishing_categories(connection: sa.Connection, session_id: int) -> Figure:
    """Categories that would be hidden."""
    categories = schema.categories
    vanishes = categories.c.onec_id.in_(_changed("categories", session_id, (HIDE,)))
    return _figure(connection, categories, categories.c.onec_id, categories.c.is_active, vanishes)


def collapsing_prices(connection: sa.Connection, session_id: int, by: float) -> Figure:
    """SKUs of which some price would fall by more than a share of itself, and stay above zero."""
    return _moving_prices(connection, session_id, lambda before, after: sa.and_(after > 0, after < before * (1 - by)))


def lost_prices(connection: sa.Connection, session_id: int) -> Figure:
    """SKUs of which some price would fall to zero or be taken away."""
    return _moving_prices(connection, session_id, lambda _, after: sa.or_(after.is_(None), after <= 0))


def jumping_prices(connection: sa.Connection, session_id: int, by: float) -> Figure:
    """SKUs of which some price would rise or fall by more than a share of itself; lost prices count."""
    return _moving_prices(
        connection,
        session_id,
        lambda before, after: sa.or_(after.is_(None), sa.func.abs(after - before) > before * by),
    )


def _moving_prices(
    connection: sa.Connection, session_id: int, moves: Callable[[Any, Any], ColumnElement[bool]]
) -> Figure:
    """SKUs with a price that moves so. A price that could not be read is none: the shop keeps what it has."""
    live, staged = schema.sku_prices, staging.sku_prices
    named = sa.literal(",").concat(staged.c.rejected).concat(",")
    moved = sa.or_(
        *(
            sa.and_(
                live.c[field] > 0,
                moves(live.c[field], staged.c[field]),
                sa.not_(named.contains(f",{field},", autoescape=True)),
            )
            for field in PRICE_FIELDS
        )
    )
    return _moving(connection, session_id, "sku_prices", live, staged, moved)


def vanishing_stock(connection: sa.Connection, session_id: int) -> Figure:
    """SKUs in stock that would go to zero."""
    live, staged = schema.sku_stocks, staging.sku_stocks
    return _moving(connection, session_id, "sku_stocks", live, staged, staged.c.quantity == 0, live.c.quantity > 0)


def _changed(table: str, session_id: int, operations: Iterable[str]) -> sa.Select[Any]:
    return sa.select(change_sets.c.key).where(
        change_sets.c.session_id == session_id,
        change_sets.c.table_name == table,
        change_sets.c.operation.in_(tuple(operations)),
    )


def _figure(
    connection: sa.Connection,
    source: FromClause,
    key: ColumnElement[str],
    before: ColumnElement[bool],
    moves: ColumnElement[bool],
) -> Figure:
    rows = sa.select(key).select_from(source).where(before)
    total = connection.execute(sa.select(sa.func.count()).select_from(rows.subquery())).scalar_one()
    bad = connection.execute(sa.select(sa.func.count()).select_from(rows.where(moves).subquery())).scalar_one()
    examples = connection.execute(rows.where(moves).limit(EXAMPLES)).scalars().all() if bad else []
    return Figure(bad, total, tuple(examples))


def _moving(
    connection: sa.Connection,
    session_id: int,
    table: str,
    live: sa.Table,
    staged: sa.Table,
    moves: ColumnElement[bool],
    before: ColumnElement[bool] | None = None,
) -> Figure:
    """Rows of the change set that move dangerously, out of the live rows."""
    had = sa.true() if before is None else before
    changed = sa.select(change_sets.c.key).select_from(
        change_sets.join(staged, staged.c.seq == change_sets.c.staged_seq).join(
            live, live.c.sku_id == change_sets.c.live_id
        )
    )
    changed = changed.where(
        change_sets.c.session_id == session_id,
        change_sets.c.table_name == table,
        change_sets.c.operation != INSERT,
        moves,
        had,
    )
    total = connection.execute(sa.select(sa.func.count()).select_from(live).where(had)).scalar_one()
    bad = connection.execute(sa.select(sa.func.count()).select_from(changed.subquery())).scalar_one()
    examples = connection.execute(changed.limit(EXAMPLES)).scalars().all() if bad else []
    return Figure(bad, total, tuple(examples))
