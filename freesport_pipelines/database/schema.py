"""The shop's live tables: what the shop reads. Migrations create them, `views/` holds the views over them.

Every live table has an integer `id` (or `sku_id`), the 1C identity as a unique key, and who wrote it when:
`created_at`, `updated_at` (UTC) and `session_id`, the import session of the last change.
Rows that can leave the shop have `is_active` and `hidden_by_1c`: a row hidden by 1C returns with 1C, a row that the
shop hid (`is_active` false, `hidden_by_1c` false) stays hidden (facts, section 1.12).
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database.types import ExactNumber, Json, LocalId, Money, Quantity, UtcDateTime
from freesport_pipelines.domain.roles import PRICE_FIELDS

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)


def _written() -> Sequence[sa.Column[Any]]:
    return (
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("updated_at", UtcDateTime, nullable=False),
        sa.Column("session_id", LocalId, nullable=False),
    )


def _visible() -> Sequence[sa.Column[Any]]:
    return (
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("hidden_by_1c", sa.Boolean, nullable=False),
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", LocalId, sa.Identity(), primary_key=True)


def _onec_id() -> sa.Column[Any]:
    return sa.Column("onec_id", sa.Text, nullable=False, unique=True)


price_types = sa.Table(
    "price_types",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("currency", sa.Text),
    sa.Column("role_field", sa.Text, comment="price column of products that this type feeds; null: not mapped"),
    *_visible(),
    *_written(),
)

units = sa.Table(
    "units",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("code", sa.Text),
    sa.Column("short_name", sa.Text),
    sa.Column("full_name", sa.Text),
    sa.Column("international_code", sa.Text),
    *_visible(),
    *_written(),
)

warehouses = sa.Table(
    "warehouses",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, comment="null: only its id is known, from rests"),
    *_visible(),
    *_written(),
)

attributes = sa.Table(
    "attributes",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, nullable=False, comment="not unique: 1C has one property per kind of goods"),
    sa.Column("value_type", sa.Text, nullable=False, comment="reference, number or text"),
    sa.Column("in_goods", sa.Boolean, nullable=False),
    sa.Column("in_offers", sa.Boolean, nullable=False),
    *_visible(),
    *_written(),
)

attribute_values = sa.Table(
    "attribute_values",
    metadata,
    _id(),
    sa.Column("attribute_onec_id", sa.Text, nullable=False),
    sa.Column("onec_id", sa.Text, nullable=False, comment="unique only within its attribute"),
    sa.Column("value", sa.Text, nullable=False),
    *_written(),
    sa.UniqueConstraint("attribute_onec_id", "onec_id"),
)

brands = sa.Table(
    "brands",
    metadata,
    sa.Column("id", LocalId, primary_key=True, autoincrement=False, comment="derived from the normalised name"),
    sa.Column("name", sa.Text, nullable=False),
    *_written(),
)

brand_aliases = sa.Table(
    "brand_aliases",
    metadata,
    _id(),
    sa.Column("onec_id", sa.Text, nullable=False, unique=True, comment="value id of the brand property"),
    sa.Column("brand_id", LocalId, comment="null: 1C's way of saying no brand"),
    sa.Column("spelling", sa.Text, nullable=False),
    *_written(),
)

categories = sa.Table(
    "categories",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("parent_onec_id", sa.Text),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("is_marked", sa.Boolean, nullable=False, comment="marked for deletion in 1C, itself"),
    *_visible(),
    *_written(),
)

goods = sa.Table(
    "goods",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("article", sa.Text),
    sa.Column("barcode", sa.Text),
    sa.Column("barcodes", Json, comment="all barcodes, when there are several"),
    sa.Column("unit_onec_id", sa.Text),
    sa.Column("description", sa.Text, comment="raw HTML from 1C: sanitise it where it is shown"),
    sa.Column("category_onec_id", sa.Text),
    sa.Column("category_onec_ids", Json, nullable=False),
    sa.Column("brand_onec_id", sa.Text),
    sa.Column("brand_id", LocalId),
    sa.Column("specifications", Json, nullable=False, comment="{property id: number | text | {ref: value id}}"),
    sa.Column("vat_rate", ExactNumber(5, 2), comment="percent; null: without VAT or unknown"),
    sa.Column("images", Json, comment="relative paths, the main one first"),
    sa.Column("country", sa.Text),
    sa.Column("manufacturer", sa.Text),
    sa.Column("requisites", Json),
    sa.Column("width", Quantity),
    sa.Column("length", Quantity),
    sa.Column("height", Quantity),
    sa.Column("is_marked", sa.Boolean, nullable=False),
    sa.Column("content_hash", sa.BigInteger, nullable=False),
    *_visible(),
    *_written(),
)

skus = sa.Table(
    "skus",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("parent_onec_id", sa.Text, nullable=False, index=True),
    sa.Column("name", sa.Text, comment="null: the goods' name (default SKU)"),
    sa.Column("article", sa.Text, comment="the offer's own article, if it has one"),
    sa.Column("barcode", sa.Text),
    sa.Column("size", sa.Text),
    sa.Column("specifications", Json, nullable=False, comment="the SKU's own values; products merges the goods' in"),
    sa.Column("marking_group", sa.Text),
    sa.Column("is_default", sa.Boolean, nullable=False),
    sa.Column("content_hash", sa.BigInteger, nullable=False),
    *_visible(),
    *_written(),
)

sku_prices = sa.Table(
    "sku_prices",
    metadata,
    sa.Column("sku_id", LocalId, primary_key=True, autoincrement=False),
    *(sa.Column(field, Money) for field in PRICE_FIELDS),
    sa.Column("unmapped", sa.Text, comment="JSON {price type id: price} of types that feed no column"),
    *_written(),
)

sku_stocks = sa.Table(
    "sku_stocks",
    metadata,
    sa.Column("sku_id", LocalId, primary_key=True, autoincrement=False),
    sa.Column("quantity", Quantity, nullable=False, comment="max(0, sum over warehouses)"),
    sa.Column("by_warehouse", sa.Text, nullable=False, comment="JSON {warehouse id: quantity}, raw"),
    *_written(),
)

excluded_items = sa.Table(
    "excluded_items",
    metadata,
    _id(),
    sa.Column("kind", sa.Text, nullable=False, comment="goods or offers"),
    sa.Column("onec_id", sa.Text, nullable=False),
    sa.Column("parent_onec_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False, comment="false: admitted again since"),
    *_written(),
    sa.UniqueConstraint("kind", "onec_id"),
    sa.Index("ix_excluded_items_parent", "parent_onec_id"),
)
