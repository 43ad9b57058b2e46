"""One small company for all tests that only read it."""

from collections.abc import Iterator

import pytest

from freesport_pipelines.emulator import Company, Server, serve


@pytest.fixture(scope="package")
def company() -> Company:
    """Never changed; tests that change data make their own."""
    return Company(customers=120, receipts=1_200)


@pytest.fixture(scope="package")
def server(company: Company) -> Iterator[Server]:
    """Serves the company without faults."""
    with serve(company) as running:
        yield running
