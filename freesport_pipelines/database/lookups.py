"""What shaping must know: dictionaries as they will be after the drop, staged rows over live ones."""

import json
from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import schema, staging
from freesport_pipelines.domain.categories import Node
from freesport_pipelines.domain.sku import is_size_name
from freesport_pipelines.domain.specifications import Attribute, Dictionary


def known_ids(connection: sa.Connection, live: sa.Table, staged: sa.Table) -> frozenset[str]:
    """All 1C ids of a dictionary."""
    both = sa.union(sa.select(live.c.onec_id), sa.select(staged.c.onec_id))
    return frozenset(connection.execute(both).scalars())


def price_fields(connection: sa.Connection) -> dict[str, str | None]:
    """{price type id: price column, or None where it feeds none}; a hidden type feeds none."""
    result: dict[str, str | None] = {}
    for table, active in (
        (schema.price_types, schema.price_types.c.is_active),
        (staging.price_types, staging.price_types.c.wants_active),
    ):
        for onec_id, field, is_active in connection.execute(sa.select(table.c.onec_id, table.c.role_field, active)):
            result[onec_id] = field if is_active else None
    return result


def live_price_fields(connection: sa.Connection) -> dict[str, str | None]:
    """{price type id: price column} as the shop has them now: an operator may have set them."""
    query = sa.select(schema.price_types.c.onec_id, schema.price_types.c.role_field)
    return {onec_id: field for onec_id, field in connection.execute(query)}  # noqa: C416 - rows are not tuples to mypy


def dictionary(connection: sa.Connection) -> Dictionary:
    """All properties with their types and value ids."""
    value_ids: dict[str, set[str]] = {}
    for values in (schema.attribute_values, staging.attribute_values):
        for attribute, onec_id in connection.execute(sa.select(values.c.attribute_onec_id, values.c.onec_id)):
            value_ids.setdefault(attribute, set()).add(onec_id)
    attributes: dict[str, Attribute] = {}
    for table in (schema.attributes, staging.attributes):
        rows = connection.execute(sa.select(table.c.onec_id, table.c.name, table.c.value_type))
        for onec_id, name, value_type in rows:
            attributes[onec_id] = Attribute(name, value_type, frozenset(value_ids.get(onec_id, ())))
    return Dictionary(attributes, _texts(connection, [key for key, a in attributes.items() if is_size_name(a.name)]))


def _texts(connection: sa.Connection, attribute_ids: list[str]) -> dict[tuple[str, str], str]:
    """{(property id, value id): text} of a few properties."""
    texts: dict[tuple[str, str], str] = {}
    for values in (schema.attribute_values, staging.attribute_values):
        query = sa.select(values.c.attribute_onec_id, values.c.onec_id, values.c.value)
        for attribute, onec_id, text in connection.execute(query.where(values.c.attribute_onec_id.in_(attribute_ids))):
            texts[attribute, onec_id] = text
    return texts


def brand_by_value(connection: sa.Connection) -> dict[str, int | None]:
    """{brand value id: brand id, or None for pseudo-brands}."""
    result: dict[str, int | None] = {}
    for table in (schema.brand_aliases, staging.brand_aliases):
        rows = connection.execute(sa.select(table.c.onec_id, table.c.brand_id))
        result |= {onec_id: brand_id for onec_id, brand_id in rows}  # noqa: C416 - rows are not tuples to mypy
    return result


def spellings(connection: sa.Connection) -> dict[int, list[str]]:
    """{brand id: every spelling the shop knows}."""
    result: dict[int, list[str]] = {}
    query = sa.select(schema.brand_aliases.c.brand_id, schema.brand_aliases.c.spelling)
    for brand_id, spelling in connection.execute(query.where(schema.brand_aliases.c.brand_id.is_not(None))):
        result.setdefault(brand_id, []).append(spelling)
    return result


def category_nodes(connection: sa.Connection, table: sa.Table) -> dict[str, Node]:
    """{category id: node} of live or staged categories, touches left out."""
    query = sa.select(table.c.onec_id, table.c.parent_onec_id, table.c.name, table.c.is_marked)
    if table is staging.categories:
        query = query.where(table.c.seq >= 0)
    return {row.onec_id: Node(row.parent_onec_id, row.name, row.is_marked) for row in connection.execute(query)}


def nodes_after(connection: sa.Connection, *, is_full: bool) -> dict[str, Node]:
    """{category id: node} as they will be after the session; what a full set does not name is off sale."""
    live = category_nodes(connection, schema.categories)
    staged = category_nodes(connection, staging.categories)
    if is_full and staged:
        live = {key: node._replace(is_marked=True) for key, node in live.items()}
    return live | staged


def goods_names(connection: sa.Connection, onec_ids: Iterable[str]) -> dict[str, str]:
    """{goods id: name} for some goods, of the drop if it has them, else of the shop."""
    wanted = list(onec_ids)
    result: dict[str, str] = {}
    for table in (schema.goods, staging.goods):
        rows = connection.execute(_names(connection, table, wanted))
        result |= {onec_id: name for onec_id, name in rows}  # noqa: C416 - rows are not tuples to mypy
    return result


def _names(connection: sa.Connection, table: sa.Table, wanted: list[str]) -> sa.Select[Any]:
    query = sa.select(table.c.onec_id, table.c.name)
    if connection.dialect.name == "sqlite":
        ids = sa.func.json_each(json.dumps(wanted)).table_valued("value")
        return query.join(ids, ids.c.value == table.c.onec_id)
    return query.where(table.c.onec_id == sa.any_(sa.literal(list(wanted), sa.ARRAY(sa.Text))))
