"""Rows of the staging area: the next state of what a drop touches, in the shape of the live tables.

One class per staged table, fields named as its columns; JSON columns are canonical JSON text. `database/staging.py`
adds the bookkeeping columns (seq, packet, is_partial). `None` in a column listed as "kept" in `database/feeds.py`
means "the drop says nothing about it: keep what the shop has".
"""

from decimal import Decimal
from typing import NamedTuple


class PriceTypeRow(NamedTuple):
    """Next state of `price_types`."""

    onec_id: str
    name: str
    currency: str | None
    role_field: str | None
    wants_active: bool


class UnitRow(NamedTuple):
    """Next state of `units`."""

    onec_id: str
    code: str | None
    short_name: str
    full_name: str | None
    international_code: str | None
    wants_active: bool


class WarehouseRow(NamedTuple):
    """Next state of `warehouses`."""

    onec_id: str
    name: str | None
    wants_active: bool


class AttributeRow(NamedTuple):
    """Next state of `attributes`; in_goods/in_offers say which of the two dictionaries the property was seen in."""

    onec_id: str
    name: str
    value_type: str
    in_goods: bool
    in_offers: bool
    wants_active: bool


class AttributeValueRow(NamedTuple):
    """Next state of `attribute_values`; value ids are unique only within their property."""

    attribute_onec_id: str
    onec_id: str
    value: str


class BrandRow(NamedTuple):
    """Next state of `brands`."""

    id: int
    name: str


class BrandAliasRow(NamedTuple):
    """Next state of `brand_aliases`: which brand a value id of the brand property stands for (None: no brand)."""

    onec_id: str
    brand_id: int | None
    spelling: str


class CategoryRow(NamedTuple):
    """Next state of `categories`."""

    onec_id: str
    parent_onec_id: str | None
    name: str
    is_marked: bool
    wants_active: bool


class GoodsRow(NamedTuple):
    """Next state of `goods`: the placeholder of a `<Товар>`."""

    onec_id: str
    name: str
    article: str | None
    barcode: str | None
    barcodes: str | None
    unit_onec_id: str | None
    description: str | None
    clears_description: bool
    """The drop says that the description is empty, which is more than saying nothing about it."""
    category_onec_id: str | None
    category_onec_ids: str
    brand_onec_id: str | None
    brand_id: int | None
    clears_brand_id: bool
    """A touch says that the goods have no brand any more."""
    specifications: str
    vat_rate: Decimal | None
    images: str | None
    country: str | None
    manufacturer: str | None
    requisites: str | None
    width: Decimal | None
    length: Decimal | None
    height: Decimal | None
    is_marked: bool
    content_hash: int
    exclusion_reason: str | None
    wants_active: bool


class SkuRow(NamedTuple):
    """Next state of `skus`: one `<Предложение>`, or the default SKU of goods without offers (name None)."""

    onec_id: str
    parent_onec_id: str
    name: str | None
    article: str | None
    barcode: str | None
    size: str | None
    specifications: str
    marking_group: str | None
    is_default: bool
    content_hash: int
    wants_active: bool


class SkuPricesRow(NamedTuple):
    """Next state of `sku_prices`: all prices of one SKU, in roubles; None means not set."""

    onec_id: str
    retail_price: Decimal | None
    opt1_price: Decimal | None
    opt2_price: Decimal | None
    opt3_price: Decimal | None
    trainer_price: Decimal | None
    federation_price: Decimal | None
    min_retail_price: Decimal | None
    unmapped: str | None
    """JSON {price type id: "price"} of types that feed no column."""
    rejected: str
    """Columns whose price could not be read, joined by commas: they keep the shop's value."""


class SkuStocksRow(NamedTuple):
    """Next state of `sku_stocks`: one SKU in all warehouses."""

    onec_id: str
    quantity: Decimal
    """max(0, sum over warehouses)."""
    by_warehouse: str
    """JSON {warehouse id: quantity}, raw, negatives included."""
    raw_quantity: Decimal
    """Sum over warehouses, negatives included; staged only, to prove that loading lost nothing."""


class ContragentRow(NamedTuple):
    """Next state of `contragents`: what 1C says about one contragent, normalised. Personal data."""

    onec_id: str
    customer_type: str
    """legal_entity or individual (a sole proprietor is an individual with an INN)."""
    name: str
    """`<Наименование>`, white space collapsed."""
    company_name: str | None
    """Of legal entities: the official name."""
    last_name: str | None
    """Of individuals, like the next two, where the name looks like Фамилия Имя Отчество."""
    first_name: str | None
    middle_name: str | None
    contact_person: str | None
    tax_id: str | None
    """ИНН (or a foreign number) without spaces, as given."""
    matching_tax_id: str | None
    """The same when it is a Russian ИНН whose checksum holds: the only one that may identify somebody."""
    kpp: str | None
    okpo: str | None
    phone: str | None
    """The first usable phone, E.164 (+70000000001)."""
    phones: str
    """JSON list of all usable phones, E.164."""
    email: str | None
    """The first usable address, lower case."""
    emails: str
    """JSON list of all of them."""
    legal_address: str | None
    actual_address: str | None
    name_key: str | None
    """Normalised name, for proposing candidates (never for linking)."""
    roles: str
    """JSON list of `<Роль>` as written."""
    is_buyer: bool
    price_type_onec_id: str | None
    """The one ТипЦенId among the requisites, where a 1C extension sends it."""
    platform_id: str | None
    """The platform's own id of the customer, where 1C sends back what an export told it."""
    is_marked: bool
    content_hash: int
    wants_active: bool
    """Not marked for deletion."""


class CustomerRow(NamedTuple):
    """Next state of `customers`, as far as an import writes it. Personal data."""

    key: str
    """For journals: the 1C id, else "customer <id>"."""
    customer_id: int | None
    """Row of `customers` that becomes this; None: a new one."""
    onec_id: str | None
    customer_type: str
    email: str | None
    phone: str | None
    last_name: str | None
    first_name: str | None
    middle_name: str | None
    company_name: str | None
    contact_person: str | None
    tax_id: str | None
    kpp: str | None
    legal_address: str | None
    role: str | None
    """Only of new rows; an import never changes a role."""
    created_in_1c: bool | None
    needs_1c_export: bool
    sync_status: str
    sync_error_message: str | None
    last_sync_at: str | None
    """ISO time, UTC; None: nothing changed."""
    marked_in_1c: bool
    merged_into_id: int | None
    wants_active: bool


class ConflictRow(NamedTuple):
    """Next state of `sync_conflicts`. No personal values: names of fields and ids only."""

    key: str
    conflict_type: str
    strategy: str
    status: str
    method: str
    customer_id: int | None
    onec_id: str
    details: str
    """JSON."""
    decision: str | None


class SyncLogRow(NamedTuple):
    """A line of `customer_sync_log`. No personal values."""

    operation_type: str
    status: str
    method: str | None
    customer_id: int | None
    onec_id: str | None
    details: str
    """JSON."""
    error_message: str | None
