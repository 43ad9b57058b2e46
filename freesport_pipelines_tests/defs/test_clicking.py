"""Whatever an operator clicks, the run imports a whole session or says what to launch instead."""

import pytest

from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.defs.clicking import LIVE, click, materialized, message, prepare, report_text
from freesport_pipelines_tests.shop import ShopUnderTest


def folder(shop: ShopUnderTest, name: str, files: dict[str, bytes]) -> str:
    return str(write_export(shop.folder / name, files))


@pytest.mark.parametrize("key", ["staged/goods", "staged/contragents", "change_set", "units", "import_report"])
def test_a_single_asset_without_a_session_names_the_job_to_launch(shop: ShopUnderTest, key: str) -> None:
    result = click(shop, key)
    assert not result.success
    assert "catalog_import" in message(result)


def test_a_live_table_alone_does_not_publish_a_part_of_a_session(shop: ShopUnderTest) -> None:
    assert prepare(shop, folder(shop, "export", exports.catalogue())).success
    result = click(shop, "units", "price_types")
    assert not result.success
    assert all(
        name in message(result)
        for name in ("categories", "enriched_skus", "placeholder_products", "sku_prices", "stocks", "warehouses")
    )
    assert "job" in message(result)
    assert shop.count("units") == 0


def test_all_live_tables_together_publish_what_was_judged(shop: ShopUnderTest) -> None:
    prepare(shop, folder(shop, "export", exports.catalogue()))
    result = click(shop, *LIVE, "import_report")
    assert result.success
    assert materialized(result) == {*LIVE, "import_report"}
    assert shop.count("products") == 1


def test_preparing_a_session_publishes_nothing(shop: ShopUnderTest) -> None:
    assert prepare(shop, folder(shop, "export", exports.catalogue())).success
    assert shop.count("units") == 0


def test_a_dry_run_that_lies_around_is_not_shown_as_a_green_publication(shop: ShopUnderTest) -> None:
    assert shop.import_files(exports.units(), dry_run=True).result.success
    result = click(shop, "units")
    assert not result.success, f"green, and materialized {materialized(result)}"
    assert "catalog_import" in message(result)
    assert shop.count("units") == 0


def test_a_judged_session_that_newer_data_overtook_is_not_published_by_a_click(shop: ShopUnderTest) -> None:
    shop.import_files(exports.catalogue("1990", "2026-01-15T03:00:00"))
    prepare(shop, folder(shop, "older", exports.catalogue("1500", "2026-01-16T03:00:00")))
    shop.import_files(exports.catalogue("1990", "2026-01-17T03:00:00"), force=True)
    click(shop, *LIVE, "import_report")
    assert shop.price("g1#a", "retail") == 1990


def test_a_rejected_session_fails_the_run_tells_why_and_leaves_the_shop_alone(shop: ShopUnderTest) -> None:
    shop.import_files(exports.catalogue())
    before = shop.dump()
    imported = shop.import_files(exports.clashing_price_types())
    assert (imported.result.success, imported.status) == (False, "rejected")
    assert "price_types_feed_one_column_each" in message(imported.result)
    assert materialized(imported.result) & {*LIVE, "import_report"} == {"import_report"}
    assert "price_types_feed_one_column_each" in report_text(imported.result)
    assert shop.dump() == before


def test_a_rejected_session_shows_its_gate_as_a_failed_check(shop: ShopUnderTest) -> None:
    imported = shop.import_files(exports.clashing_price_types())
    failed = [e.check_name for e in imported.result.get_asset_check_evaluations() if not e.passed]
    assert "price_types_feed_one_column_each" in failed
    assert imported.failed_checks == set(failed)


def test_clicking_live_tables_after_a_rejection_fails_again(shop: ShopUnderTest) -> None:
    shop.import_files(exports.clashing_price_types())
    result = click(shop, *LIVE, "import_report")
    assert not result.success
    assert "price_types_feed_one_column_each" in message(result)


def test_a_drop_of_contragents_alone_is_green_and_says_that_nothing_was_imported(shop: ShopUnderTest) -> None:
    imported = shop.import_files(exports.contragents())
    assert imported.result.success
    assert "nothing was imported" in report_text(imported.result)
    assert "nothing written" not in report_text(imported.result)
    assert imported.written == 0


def test_the_stock_job_touches_nothing_but_stocks(shop: ShopUnderTest) -> None:
    shop.import_files(exports.catalogue())
    before = shop.dump()
    later = {**exports.catalogue("2500", "2026-01-16T03:00:00"), **exports.rests("9", "2026-01-16T03:00:00")}
    imported = shop.import_files(later, job="stock_update")
    assert imported.status == "published"
    changed = {name for name, rows in shop.dump().items() if rows != before[name]}
    assert changed == {"sku_stocks"}
    assert shop.product("g1#a")["stock_quantity"] == 9


def test_nothing_to_import_says_where_files_are_expected(shop: ShopUnderTest) -> None:
    result = shop.run("catalog_import", {}).result
    assert not result.success
    assert "incoming" in message(result)


def test_a_job_launched_without_configuration_takes_what_waits(shop: ShopUnderTest) -> None:
    shop.import_files(exports.units())
    again = shop.run("catalog_import", {})
    assert again.status == "unchanged"
    assert again.result.success


def test_a_live_table_selected_with_everything_above_it_is_written_after_the_change_set(shop: ShopUnderTest) -> None:
    shop.import_files(exports.catalogue())
    drop = folder(shop, "rests", exports.rests("9", "2026-01-16T03:00:00"))
    result = prepare(shop, drop, "stocks")
    steps = [event.step_key for event in result.all_events if event.is_step_start]
    assert steps.index("change_set") < steps.index("publish")
    assert result.success
    assert shop.product("g1#a")["stock_quantity"] == 9
