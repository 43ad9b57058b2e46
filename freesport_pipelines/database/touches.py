"""Rows that a drop changes without naming them: goods whose category or brand changed, and the exclusion registry."""

from collections.abc import Mapping
from typing import Any

import orjson
import sqlalchemy as sa

from freesport_pipelines.database import dialect, schema, staging
from freesport_pipelines.database.packing import PACKET_ROWS
from freesport_pipelines.domain.categories import CategoryTree
from freesport_pipelines.domain.sku import fitting_size

TOUCH_SEQ = -1


def touch_categories(connection: sa.Connection, tree: CategoryTree) -> int:
    """Stage live categories the drop does not name but whose visibility its tree changes."""
    live = schema.categories
    staged = set(connection.execute(sa.select(staging.categories.c.onec_id)).scalars())
    touched = [
        (TOUCH_SEQ - row.id, None, row.onec_id, None, None, None, tree.is_active(row.onec_id))
        for row in connection.execute(sa.select(live.c.id, live.c.onec_id, live.c.hidden_by_1c, live.c.is_active))
        if row.onec_id in tree.reasons
        and row.onec_id not in staged
        and _will_change(row.is_active, row.hidden_by_1c, tree.is_active(row.onec_id))
    ]
    return dialect.bulk_load(connection, staging.categories, touched)


def touch_goods(connection: sa.Connection, tree: CategoryTree, brands: Mapping[str, int | None]) -> int:
    """Stage live goods the drop does not name but whose admission or brand it changes."""
    live, staged = schema.goods, staging.goods
    columns = [live.c[name] for name in ("id", "onec_id", "category_onec_ids", "is_marked", "is_active")]
    query = sa.select(*columns, live.c.hidden_by_1c, live.c.brand_onec_id, live.c.brand_id).where(
        ~sa.exists().where(staged.c.onec_id == live.c.onec_id, staged.c.seq >= 0)
    )
    names = [column.name for column in staged.columns]
    touched = []
    for row in connection.execute(query.execution_options(yield_per=dialect.CHUNK_ROWS)):
        touch = _goods_touch(row, tree, brands)
        if touch:
            touched.append(tuple(touch.get(name) for name in names))
    return dialect.bulk_load(connection, staged, touched)


def _goods_touch(row: Any, tree: CategoryTree, brands: Mapping[str, int | None]) -> dict[str, Any] | None:
    groups = row.category_onec_ids
    reason = "marked" if row.is_marked else tree.exclusion(orjson.loads(groups) if isinstance(groups, str) else groups)
    brand_id = brands.get(row.brand_onec_id, row.brand_id)
    if not _will_change(row.is_active, row.hidden_by_1c, reason is None) and brand_id == row.brand_id:
        return None
    return {
        "seq": TOUCH_SEQ - row.id,
        "onec_id": row.onec_id,
        "brand_id": brand_id,
        "clears_brand_id": brand_id is None,
        "exclusion_reason": reason,
        "wants_active": reason is None,
    }


def _will_change(is_active: bool, hidden_by_1c: bool, wants_active: bool) -> bool:
    return hidden_by_1c if wants_active else is_active


def touch_sizes(connection: sa.Connection) -> int:
    """Give SKUs without a size the one that shows when their goods get the name the SKU's name begins with."""
    live, goods, offers = schema.skus, staging.goods, staging.skus
    query = (
        sa.select(live.c.id, live.c.onec_id, live.c.parent_onec_id, live.c.name, live.c.hidden_by_1c, goods.c.name)
        .join(goods, goods.c.onec_id == live.c.parent_onec_id)
        .where(live.c.size.is_(None), sa.not_(live.c.is_default), goods.c.seq >= 0, live.c.name != goods.c.name)
        .where(~sa.exists().where(offers.c.onec_id == live.c.onec_id))
    )
    names = [column.name for column in offers.columns]
    touched = []
    for row_id, onec_id, parent, name, hidden_by_1c, goods_name in connection.execute(query):
        size = fitting_size(name, goods_name)
        if size:
            touch = {
                "seq": TOUCH_SEQ - row_id,
                "onec_id": onec_id,
                "parent_onec_id": parent,
                "size": size,
                "is_default": False,
                "wants_active": not hidden_by_1c,
            }
            touched.append(tuple(touch.get(column) for column in names))
    return dialect.bulk_load(connection, offers, touched)


def stage_exclusions(connection: sa.Connection) -> None:
    """Stage the registry of what is not for sale: newly excluded goods and offers, and those admitted again."""
    goods, skus, registered = staging.goods, staging.skus, schema.excluded_items
    names = [column.name for column in staging.excluded_items.columns]
    sources: tuple[tuple[str, sa.Table, Any, Any], ...] = (
        ("goods", goods, goods.c.onec_id, goods.c.exclusion_reason),
        ("offers", skus, skus.c.parent_onec_id, sa.literal("marked", sa.Text)),
    )
    for number, (kind, table, parent, reason) in enumerate(sources, 1):
        is_registered = sa.exists().where(
            registered.c.kind == kind, registered.c.onec_id == table.c.onec_id, registered.c.is_current
        )
        own = sa.and_(sa.not_(table.c.wants_active), sa.or_(table.c.seq >= 0, sa.literal(kind) == "goods"))
        rows = sa.select(
            number * PACKET_ROWS + sa.func.row_number().over(order_by=table.c.seq),
            table.c.packet,
            sa.literal(kind, sa.Text),
            table.c.onec_id,
            parent,
            sa.case((own, reason)),
            own,
        ).where(sa.or_(own, sa.and_(table.c.wants_active, is_registered)))
        connection.execute(staging.excluded_items.insert().from_select(names, rows))
