"""Stocks of SKUs, and the job that imports nothing else. Checks 25-27 of the facts."""

from decimal import Decimal

import pytest

from freesport_pipelines_tests.acceptance.exports import (
    RRP,
    export,
    prices_of,
    stock_of,
    stocks_by_warehouse,
    without_offers,
)
from freesport_pipelines_tests.commerceml_xml import (
    good,
    offer,
    price,
    rest,
    rests_xml,
    storage,
    storages_xml,
)
from freesport_pipelines_tests.shop import ShopUnderTest


def test_stock_is_the_sum_over_warehouses_in_any_order(shop: ShopUnderTest) -> None:
    """Check 25: 215 and 0 are 215, read forwards, backwards or again."""
    for quantities in ({"w1": "215", "w2": "0"}, {"w2": "0", "w1": "215"}):
        imported = shop.import_files(export(rests=[rest("g1#a", quantities)]), force=True)
        assert stock_of(shop) == 215
        assert stocks_by_warehouse(shop) == {"w1": 215, "w2": 0}
    assert (imported.status, imported.written) == ("unchanged", 0)
    assert shop.can_be_ordered("g1#a")


@pytest.mark.parametrize("job", ["stock_update", "catalog_import"])
def test_the_same_rests_again_are_not_added_up(shop: ShopUnderTest, job: str) -> None:
    """Check 25: 215 and 0 stay 215 when the very same file is read again, skipped or compared."""
    shop.import_files(export())
    files = {"rests.xml": rests_xml([rest("g1#a", {"w1": "215", "w2": "0"})])}
    again = [shop.import_files(files, job=job, force=force) for force in (False, False, True)]
    assert [(imported.status, imported.written) for imported in again] == [
        ("published", 1),
        ("unchanged", 0),
        ("unchanged", 0),
    ]
    assert stock_of(shop) == 215
    assert stocks_by_warehouse(shop) == {"w1": 215, "w2": 0}


@pytest.mark.parametrize(
    ("quantities", "sellable", "is_in_stock"),
    [({"w1": "-3", "w2": "5"}, "2", True), ({"w1": "-3"}, "0", False), ({"w1": "2.5"}, "2.5", True)],
    ids=["-3 and 5", "-3 only", "2.5 kg"],
)
def test_a_stock_update_keeps_raw_quantities_and_sells_what_is_left(
    shop: ShopUnderTest, quantities: dict[str, str], sellable: str, is_in_stock: bool
) -> None:
    """Check 26, its three cases: raw kept, sold down to zero and not below, nothing cut to whole pieces."""
    shop.import_files(export())
    imported = shop.import_files({"rests.xml": rests_xml([rest("g1#a", quantities)])}, job="stock_update")
    assert imported.failed_checks == set()
    assert stock_of(shop) == Decimal(sellable)
    assert stocks_by_warehouse(shop) == {key: Decimal(quantity) for key, quantity in quantities.items()}
    assert shop.can_be_ordered("g1#a") is is_in_stock


def test_oversold_and_fractional_stock(shop: ShopUnderTest) -> None:
    """Check 26: raw quantities are kept, what can be sold is never below zero, nothing is cut to whole pieces."""
    quantities = {
        "g1#oversold": {"w1": "-3", "w2": "5"},
        "g1#owed": {"w1": "-3"},
        "g1#weighed": {"w1": "2,5", "w2": "0.125"},
        "g1#thirds": {"w1": "0.1", "w2": "0.2"},
        "g1#none": {},
    }
    imported = shop.import_files(
        export(
            offers=[offer(onec_id) for onec_id in quantities],
            prices=[price(onec_id, {RRP: "10"}) for onec_id in quantities],
            rests=[rest(onec_id, values) for onec_id, values in quantities.items()],
        )
    )
    stocks = {onec_id: stock_of(shop, onec_id) for onec_id in quantities}
    assert stocks == {
        "g1#oversold": 2,
        "g1#owed": 0,
        "g1#weighed": Decimal("2.625"),
        "g1#thirds": Decimal("0.3"),
        "g1#none": 0,
    }
    assert stocks_by_warehouse(shop, "g1#oversold") == {"w1": -3, "w2": 5}
    assert stocks_by_warehouse(shop, "g1#owed") == {"w1": -3}
    row = "SELECT is_in_stock, can_be_ordered FROM product_availability WHERE onec_id = :id AND role = 'retail'"
    assert list(map(bool, shop.row(row, id="g1#owed").values())) == [False, False]
    assert list(map(bool, shop.row(row, id="g1#weighed").values())) == [True, True]
    assert imported.check("stock_totals_agree")["passed"]


def test_an_sku_that_is_not_listed_keeps_its_stock(shop: ShopUnderTest) -> None:
    """Check 25: and one that is listed has nothing in the warehouses that it does not name."""
    shop.import_files(export())
    shop.import_files({"rests.xml": rests_xml([rest("g1#b", {"w2": "7"})])})
    assert (stock_of(shop, "g1#a"), stock_of(shop, "g1#b")) == (5, 7)
    assert stocks_by_warehouse(shop, "g1#b").get("w1", 0) == 0


def test_an_unknown_warehouse_counts_and_is_named_once(shop: ShopUnderTest) -> None:
    """Check 27: a warning for the warehouse and not one for each row; storages may come later."""
    imported = shop.import_files(export(rests=[rest("g1#a", {"w1": "1", "w9": "4"}), rest("g1#b", {"w9": "2"})]))
    assert (stock_of(shop, "g1#a"), stock_of(shop, "g1#b")) == (5, 2)
    assert imported.failed_checks == {"warehouses_are_known"}
    assert imported.check("warehouses_are_known")["examples"] == ["w9"]
    assert imported.check("warehouses_are_known")["bad"] == 1
    assert shop.row("SELECT name FROM warehouses WHERE onec_id = 'w9'") == {"name": None}
    shop.import_files({"storages.xml": storages_xml([storage("w9", "Новый склад")])})
    again = shop.import_files({"rests.xml": rests_xml([rest("g1#a", {"w9": "6"})])})
    assert shop.row("SELECT name FROM warehouses WHERE onec_id = 'w9'") == {"name": "Новый склад"}
    assert again.failed_checks == set()


def test_every_unknown_warehouse_gets_a_row_however_many_there_are(shop: ShopUnderTest) -> None:
    shop.import_files(export(rests=[rest("g1#a", {"w1": "1"})]))
    strangers = {f"stranger-{n}": "1" for n in range(150)}
    update = shop.import_files({"rests_1_1.xml": rests_xml([rest("g1#a", strangers)])}, job="stock_update")
    assert update.check("warehouses_are_known")["bad"] == 150
    assert len(shop.rows("SELECT 1 FROM warehouses WHERE onec_id LIKE 'stranger-%'")) == 150


def test_an_unknown_warehouse_is_one_warning_however_many_rows_name_it(shop: ShopUnderTest) -> None:
    """Check 27: 300 rows in three packets and a second run; every quantity counts."""
    ids = [f"g1#{number}" for number in range(300)]
    shop.import_files(export(offers=[offer(onec_id) for onec_id in ids], prices=[], rests=[]))
    packets = {
        f"rests/rests_1_{number}_<uuid>.xml": rests_xml([rest(i, {"w9": "2", "w1": "1"}) for i in ids[number::3]])
        for number in range(3)
    }
    warned = shop.import_files(packets, job="stock_update")
    check = warned.check("warehouses_are_known")
    assert (check["passed"], check["severity"], check["bad"], check["examples"]) == (False, "warn", 1, ["w9"])
    assert warned.status == "published"
    assert {stock_of(shop, onec_id) for onec_id in ids} == {3}
    assert shop.count("warehouses", "onec_id = 'w9'") == 1


def test_a_quantity_that_cannot_be_read_keeps_the_stock(shop: ShopUnderTest) -> None:
    """Check 26: a sum over the other warehouses would be wrong; the correction closes the quarantine."""
    shop.import_files(export())
    rows = [rest("g1#a", {"w1": "много", "w2": "1"}), rest("g1#b", {"w1": "9"})]
    bad = shop.import_files({"rests.xml": rests_xml(rows)})
    assert (stock_of(shop, "g1#a"), stock_of(shop, "g1#b")) == (5, 9)
    assert bad.quarantine == {"rests": {"quantity_not_a_number": 1}}
    assert bad.failed_checks == {"quantities_can_be_read"}
    shop.import_files({"rests.xml": rests_xml([rest("g1#a", {"w1": "8"})])})
    assert stock_of(shop, "g1#a") == 8
    assert shop.count("quarantine", "resolved_session_id IS NULL") == 0


def test_rests_of_unknown_skus_wait(shop: ShopUnderTest) -> None:
    """Check 27: they are counted, never sold, and published when offers bring the SKU."""
    shop.import_files(export())
    first = shop.import_files({"rests.xml": rests_xml([rest("g1#c", {"w1": "4"})])}, job="stock_update")
    assert first.quarantine == {"rests": {"sku_unknown": 1}}
    shop.import_files(export(offers=[offer("g1#c")], prices=[price("g1#c", {RRP: "1"})], rests=[]))
    assert stock_of(shop, "g1#c") == 4
    assert shop.can_be_ordered("g1#c")


def test_a_stock_update_of_a_whole_export_changes_only_stocks(shop: ShopUnderTest) -> None:
    shop.import_files(export())
    before = shop.dump()
    changed = export(
        goods=[good("g1", name="Другое имя"), good("g2")],
        offers=[offer("g1#a", name="Другое")],
        prices=[price("g1#a", {RRP: "1"})],
        rests=[rest("g1#a", {"w1": "77"})],
    )
    imported = shop.import_files(changed, job="stock_update")
    assert imported.status == "published"
    after = shop.dump()
    assert {name for name in after if after[name] != before[name]} == {"sku_stocks"}
    assert (stock_of(shop, "g1#a"), stock_of(shop, "g1#b")) == (77, 3)


def test_a_stock_update_does_not_use_up_the_rest_of_the_export(shop: ShopUnderTest) -> None:
    """The same export can still be imported, and so can goods that are older than its unread ones."""
    shop.import_files(export(formed_at="2025-02-01T10:00:00"))
    newest = export(goods=[good("g1", name="Третье имя")], formed_at="2025-02-03T10:00:00")
    shop.import_files(newest, job="stock_update")
    between = export(goods=[good("g1", name="Второе имя")], formed_at="2025-02-02T10:00:00")
    del between["rests/rests_1_1_<uuid>.xml"], between["storages/storages_1_1_<uuid>.xml"]
    assert shop.import_files(between).status == "published"
    assert shop.import_files(newest).status == "published"
    assert shop.row("SELECT name FROM goods") == {"name": "Третье имя"}


@pytest.mark.parametrize("job", ["stock_update", "catalog_import"])
def test_a_drop_of_rests_alone(shop: ShopUnderTest, job: str) -> None:
    shop.import_files(export())
    imported = shop.import_files({"rests.xml": rests_xml([rest("g1#a", {"w1": "1"})])}, job=job)
    assert imported.status == "published"
    assert imported.table("product_stocks")["updated"] == 1
    assert stock_of(shop) == 1
    assert prices_of(shop) == {"retail_price": 100}


def test_a_stock_update_leaves_making_default_skus_to_the_catalogue(shop: ShopUnderTest) -> None:
    """Rests of goods that have no SKU yet neither fail the update nor are they lost."""
    files = export(goods=[good("g1"), good("g2")])
    shop.import_files(files)
    update = {"rests.xml": rests_xml([rest("g1#a", {"w1": "9"}), rest("g2", {"w1": "4"})])}
    imported = shop.import_files(update, job="stock_update")
    assert imported.status == "published"
    assert stock_of(shop, "g1#a") == 9
    assert shop.products() == {"g1#a", "g1#b"}
    shop.import_files(without_offers("g2"))
    assert stock_of(shop, "g2") == 5
    assert shop.count("quarantine", "resolved_session_id IS NULL") == 0
