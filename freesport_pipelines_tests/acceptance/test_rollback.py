"""Every change can be undone: a rolled-back import leaves the live tables as they were, or says why it cannot."""

import pytest

from freesport_pipelines.database.rollback import RollbackRefused
from freesport_pipelines.steps import opening
from freesport_pipelines_tests.acceptance.exports import OPT1, RRP, Files, export, stock_of
from freesport_pipelines_tests.commerceml_xml import (
    good,
    goods_xml,
    group,
    groups_xml,
    offer,
    offers_xml,
    price,
    prices_xml,
    prop,
    properties_xml,
    rest,
    rests_xml,
    unit,
    units_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest


def rich(day: int = 1, **changes: str) -> Files:
    """An export that touches every table; the second day changes, hides, shows and adds something in each."""
    second = day == 2
    attributes = [
        prop("p1", values={"v1": "Неопрен" if second else "Резина"}),
        prop("p2", value_type="Число"),
        prop("Бренд", values={"e1": "Vorlanik", **({"e2": "Zubrovo"} if second else {})}),
    ]
    goods = [
        good("g1", name="Гиря" if second else "Гиря 16", description="Текст", properties={"p1": "v1", "p2": "21.6"}),
        good("g2", marked=second, properties={"Бренд": "e1"}),
        good("g3", marked=not second),
        *([good("g4", groups=["c2"], properties={"Бренд": "e2"})] if second else []),
    ]
    files = export(
        groups=[group("c1"), *([group("c2", "Новые")] if second else [])],
        goods=goods,
        offers=[offer("g1#a"), offer("g1#b", marked=second), *([offer("g4#a"), offer("g1#c")] if second else [])],
        prices=[
            price("g1#a", {RRP: "99.90" if second else "100", OPT1: "80"}),
            price("g2", {RRP: "5"}),
            *([price("g4#a", {RRP: "7"})] if second else []),
        ],
        rests=[
            rest("g1#a", {"w1": "2.5" if second else "5", "w2": "-1"}),
            rest("g2", {"w1": "3"}),
            *([rest("g1#c", {"w9": "4"})] if second else []),
        ],
        formed_at=f"2025-02-0{day}T10:00:00",
    )
    return files | {"propertiesGoods/propertiesGoods_1_1_<uuid>.xml": properties_xml("propertiesGoods", attributes)}


def test_an_import_rolled_back_leaves_an_identical_dump(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    before = shop.dump()
    second = shop.import_files(rich(2))
    changed = {name for name, rows in shop.dump().items() if rows != before[name]}
    assert changed >= {"goods", "skus", "sku_prices", "sku_stocks", "categories", "brands", "attribute_values",
                       "excluded_items", "warehouses"}  # fmt: skip
    shop.roll_back(second)
    assert shop.dump() == before
    assert shop.session(second).status == "rolled_back"


def test_the_first_import_rolled_back_leaves_an_empty_shop(shop: ShopUnderTest) -> None:
    shop.roll_back(shop.import_files(rich(1)))
    assert all(rows == [] for rows in shop.dump().values())


def test_what_was_rolled_back_can_be_imported_again_with_the_same_result(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    after = {row["onec_id"]: row["name"] for row in shop.rows("SELECT onec_id, name FROM products WHERE is_active")}
    shop.roll_back(second)
    again = shop.import_files(rich(2))
    assert (again.status, again.written) == ("published", second.written)
    assert {r["onec_id"]: r["name"] for r in shop.rows("SELECT onec_id, name FROM products WHERE is_active")} == after


def test_a_rollback_is_a_session_with_a_journal_and_a_report(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    undone = shop.roll_back(second)
    assert undone.session is not None
    assert (undone.session.kind, undone.status) == ("rollback", "published")
    assert undone.report["undoes_session"] == second.session.id
    inserted = {name: counts["inserted"] for name, counts in second.report["tables"].items()}
    assert {name: counts["deleted"] for name, counts in undone.report["tables"].items()} == inserted
    journal = "SELECT operation, before, after FROM change_sets WHERE session_id = :id AND table_name = 'goods'"
    row = shop.row(f"{journal} AND key = 'g1'", id=undone.session.id)
    assert row["operation"] == "update"
    assert "Гиря 16" in str(row["after"])


def test_a_row_that_a_later_session_changed_stops_the_rollback_and_is_named(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    shop.import_files({"rests.xml": rests_xml([rest("g1#a", {"w1": "9"})], formed_at="2025-02-03T10:00:00")})
    before = shop.dump()
    with pytest.raises(RollbackRefused, match=r"1 of product_stocks \(g1#a\)"):
        shop.roll_back(second)
    assert shop.dump() == before
    assert shop.session(second).status == "published"


def test_rolling_back_the_later_session_first_makes_way(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    before = shop.dump()
    second = shop.import_files(rich(2))
    third = shop.import_files({"rests.xml": rests_xml([rest("g1#a", {"w1": "9"})], formed_at="2025-02-03T10:00:00")})
    shop.roll_back(third)
    shop.roll_back(second)
    assert shop.dump() == before


def test_a_forced_table_is_set_back_and_only_that_one(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    later = {
        "rests.xml": rests_xml([rest("g1#a", {"w1": "9"})], formed_at="2025-02-03T10:00:00"),
        "prices.xml": prices_xml([price("g1#a", {RRP: "120"})], formed_at="2025-02-03T10:00:00"),
    }
    shop.import_files(later)
    with pytest.raises(RollbackRefused, match="sku_prices"):
        shop.roll_back(second, "product_stocks")
    shop.roll_back(second, "product_stocks", "sku_prices")
    assert stock_of(shop) == 4
    assert shop.price("g1#a", "retail") == 100


def test_a_table_that_does_not_exist_cannot_be_forced(shop: ShopUnderTest) -> None:
    imported = shop.import_files(rich(1))
    with pytest.raises(RollbackRefused, match="no table prices"):
        shop.roll_back(imported, "prices")


def test_a_row_that_the_shop_changed_by_hand_stops_the_rollback(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    shop.execute("UPDATE sku_prices SET retail_price = 1 WHERE session_id = :id", id=second.session.id)
    with pytest.raises(RollbackRefused, match="sku_prices"):
        shop.roll_back(second)


def test_a_manual_hide_of_a_new_row_is_not_lost_by_a_rollback(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    shop.execute("UPDATE products SET is_active = false WHERE onec_id = 'g1#c'")
    with pytest.raises(RollbackRefused, match=r"products \(g1#c\)"):
        shop.roll_back(second)


def test_a_manual_hide_survives_the_rollback_of_another_change(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files({"goods.xml": goods_xml([good("g1", name="Иначе")], formed_at="2025-02-03T10:00:00")})
    shop.execute("UPDATE goods SET is_active = false WHERE onec_id = 'g1'")
    shop.roll_back(second)
    row = shop.row("SELECT name, is_active FROM goods WHERE onec_id = 'g1'")
    assert (row["name"], bool(row["is_active"])) == ("Гиря 16", False)


def test_rows_that_later_rows_refer_to_are_not_deleted(shop: ShopUnderTest) -> None:
    first = shop.import_files(export(offers=[], prices=[], rests=[]))
    shop.import_files({"offers.xml": offers_xml([offer("g1#z")], formed_at="2025-02-03T10:00:00")})
    before = shop.dump()
    with pytest.raises(RollbackRefused, match=r"skus.parent_onec_id → goods g1"):
        shop.roll_back(first)
    assert shop.dump() == before


def test_an_sku_with_later_prices_is_not_deleted(shop: ShopUnderTest) -> None:
    first = shop.import_files(export(prices=[], rests=[]))
    shop.import_files({"prices.xml": prices_xml([price("g1#a", {RRP: "5"})], formed_at="2025-02-03T10:00:00")})
    with pytest.raises(RollbackRefused, match=r"sku_prices.sku_id → skus g1#a"):
        shop.roll_back(first)


def test_a_whole_branch_of_categories_goes_together(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    before = shop.dump()
    branch = groups_xml([group("c8", children=[group("c9")])], formed_at="2025-02-03T10:00:00")
    shop.roll_back(shop.import_files({"groups.xml": branch}))
    assert shop.dump() == before


def test_a_dry_run_of_a_rollback_tells_and_changes_nothing(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    before = shop.dump()
    tried = shop.roll_back(second, dry_run=True)
    assert shop.dump() == before
    assert shop.session(second).status == "published"
    assert tried.report["tables"]["products"]["deleted"] == 2
    assert tried.report["dry_run"]


def test_rows_taken_out_of_quarantine_wait_there_again(shop: ShopUnderTest) -> None:
    shop.import_files(export(goods=[], offers=[offer("g1#a")], prices=[], rests=[]))
    goods = shop.import_files({"goods.xml": goods_xml([good("g1")], formed_at="2025-02-03T10:00:00")})
    assert "g1#a" in shop.products()
    shop.roll_back(goods)
    assert shop.products() == set()
    shop.import_files({"goods.xml": goods_xml([good("g1")], formed_at="2025-02-04T10:00:00")})
    assert "g1#a" in shop.products()


def test_the_watermark_goes_back_with_the_session(shop: ShopUnderTest) -> None:
    """DESIGN decision 2: after a rollback an export between the two may be imported."""
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    between = {"rests.xml": rests_xml([rest("g1#a", {"w1": "8"})], formed_at="2025-02-01T22:00:00")}
    assert shop.import_files(between).status == "rejected"
    shop.roll_back(second)
    assert shop.import_files(between).status == "published"


def test_the_watermark_goes_back_although_the_same_content_came_again(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    second = shop.import_files(rich(2))
    assert shop.import_files(rich(2)).status == "unchanged"
    shop.roll_back(second)
    between = {"rests.xml": rests_xml([rest("g1#a", {"w1": "8"})], formed_at="2025-02-01T22:00:00")}
    assert shop.import_files(between).status == "published"


def test_earlier_rows_that_named_what_was_not_there_yet_do_not_hold_a_rollback_up(shop: ShopUnderTest) -> None:
    shop.import_files(export(goods=[good("g1", unit="166")]))
    unit_166 = units_xml([unit("166", "кг")], formed_at="2025-02-03T10:00:00")
    units = shop.import_files({"units.xml": unit_166})
    before = shop.dump()
    assert units.table("units")["inserted"] == 1
    shop.roll_back(units)
    assert shop.dump()["goods"] == before["goods"]


def test_a_published_run_that_is_executed_again_keeps_its_session_and_its_journal(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    before = shop.dump()
    second = shop.import_files(rich(2))
    drop = shop.resource.archive.load(second.session.drop_id)
    again = opening.open_import(
        shop.database, drop, opening.Order(), shop.resource.settings, job="catalog_import", run_id=second.session.run_id
    )
    assert (again.session.id, again.session.status) == (second.session.id, "published")
    shop.roll_back(second)
    assert shop.dump() == before


def test_a_rollback_is_not_rolled_back_but_the_drop_imported_again(shop: ShopUnderTest) -> None:
    shop.import_files(rich(1))
    undone = shop.roll_back(shop.import_files(rich(2)))
    with pytest.raises(RollbackRefused, match="freesport replay"):
        shop.roll_back(undone)


@pytest.mark.parametrize("again", ["rolled back", "unchanged", "dry run"])
def test_only_a_published_session_can_be_rolled_back(shop: ShopUnderTest, again: str) -> None:
    first = shop.import_files(rich(1))
    nothing = {
        "rolled back": lambda: shop.roll_back(first) and first,
        "unchanged": lambda: shop.import_files(rich(1)),
        "dry run": lambda: shop.import_files(rich(2), dry_run=True),
    }[again]()
    with pytest.raises(RollbackRefused, match="nothing of it to roll back"):
        shop.roll_back(nothing)
