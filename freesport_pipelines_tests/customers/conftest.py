"""Empty shops with customers' tables on both databases: migrated once, copied for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from freesport_pipelines.settings import get_settings
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.keeping.commands import Commands


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


@pytest.fixture(scope="module")
def lasting_shop(empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CustomerShop]:
    """A shop for one synchronisation that all tests of a module look at; they change nothing."""
    folder = tmp_path_factory.mktemp("lasting")
    with empty.database(folder) as url:
        under_test = CustomerShop(url, folder, with_dagster=False)
        yield under_test
        under_test.close()


@contextmanager
def commands(shop: CustomerShop) -> Iterator[Commands]:
    """The command line on a shop, in this process."""
    urls = shop.resource.settings
    environment = {
        "FREESPORT_DATABASE_URL": shop.database_url,
        "FREESPORT_EXCHANGE_URL": urls.exchange_url,
        "FREESPORT_ARCHIVE_URL": urls.archive_url,
        "DAGSTER_HOME": "",
        "COLUMNS": "200",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.chdir(shop.folder)
        get_settings.cache_clear()
        try:
            yield Commands()
        finally:
            get_settings.cache_clear()
