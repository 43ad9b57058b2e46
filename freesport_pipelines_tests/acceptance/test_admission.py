"""What is for sale and what is not: roots, marks, hiding by 1C and by the shop. Checks 30 and 31 of the facts."""

from freesport_pipelines_tests.acceptance.exports import RRP, Files, exclusions, export, without_offers
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, group, groups_xml, offer, price, rest
from freesport_pipelines_tests.shop import ShopUnderTest

TREE = [
    group("sport", "СПОРТ", children=[group("c1"), group("old", marked=True)]),
    group("remove", "Номенклатура к удалению", children=[group("gone")]),
]
NOT_FOR_SALE = {
    "outside": ("outside_catalog_roots", good("outside", groups=["gone"])),
    "half": ("outside_catalog_roots", good("half", groups=["c1", "gone"])),
    "nowhere": ("no_group", good("nowhere", groups=None)),
    "empty": ("no_group", good("empty", groups=[])),
    "unknown": ("unknown_group", good("unknown", groups=["никогда"])),
    "marked": ("marked", good("marked", marked=True)),
    "deleted": ("marked", good("deleted", status="Удален")),
    "in-marked": ("category_marked", good("in-marked", groups=["old"])),
}


def _export_with_everything() -> Files:
    return export(
        goods=[good("g1"), *(row for _, row in NOT_FOR_SALE.values())],
        offers=[offer("g1#a"), *(offer(f"{onec_id}#x") for onec_id in NOT_FOR_SALE)],
        prices=[price("g1#a", {RRP: "1"}), *(price(f"{onec_id}#x", {RRP: "1"}) for onec_id in NOT_FOR_SALE)],
        rests=[rest("g1#a", {"w1": "1"}), *(rest(onec_id, {"w1": "1"}) for onec_id in NOT_FOR_SALE)],
        groups=TREE,
    )


def test_goods_that_are_not_for_sale_are_registered_and_not_created(shop: ShopUnderTest) -> None:
    """Check 30: with the reason of each; their offers, prices and rests are counted, not quarantined."""
    shop.configure(catalog_roots=("СПОРТ",))
    imported = shop.import_files(_export_with_everything())
    assert imported.status == "published"
    assert {row["onec_id"] for row in shop.rows("SELECT onec_id FROM goods")} == {"g1"}
    assert shop.products() == {"g1#a"}
    assert exclusions(shop) == {onec_id: reason for onec_id, (reason, _) in NOT_FOR_SALE.items()}
    assert imported.quarantine == {}
    excluded = {kind: imported.report["kinds"][kind]["excluded"] for kind in ("offers", "prices", "rests")}
    assert excluded == dict.fromkeys(("offers", "prices", "rests"), len(NOT_FOR_SALE))
    again = shop.import_files(_export_with_everything(), force=True)
    assert (again.status, again.written, again.quarantine) == ("unchanged", 0, {})


def test_without_configured_roots_all_roots_are_for_sale(shop: ShopUnderTest) -> None:
    """Check 30, decision 14."""
    shop.import_files(_export_with_everything())
    assert {row["onec_id"] for row in shop.rows("SELECT onec_id FROM goods")} == {"g1", "outside", "half"}


def test_a_root_that_does_not_exist_imports_nothing(shop: ShopUnderTest) -> None:
    """Facts 1.12.6: otherwise a renamed root would hide the whole catalogue."""
    shop.configure(catalog_roots=("sport",))
    shop.import_files(export(groups=TREE))
    before = shop.dump()
    shop.configure(catalog_roots=("СПОРТ И ОТДЫХ",))
    imported = shop.import_files(export(goods=[good("g1", name="Новое")], groups=TREE))
    assert imported.status == "failed"
    assert "СПОРТ И ОТДЫХ" in imported.error
    assert shop.dump() == before


def test_goods_that_cease_to_be_for_sale_are_hidden_and_come_back(shop: ShopUnderTest) -> None:
    """Checks 30 and 31: hidden by 1C, never deleted, with the same ids when they return."""
    shop.configure(catalog_roots=("sport",))
    for_sale = [good(onec_id) for onec_id in NOT_FOR_SALE]
    offers = [offer(f"{onec_id}#a") for onec_id in NOT_FOR_SALE]
    prices = [price(f"{onec_id}#a", {RRP: "100"}) for onec_id in NOT_FOR_SALE]
    rests = [rest(f"{onec_id}#a", {"w1": "1"}) for onec_id in NOT_FOR_SALE]
    shop.import_files(export(goods=for_sale, offers=offers, prices=prices, rests=rests, groups=TREE))
    ids = shop.rows("SELECT id, onec_id FROM skus ORDER BY id")
    assert all(shop.can_be_ordered(f"{onec_id}#a") for onec_id in NOT_FOR_SALE)

    hidden = shop.import_files({"goods.xml": goods_xml(row for _, row in NOT_FOR_SALE.values())})
    assert (hidden.table("goods")["hidden"], hidden.table("goods")["inserted"]) == (len(NOT_FOR_SALE), 0)
    assert not any(shop.can_be_ordered(f"{onec_id}#a") for onec_id in NOT_FOR_SALE)
    assert exclusions(shop) == {onec_id: reason for onec_id, (reason, _) in NOT_FOR_SALE.items()}

    shop.import_files({"goods.xml": goods_xml(for_sale)})
    assert all(shop.can_be_ordered(f"{onec_id}#a") for onec_id in NOT_FOR_SALE)
    assert exclusions(shop) == {}
    assert shop.rows("SELECT id, onec_id FROM skus ORDER BY id") == ids


def test_goods_the_shop_hid_stay_hidden(shop: ShopUnderTest) -> None:
    """Check 31: through imports that change them, that hide them in 1C, and that show them in 1C again."""
    shop.import_files(export())
    shop.execute("UPDATE goods SET is_active = :no WHERE onec_id = 'g1'", no=False)
    for row in (good("g1", name="Другое имя"), good("g1", marked=True), good("g1")):
        shop.import_files({"goods.xml": goods_xml([row]), "groups.xml": groups_xml([group("c1")])})
        assert not shop.product("g1#a")["is_active"]
        assert not shop.can_be_ordered("g1#a")
    shop.execute("UPDATE goods SET is_active = :yes WHERE onec_id = 'g1'", yes=True)
    assert shop.can_be_ordered("g1#a")


def test_an_sku_the_shop_hid_through_the_view_stays_hidden(shop: ShopUnderTest) -> None:
    """Check 31: its neighbour does not."""
    shop.import_files(export())
    shop.execute("UPDATE products SET is_active = :no WHERE onec_id = 'g1#a'", no=False)
    for row in (offer("g1#a", name="Другое имя"), offer("g1#a", marked=True), offer("g1#a")):
        shop.import_files(export(offers=[row, offer("g1#b")]))
        assert (shop.can_be_ordered("g1#a"), shop.can_be_ordered("g1#b")) == (False, True)
    shop.execute("UPDATE products SET is_active = :yes WHERE onec_id = 'g1#a'", yes=True)
    assert shop.can_be_ordered("g1#a")


def test_a_default_sku_the_shop_hid_stays_hidden(shop: ShopUnderTest) -> None:
    """Check 31: prices name it again every night."""
    shop.import_files(without_offers())
    shop.execute("UPDATE products SET is_active = :no WHERE onec_id = 'g1'", no=False)
    shop.import_files(without_offers(name="Другое имя"))
    assert not shop.can_be_ordered("g1")
