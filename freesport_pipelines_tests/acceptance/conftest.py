"""A shop that a whole module reads: imported once per database, because the tests of such a module change nothing."""

import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting_shop(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShopUnderTest]:
    """An empty shop on each database, for one import that all tests of the module look at."""
    folder = tmp_path_factory.mktemp("shop")
    url = f"sqlite:///{folder / 'shop.db'}"
    if request.param == "postgresql":
        server: sa.URL = request.getfixturevalue("postgres_url")
        name = f"lasting_{uuid.uuid4().hex}"
        admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        admin.dispose()
        url = server.set(database=name).render_as_string(hide_password=False)
    shop = ShopUnderTest(url, folder, with_dagster=False)
    yield shop
    shop.close()
