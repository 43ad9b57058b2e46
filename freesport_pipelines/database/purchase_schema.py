"""Tables read from 1C:УНФ over OData: cards, buyers, products, purchases, bonus points, and the profiles made of them.

They mirror 1C: a catalogue is replaced by a complete scan, a register month by month. Ids are those of that 1C base,
another one than 1C:УТ's. Money is in roubles. Of these tables `discount_cards` and `onec_counterparties` hold personal
data; docs/safety.md lists all places that do, docs/tables.md says what each table is for.
"""

from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database.schema import metadata
from freesport_pipelines.database.types import ExactNumber, Json, LocalId, Money, Quantity, UtcDateTime

Points = ExactNumber(14, 2)
"""Bonus points."""


def _of_catalogue() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("is_marked", sa.Boolean, nullable=False, doc="marked for deletion in 1C"),
        sa.Column("version", sa.Text, doc="DataVersion: equal or not, no more"),
        sa.Column("missing_since", UtcDateTime, doc="when a complete scan first did not find it (UTC)"),
        sa.Column("updated_at", UtcDateTime, nullable=False, doc="when it last changed here (UTC)"),
    )


def _of_register() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("recorder", sa.Text, primary_key=True, doc="the document: a receipt is identified by it"),
        sa.Column("recorder_type", sa.Text, primary_key=True, doc='Document_ЧекККМ …; "": not published in 1C'),
        sa.Column("line_number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("period", UtcDateTime, nullable=False, index=True, doc="UTC"),
        sa.Column("is_active", sa.Boolean, nullable=False, doc="rows switched off in 1C count nowhere"),
    )


discount_cards = sa.Table(
    "discount_cards",
    metadata,
    sa.Column("onec_id", sa.Text, primary_key=True, doc="Ref_Key"),
    sa.Column("customer_id", LocalId, index=True, doc="customers.id of the user made of it"),
    sa.Column("user_owner_onec_id", sa.Text, doc="the owner that the user was made for"),
    sa.Column("owner_onec_id", sa.Text, index=True, doc="onec_counterparties; null: nobody"),
    sa.Column("phone", sa.Text, index=True, doc="7 and ten digits, where the barcode is a phone: the login"),
    sa.Column("barcode", sa.Text, doc="КодКартыШтрихкод as written"),
    sa.Column("code", sa.Text),
    sa.Column("description", sa.Text),
    sa.Column("is_active", sa.Boolean, nullable=False, doc="not marked and not missing"),
    sa.Column("refreshed_at", UtcDateTime, doc="when its own history was last read again (UTC)"),
    *_of_catalogue(),
)

onec_counterparties = sa.Table(
    "onec_counterparties",
    metadata,
    sa.Column("onec_id", sa.Text, primary_key=True),
    sa.Column("description", sa.Text),
    sa.Column("full_name", sa.Text),
    sa.Column("kind", sa.Text, doc="ФизическоеЛицо …"),
    sa.Column("birth_date", sa.Text, doc="YYYY-MM-DD as 1C has it"),
    sa.Column("phone", sa.Text),
    sa.Column("email", sa.Text),
    sa.Column("is_folder", sa.Boolean, nullable=False),
    sa.Column("parent_onec_id", sa.Text),
    *_of_catalogue(),
)

onec_products = sa.Table(
    "onec_products",
    metadata,
    sa.Column("onec_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text),
    sa.Column("article", sa.Text),
    sa.Column("product_type", sa.Text, doc="Запас, Услуга …"),
    sa.Column("category_onec_id", sa.Text, doc="onec_categories"),
    sa.Column("group_onec_id", sa.Text, doc="the other hierarchy: groups of products"),
    sa.Column("brand_onec_id", sa.Text, doc="onec_brands, or the brand's name itself"),
    sa.Column("is_folder", sa.Boolean, nullable=False),
    *_of_catalogue(),
)

onec_categories = sa.Table(
    "onec_categories",
    metadata,
    sa.Column("onec_id", sa.Text, primary_key=True),
    sa.Column("parent_onec_id", sa.Text),
    sa.Column("name", sa.Text),
    *_of_catalogue(),
)


def _named(name: str) -> sa.Table:
    return sa.Table(
        name, metadata, sa.Column("onec_id", sa.Text, primary_key=True), sa.Column("name", sa.Text), *_of_catalogue()
    )


onec_brands = _named("onec_brands")
onec_stores = _named("onec_stores")

purchases = sa.Table(
    "purchases",
    metadata,
    *_of_register(),
    sa.Column("organization_onec_id", sa.Text),
    sa.Column("customer_onec_id", sa.Text, index=True, doc="Контрагент; null: anonymous"),
    sa.Column("product_onec_id", sa.Text),
    sa.Column("characteristic_onec_id", sa.Text),
    sa.Column("warehouse_onec_id", sa.Text),
    sa.Column("document", sa.Text, doc="for a return perhaps the original sale"),
    sa.Column("document_type", sa.Text),
    sa.Column("quantity", Quantity, nullable=False, doc="negative in returns"),
    sa.Column("amount", Money, nullable=False, doc="roubles; negative in returns"),
)

sales_by_card = sa.Table(
    "sales_by_card",
    metadata,
    *_of_register(),
    sa.Column("card_onec_id", sa.Text, index=True),
    sa.Column("owner_onec_id", sa.Text, doc="whose the card was at that sale"),
    sa.Column("product_onec_id", sa.Text),
    sa.Column("quantity", Quantity),
    sa.Column("amount", Money, nullable=False),
)

retail_receipts = sa.Table(
    "retail_receipts",
    metadata,
    sa.Column("ref", sa.Text, primary_key=True, doc="the document, as `purchases.recorder`"),
    sa.Column("ref_type", sa.Text, primary_key=True),
    sa.Column("date", UtcDateTime, nullable=False, index=True, doc="UTC"),
    sa.Column("number", sa.Text, doc="not unique: numbering is yearly"),
    sa.Column("receipt_number", sa.Text),
    sa.Column("is_posted", sa.Boolean, nullable=False),
    sa.Column("is_marked", sa.Boolean, nullable=False),
    sa.Column("amount", Money),
    sa.Column("customer_onec_id", sa.Text),
    sa.Column("cash_desk_onec_id", sa.Text),
    sa.Column("organization_onec_id", sa.Text),
)

loyalty_movements = sa.Table(
    "loyalty_movements",
    metadata,
    *_of_register(),
    sa.Column("record_type", sa.Text, doc="Receipt, Expense; null: a turnover register"),
    sa.Column("card_onec_id", sa.Text, index=True, doc="card, or owner where 1C keeps points by owner"),
    sa.Column("accrued", Points, nullable=False),
    sa.Column("spent", Points, nullable=False),
)

loyalty_balances = sa.Table(
    "loyalty_balances",
    metadata,
    sa.Column("card_onec_id", sa.Text, primary_key=True),
    sa.Column("balance", Points, nullable=False, doc="as 1C itself says"),
    sa.Column("at", UtcDateTime, nullable=False),
)

onec_windows = sa.Table(
    "onec_windows",
    metadata,
    sa.Column("entity", sa.Text, primary_key=True, doc="our table"),
    sa.Column("window_start", UtcDateTime, primary_key=True),
    sa.Column("window_end", UtcDateTime, nullable=False),
    sa.Column("row_count", LocalId, nullable=False, doc="rows of the window when it was read completely"),
    sa.Column("read_at", UtcDateTime, nullable=False, doc="when the reading began: the watermark"),
    sa.Column("run_id", sa.Text),
    sa.Column("is_degraded", sa.Boolean, nullable=False, doc="read whole because 1C refused the filter"),
    sa.Column("is_published", sa.Boolean, nullable=False, doc="false: 1C does not publish the register"),
)

purchase_profiles = sa.Table(
    "purchase_profiles",
    metadata,
    sa.Column("owner_onec_id", sa.Text, primary_key=True, doc="counterparty, or the card if it has no owner"),
    sa.Column("customer_id", LocalId, index=True, doc="customers.id, where a card made the owner a user"),
    sa.Column("profile", Json, nullable=False, doc="all columns of a profile, see docs/purchases.md"),
    sa.Column("segment", sa.Text, index=True),
    sa.Column("net_revenue", Money, nullable=False),
    sa.Column("gross_revenue", Money, nullable=False),
    sa.Column("receipt_count", sa.Integer, nullable=False),
    sa.Column("average_check", Money),
    sa.Column("purchase_frequency", sa.Text),
    sa.Column("last_purchase_at", UtcDateTime),
    sa.Column("bonus_balance", Points),
    sa.Column("as_of", UtcDateTime, nullable=False),
)

product_affinity = sa.Table(
    "product_affinity",
    metadata,
    sa.Column("product_onec_id", sa.Text, primary_key=True, doc="the lesser id of the pair"),
    sa.Column("with_product_onec_id", sa.Text, primary_key=True),
    sa.Column("receipts", sa.Integer, nullable=False, doc="receipts with both"),
    sa.Column("support", sa.Float, nullable=False),
    sa.Column("confidence", sa.Float, nullable=False, doc="of the second, given the first"),
    sa.Column("reverse_confidence", sa.Float, nullable=False),
    sa.Column("lift", sa.Float, nullable=False, doc="1: as often as chance would have it"),
)

MIRRORED = (
    discount_cards, onec_counterparties, onec_products, onec_categories, onec_brands, onec_stores, purchases,
    sales_by_card, retail_receipts, loyalty_movements, loyalty_balances, onec_windows, purchase_profiles,
    product_affinity,
)  # fmt: skip
"""What is read from 1C again and again: no restore of the catalogue takes it back."""
