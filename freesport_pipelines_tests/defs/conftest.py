"""A shop on SQLite: what Dagster does with it does not depend on the database (acceptance tests use both)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[ShopUnderTest]:
    under_test = ShopUnderTest(f"sqlite:///{tmp_path / 'shop.db'}", tmp_path, settle_seconds=0)
    yield under_test
    under_test.close()
