"""The staging area of a session: one table per row class of `domain/rows.py`, in a schema of its own.

PostgreSQL: schema `stage_<session>` with unlogged tables. SQLite: an attached file beside the database, so that live
writes go on while a long import stages. A staging area needs no backup: the drop makes it again.
Queries name the schema "stage"; `engine.py` translates it to the session's.
"""

import types
import typing
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import customer_schema, schema
from freesport_pipelines.database.types import ExactNumber, LocalId, UtcDateTime
from freesport_pipelines.domain import rows

STAGE = "stage"
metadata = sa.MetaData(schema=STAGE)


def _type(name: str, annotation: Any, live: sa.Table | None) -> Any:
    """The live column's type, except that JSON stays text until a row is really written."""
    column = live.c.get(name) if live is not None else None
    if column is not None and isinstance(column.type, ExactNumber | sa.BigInteger | sa.Boolean | UtcDateTime):
        return column.type
    plain = [part for part in typing.get_args(annotation) if part is not types.NoneType] or [annotation]
    return {str: sa.Text(), bool: sa.Boolean(), int: sa.BigInteger(), Decimal: sa.Numeric()}[plain[0]]


def _staged(name: str, row: type, live: sa.Table | None) -> sa.Table:
    hints = typing.get_type_hints(row)
    columns = []
    for field, annotation in hints.items():
        optional = types.NoneType in typing.get_args(annotation)
        key = field in ("onec_id", "parent_onec_id", "rejected", "kind", "key")
        doc = live.c[field].doc if live is not None and field in live.c else None
        columns.append(sa.Column(field, _type(field, annotation, live), nullable=optional or not key, doc=doc))
    return sa.Table(
        name,
        metadata,
        sa.Column("seq", LocalId, nullable=False, autoincrement=False, doc="packet and place in it"),
        sa.Column("packet", sa.Integer, doc="number of the packet in reading order"),
        *columns,
        sa.PrimaryKeyConstraint("seq").ddl_if(dialect="sqlite"),
    )


class ExcludedRow(NamedTuple):
    """Next state of `excluded_items`."""

    kind: str
    onec_id: str
    parent_onec_id: str
    reason: str
    is_current: bool


price_types = _staged("staged_price_types", rows.PriceTypeRow, schema.price_types)
units = _staged("staged_units", rows.UnitRow, schema.units)
warehouses = _staged("staged_warehouses", rows.WarehouseRow, schema.warehouses)
attributes = _staged("staged_attributes", rows.AttributeRow, schema.attributes)
attribute_values = _staged("staged_attribute_values", rows.AttributeValueRow, schema.attribute_values)
brands = _staged("staged_brands", rows.BrandRow, schema.brands)
brand_aliases = _staged("staged_brand_aliases", rows.BrandAliasRow, schema.brand_aliases)
categories = _staged("staged_categories", rows.CategoryRow, schema.categories)
goods = _staged("staged_goods", rows.GoodsRow, schema.goods)
skus = _staged("staged_offers", rows.SkuRow, schema.skus)
sku_prices = _staged("staged_prices", rows.SkuPricesRow, schema.sku_prices)
sku_stocks = _staged("staged_stocks", rows.SkuStocksRow, schema.sku_stocks)
excluded_items = _staged("staged_excluded", ExcludedRow, schema.excluded_items)
contragents = _staged("staged_contragents", rows.ContragentRow, customer_schema.contragents)
customers = _staged("staged_customers", rows.CustomerRow, customer_schema.customers)
sync_conflicts = _staged("staged_conflicts", rows.ConflictRow, customer_schema.sync_conflicts)
sync_log = _staged("staged_sync_log", rows.SyncLogRow, customer_schema.customer_sync_log)

known_contragents = sa.Table(
    "known_contragents",
    metadata,
    sa.Column("onec_id", sa.Text, nullable=False),
    sa.Column("tax_id", sa.Text),
    sa.Column("kpp", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("phone", sa.Text),
    sa.Column("platform_id", sa.Text),
    sa.Column("is_marked", sa.Boolean, nullable=False),
    sa.Column("is_changed", sa.Boolean, nullable=False, doc="new, or not as it was"),
)
"""What identities are judged by: all contragents as they will be after the session."""

known_customers = sa.Table(
    "known_customers",
    metadata,
    sa.Column("id", LocalId, nullable=False, autoincrement=False),
    sa.Column("platform_id", sa.Text, doc="under which 1C was told of it"),
    sa.Column("email", sa.Text, doc="lower case"),
    sa.Column("tax_id", sa.Text, doc="without spaces"),
    sa.Column("phone", sa.Text, doc="the last ten digits, as in the two tables beside it"),
    sa.Column("is_unlinked", sa.Boolean, nullable=False),
)
"""Customers who may be somebody's record, by what they can be found by."""

resolving = sa.Table(
    "resolving",
    metadata,
    sa.Column("seq", LocalId, nullable=False, autoincrement=False),
    *(sa.Column(column.name, column.type) for column in known_contragents.columns),
    sa.Column("same_tax_id", sa.Integer),
    sa.Column("same_tax_id_kpp", sa.Integer),
    sa.Column("same_email", sa.Integer),
)
"""Those of them that this session decides about, in order."""

rejects = sa.Table(
    "rejects",
    metadata,
    sa.Column("packet", sa.Integer),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("onec_id", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text),
    sa.Column("payload", sa.Text, nullable=False),
)

unplaced = sa.Table(
    "unplaced",
    metadata,
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("is_excluded", sa.Boolean, nullable=False),
)


def _aside(staged: sa.Table, why: str = "aside") -> sa.Table:
    return sa.Table(
        f"{staged.name}_{why}", metadata, *(sa.Column(c.name, c.type, nullable=c.nullable) for c in staged.columns)
    )


aside = {table: _aside(table) for table in (skus, sku_prices, sku_stocks)}
"""Where rows without a place wait within the session, so that it can be judged again with the same result."""

overtaken = _aside(sku_stocks, "overtaken")
"""Stock rows that a newer session has named meanwhile; they are back when that session was rolled back."""

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("table_name", sa.Text, nullable=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("operation", sa.Text, nullable=False),
    sa.Column("live_id", sa.BigInteger),
)

opened = sa.Table("opened", metadata, sa.Column("session_id", sa.BigInteger, nullable=False))
"""One row from the opening on; it is gone when PostgreSQL emptied the unlogged tables while recovering from a crash."""


class StagingLost(RuntimeError):
    """The staging area is no longer what the session has staged; nothing of it may be published."""


def area_name(session_id: int) -> str:
    """The schema that holds a session's staged tables."""
    return f"stage_{session_id}"
