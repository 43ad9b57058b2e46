"""An empty exchange folder and archive, on this machine and far away."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from upath import UPath

from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.folder import ExchangeFolder

from .building import Looks


@pytest.fixture
def exchange(tmp_path: Path) -> ExchangeFolder:
    folder = ExchangeFolder(UPath(tmp_path / "exchange"))
    folder.ensure()
    return folder


@pytest.fixture
def looks(exchange: ExchangeFolder) -> Looks:
    return Looks(exchange.incoming)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(UPath(tmp_path / "archive"))


@pytest.fixture
def far() -> Iterator[UPath]:
    """A folder on a file system that is not this machine's and cannot rename in one step."""
    root = UPath(f"memory://far-{uuid.uuid4().hex}")
    root.mkdir(parents=True)
    yield root
    root.fs.rm(root.path, recursive=True)
