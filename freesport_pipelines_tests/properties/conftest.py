"""Shops that have their dictionaries and a little to sell, for histories to happen to."""

from collections.abc import Iterator

import pytest

from freesport_pipelines_tests.acceptance.exports import dictionaries
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.properties.world import FIRST, files


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    server = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    first = dictionaries(formed_at="2025-03-01T10:00:00") | files(FIRST)
    return Template(tmp_path_factory.mktemp(request.param), server, first, {})
