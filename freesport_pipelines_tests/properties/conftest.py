"""Shops that have their dictionaries and nothing else, for histories to happen to."""

from collections.abc import Iterator

import pytest

from freesport_pipelines_tests.acceptance.exports import dictionaries
from freesport_pipelines_tests.faults.shops import Template


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    server = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    first = dictionaries(formed_at="2025-03-01T09:00:00")
    return Template(tmp_path_factory.mktemp(request.param), server, first, {})
