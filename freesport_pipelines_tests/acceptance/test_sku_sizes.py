"""Sizes of SKUs. Checks 17-19 of the facts. One import; the tests only look."""

import pytest

from freesport_pipelines_tests.acceptance.exports import RRP, export
from freesport_pipelines_tests.commerceml_xml import good, offer, price
from freesport_pipelines_tests.shop import Import, ShopUnderTest

LONG = "очень " * 34
NAMES = {"shoes": "Кроссовки, синий", "set": "Набор (2 шт)", "mats": "2 мата (11 шт)"}
OFFERS = [
    offer("shoes#nested", name="Кроссовки, синий (А5 (2XL))"),
    offer("shoes#same", name="Кроссовки, синий"),
    offer("shoes#other", name="Кроссовки, красный (44)"),
    offer("shoes#long", name="Кроссовки, синий ()", characteristics={"Размер": LONG}),
    offer("shoes#flag", name="Кроссовки, синий", characteristics={"Детский размер": "Да"}),
    offer("shoes#flagged", name="К", characteristics={"Детский размер": "Да", "Размер_Бутсы (обувь)": "45"}),
    offer("shoes#td", name="К", characteristics={"РазмерTD": "M", "Вес коробки (кг)": "21,6"}),
    offer("shoes#empty", name="К", characteristics={"Размер (рост)": "-999\u00a0999\u00a0999,9"}),
    offer("mats#a", name="2 мата (11 шт) (чёрный)"),
]


@pytest.fixture(scope="module")
def imported(lasting_shop: ShopUnderTest) -> Import:
    goods = [good(onec_id, name=name, article=onec_id) for onec_id, name in NAMES.items()]
    prices = [price("set", {RRP: "1"}), price("shoes#long", {RRP: "5"})]
    return lasting_shop.import_files(export(goods=goods, offers=OFFERS, prices=prices, rests=[]))


@pytest.mark.parametrize(
    ("onec_id", "size", "sku"),
    [
        ("shoes#nested", "А5 (2XL)", "shoes-А5 (2XL)"),
        ("shoes#same", None, "shoes"),
        ("shoes#other", None, "shoes"),
        ("set", None, "set"),
        ("mats#a", "чёрный", "mats-чёрный"),
    ],
)
def test_the_size_is_what_the_offers_name_adds(
    imported: Import, lasting_shop: ShopUnderTest, onec_id: str, size: str | None, sku: str
) -> None:
    """Check 17: brackets inside the goods' own name are no size."""
    product = lasting_shop.product(onec_id)
    assert (product["size"], product["sku"]) == (size, sku)


def test_an_overlong_size_is_dropped_and_the_sku_kept(imported: Import, lasting_shop: ShopUnderTest) -> None:
    """Check 18."""
    product = lasting_shop.product("shoes#long")
    assert (product["size"], product["retail_price"], product["is_active"]) == (None, 5, True)
    assert imported.failed_checks == {"sizes_fit"}
    assert imported.check("sizes_fit")["examples"] == ["shoes#long"]


@pytest.mark.parametrize(
    ("onec_id", "size"),
    [("shoes#flag", None), ("shoes#flagged", "45"), ("shoes#td", "M"), ("shoes#empty", None)],
)
def test_a_size_characteristic_is_known_by_its_name(
    imported: Import, lasting_shop: ShopUnderTest, onec_id: str, size: str | None
) -> None:
    """Check 19: "Детский размер" is a flag."""
    assert lasting_shop.product(onec_id)["size"] == size
