"""Stage the dictionaries: price types, units, warehouses, properties with brands, categories."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, lookups, quarantine, schema, staging, touches
from freesport_pipelines.database.packing import PACKET_ROWS
from freesport_pipelines.domain import brands
from freesport_pipelines.domain.categories import CYCLE, UNKNOWN_PARENT, CategoryTree, Node
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes, Reject
from freesport_pipelines.domain.price_types import price_field
from freesport_pipelines.domain.records import Category, PriceType, Property, Unit, Warehouse
from freesport_pipelines.domain.rows import (
    AttributeRow,
    AttributeValueRow,
    BrandAliasRow,
    BrandRow,
    CategoryRow,
    PriceTypeRow,
    UnitRow,
    WarehouseRow,
)
from freesport_pipelines.domain.specifications import attribute_type
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines.steps.packets import Tally, records, stage_records

Figures = dict[str, dict[str, Any]]
"""What was counted, by file kind."""


def stage_price_types(context: ImportContext) -> Figures:
    """priceLists → staged_price_types, each mapped to the price column it feeds."""
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.price_types.delete())
        known = lookups.live_price_fields(connection)
        shape = partial(_shape_price_type, wanted=context.settings.price_types, known=known)
        stage_records(context, connection, Kind.PRICE_LISTS, staging.price_types, shape, tally)
        _stage_remapped(context, connection)
    return {str(Kind.PRICE_LISTS): tally.as_figures()}


def _shape_price_type(
    record: PriceType, wanted: Mapping[str, str | None], known: Mapping[str, str | None], notes: Notes
) -> PriceTypeRow:
    field = price_field(record, wanted, known)
    if field is None and not record.is_marked and record.onec_id not in wanted:
        notes.warn("unmapped_price_type", f"{record.name} ({record.onec_id})")
    return PriceTypeRow(record.onec_id, record.name, record.currency, field, not record.is_marked)


def _stage_remapped(context: ImportContext, connection: sa.Connection) -> None:
    """The setting holds for price types of the shop that this drop does not name, too."""
    live, wanted = schema.price_types, context.settings.price_types
    unnamed = ~sa.exists().where(staging.price_types.c.onec_id == live.c.onec_id)
    rows = [
        PriceTypeRow(row.onec_id, row.name, row.currency, wanted[row.onec_id], not row.hidden_by_1c)
        for row in connection.execute(sa.select(live).where(unnamed).order_by(live.c.id))
        if row.onec_id in wanted and wanted[row.onec_id] != row.role_field
    ]
    dialect.bulk_load(connection, staging.price_types, [(seq, None, *row) for seq, row in enumerate(rows, 1)])


def stage_units(context: ImportContext) -> Figures:
    """units → staged_units."""
    return _stage_plain(context, Kind.UNITS, staging.units, _shape_unit)


def _shape_unit(u: Unit, notes: Notes) -> UnitRow:
    full_name, international_code = u.full_name or None, u.international_code or None
    return UnitRow(u.onec_id, u.code, u.short_name, full_name, international_code, not u.is_marked)


def stage_warehouses(context: ImportContext) -> Figures:
    """storages → staged_warehouses."""
    return _stage_plain(context, Kind.STORAGES, staging.warehouses, _shape_warehouse)


def _shape_warehouse(w: Warehouse, notes: Notes) -> WarehouseRow:
    return WarehouseRow(w.onec_id, w.name, not w.is_marked)


def _stage_plain(context: ImportContext, kind: Kind, table: sa.Table, shape: Callable[..., Any]) -> Figures:
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(table.delete())
        stage_records(context, connection, kind, table, shape, tally)
    return {str(kind): tally.as_figures()}


def stage_attributes(context: ImportContext) -> Figures:
    """propertiesGoods and propertiesOffers → staged_attributes, _attribute_values, _brands, _brand_aliases.

    A property may stand in several packets of both kinds (the brand stands in all of them): the union counts.
    Held in memory: dictionaries have thousands of entries, not millions.
    """
    figures: Figures = {}
    properties: dict[str, AttributeRow] = {}
    values: dict[tuple[str, str], str] = {}
    rejects: list[tuple[int, list[Reject]]] = []
    for kind in (Kind.PROPERTIES_GOODS, Kind.PROPERTIES_OFFERS):
        tally = Tally()
        for chunk in records(context, kind, tally):
            for record in chunk.records:
                _take_property(record, kind, properties, values)
            rejects.append((chunk.packet, tally.notes.take_rejects()))
        tally.rows = tally.records
        figures[str(kind)] = tally.as_figures()
    with context.database.staging(context.session.id) as connection:
        aliases, brand_rows = _brands(values, lookups.spellings(connection))
        for table, rows in (
            (staging.attributes, list(properties.values())),
            (staging.attribute_values, [AttributeValueRow(*key, value) for key, value in values.items()]),
            (staging.brand_aliases, aliases),
            (staging.brands, brand_rows),
        ):
            connection.execute(table.delete())
            numbered = [(PACKET_ROWS + i, 1, *row) for i, row in enumerate(rows)]
            dialect.bulk_load(connection, table, numbered)
        quarantine.forget_rejects(connection, *figures)
        for packet, rejected in rejects:
            quarantine.stage_rejects(connection, packet, rejected)
    return figures


def _take_property(
    record: Property, kind: Kind, properties: dict[str, AttributeRow], values: dict[tuple[str, str], str]
) -> None:
    known = properties.get(record.onec_id)
    properties[record.onec_id] = AttributeRow(
        onec_id=record.onec_id,
        name=record.name,
        value_type=attribute_type(record.value_type),
        in_goods=kind is Kind.PROPERTIES_GOODS or (known is not None and known.in_goods),
        in_offers=kind is Kind.PROPERTIES_OFFERS or (known is not None and known.in_offers),
        wants_active=not record.is_marked,
    )
    values.update({(record.onec_id, value_id): text for value_id, text in record.values if value_id and text})


def _brands(
    values: dict[tuple[str, str], str], known: dict[int, list[str]]
) -> tuple[list[BrandAliasRow], list[BrandRow]]:
    """Brands out of the brand property's dictionary: many value ids and spellings, one brand."""
    aliases: list[BrandAliasRow] = []
    for (property_id, value_id), spelling in values.items():
        if property_id != brands.BRAND_PROPERTY:
            continue
        brand_id = None if brands.is_no_brand(spelling) else brands.brand_id(spelling)
        aliases.append(BrandAliasRow(value_id, brand_id, spelling))
        if brand_id is not None:
            known.setdefault(brand_id, []).append(spelling)
    staged = sorted({alias.brand_id for alias in aliases if alias.brand_id is not None})
    return aliases, [BrandRow(brand_id, brands.display_name(known[brand_id])) for brand_id in staged]


def stage_categories(context: ImportContext) -> Figures:
    """groups → staged_categories, judged in the tree that the shop will have; a few thousand at most, in memory."""
    tally = Tally()
    staged: dict[str, Category] = {}
    packet_of: dict[str, int] = {}
    for chunk in records(context, Kind.GROUPS, tally):
        staged.update({record.onec_id: record for record in chunk.records})
        packet_of.update({record.onec_id: chunk.packet for record in chunk.records})
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.categories.delete())
        live = lookups.category_nodes(connection, schema.categories)
        nodes = live | {key: Node(c.parent_onec_id, c.name, c.is_marked) for key, c in staged.items()}
        whole = CategoryTree(nodes, context.settings.catalog_roots)
        usable = {key for key, c in staged.items() if not _is_unusable(c, whole, tally.notes)}
        # what is set aside keeps the place the shop gave it
        kept = {key: node for key, node in nodes.items() if key in usable or key not in staged}
        tree = CategoryTree(live | kept, context.settings.catalog_roots)
        rows = [
            CategoryRow(c.onec_id, c.parent_onec_id, c.name, c.is_marked, tree.is_active(c.onec_id))
            for c in staged.values()
            if c.onec_id in usable
        ]
        numbered = [(PACKET_ROWS + i, 1, *row) for i, row in enumerate(rows)]
        tally.rows = dialect.bulk_load(connection, staging.categories, numbered)
        quarantine.forget_rejects(connection, str(Kind.GROUPS))
        for reject in tally.notes.take_rejects():
            quarantine.stage_rejects(connection, packet_of.get(reject.key, 1), [reject])
        if staged:
            touches.touch_categories(connection, tree)
    return {str(Kind.GROUPS): tally.as_figures()}


def _is_unusable(category: Category, tree: CategoryTree, notes: Notes) -> bool:
    """A category in a cycle, or under a parent nobody knows, would not be a tree: the shop keeps what it has."""
    parent_unknown = category.parent_onec_id is not None and category.parent_onec_id not in tree.nodes
    if category.onec_id not in tree.in_cycle and not parent_unknown:
        return False
    reason = CYCLE if category.onec_id in tree.in_cycle else UNKNOWN_PARENT
    notes.warn(reason, category.onec_id)
    detail = f"parent {category.parent_onec_id}"
    notes.reject(Reject(str(Kind.GROUPS), category.onec_id, reason, detail, category._asdict()))
    return True
