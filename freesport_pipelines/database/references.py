"""Which tables refer to which: what a rollback must not leave hanging in the air.

There are no foreign keys between the live tables (they cost 4.4 times on insert, facts/speed.md); publishing keeps
them in order, and only a rollback deletes.
"""

from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import schema
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.compare import DELETE

NAMED_ROWS = 5
_stocks = sa.table("product_stocks", sa.column("product_onec_id"), sa.column("warehouse_onec_id"))

REFERENCES: tuple[tuple[sa.Table, Any], ...] = (
    (schema.attributes, schema.attribute_values.c.attribute_onec_id),
    (schema.units, schema.goods.c.unit_onec_id),
    (schema.warehouses, _stocks.c.warehouse_onec_id),
    (schema.brands, schema.brand_aliases.c.brand_id),
    (schema.brands, schema.goods.c.brand_id),
    (schema.categories, schema.categories.c.parent_onec_id),
    (schema.categories, schema.goods.c.category_onec_id),
    (schema.goods, schema.skus.c.parent_onec_id),
    (schema.skus, schema.sku_prices.c.sku_id),
    (schema.skus, schema.sku_stocks.c.sku_id),
)
"""(table, column elsewhere that holds its 1C key or its id)."""


def to_rows_that_go(connection: sa.Connection, table: sa.Table, undone: int, by: int) -> list[str]:
    """References from rows written after session `undone` to rows of this table that its rollback deletes, in words.

    Rows that refer to them and go as well must have been deleted before. Earlier rows may have named what was not
    there yet; that is no matter of this rollback.
    """
    going = sa.select(change_sets.c.key).where(
        change_sets.c.session_id == by,
        change_sets.c.table_name == table.name,
        change_sets.c.operation == DELETE,
    )
    found = [_held_by(connection, going, table, column, undone) for parent, column in REFERENCES if parent is table]
    if table is schema.price_types:
        found += _prices_of(connection, going, undone)
    return [text for text in found if text]


def _held_by(connection: sa.Connection, going: sa.Select[Any], table: sa.Table, column: Any, undone: int) -> str:
    skus, stocks = schema.skus, schema.sku_stocks
    if column.name == "sku_id":
        written = sa.select(column).where(column.table.c.session_id > undone)
        holders = sa.select(skus.c.onec_id).where(skus.c.id.in_(written))
    elif column.table is _stocks:
        owners = sa.select(skus.c.onec_id).join(stocks, stocks.c.sku_id == skus.c.id)
        holders = sa.select(column).where(_stocks.c.product_onec_id.in_(owners.where(stocks.c.session_id > undone)))
    else:
        holders = sa.select(sa.cast(column, sa.Text)).where(column.is_not(None), column.table.c.session_id > undone)
    if column.table is table:  # a whole branch may go together
        holders = holders.where(table.c.onec_id.not_in(going))
    held = going.where(change_sets.c.key.in_(holders))
    keys = connection.execute(held.limit(NAMED_ROWS)).scalars().all()
    return f"{column.table.name}.{column.name} → {table.name} {', '.join(keys)}" if keys else ""


def _prices_of(connection: sa.Connection, going: sa.Select[Any], undone: int) -> list[str]:
    """Price types that still feed a column in which there are prices."""
    types, prices = schema.price_types, schema.sku_prices
    query = sa.select(types.c.onec_id, types.c.role_field).where(
        types.c.onec_id.in_(going), types.c.role_field.is_not(None)
    )
    return [
        f"sku_prices.{field} → price_types {onec_id}"
        for onec_id, field in connection.execute(query)
        if connection.execute(
            sa.select(sa.exists().where(prices.c[field].is_not(None), prices.c.session_id > undone))
        ).scalar_one()
    ]
