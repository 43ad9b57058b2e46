"""The totals of a demo export against a recount of the written XML."""

from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

import pytest

from freesport_pipelines.demo import DemoPlan, DemoTotals, write_demo_export
from freesport_pipelines_tests.demo.recount import Shop

PLANS = {
    "default": DemoPlan(properties_per_good=12),
    "small": DemoPlan(goods=50, offers_per_good=1, seed=3, properties_per_good=1),
    "clean": DemoPlan(goods=130, seed=5, dirty=False, properties_per_good=8),
    "many contragents": DemoPlan(goods=50, offers_per_good=1, seed=4, properties_per_good=1, contragents=1234),
    "no contragents": DemoPlan(goods=50, offers_per_good=1, seed=4, properties_per_good=1, contragents=0),
    "wide": DemoPlan(goods=90, offers_per_good=9, seed=7, warehouses=4),
    "changed": DemoPlan(goods=300, seed=2, change_share=0.2, properties_per_good=6),
    "beyond packet ten": DemoPlan(goods=5200, offers_per_good=1, seed=11, properties_per_good=3),
}


def agree(totals: DemoTotals, shop: Shop) -> None:
    """Compare every figure that the XML knows."""
    counted = shop.count()
    assert {name: value for name, value in asdict(totals).items() if name in counted} == counted


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_totals_equal_a_recount(plan: DemoPlan, tmp_path: Path) -> None:
    totals = write_demo_export(plan, tmp_path)
    agree(totals, Shop().read(tmp_path))
    files = list(tmp_path.rglob("*.xml"))
    assert totals.files == len(files)
    assert totals.bytes_written == sum(path.stat().st_size for path in files)


def test_dirty_rows_are_few_and_the_same_at_any_size(tmp_path: Path) -> None:
    small = write_demo_export(DemoPlan(goods=50, properties_per_good=3), tmp_path / "a")
    large = write_demo_export(DemoPlan(goods=900, offers_per_good=1, properties_per_good=3), tmp_path / "b")
    assert (
        small.quarantined
        == large.quarantined
        == {
            "offers": {"orphan": 1},
            "prices": {"orphan": 1, "unparseable": 1, "negative": 1, "empty": 1},
            "rests": {"orphan": 1},
        }
    )
    assert small.excluded == large.excluded == {"unknown_group": 2, "no_group": 2, "marked_group": 3}
    assert small.quarantined_of("prices") == 4
    clean = write_demo_export(DemoPlan(goods=50, properties_per_good=3, dirty=False), tmp_path / "c")
    assert clean.excluded == {}
    assert not any(clean.quarantined.values())


def test_offers_average_exactly_what_the_plan_says(tmp_path: Path) -> None:
    write_demo_export(DemoPlan(goods=100, offers_per_good=4, dirty=False, properties_per_good=2), tmp_path)
    assert len(Shop().read(tmp_path).offers) == 90 * 4


def test_totals_as_dict_are_ready_for_json(tmp_path: Path) -> None:
    totals = write_demo_export(DemoPlan(goods=50, properties_per_good=3), tmp_path)
    row = totals.as_dict()
    assert row["retail_price"] == row["retail_price_sum"] == str(totals.retail_price_sum)
    assert Decimal(str(row["stock_quantity"])) == totals.stock_quantity
    assert row["products"] == totals.products


def test_a_changed_export_changes_its_share_of_prices_and_stocks(tmp_path: Path) -> None:
    base = DemoPlan(goods=300, properties_per_good=2, offers_per_good=2)
    write_demo_export(base, tmp_path / "base")
    changed_plan = DemoPlan(goods=300, properties_per_good=2, offers_per_good=2, change_share=0.1)
    totals = write_demo_export(changed_plan, tmp_path / "changed")
    before, after = Shop().read(tmp_path / "base"), Shop().read(tmp_path / "changed")
    prices = {sku for sku in before.prices if before.prices[sku] != after.prices[sku]}
    rests = {sku for sku in before.rests if before.rests[sku] != after.rests[sku]}
    excluded = {sku for sku in prices if before._reason(before.goods[sku.split("#")[0]])}
    assert prices == rests
    assert totals.changed_products == len(prices - excluded)
    assert 0.06 < totals.changed_products / totals.products < 0.14
    assert (before.goods, before.names, before.offers) == (after.goods, after.names, after.offers)


def test_a_delta_after_the_base_reaches_the_changed_export(tmp_path: Path) -> None:
    base = DemoPlan(goods=400, properties_per_good=6)
    write_demo_export(base, tmp_path / "base")
    delta = DemoPlan(goods=400, properties_per_good=6, change_share=0.02, delta=True)
    full = DemoPlan(goods=400, properties_per_good=6, change_share=0.02)
    delta_totals = write_demo_export(delta, tmp_path / "delta")
    full_totals = write_demo_export(full, tmp_path / "full")
    assert sorted(folder.name for folder in (tmp_path / "delta").iterdir()) == ["goods", "offers", "prices", "rests"]
    alone = Shop().read(tmp_path / "delta")
    assert 1 <= len(alone.goods) < 10
    assert 1 <= len(alone.offers) < 60
    assert alone.prices.keys() == alone.rests.keys()
    assert delta_totals.changed_products == full_totals.changed_products <= len(alone.prices) < 80
    assert not any(delta_totals.quarantined.values())
    assert delta_totals.excluded == {}
    both = Shop().read(tmp_path / "base").read(tmp_path / "delta")
    counted = both.count()
    for name in ("goods", "products", "products_in_stock", "stock_quantity", "price_sums", "brands", "attributes"):
        assert counted[name] == getattr(delta_totals, name) == getattr(full_totals, name), name
