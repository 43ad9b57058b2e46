"""Rolling back an import of 100,000 SKUs restores the live tables to the byte; a digest tells, memory is not needed."""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from freesport_pipelines.database.feeds import FEEDS
from freesport_pipelines.demo.export import write_demo_export
from freesport_pipelines.demo.plan import DemoPlan
from freesport_pipelines_tests.shop import Import, ShopUnderTest

pytestmark = pytest.mark.slow

SKUS = 100_000
GOODS = 37_000
MORE = GOODS + 500
"""A day later there are new goods as well."""
LENIENT = {"move_block_rows": 10 * SKUS, "block_rows": 10 * SKUS}


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[ShopUnderTest]:
    under_test = ShopUnderTest(database_url, tmp_path, with_dagster=False, **LENIENT)
    yield under_test
    under_test.close()


def digests(shop: ShopUnderTest) -> dict[str, str]:
    """Of every live table: all columns of all rows, ids, times and sessions included."""
    found = {}
    with shop.database.read() as connection:
        for feed in FEEDS:
            digest = hashlib.sha256()
            query = feed.live.select().order_by(feed.live_id).execution_options(yield_per=5000)
            for row in connection.execute(query):
                digest.update(repr(tuple(row)).encode())
            found[feed.name] = digest.hexdigest()
    return found


def imported(shop: ShopUnderTest, folder: Path, plan: DemoPlan) -> Import:
    write_demo_export(plan, folder)
    done = shop.import_folder(folder)
    assert done.status == "published", done.failed_checks
    return done


def test_100000_skus_that_were_changed_and_then_brought_are_rolled_back(shop: ShopUnderTest, tmp_path: Path) -> None:
    """First the day that changed a third of them, then the day that brought them all."""
    assert shop.database
    empty = digests(shop)
    first = imported(shop, tmp_path / "first", DemoPlan(goods=GOODS, properties_per_good=5))
    assert shop.count("skus") >= SKUS
    before = digests(shop)
    later = DemoPlan(goods=MORE, properties_per_good=5, change_share=0.33, formed_at=datetime(2026, 1, 16))  # noqa: DTZ001
    second = imported(shop, tmp_path / "second", later)
    assert second.written > SKUS / 2
    after = digests(shop)
    changed = {"goods", "skus", "sku_prices", "sku_stocks"}
    assert {name for name in after if after[name] != before[name]} >= changed

    shop.roll_back(second)
    assert digests(shop) == before
    shop.roll_back(first)
    assert digests(shop) == empty
