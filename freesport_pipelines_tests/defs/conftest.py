"""A shop on SQLite: what Dagster does with it does not depend on the database (acceptance tests use both)."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines.steps import opening
from freesport_pipelines_tests.defs.stock_ticks import Schedule
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopUnderTest]:
    under_test = ShopUnderTest(f"sqlite:///{tmp_path / 'shop.db'}", tmp_path, settle_seconds=0)
    yield under_test
    under_test.close()


@pytest.fixture
def schedule(shop: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Schedule]:
    monkeypatch.setattr(opening, "LOOK_AGAIN_SECONDS", 0.05)
    (tmp_path / "dagster").mkdir()
    quiet = {"telemetry": {"enabled": False}}
    with dg.DagsterInstance.local_temp(str(tmp_path / "dagster"), overrides=quiet) as instance:
        shop.instance.dispose()
        shop.instance = instance  # the context of a schedule takes none that lives in memory alone
        yield Schedule(shop)
