"""Small invented exports."""

from freesport_pipelines_tests import commerceml_xml as xml

FORMED = "2026-01-15T03:00:00"


def units(name: str = "шт", formed_at: str = FORMED) -> dict[str, bytes]:
    return {"units/units_1_1_<uuid>.xml": xml.units_xml([xml.unit(short_name=name)], formed_at=formed_at)}


def catalogue(retail: str = "1990", formed_at: str = FORMED) -> dict[str, bytes]:
    """One goods with one SKU, its price and its stock."""
    return {
        **units(formed_at=formed_at),
        "priceLists/priceLists_1_1_<uuid>.xml": xml.price_lists_xml([xml.price_type()], formed_at=formed_at),
        "storages/storages_1_1_<uuid>.xml": xml.storages_xml([xml.storage()], formed_at=formed_at),
        "groups/groups_1_1_<uuid>.xml": xml.groups_xml([xml.group()], formed_at=formed_at),
        "goods/goods_1_1_<uuid>.xml": xml.goods_xml([xml.good()], formed_at=formed_at),
        "offers/offers_1_1_<uuid>.xml": xml.offers_xml([xml.offer()], formed_at=formed_at),
        "prices/prices_1_1_<uuid>.xml": xml.prices_xml([xml.price(prices={"t1": retail})], formed_at=formed_at),
        **rests("5", formed_at),
    }


def rests(quantity: str, formed_at: str = FORMED) -> dict[str, bytes]:
    return {"rests/rests_1_1_<uuid>.xml": xml.rests_xml([xml.rest(quantities={"w1": quantity})], formed_at=formed_at)}


def storages() -> dict[str, bytes]:
    return {"storages/storages_1_1_<uuid>.xml": xml.storages_xml([xml.storage()], formed_at=FORMED)}


def clashing_price_types() -> dict[str, bytes]:
    """Two types that feed one column: a gate that always blocks."""
    types = [xml.price_type("t1", "РРЦ"), xml.price_type("t2", "Розничная")]
    return {"priceLists/priceLists_1_1_<uuid>.xml": xml.price_lists_xml(types, formed_at="2026-02-01T03:00:00")}


def contragents() -> dict[str, bytes]:
    return {"contragents/contragents_1_<uuid>.xml": xml.file_xml("<Контрагенты/>", formed_at=FORMED)}
