"""Stage goods and offers."""

from functools import partial
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, lookups, schema, staging
from freesport_pipelines.domain.categories import CategoryTree
from freesport_pipelines.domain.goods import GoodsContext, shape_goods
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.offers import complete_offer, lacks_size, shape_offer
from freesport_pipelines.domain.rows import SkuRow
from freesport_pipelines.exchange.drop import DropMode
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines.steps.packets import Tally, stage_records


def category_tree(context: ImportContext, connection: sa.Connection) -> CategoryTree:
    """The tree as it will be after the session."""
    nodes = lookups.nodes_after(connection, is_full=context.session.mode == DropMode.FULL)
    return CategoryTree(nodes, context.settings.catalog_roots)


def stage_goods(context: ImportContext) -> dict[str, dict[str, Any]]:
    """goods → staged_goods: the placeholders, each with its reason if it is not for sale."""
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.goods.delete())
        knowledge = GoodsContext(
            tree=category_tree(context, connection),
            dictionary=lookups.dictionary(connection),
            brand_by_value=lookups.brand_by_value(connection),
            units=lookups.known_ids(connection, schema.units, staging.units),
        )
        shape = partial(shape_goods, context=knowledge)
        stage_records(context, connection, Kind.GOODS, staging.goods, shape, tally)
        dialect.index_staged(connection, staging.goods, "onec_id", "packet")
        dialect.analyze(connection, staging.goods)  # else offers find the names of their goods by reading all of them
    return {str(Kind.GOODS): tally.as_figures()}


def stage_offers(context: ImportContext) -> dict[str, dict[str, Any]]:
    """offers → staged_offers: one row per SKU, its size taken from what its name adds to the goods' name."""
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.skus.delete())
        shape = partial(shape_offer, goods_name=None, dictionary=lookups.dictionary(connection))

        def complete(rows: list[SkuRow], notes: Notes) -> list[SkuRow]:
            names = lookups.goods_names(connection, {row.parent_onec_id for row in rows})
            return [complete_offer(row, names.get(row.parent_onec_id), notes) for row in rows]

        stage_records(
            context, connection, Kind.OFFERS, staging.skus, shape, tally, is_open=lacks_size, complete=complete
        )
    return {str(Kind.OFFERS): tally.as_figures()}
