"""Brands, properties and their values. Checks 11-16 of the facts."""

import pytest

from freesport_pipelines_tests.acceptance.exports import Files, export, specifications
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, offer, prop, properties_xml
from freesport_pipelines_tests.shop import Import, ShopUnderTest

ZERO = "00000000-0000-0000-0000-000000000000"
GUID = "cccccccc-0000-4000-8000-000000000001"
BRAND = prop(
    "Бренд",
    values={"e1": "Ingame", "e2": "INGAME", "e3": "Ingame.", "e4": "Без бренда", "e5": "Rusco Sport"},
)
DICTIONARY = [
    prop("p-ref", "Материал", values={"v1": " Неопрен "}),
    prop("p-other", "Материал", values={"v1": "Кожа"}),
    prop("p-yes", "Складной", values={"true": "Да", "false": "Нет"}),
    prop("p-flag", "Детский", values={"true": "Есть", "false": "Нет"}),
    prop("p-num", "Вес коробки (кг)", value_type="Число"),
    prop("p-text", "Состав", value_type="Строка"),
]
GOODS = [
    good("g1", properties={"Бренд": "e1", "p-ref": "v1", "p-other": "v1", "p-yes": "true", "p-flag": "true"}),
    good("g2", properties={"Бренд": "e3", "p-text": GUID, "p-ref": GUID}),
    good("g3", properties={"Бренд": ZERO}),
    good("g4", properties={"Бренд": "e4"}),
    good("g5", requisites={"Бренд": "e5"}),
    good("g6", properties={"Бренд": "e2", "p-num": "-3"}, requisites={"Бренд": "e5"}),
    good("g7"),
]
NOTHING = ("-999999999.9", "-999\u00a0999\u00a0999,9", "0001-01-01T00:00:00", ZERO, "", None)
OFFERS = [
    offer("g1#a", properties={"p-num": "21.6"}, characteristics={"Вес коробки (кг)": "21,6"}),
    offer("g2#a", characteristics={"Вес коробки (кг)": "21,6", "Складной": "Да"}),
    *(
        offer(f"g7#{n}", properties={"p-num": value, "p-text": value, "p-ref": value})
        for n, value in enumerate(NOTHING)
    ),
]


def _export() -> Files:
    files = export(goods=GOODS, offers=OFFERS, prices=[], rests=[])
    for segment in range(1, 10):
        items = [*DICTIONARY, BRAND] if segment == 1 else [prop(f"p{segment}"), BRAND]
        files[f"propertiesGoods/propertiesGoods_1_{segment}_<uuid>.xml"] = properties_xml("propertiesGoods", items)
    files["propertiesOffers/propertiesOffers_1_1_<uuid>.xml"] = properties_xml("propertiesOffers", [BRAND])
    return files


@pytest.fixture(scope="module")
def imported(lasting_shop: ShopUnderTest) -> Import:
    return lasting_shop.import_files(_export())


def _brand(shop: ShopUnderTest, onec_id: str) -> str | None:
    query = "SELECT b.name FROM goods g LEFT JOIN brands b ON b.id = g.brand_id WHERE g.onec_id = :id"
    return shop.row(query, id=onec_id)["name"]


def test_one_brand_stands_behind_many_ids_and_spellings(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 11: repeated in nine segments and in propertiesOffers, too."""
    assert {row["name"] for row in lasting_shop.rows("SELECT name FROM brands")} == {"INGAME", "Rusco Sport"}
    assert lasting_shop.count("brand_aliases") == 5
    mapped = lasting_shop.rows("SELECT brand_id FROM brand_aliases WHERE onec_id IN ('e1', 'e2', 'e3')")
    assert len(mapped) == 3
    assert len({row["brand_id"] for row in mapped}) == 1
    assert _brand(lasting_shop, "g1") == _brand(lasting_shop, "g2") == _brand(lasting_shop, "g6") == "INGAME"


def test_no_brand_is_no_error(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 12: the zero GUID, "Без бренда", nothing at all; the requisite is the fallback."""
    assert [_brand(lasting_shop, onec_id) for onec_id in ("g3", "g4", "g7")] == [None, None, None]
    assert _brand(lasting_shop, "g5") == "Rusco Sport"
    assert imported.check("units_and_brands_are_known")["passed"]


def test_value_ids_belong_to_their_property(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 13: all boolean properties share the ids true and false."""
    shown = specifications(lasting_shop, "g1#a")
    assert (shown["p-yes"], shown["p-flag"]) == ("Да", "Есть")
    assert (shown["p-ref"], shown["p-other"]) == ("Неопрен", "Кожа")


def test_the_property_type_decides_what_is_a_reference(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 14: a text that looks like a GUID stays a text; a dangling reference is kept and reported."""
    rows = lasting_shop.rows(
        "SELECT attribute_onec_id, value, value_onec_id FROM product_specifications "
        "WHERE product_onec_id = 'g2#a' AND attribute_onec_id IN ('p-text', 'p-ref') ORDER BY 1"
    )
    assert [tuple(row.values()) for row in rows] == [("p-ref", GUID, GUID), ("p-text", GUID, None)]
    assert imported.status == "published"
    assert imported.check("attributes_are_known")["bad"] == 1
    assert GUID in imported.check("attributes_are_known")["message"]


@pytest.mark.parametrize("number", range(len(NOTHING)))
def test_what_1c_means_as_nothing_is_absent(imported: Import, lasting_shop: ShopUnderTest, number: int) -> None:
    """Check 15."""
    assert specifications(lasting_shop, f"g7#{number}") == {}


def test_a_negative_number_is_a_number(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 15: only the sentinel means nothing."""
    assert "-3" in str(lasting_shop.row("SELECT specifications FROM goods WHERE onec_id = 'g6'"))


@pytest.mark.parametrize("onec_id", ["g1#a", "g2#a"])
def test_both_ways_to_write_a_number_give_one_number(
    imported: Import, lasting_shop: ShopUnderTest, onec_id: str
) -> None:
    """Check 16: `21,6` of a characteristic and `21.6` of a property."""
    (row,) = lasting_shop.rows(
        "SELECT attribute_onec_id, number FROM product_specifications "
        "WHERE product_onec_id = :id AND attribute = 'Вес коробки (кг)'",
        id=onec_id,
    )
    assert (row["attribute_onec_id"], float(row["number"])) == ("p-num", 21.6)


def test_a_dictionary_delta_changes_the_texts_everywhere(shop: ShopUnderTest) -> None:
    """Check 13 and decision 16: neither goods nor SKUs are written for it."""
    shop.import_files(_export())
    renamed = prop("p-ref", "Материал верха", values={"v1": "Резина"})
    imported = shop.import_files({"propertiesGoods.xml": properties_xml("propertiesGoods", [renamed])})
    assert imported.table("goods")["updated"] == imported.table("products")["updated"] == 0
    shown = specifications(shop, "g1#a")
    assert (shown["p-ref"], shown["p-other"], shown["p-yes"]) == ("Резина", "Кожа", "Да")


def test_a_brand_that_comes_after_its_goods_is_put_to_them(shop: ShopUnderTest) -> None:
    """Check 11: and later spellings neither rename nor multiply it."""
    first = shop.import_files(export(goods=[good("g1", properties={"Бренд": "e1"})]))
    assert not first.check("units_and_brands_are_known")["passed"]
    brand = prop("Бренд", values={"e1": "Ingame"})
    shop.import_files({"propertiesGoods.xml": properties_xml("propertiesGoods", [brand])})
    assert _brand(shop, "g1") == "Ingame"
    more = prop("Бренд", values={"e6": "INGAME", "e7": "INGAME!"})
    goods = goods_xml([good("g2", properties={"Бренд": "e7"})])
    shop.import_files({"goods.xml": goods, "propertiesGoods.xml": properties_xml("propertiesGoods", [more])})
    assert _brand(shop, "g1") == _brand(shop, "g2") == "Ingame"
    assert shop.count("brands") == 1
