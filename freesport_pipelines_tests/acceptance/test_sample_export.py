"""A real export, trimmed and not referentially closed, imports without a crash and loses nothing."""

from pathlib import Path

from freesport_pipelines_tests.shop import ShopUnderTest

DEPTH = """
WITH RECURSIVE tree(onec_id, depth) AS (
    SELECT onec_id, 1 FROM categories WHERE parent_onec_id IS NULL
    UNION ALL
    SELECT c.onec_id, t.depth + 1 FROM categories c JOIN tree t ON c.parent_onec_id = t.onec_id)
SELECT max(depth) AS depth, count(*) AS n FROM tree
"""


def test_dictionaries_have_the_known_sizes(dagster_shop: ShopUnderTest, sample_export: Path) -> None:
    imported = dagster_shop.import_folder(sample_export)
    assert imported.status == "published"
    assert dagster_shop.row(DEPTH) == {"depth": 5, "n": 119}
    assert dagster_shop.count("categories") == 119
    assert dagster_shop.count("units") == 18
    assert dagster_shop.count("warehouses") == 2
    assert dagster_shop.count("price_types") == 6
    assert dagster_shop.count("price_types", "role_field IS NOT NULL") == 6
    assert dagster_shop.count("attributes") == 458
    assert dagster_shop.count("attributes", "in_goods") == 433
    assert dagster_shop.count("attributes", "in_offers") == 54
    assert dagster_shop.count("attributes", "in_goods AND in_offers") == 29


def test_goods_become_placeholders_and_orphans_wait_in_quarantine(
    dagster_shop: ShopUnderTest, sample_export: Path
) -> None:
    imported = dagster_shop.import_folder(sample_export)
    assert dagster_shop.count("goods") == 3
    assert imported.quarantine == {
        "offers": {"goods_unknown": 3},
        "prices": {"sku_unknown": 3},
        "rests": {"sku_unknown": 4},
    }
    assert {reason for _, reason in dagster_shop.quarantined("offers")} == {"goods_unknown"}


def test_importing_it_twice_writes_nothing(dagster_shop: ShopUnderTest, sample_export: Path) -> None:
    dagster_shop.import_folder(sample_export)
    before = dagster_shop.dump()
    again = dagster_shop.import_folder(sample_export)
    compared = dagster_shop.import_folder(sample_export, force=True)
    assert (again.status, again.written) == ("unchanged", 0)
    assert (compared.status, compared.written) == ("unchanged", 0)
    assert dagster_shop.dump() == before
