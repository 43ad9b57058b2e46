"""Stage prices and stocks."""

from decimal import Decimal
from functools import partial
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import dialect, lookups, schema, staging
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.prices import shape_prices
from freesport_pipelines.domain.rows import WarehouseRow
from freesport_pipelines.domain.stocks import QUANTITY_READ, UNKNOWN_WAREHOUSE, shape_stocks
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines.steps.packets import Tally, stage_records

STUB_SEQ = 1_000_000


def stage_prices(context: ImportContext) -> dict[str, dict[str, Any]]:
    """prices → staged_prices: one row per SKU with a column per mapped price type."""
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.sku_prices.delete())
        fields = lookups.price_fields(connection)
        shape = partial(shape_prices, fields=fields)
        stage_records(context, connection, Kind.PRICES, staging.sku_prices, shape, tally)
    return {str(Kind.PRICES): tally.as_figures()}


def stage_stocks(context: ImportContext) -> dict[str, dict[str, Any]]:
    """rests → staged_stocks: one row per SKU with its sum and its raw quantity per warehouse."""
    tally = Tally()
    with context.database.staging(context.session.id) as connection:
        connection.execute(staging.sku_stocks.delete())
        warehouses = lookups.known_ids(connection, schema.warehouses, staging.warehouses)
        shape = partial(shape_stocks, warehouses=warehouses)
        stage_records(context, connection, Kind.RESTS, staging.sku_stocks, shape, tally)
        _stage_unknown_warehouses(connection, tally.notes)
        accounted = dialect.exact_sum(connection, staging.sku_stocks.c.raw_quantity)
    read = tally.notes.sums.get(QUANTITY_READ, Decimal(0))
    unknown = len(tally.notes.found.get(UNKNOWN_WAREHOUSE, ()))
    figures = tally.as_figures(quantity_read=str(read), quantity_accounted=str(accounted), unknown_warehouses=unknown)
    return {str(Kind.RESTS): figures}


def _stage_unknown_warehouses(connection: sa.Connection, notes: Notes) -> None:
    """A quantity in a warehouse the dictionary does not know counts; the warehouse gets a row without a name."""
    unknown = sorted(notes.found.get(UNKNOWN_WAREHOUSE, ()))
    rows = [(STUB_SEQ + i, None, *WarehouseRow(onec_id, None, wants_active=True)) for i, onec_id in enumerate(unknown)]
    dialect.bulk_load(connection, staging.warehouses, rows)
