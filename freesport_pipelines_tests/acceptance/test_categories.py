"""The category tree: deltas, moves, marks, cycles. Checks 28 and 29 of the facts."""

from freesport_pipelines_tests.acceptance.exports import category, export
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, group, groups_xml
from freesport_pipelines_tests.shop import ShopUnderTest

TREE = [
    group("sport", "СПОРТ", children=[group("balls", children=[group("c1")]), group("weights")]),
    group("other", "Прочее"),
]


def _groups(*rows: str) -> dict[str, bytes]:
    return {"groups.xml": groups_xml(rows)}


def test_a_delta_of_one_group_leaves_the_others(shop: ShopUnderTest) -> None:
    """Check 28: active, and with their parents."""
    shop.import_files(export(groups=TREE))
    before = shop.rows("SELECT onec_id, parent_onec_id, is_active, updated_at FROM categories ORDER BY onec_id")
    imported = shop.import_files(_groups(group("other", "Другое имя")))
    assert imported.table("categories")["updated"] == 1
    after = shop.rows("SELECT onec_id, parent_onec_id, is_active, updated_at FROM categories ORDER BY onec_id")
    assert [row for row in after if row["onec_id"] != "other"] == [row for row in before if row["onec_id"] != "other"]
    assert shop.can_be_ordered("g1#a")


def test_a_group_moves_to_another_parent(shop: ShopUnderTest) -> None:
    """Check 29: with its branch; the file wins over what the shop has."""
    shop.import_files(export(groups=TREE))
    shop.import_files(_groups(group("other", "Прочее", children=[group("balls")])))
    assert category(shop, "balls") == {"parent": "other", "is_active": True}
    assert category(shop, "c1") == {"parent": "balls", "is_active": True}
    assert shop.can_be_ordered("g1#a")


def test_a_parent_may_be_told_after_its_children(shop: ShopUnderTest) -> None:
    """Check 29: its own id last, and its place in the tree by a later packet."""
    files = export(groups=[group("balls", children=[group("c1")], id_last=True)])
    files["groups/groups_1_2_<uuid>.xml"] = groups_xml([group("sport", children=[group("balls")], id_last=True)])
    imported = shop.import_files(files)
    assert (category(shop, "c1")["parent"], category(shop, "balls")["parent"]) == ("balls", "sport")
    assert imported.check("categories_form_a_tree")["passed"]
    assert shop.can_be_ordered("g1#a")


def test_a_cycle_in_a_first_import_is_reported_and_kept_out(shop: ShopUnderTest) -> None:
    """Check 29: no hang; the tree beside it is imported, goods in the cycle are excluded."""
    cycle = group("A", children=[group("B", children=[group("A", children=[group("below")])])])
    imported = shop.import_files(
        export(goods=[good("g1"), good("g2", groups=["B"])], groups=[group("c1"), cycle]),
    )
    assert imported.status == "published"
    assert imported.failed_checks == {"categories_form_a_tree", "goods_have_a_known_group"}
    assert shop.quarantined("groups") == {("A", "category_cycle"), ("B", "category_cycle")}
    assert shop.rows("SELECT onec_id FROM categories WHERE is_active") == [{"onec_id": "c1"}]
    assert {row["onec_id"] for row in shop.rows("SELECT onec_id FROM goods")} == {"g1"}


def test_a_cycle_in_a_later_drop_keeps_the_tree_the_shop_has(shop: ShopUnderTest) -> None:
    """Check 29: an error in 1C closes no branch that is for sale."""
    shop.import_files(export(groups=TREE))
    before = shop.dump()
    cycle = group("balls", children=[group("c1", children=[group("balls")])])
    imported = shop.import_files(_groups(cycle, group("other", "Прочее")))
    assert imported.failed_checks == {"categories_form_a_tree"}
    assert shop.dump()["categories"] == before["categories"]
    assert shop.dump()["goods"] == before["goods"]
    assert shop.can_be_ordered("g1#a")


def test_a_marked_category_hides_its_whole_branch_and_unmarking_shows_it(shop: ShopUnderTest) -> None:
    """Facts 1.12: also goods that the drop does not name; nothing is deleted, prices and stock stay."""
    shop.import_files(export(groups=TREE))
    before = shop.dump()
    hidden = shop.import_files(_groups(group("sport", "СПОРТ", marked=True)))
    assert hidden.table("goods")["hidden"] == 1
    assert not category(shop, "c1")["is_active"]
    assert category(shop, "other")["is_active"]
    assert not shop.can_be_ordered("g1#a")
    assert shop.products() == {"g1#a", "g1#b"}
    assert shop.dump()["sku_prices"] == before["sku_prices"]
    shop.import_files(_groups(group("sport", "СПОРТ")))
    assert category(shop, "c1")["is_active"]
    assert shop.can_be_ordered("g1#a")


def test_goods_that_leave_a_marked_category_return(shop: ShopUnderTest) -> None:
    """Facts 1.12.3."""
    shop.import_files(export(groups=TREE))
    shop.import_files(_groups(group("sport", "СПОРТ", marked=True)))
    shop.import_files({"goods.xml": goods_xml([good("g1", groups=["other"])])})
    assert shop.can_be_ordered("g1#a")


def test_a_category_the_shop_hid_keeps_its_branch_off_sale(shop: ShopUnderTest) -> None:
    """Decision 17: the goods' category and all above it must be active; imports change nothing about it."""
    shop.import_files(export(groups=TREE))
    shop.execute("UPDATE categories SET is_active = :no WHERE onec_id = 'c1'", no=False)
    shop.import_files(export(groups=TREE), force=True)
    assert not shop.can_be_ordered("g1#a")
    shop.execute("UPDATE categories SET is_active = :yes WHERE onec_id = 'c1'", yes=True)
    assert shop.can_be_ordered("g1#a")
    shop.execute("UPDATE categories SET is_active = :no WHERE onec_id = 'sport'", no=False)
    assert not shop.can_be_ordered("g1#a")
