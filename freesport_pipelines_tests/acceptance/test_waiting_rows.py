"""Rows that wait: the newest word about a row wins, whatever was set aside before it."""

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
    prop,
    properties_xml,
    rest,
    rests_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest

BASE = {
    "groups.xml": groups_xml([group("c1", "Гири")]),
    "priceLists.xml": price_lists_xml([price_type("rrc", "РРЦ")]),
}


def prices(*texts: str) -> dict[str, bytes]:
    """One packet per text, each with the retail price of g1#a."""
    return {
        f"prices_1_{number}_<uuid>.xml": prices_xml([price("g1#a", {"rrc": text})])
        for number, text in enumerate(texts, 1)
    }


def test_prices_of_goods_that_the_same_drop_admits_again_wait_for_their_offer(shop: ShopUnderTest) -> None:
    shop.import_files({**BASE, "goods.xml": goods_xml([good("g1", marked=True)])})
    back = {"goods.xml": goods_xml([good("g1")]), "rests.xml": rests_xml([rest("g1#a", {"w1": "5"})])}
    shop.import_files({**back, **prices("200")})
    shop.import_files({"offers.xml": offers_xml([offer("g1#a")])})
    product = shop.product("g1#a")
    assert (float(product["retail_price"]), float(product["stock_quantity"])) == (200, 5)


def test_an_older_waiting_price_never_comes_back_over_a_newer_one_that_was_skipped(shop: ShopUnderTest) -> None:
    shop.import_files({**BASE, **prices("100")})
    shop.import_files({"goods.xml": goods_xml([good("g1", marked=True)]), **prices("200")})
    shop.import_files({"goods.xml": goods_xml([good("g1")]), "offers.xml": offers_xml([offer("g1#a")])})
    assert shop.product("g1#a")["retail_price"] is None


def test_a_price_that_a_later_packet_corrects_is_no_matter_for_quarantine(shop: ShopUnderTest) -> None:
    goods = {"goods.xml": goods_xml([good("g1")]), "offers.xml": offers_xml([offer("g1#a")])}
    imported = shop.import_files({**BASE, **goods, **prices("abc", "200")})
    assert imported.quarantine == {}
    assert "prices_can_be_read" not in imported.failed_checks


def test_bare_ids_beside_offers_are_reported_and_block_nothing(shop: ShopUnderTest) -> None:
    shop.configure(block_rows=2)
    ids = [f"g{number}" for number in range(4)]
    goods = {"goods.xml": goods_xml([good(i) for i in ids]), "offers.xml": offers_xml([offer(f"{i}#a") for i in ids])}
    shop.import_files({**BASE, **goods})
    bare = prices_xml([price(i, {"rrc": "10"}) for i in ids])
    imported = shop.import_files({"prices.xml": bare})
    assert imported.status == "unchanged"
    assert imported.quarantine == {"prices": {"goods_sold_by_offers": 4}}
    assert "bare_ids_name_an_sku" in imported.failed_checks


def test_goods_of_unknown_groups_are_not_all_green(shop: ShopUnderTest) -> None:
    imported = shop.import_files({"goods.xml": goods_xml([good("g1", groups=["c9"])])})
    assert "goods_have_a_known_group" in imported.failed_checks


def test_a_brand_value_that_comes_to_mean_no_brand_takes_the_brand_off(shop: ShopUnderTest) -> None:
    def brands(name: str) -> dict[str, bytes]:
        return {"propertiesGoods.xml": properties_xml("propertiesGoods", [prop("Бренд", "Бренд", values={"b1": name})])}

    shop.import_files({**BASE, **brands("Vorlanik"), "goods.xml": goods_xml([good("g1", properties={"Бренд": "b1"})])})
    assert shop.row("SELECT brand_id FROM goods")["brand_id"] is not None
    shop.import_files(brands("Без бренда"))
    assert shop.row("SELECT brand_id FROM goods")["brand_id"] is None


def test_an_sku_gets_its_size_when_its_goods_get_their_new_name_later(shop: ShopUnderTest) -> None:
    shop.import_files({**BASE, "goods.xml": goods_xml([good("g1", name="Гиря", article="A")])})
    shop.import_files({"offers.xml": offers_xml([offer("g1#a", name="Гиря новая (45)")])})
    assert shop.product("g1#a")["sku"] == "A"
    shop.import_files({"goods.xml": goods_xml([good("g1", name="Гиря новая", article="A")])})
    assert shop.product("g1#a")["sku"] == "A-45"


def test_a_size_given_only_as_a_dictionary_value_is_a_size(shop: ShopUnderTest) -> None:
    sizes = properties_xml("propertiesOffers", [prop("p1", "Размер", values={"v1": "45"})])
    shop.import_files(
        {
            **BASE,
            "propertiesOffers.xml": sizes,
            "goods.xml": goods_xml([good("g1")]),
            "offers.xml": offers_xml([offer("g1#a", name="Кроссовки", properties={"p1": "v1"})]),
        }
    )
    assert shop.product("g1#a")["size"] == "45"


def test_quantities_whose_sum_no_shop_can_hold_go_to_quarantine(shop: ShopUnderTest) -> None:
    goods = {"goods.xml": goods_xml([good("g1")]), "offers.xml": offers_xml([offer("g1#a")])}
    absurd = rests_xml([rest("g1#a", {"w1": "999999999999", "w2": "999999999999"})])
    imported = shop.import_files({**BASE, **goods, "rests.xml": absurd})
    assert imported.quarantine == {"rests": {"quantity_not_a_number": 1}}
