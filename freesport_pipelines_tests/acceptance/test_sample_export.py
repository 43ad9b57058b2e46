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


def test_dictionaries_have_the_known_sizes(shop: ShopUnderTest, sample_export: Path) -> None:
    imported = shop.import_folder(sample_export)
    assert imported.status == "published"
    assert shop.row(DEPTH) == {"depth": 5, "n": 119}
    assert shop.count("categories") == 119
    assert shop.count("units") == 18
    assert shop.count("warehouses") == 2
    assert shop.count("price_types") == 6
    assert shop.count("price_types", "role_field IS NOT NULL") == 6
    assert shop.count("attributes") == 458
    assert shop.count("attributes", "in_goods") == 433
    assert shop.count("attributes", "in_offers") == 54
    assert shop.count("attributes", "in_goods AND in_offers") == 29


def test_goods_become_placeholders_and_orphans_wait_in_quarantine(shop: ShopUnderTest, sample_export: Path) -> None:
    imported = shop.import_folder(sample_export)
    assert shop.count("goods") == 3
    assert imported.quarantine == {
        "offers": {"goods_unknown": 3},
        "prices": {"sku_unknown": 3},
        "rests": {"sku_unknown": 4},
    }
    assert {reason for _, reason in shop.quarantined("offers")} == {"goods_unknown"}


def test_importing_it_twice_writes_nothing(shop: ShopUnderTest, sample_export: Path) -> None:
    shop.import_folder(sample_export)
    before = shop.dump()
    again = shop.import_folder(sample_export)
    compared = shop.import_folder(sample_export, force=True)
    assert (again.status, again.written) == ("unchanged", 0)
    assert (compared.status, compared.written) == ("unchanged", 0)
    assert shop.dump() == before
