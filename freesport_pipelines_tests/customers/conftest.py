"""Empty shops with customers' tables on both databases: migrated once, copied for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.faults.shops import Template


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    server = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    return Template(tmp_path_factory.mktemp(f"empty-{request.param}"), server, {}, {})


@pytest.fixture
def database_url(empty: Template, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind, with its tables."""
    with empty.database(tmp_path) as url:
        yield url


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[CustomerShop]:
    """An empty shop; synchronisations call the steps of the job in its order, without Dagster."""
    under_test = CustomerShop(database_url, tmp_path, with_dagster=False)
    yield under_test
    under_test.close()


@pytest.fixture
def dagster_shop(database_url: str, tmp_path: Path) -> Iterator[CustomerShop]:
    """The same, synchronised by the real Dagster job."""
    under_test = CustomerShop(database_url, tmp_path)
    yield under_test
    under_test.close()
