"""A shop on each database that imported the first day of `rich`; `complete` is what the second day makes of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.faults.shops import Content, Template
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture(scope="session")
def templates(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Template]:
    """By database; PostgreSQL's server is started only if a test needs it."""

    class Templates(dict[str, Template]):
        def __missing__(self, database: str) -> Template:
            server = request.getfixturevalue("postgres_url") if database == "postgresql" else None
            self[database] = Template(tmp_path_factory.mktemp(database), server, rich(1), rich(2))
            return self[database]

    return Templates()


@pytest.fixture(params=["sqlite", "postgresql"])
def template(request: pytest.FixtureRequest, templates: dict[str, Template]) -> Template:
    return templates[request.param]


@pytest.fixture
def shop(template: Template, tmp_path: Path) -> Iterator[ShopUnderTest]:
    with template.copied(tmp_path / "shop") as copied:
        yield copied


@pytest.fixture
def complete(template: Template) -> Content:
    return template.complete
