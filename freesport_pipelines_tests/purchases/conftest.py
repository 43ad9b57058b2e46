"""Empty shops on both databases, migrated once and copied, and small companies to read."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines.emulator import Company
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.purchases.onec_shop import OnecShop, onec_shop


@pytest.fixture(scope="session", autouse=True)
def _retries_at_once() -> Iterator[None]:
    """Troubles of 1C are waited for in minutes; here nobody waits."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dg.RetryPolicy, "calculate_delay", lambda policy, attempt: 0)
        yield


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
def company() -> Company:
    """36 buyers, of whose 40 cards the last has no owner; two months of trade."""
    return Company(customers=36, receipts=200, months=2)


@pytest.fixture
def shop(database_url: str, tmp_path: Path, company: Company) -> Iterator[OnecShop]:
    """An empty shop that reads this company."""
    with onec_shop(database_url, tmp_path, company) as under_test:
        yield under_test
