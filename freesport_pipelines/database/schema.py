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
        sa.Column("created_at", UtcDateTime, nullable=False, doc="when an import first wrote the row (UTC)"),
        sa.Column("updated_at", UtcDateTime, nullable=False, doc="when an import last changed the row (UTC)"),
        sa.Column("session_id", LocalId, nullable=False, doc="import session of the last change"),
    )


def _visible() -> Sequence[sa.Column[Any]]:
    return (
        sa.Column("is_active", sa.Boolean, nullable=False, doc="whether the shop shows the row"),
        sa.Column("hidden_by_1c", sa.Boolean, nullable=False, doc="hidden by 1C, not by the shop itself"),
    )


def _id() -> sa.Column[Any]:
    return sa.Column("id", LocalId, sa.Identity(), primary_key=True, doc="internal number")


def _onec_id() -> sa.Column[Any]:
    return sa.Column("onec_id", sa.Text, nullable=False, unique=True, doc="id in 1C, the row's identity")


price_types = sa.Table(
    "price_types",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, nullable=False, doc="as 1C calls it"),
    sa.Column("currency", sa.Text, doc="currency code of 1C, RUB"),
    sa.Column("role_field", sa.Text, doc="price column of products that this type feeds; null: not mapped"),
    *_visible(),
    *_written(),
)

units = sa.Table(
    "units",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("code", sa.Text, doc="code of the unit classifier (ОКЕИ)"),
    sa.Column("short_name", sa.Text, doc="шт, кг, упак"),
    sa.Column("full_name", sa.Text, doc="Штука, Килограмм"),
    sa.Column("international_code", sa.Text, doc="PCE, KGM"),
    *_visible(),
    *_written(),
)

warehouses = sa.Table(
    "warehouses",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, doc="null: only its id is known, from rests"),
    *_visible(),
    *_written(),
)

attributes = sa.Table(
    "attributes",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, nullable=False, doc="not unique: 1C has one property per kind of goods"),
    sa.Column("value_type", sa.Text, nullable=False, doc="reference, number or text"),
    sa.Column("in_goods", sa.Boolean, nullable=False, doc="a property of goods (propertiesGoods)"),
    sa.Column("in_offers", sa.Boolean, nullable=False, doc="a property of SKUs (propertiesOffers)"),
    *_visible(),
    *_written(),
)

attribute_values = sa.Table(
    "attribute_values",
    metadata,
    _id(),
    sa.Column("attribute_onec_id", sa.Text, nullable=False, doc="the attribute"),
    sa.Column("onec_id", sa.Text, nullable=False, doc="unique only within its attribute"),
    sa.Column("value", sa.Text, nullable=False, doc="the text people read"),
    *_written(),
    sa.UniqueConstraint("attribute_onec_id", "onec_id"),
)

brands = sa.Table(
    "brands",
    metadata,
    sa.Column("id", LocalId, primary_key=True, autoincrement=False, doc="derived from the normalised name"),
    sa.Column("name", sa.Text, nullable=False, doc="the most frequent spelling of its first import"),
    *_written(),
)

brand_aliases = sa.Table(
    "brand_aliases",
    metadata,
    _id(),
    sa.Column("onec_id", sa.Text, nullable=False, unique=True, doc="value id of the brand property"),
    sa.Column("brand_id", LocalId, doc="null: 1C's way of saying no brand"),
    sa.Column("spelling", sa.Text, nullable=False, doc="the brand as this value spells it"),
    *_written(),
)

categories = sa.Table(
    "categories",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("parent_onec_id", sa.Text, doc="category above; null: a root"),
    sa.Column("name", sa.Text, nullable=False, doc="as 1C calls it; not unique"),
    sa.Column("is_marked", sa.Boolean, nullable=False, doc="marked for deletion in 1C, itself"),
    *_visible(),
    *_written(),
)

goods = sa.Table(
    "goods",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("name", sa.Text, nullable=False, doc="<Наименование>"),
    sa.Column("article", sa.Text, doc="<Артикул>; not unique"),
    sa.Column("barcode", sa.Text, doc="the first <Штрихкод>"),
    sa.Column("barcodes", Json, doc="all barcodes, when there are several"),
    sa.Column("unit_onec_id", sa.Text, doc="base unit, see units"),
    sa.Column("description", sa.Text, doc="raw HTML from 1C: sanitise it where it is shown"),
    sa.Column("category_onec_id", sa.Text, doc="the first group, see categories"),
    sa.Column("category_onec_ids", Json, nullable=False, doc="all groups"),
    sa.Column("brand_onec_id", sa.Text, doc="value id of the brand property"),
    sa.Column("brand_id", LocalId, doc="see brands; null: no brand"),
    sa.Column("specifications", Json, nullable=False, doc="{property id: number | text | {ref: value id}}"),
    sa.Column("vat_rate", ExactNumber(5, 2), doc="percent; null: without VAT or unknown"),
    sa.Column("images", Json, doc="relative paths, the main one first"),
    sa.Column("country", sa.Text, doc="country of origin"),
    sa.Column("manufacturer", sa.Text, doc="legal manufacturer, not the brand"),
    sa.Column("requisites", Json, doc="<ЗначенияРеквизитов> as {name: value or values}"),
    sa.Column("width", Quantity, doc="as 1C measures it; null: unknown"),
    sa.Column("length", Quantity, doc="as 1C measures it; null: unknown"),
    sa.Column("height", Quantity, doc="as 1C measures it; null: unknown"),
    sa.Column("is_marked", sa.Boolean, nullable=False, doc="marked for deletion in 1C"),
    sa.Column("content_hash", sa.BigInteger, nullable=False, doc="fingerprint of the imported content"),
    *_visible(),
    *_written(),
)

skus = sa.Table(
    "skus",
    metadata,
    _id(),
    _onec_id(),
    sa.Column("parent_onec_id", sa.Text, nullable=False, index=True, doc="the goods"),
    sa.Column("name", sa.Text, doc="null: the goods' name (default SKU)"),
    sa.Column("article", sa.Text, doc="the offer's own article, if it has one"),
    sa.Column("barcode", sa.Text, doc="the offer's own barcode"),
    sa.Column("size", sa.Text, doc="size characteristic, or what the name adds to the goods' name"),
    sa.Column("specifications", Json, nullable=False, doc="the SKU's own values; products merges the goods' in"),
    sa.Column("marking_group", sa.Text, doc="code of Честный знак, raw"),
    sa.Column("is_default", sa.Boolean, nullable=False, doc="the one SKU of goods without offers"),
    sa.Column("content_hash", sa.BigInteger, nullable=False, doc="fingerprint of the imported content"),
    *_visible(),
    *_written(),
)

sku_prices = sa.Table(
    "sku_prices",
    metadata,
    sa.Column("sku_id", LocalId, primary_key=True, autoincrement=False, doc="skus.id"),
    *(sa.Column(field, Money, doc="roubles, VAT included; null: not set") for field in PRICE_FIELDS),
    sa.Column("unmapped", sa.Text, doc="JSON {price type id: price} of types that feed no column"),
    *_written(),
)

sku_stocks = sa.Table(
    "sku_stocks",
    metadata,
    sa.Column("sku_id", LocalId, primary_key=True, autoincrement=False, doc="skus.id"),
    sa.Column("quantity", Quantity, nullable=False, doc="max(0, sum over warehouses)"),
    sa.Column("by_warehouse", sa.Text, nullable=False, doc="JSON {warehouse id: quantity}, raw"),
    *_written(),
)

excluded_items = sa.Table(
    "excluded_items",
    metadata,
    _id(),
    sa.Column("kind", sa.Text, nullable=False, doc="goods or offers"),
    sa.Column("onec_id", sa.Text, nullable=False),
    sa.Column("parent_onec_id", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("is_current", sa.Boolean, nullable=False, doc="false: admitted again since"),
    *_written(),
    sa.UniqueConstraint("kind", "onec_id"),
    sa.Index("ix_excluded_items_parent", "parent_onec_id"),
)
