"""A migrated, empty shop database of each kind."""

from collections.abc import Iterator

import pytest

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.migrate import upgrade


@pytest.fixture
def database(database_url: str) -> Iterator[ShopDatabase]:
    made = ShopDatabase(database_url)
    upgrade(made)
    yield made
    made.dispose()
