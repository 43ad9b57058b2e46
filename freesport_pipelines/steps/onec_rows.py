"""From what the OData client reads to rows of our tables: a function per table, values in the order of its columns."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import purchase_schema as tables
from freesport_pipelines.domain.card_phones import card_phone
from freesport_pipelines.odata import catalogue_entities as catalogues
from freesport_pipelines.odata import register_entities as registers

Moment = Callable[[datetime | None], str | None]


class Mirror(NamedTuple):
    """How an entity of 1C stands in a table of ours."""

    entity: str
    """Field of `odata.entities.Entities`."""
    table: sa.Table
    columns: tuple[str, ...]
    row: Callable[[Any, Moment], Sequence[Any]]
    period: str = ""
    """Column of time of a register."""


def _card(card: catalogues.DiscountCard, _: Moment) -> Sequence[Any]:
    phone = card_phone(card.barcode) if card.barcode else None
    return (
        card.onec_id, card.owner, phone, card.barcode, card.code, card.description, not card.is_deleted,
        card.is_deleted, card.version,
    )  # fmt: skip


def _counterparty(buyer: catalogues.Counterparty, _: Moment) -> Sequence[Any]:
    phone = buyer.phone or next((c.phone or c.shown for c in buyer.contacts if c.phone), None)
    email = buyer.email or next((c.email for c in buyer.contacts if c.email), None)
    born = None if buyer.birthday is None else buyer.birthday.isoformat()
    return (
        buyer.onec_id, buyer.description, buyer.full_name, buyer.kind, born, phone, email, buyer.is_folder,
        buyer.parent, buyer.is_deleted, buyer.version,
    )  # fmt: skip


def _product(product: catalogues.Product, _: Moment) -> Sequence[Any]:
    return (
        product.onec_id, product.description or product.full_name, product.article, product.kind, product.category,
        product.parent, product.brand, product.is_folder, product.is_deleted, product.version,
    )  # fmt: skip


def _category(group: catalogues.Group, _: Moment) -> Sequence[Any]:
    return group.onec_id, group.parent, group.description, group.is_deleted, group.version


def _named(named: catalogues.Named, _: Moment) -> Sequence[Any]:
    return named.onec_id, named.description, named.is_deleted, named.version


def _sale(sale: registers.Sale, moment: Moment) -> Sequence[Any]:
    return (
        sale.recorder, sale.recorder_type or "", sale.line, moment(sale.period), sale.is_active, sale.organisation,
        sale.counterparty, sale.product, sale.characteristic, sale.warehouse, sale.document, sale.document_type,
        sale.quantity, sale.amount,
    )  # fmt: skip


def _sale_by_card(sale: registers.SaleByCard, moment: Moment) -> Sequence[Any]:
    return (
        sale.recorder, sale.recorder_type or "", sale.line, moment(sale.period), sale.is_active, sale.card,
        sale.owner, sale.product, sale.quantity, sale.amount,
    )  # fmt: skip


def _receipt(receipt: registers.RetailReceipt, moment: Moment) -> Sequence[Any]:
    return (
        receipt.document, receipt.document_type or "", moment(receipt.date), receipt.number, receipt.receipt_number,
        receipt.is_posted, receipt.is_deleted, receipt.amount, receipt.counterparty, receipt.cash_desk,
        receipt.organisation,
    )  # fmt: skip


def _points(movement: registers.LoyaltyMovement, moment: Moment) -> Sequence[Any]:
    return (
        movement.recorder, movement.recorder_type or "", movement.line, moment(movement.period), movement.is_active,
        movement.record_type, movement.card, movement.accrued, movement.to_write_off,
    )  # fmt: skip


_CATALOGUE = ("is_marked", "version")
_REGISTER = ("recorder", "recorder_type", "line_number", "period", "is_active")

CATALOGUES: tuple[Mirror, ...] = (
    Mirror(
        "discount_cards", tables.discount_cards,
        ("onec_id", "owner_onec_id", "phone", "barcode", "code", "description", "is_active", *_CATALOGUE), _card,
    ),
    Mirror(
        "customers", tables.onec_counterparties,
        ("onec_id", "description", "full_name", "kind", "birth_date", "phone", "email", "is_folder", "parent_onec_id",
         *_CATALOGUE), _counterparty,
    ),
    Mirror(
        "products", tables.onec_products,
        ("onec_id", "name", "article", "product_type", "category_onec_id", "group_onec_id", "brand_onec_id",
         "is_folder", *_CATALOGUE), _product,
    ),
    Mirror("categories", tables.onec_categories, ("onec_id", "parent_onec_id", "name", *_CATALOGUE), _category),
    Mirror("brands", tables.onec_brands, ("onec_id", "name", *_CATALOGUE), _named),
    Mirror("warehouses", tables.onec_stores, ("onec_id", "name", *_CATALOGUE), _named),
)  # fmt: skip

REGISTERS: tuple[Mirror, ...] = (
    Mirror(
        "sales", tables.purchases,
        (*_REGISTER, "organization_onec_id", "customer_onec_id", "product_onec_id", "characteristic_onec_id",
         "warehouse_onec_id", "document", "document_type", "quantity", "amount"), _sale, "period",
    ),
    Mirror(
        "sales_by_card", tables.sales_by_card,
        (*_REGISTER, "card_onec_id", "owner_onec_id", "product_onec_id", "quantity", "amount"), _sale_by_card,
        "period",
    ),
    Mirror(
        "retail_journal", tables.retail_receipts,
        ("ref", "ref_type", "date", "number", "receipt_number", "is_posted", "is_marked", "amount",
         "customer_onec_id", "cash_desk_onec_id", "organization_onec_id"), _receipt, "date",
    ),
    Mirror(
        "loyalty", tables.loyalty_movements,
        (*_REGISTER, "record_type", "card_onec_id", "accrued", "spent"), _points, "period",
    ),
)  # fmt: skip

BY_TABLE = {mirror.table.name: mirror for mirror in (*CATALOGUES, *REGISTERS)}
