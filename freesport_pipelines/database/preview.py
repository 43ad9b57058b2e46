"""A change set in examples: a few rows of every table, the worst price and stock moves. What an operator looks at
before saying yes, and later to understand what happened.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from freesport_pipelines.database import schema
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.compare import INSERT
from freesport_pipelines.database.feeds import FEEDS, Feed
from freesport_pipelines.domain.roles import PRICE_FIELDS

EXAMPLES = 5
"""Rows shown per table and operation."""
WORST = 10
"""Price and stock moves shown."""
LONGEST_TEXT = 80

_ZERO: ColumnElement[Any] = sa.literal_column("0")
"""Not a parameter: SQLite is given decimals as texts, and an expression greater than a text is never true."""
_FEED = {feed.name: feed for feed in FEEDS}


def preview(connection: sa.Connection, session_id: int, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """{"rows": {table: [example]}, "price_moves": […], "stock_moves": […]} of a session that was compared.

    :param counts: what `compare.count_changes` gave
    """
    rows = {
        feed.shown_as: _examples(connection, feed, counts[feed.name], session_id)
        for feed in FEEDS
        if counts.get(feed.name)
    }
    return {
        "rows": rows,
        "price_moves": _price_moves(connection, session_id),
        "stock_moves": _stock_moves(connection, session_id),
    }


def _examples(
    connection: sa.Connection, feed: Feed, operations: Iterable[str], session_id: int
) -> list[dict[str, Any]]:
    """The first rows of each operation, with their names where the table has some."""
    chosen = sa.union_all(*(_first(feed, operation, session_id) for operation in operations)).subquery()
    name = None if feed.is_personal else feed.staged.c.get("name")
    query = (
        sa.select(
            chosen.c.operation,
            chosen.c.key,
            sa.literal(None, sa.Text).label("name") if name is None else name.label("name"),
            chosen.c.before,
            chosen.c.after,
        )
        .select_from(chosen.outerjoin(feed.staged, feed.staged.c.seq == chosen.c.staged_seq))
        .order_by(chosen.c.operation, chosen.c.staged_seq)
    )
    return [_example(row) for row in connection.execute(query)]


def _first(feed: Feed, operation: str, session_id: int) -> sa.Select[Any]:
    mine = sa.and_(
        change_sets.c.session_id == session_id,
        change_sets.c.table_name == feed.name,
        change_sets.c.operation == operation,
    )
    return sa.select(sa.select(change_sets).where(mine).order_by(change_sets.c.staged_seq).limit(EXAMPLES).subquery())


def _example(row: Any) -> dict[str, Any]:
    example = {"operation": row.operation, "key": row.key, "name": row.name, "before": row.before, "after": row.after}
    return {name: _short(value) for name, value in example.items() if value is not None}


def _short(value: Any) -> Any:
    """Texts as people can take them in; the journal has them whole."""
    if isinstance(value, dict):
        return {name: _short(inner) for name, inner in value.items()}
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[: LONGEST_TEXT - 1] + "…"
    return value


def _price_moves(connection: sa.Connection, session_id: int) -> list[dict[str, Any]]:
    """The prices that move farthest, lost ones first: {"key", "name", "price", "before", "after"}."""
    feed = _FEED["sku_prices"]
    of_columns = []
    for field in PRICE_FIELDS:
        before, after = feed.live.c[field], feed.next_value(connection, field)
        ratio = sa.case((after > before, after * 1.0 / before), else_=before * 1.0 / after)
        far = sa.case((sa.or_(after.is_(None), after <= _ZERO), sa.literal_column("1e12")), else_=ratio)
        moved = sa.and_(before > _ZERO, before.is_distinct_from(after))
        of_columns.append(_changed(feed, session_id, sa.literal(field, sa.Text), before, after, far).where(moved))
    return _worst(connection, sa.union_all(*of_columns), "price")


def _stock_moves(connection: sa.Connection, session_id: int) -> list[dict[str, Any]]:
    """The stocks that lose most: {"key", "name", "before", "after"}."""
    feed = _FEED["sku_stocks"]
    before, after = feed.live.c.quantity, feed.staged.c.quantity
    lost = before - after
    query = _changed(feed, session_id, sa.literal(None, sa.Text), before, after, lost).where(lost > _ZERO)
    return _worst(connection, query, "")


def _changed(
    feed: Feed,
    session_id: int,
    what: ColumnElement[Any],
    before: ColumnElement[Any],
    after: ColumnElement[Any],
    badness: ColumnElement[Any],
) -> sa.Select[Any]:
    rows = change_sets.join(feed.staged, feed.staged.c.seq == change_sets.c.staged_seq).join(
        feed.live, feed.live_id == change_sets.c.live_id
    )
    return (
        sa.select(
            change_sets.c.key,
            what.label("what"),
            before.label("before"),
            after.label("after"),
            badness.label("badness"),
        )
        .select_from(rows)
        .where(
            change_sets.c.session_id == session_id,
            change_sets.c.table_name == feed.name,
            change_sets.c.operation != INSERT,
        )
    )


def _worst(connection: sa.Connection, moves: Any, label: str) -> list[dict[str, Any]]:
    found = moves.subquery()
    worst = sa.select(found).order_by(found.c.badness.desc(), found.c.key).limit(WORST)
    rows = connection.execute(worst).all()
    names = _names(connection, [row.key for row in rows])
    result = []
    for row in rows:
        move = {"key": row.key, "name": _short(names.get(row.key))}
        if label:
            move[label] = row.what
        result.append({**move, "before": _number(row.before), "after": _number(row.after)})
    return result


def _names(connection: sa.Connection, keys: list[str]) -> dict[str, str | None]:
    """Names of a few SKUs, their own or their goods'; looked up by key, because a join would read all goods."""
    skus, goods = schema.skus, schema.goods
    found = connection.execute(
        sa.select(skus.c.onec_id, skus.c.name, skus.c.parent_onec_id).where(skus.c.onec_id.in_(keys))
    )
    rows = found.all()
    parents = [row.parent_onec_id for row in rows]
    of_goods = dict(
        tuple(row)
        for row in connection.execute(sa.select(goods.c.onec_id, goods.c.name).where(goods.c.onec_id.in_(parents)))
    )
    return {row.onec_id: row.name or of_goods.get(row.parent_onec_id) for row in rows}


def _number(value: Any) -> str | None:
    """As people write it: without the zeros of the column's scale."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
