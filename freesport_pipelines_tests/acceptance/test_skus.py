"""What becomes an SKU: offers, default SKUs, orphans that wait for their goods. Checks 7-10 of the facts."""

from decimal import Decimal

from freesport_pipelines_tests.acceptance.exports import (
    RRP,
    exclusions,
    export,
    prices_of,
    specifications,
    stock_of,
    without_offers,
)
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    offer,
    offers_xml,
    price,
    prices_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest


def test_each_offer_is_an_sku_of_its_own(shop: ShopUnderTest) -> None:
    """Check 7: the goods row stays the parent; names, sizes and SKU codes are kept apart."""
    files = export(
        goods=[good("g1", name="Кроссовки X1, синий", article="X1")],
        offers=[offer("g1#a", name="Кроссовки X1, синий (44)"), offer("g1#b", name="Кроссовки X1, синий (45)")],
    )
    shop.import_files(files)
    assert shop.count("goods") == 1
    rows = shop.rows("SELECT onec_id, parent_onec_id, name, size, sku FROM products ORDER BY onec_id")
    assert [tuple(row.values()) for row in rows] == [
        ("g1#a", "g1", "Кроссовки X1, синий (44)", "44", "X1-44"),
        ("g1#b", "g1", "Кроссовки X1, синий (45)", "45", "X1-45"),
    ]
    assert prices_of(shop, "g1#b") == {"retail_price": 110}


def test_goods_without_offers_get_a_default_sku(shop: ShopUnderTest) -> None:
    """Check 8: priced, in stock, for sale, named as the goods."""
    imported = shop.import_files(without_offers(name="Мяч", article="M1"))
    assert shop.products() == {"g1"}
    product = shop.product("g1")
    assert (product["name"], product["sku"], product["parent_onec_id"]) == ("Мяч", "M1", "g1")
    assert (prices_of(shop, "g1"), stock_of(shop, "g1")) == ({"retail_price": 100}, 5)
    assert shop.can_be_ordered("g1")
    assert imported.quarantine == {}


def test_a_default_sku_comes_also_when_amounts_arrive_after_the_goods(shop: ShopUnderTest) -> None:
    """Check 8: goods alone are not for sale yet."""
    files = without_offers()
    amounts = {path: files.pop(path) for path in list(files) if path.startswith(("prices/", "rests/"))}
    shop.import_files(files)
    assert shop.products() == set()
    shop.import_files(amounts)
    assert shop.can_be_ordered("g1")


def test_the_default_sku_is_hidden_when_offers_appear(shop: ShopUnderTest) -> None:
    """Check 8: hidden and kept, because orders may refer to it."""
    shop.import_files(without_offers())
    shop.import_files(export(goods=[], prices=[], rests=[]))
    assert not shop.product("g1")["is_active"]
    assert shop.product("g1#a")["is_active"]
    again = shop.import_files({"prices.xml": prices_xml([price("g1", {RRP: "90"}), price("g1#a", {RRP: "95"})])})
    assert again.status == "published"
    assert not shop.product("g1")["is_active"]


def test_no_default_sku_where_all_offers_are_marked(shop: ShopUnderTest) -> None:
    """Check 9: also not when prices come again later."""
    amounts = {
        "prices/prices_1_1_<uuid>.xml": prices_xml([price("g1", {RRP: "100"}), price("g1#a", {RRP: "1"})]),
        "rests/rests_1_1_<uuid>.xml": rests_xml([rest("g1", {"w1": "5"})]),
    }
    marked = [offer("g1#a", marked=True), offer("g1#b", marked=True)]
    shop.import_files(export(offers=marked) | amounts)
    again = shop.import_files(amounts, force=True)
    assert shop.products() == set()
    assert exclusions(shop, "offers") == {"g1#a": "marked", "g1#b": "marked"}
    assert again.status == "unchanged"


def test_the_default_sku_goes_when_all_offers_that_appear_are_marked(shop: ShopUnderTest) -> None:
    """Check 9: two drops must end where one drop with the same content ends."""
    shop.import_files(without_offers())
    shop.import_files({"offers.xml": offers_xml([offer("g1#a", marked=True)])})
    assert shop.rows("SELECT onec_id FROM products WHERE is_active") == []


def test_a_marked_offer_hides_its_sku_only_until_it_is_unmarked(shop: ShopUnderTest) -> None:
    """Check 9 and facts 1.12.4."""
    shop.import_files(export())
    hidden = shop.import_files({"offers.xml": offers_xml([offer("g1#a", marked=True)])})
    assert hidden.table("products")["hidden"] == 1
    assert not shop.can_be_ordered("g1#a")
    assert shop.can_be_ordered("g1#b")
    shop.import_files({"offers.xml": offers_xml([offer("g1#a")])})
    assert shop.can_be_ordered("g1#a")
    assert prices_of(shop) == {"retail_price": 100}


def test_orphans_wait_in_quarantine_until_their_goods_come(shop: ShopUnderTest) -> None:
    """Check 10: the offer with its name, size, values, prices and rests; nothing is lost on the way."""
    size_45 = offer("g1#a", name="Бутсы, синие (45)", properties={"p1": "21.6"})
    files = export(offers=[size_45], prices=[price("g1#a", {RRP: "99,90"})], rests=[rest("g1#a", {"w1": "2,5"})])
    files["propertiesOffers.xml"] = properties_xml("propertiesOffers", [prop("p1", value_type="Число")])
    del files["goods/goods_1_1_<uuid>.xml"]
    first = shop.import_files(files)
    assert first.status == "published"
    assert shop.products() == set()
    assert shop.quarantined("offers") == {("g1#a", "goods_unknown")}
    assert shop.quarantined("prices") == shop.quarantined("rests") == {("g1#a", "sku_unknown")}

    second = shop.import_files({"goods.xml": goods_xml([good("g1", name="Бутсы, синие")])})
    assert second.quarantine == {}
    assert (prices_of(shop), stock_of(shop)) == ({"retail_price": Decimal("99.9")}, Decimal("2.5"))
    assert specifications(shop, "g1#a") == {"p1": "21.6"}
    assert shop.can_be_ordered("g1#a")
    assert shop.count("quarantine", "resolved_session_id IS NULL") == 0


def test_an_orphan_offer_gets_its_size_when_its_goods_come(shop: ShopUnderTest) -> None:
    """Checks 10 and 17: the size is what the offer's name adds to a name that was not known at first."""
    shop.import_files({"offers.xml": offers_xml([offer("g1#a", name="Бутсы, синие (45)")])})
    goods = good("g1", name="Бутсы, синие", article="B1")
    files = export(goods=[goods], offers=[], prices=[], rests=[])
    shop.import_files(files)
    assert (shop.product("g1#a")["size"], shop.product("g1#a")["sku"]) == ("45", "B1-45")


def test_a_newer_word_about_a_waiting_row_wins(shop: ShopUnderTest) -> None:
    """Check 10: the drop that brings the goods may bring the offer and its price too."""
    files = export(prices=[price("g1#a", {RRP: "1"})], rests=[])
    del files["goods/goods_1_1_<uuid>.xml"]
    shop.import_files(files)
    shop.import_files(
        {
            "goods.xml": goods_xml([good("g1")]),
            "offers.xml": offers_xml([offer("g1#a", name="Новое имя")]),
            "prices.xml": prices_xml([price("g1#a", {RRP: "2"})]),
        }
    )
    assert shop.product("g1#a")["name"] == "Новое имя"
    assert prices_of(shop) == {"retail_price": 2}
    assert shop.products() == {"g1#a", "g1#b"}
    assert shop.count("quarantine", "resolved_session_id IS NULL") == 0


def test_too_many_orphans_block_a_session_but_never_the_first(shop: ShopUnderTest) -> None:
    """Check 10 and decision 13: more than 5 % and at least 100 rows."""
    orphans = [offer(f"x{n}#a") for n in range(101)]
    first = shop.import_files(export(offers=[offer("g1#a"), *orphans], prices=[], rests=[]))
    assert first.status == "published"
    assert not first.check("every_sku_has_a_parent")["passed"]
    before = shop.dump()
    second = shop.import_files({"offers.xml": offers_xml([offer("g1#a", name="Другое"), *orphans])})
    assert (second.status, second.failed_checks) == ("rejected", {"every_sku_has_a_parent"})
    assert not second.success
    assert shop.dump() == before
    fewer = shop.import_files({"offers.xml": offers_xml([offer("g1#a", name="Другое"), *orphans[:50]])})
    assert fewer.status == "published"
