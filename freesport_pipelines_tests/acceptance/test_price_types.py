"""Which column a price type feeds. Checks 21 and 22 of the facts."""

import pytest

from freesport_pipelines_tests.acceptance.exports import MRP, OPT1, OPT2, OPT3, RRP, TRAINER, export, prices_of
from freesport_pipelines_tests.commerceml_xml import price, price_lists_xml, price_type, prices_xml
from freesport_pipelines_tests.shop import ShopUnderTest

OPT4, PARTNER = "4c1962d2-f8ed-11eb-81f3-00155d3cae02", "200a24fe-f07d-11eb-81f3-00155d3cae02"
ROLES = (
    "retail",
    "wholesale_level1",
    "wholesale_level2",
    "wholesale_level3",
    "trainer",
    "federation_rep",
    "admin",
)


def _price_lists(**types: str) -> dict[str, bytes]:
    rows = [price_type(onec_id, name) for onec_id, name in types.items()]
    return {"priceLists/priceLists_1_1_<uuid>.xml": price_lists_xml(rows)}


def test_unmapped_types_never_become_a_price(shop: ShopUnderTest) -> None:
    """Check 21: reported with their ids; "Опт 10" is not "Опт 1"."""
    types = {OPT4: "Опт 4 (до 50 тыс.руб в квартал)", PARTNER: "Партнер", "t10": "Опт 10 (акция)", RRP: "РРЦ"}
    prices = {RRP: "6990", OPT4: "1", PARTNER: "2", "t10": "3"}
    imported = shop.import_files(export(prices=[price("g1#a", prices)]) | _price_lists(**types))
    assert imported.status == "published"
    assert prices_of(shop) == {"retail_price": 6990}
    check = imported.check("price_types_are_known")
    assert (check["passed"], check["severity"], check["bad"]) == (False, "warn", 3)
    assert OPT4 in check["message"]
    assert PARTNER in check["message"]


def test_a_price_of_a_type_nobody_declared_is_reported_and_not_used(shop: ShopUnderTest) -> None:
    """Check 21."""
    imported = shop.import_files(export(prices=[price("g1#a", {RRP: "100", OPT4: "1"})]))
    assert prices_of(shop) == {"retail_price": 100}
    assert imported.check("price_types_are_known")["examples"] == [OPT4]


def test_an_unmapped_type_can_be_mapped_later(shop: ShopUnderTest) -> None:
    """Check 21: the same export is then imported anew, although its content is known."""
    files = export(prices=[price("g1#a", {RRP: "100", PARTNER: "80"})])
    files |= _price_lists(**{RRP: "РРЦ", PARTNER: "Партнер"})
    shop.import_files(files)
    assert shop.price("g1#a", "federation_rep") == 100
    shop.configure(price_types={PARTNER: "federation_price"})
    mapped = shop.import_files(files)
    assert mapped.status == "published"
    assert mapped.check("price_types_are_known")["passed"]
    assert shop.price("g1#a", "federation_rep") == 80


def test_the_setting_counts_also_for_a_drop_without_price_lists(shop: ShopUnderTest) -> None:
    """Check 21: daily deltas bring prices alone."""
    shop.import_files(export() | _price_lists(**{RRP: "РРЦ", PARTNER: "Партнер"}))
    shop.configure(price_types={PARTNER: "federation_price"})
    shop.import_files({"prices.xml": prices_xml([price("g1#a", {RRP: "100", PARTNER: "80"})])})
    assert shop.price("g1#a", "federation_rep") == 80


def test_the_setting_can_ignore_a_type_or_move_it(shop: ShopUnderTest) -> None:
    """Check 21: the setting wins over the name and asks for no warning."""
    shop.configure(price_types={OPT2: None, OPT3: "trainer_price", TRAINER: None})
    imported = shop.import_files(export(prices=[price("g1#a", {RRP: "9", OPT2: "8", OPT3: "7", TRAINER: "6"})]))
    assert prices_of(shop) == {"retail_price": 9, "trainer_price": 7}
    assert imported.check("price_types_are_known")["passed"]


def test_an_operators_mapping_in_the_shop_is_kept(shop: ShopUnderTest) -> None:
    """Check 21: an import renames a type and never maps it anew."""
    shop.import_files(export())
    shop.execute("UPDATE price_types SET role_field = 'opt3_price' WHERE onec_id = :id", id=TRAINER)
    shop.execute("UPDATE price_types SET role_field = 'trainer_price' WHERE onec_id = :id", id=OPT3)
    renamed = _price_lists(**{OPT3: "Опт 3 (новый)", TRAINER: "Тренерская"})
    shop.import_files(export(prices=[price("g1#a", {RRP: "9", OPT3: "8", TRAINER: "7"})]) | renamed)
    assert prices_of(shop) == {"retail_price": 9, "trainer_price": 8, "opt3_price": 7}


@pytest.mark.parametrize("by_setting", [False, True])
def test_two_types_for_one_column_reject_the_session(shop: ShopUnderTest, *, by_setting: bool) -> None:
    """Facts 2.2: which of the two is right, only a person knows."""
    shop.import_files(export())
    before = shop.dump()
    if by_setting:
        shop.configure(price_types={"t-new": "opt1_price"})
    clash = shop.import_files(
        export(prices=[price("g1#a", {RRP: "1"})]) | _price_lists(**{"t-new": "Партнер" if by_setting else "Розничная"})
    )
    assert (clash.status, clash.failed_checks) == ("rejected", {"price_types_feed_one_column_each"})
    assert "t-new" in clash.check("price_types_feed_one_column_each")["message"]
    assert shop.dump() == before


def test_a_marked_type_gives_no_prices_and_makes_room(shop: ShopUnderTest) -> None:
    """Facts 2.2: the successor of a type that is marked for deletion may take its column."""
    types = [price_type(RRP, "РРЦ", marked=True), price_type("t-new", "Розничная")]
    files = export(prices=[price("g1#a", {RRP: "1", "t-new": "2"})])
    files["priceLists/priceLists_1_1_<uuid>.xml"] = price_lists_xml(types)
    assert shop.import_files(files).status == "published"
    assert prices_of(shop) == {"retail_price": 2}


def test_every_role_sees_its_price(shop: ShopUnderTest) -> None:
    """Check 22: its own, else the retail price; МРЦ is a minimum that nobody buys at."""
    sold = {RRP: "6990", MRP: "5990", OPT1: "4490", OPT2: "0", TRAINER: "7000,50"}
    only_wholesale = {OPT1: "10"}
    shop.import_files(export(prices=[price("g1#a", sold), price("g1#b", only_wholesale)]))
    assert prices_of(shop)["min_retail_price"] == 5990
    seen = {role: float(shop.price("g1#a", role) or 0) for role in ROLES}
    assert seen == dict.fromkeys(ROLES, 6990) | {"wholesale_level1": 4490, "trainer": 7000.5}
    assert {role for role in ROLES if shop.price("g1#b", role) is not None} == {"wholesale_level1"}
    assert {role for role in ROLES if shop.can_be_ordered("g1#b", role)} == {"wholesale_level1"}
