"""A small shop's export, whole and consistent, and pieces of it: what the acceptance tests start from.

    shop.import_files(export(goods_xml([good("g1")])))

One goods item `g1` with the SKUs `g1#a` and `g1#b`, priced and in stock, unless a test says otherwise.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
    price,
    price_lists_xml,
    price_type,
    prices_xml,
    rest,
    rests_xml,
    storage,
    storages_xml,
    unit,
    units_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest

RRP, MRP, OPT1, OPT2, OPT3, TRAINER = "t-rrp", "t-mrp", "t-opt1", "t-opt2", "t-opt3", "t-trainer"
PRICE_TYPES = {
    RRP: "РРЦ",
    MRP: "МРЦ",
    OPT1: "Опт 1 (300-600 тыс.руб в квартал)",
    OPT2: "Опт 2 (150-300 тыс.руб в квартал)",
    OPT3: "Опт 3 (50-150 тыс.руб в квартал)",
    TRAINER: "Тренерская",
}

Files = dict[str, bytes]


def dictionaries(groups: Iterable[str] | None = None, **envelope: Any) -> Files:
    """Price types, warehouses, units and categories."""
    types = [price_type(onec_id, name) for onec_id, name in PRICE_TYPES.items()]
    return {
        "priceLists/priceLists_1_1_<uuid>.xml": price_lists_xml(types, **envelope),
        "storages/storages_1_1_<uuid>.xml": storages_xml([storage("w1"), storage("w2", "Второй склад")], **envelope),
        "units/units_1_1_<uuid>.xml": units_xml([unit()], **envelope),
        "groups/groups_1_1_<uuid>.xml": groups_xml([group("c1")] if groups is None else groups, **envelope),
    }


def export(
    goods: Iterable[str] | None = None,
    offers: Iterable[str] | None = None,
    prices: Iterable[str] | None = None,
    rests: Iterable[str] | None = None,
    groups: Iterable[str] | None = None,
    **envelope: Any,
) -> Files:
    """A whole export, one packet of each kind."""
    return dictionaries(groups, **envelope) | {
        "goods/goods_1_1_<uuid>.xml": goods_xml([good("g1")] if goods is None else goods, **envelope),
        "offers/offers_1_1_<uuid>.xml": offers_xml(
            [offer("g1#a"), offer("g1#b")] if offers is None else offers, **envelope
        ),
        "prices/prices_1_1_<uuid>.xml": prices_xml(
            [price("g1#a", {RRP: "100"}), price("g1#b", {RRP: "110"})] if prices is None else prices, **envelope
        ),
        "rests/rests_1_1_<uuid>.xml": rests_xml(
            [rest("g1#a", {"w1": "5", "w2": "0"}), rest("g1#b", {"w1": "1", "w2": "2"})] if rests is None else rests,
            **envelope,
        ),
    }


def without_offers(onec_id: str = "g1", **of_goods: Any) -> Files:
    """An export of one goods item that is sold under its bare id."""
    return export(
        goods=[good(onec_id, **of_goods)],
        offers=[],
        prices=[price(onec_id, {RRP: "100"})],
        rests=[rest(onec_id, {"w1": "5"})],
    )


def prices_of(shop: ShopUnderTest, onec_id: str = "g1#a") -> dict[str, Decimal]:
    """The SKU's prices by column, those that are not set left out."""
    row = shop.product(onec_id)
    return {name: Decimal(str(row[name])) for name in row if name.endswith("_price") and row[name] is not None}


def stock_of(shop: ShopUnderTest, onec_id: str = "g1#a") -> Decimal:
    return Decimal(str(shop.product(onec_id)["stock_quantity"]))


def stocks_by_warehouse(shop: ShopUnderTest, onec_id: str = "g1#a") -> dict[str, Decimal]:
    """What `product_stocks` says of a SKU, raw."""
    rows = shop.rows("SELECT warehouse_onec_id, quantity FROM product_stocks WHERE product_onec_id = :id", id=onec_id)
    return {row["warehouse_onec_id"]: Decimal(str(row["quantity"])) for row in rows}


def specifications(shop: ShopUnderTest, onec_id: str) -> dict[str, str]:
    """{attribute id: text} as the shop shows them."""
    query = "SELECT attribute_onec_id, value FROM product_specifications WHERE product_onec_id = :id"
    rows = shop.rows(query, id=onec_id)
    return {row["attribute_onec_id"]: row["value"] for row in rows}


def category(shop: ShopUnderTest, onec_id: str) -> Mapping[str, Any]:
    row = shop.row("SELECT parent_onec_id, is_active FROM categories WHERE onec_id = :id", id=onec_id)
    return {"parent": row["parent_onec_id"], "is_active": bool(row["is_active"])}


def exclusions(shop: ShopUnderTest, kind: str = "goods") -> dict[str, str]:
    """{id: reason} of what is not for sale now."""
    rows = shop.rows("SELECT onec_id, reason FROM excluded_items WHERE kind = :kind AND is_current", kind=kind)
    return {row["onec_id"]: row["reason"] for row in rows}
