"""The Dagster instance a command works with: the one the UI shows, wherever that is configured."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from freesport_pipelines.settings import dagster_home


@contextmanager
def dagster_instance() -> Iterator[dg.DagsterInstance]:
    """DAGSTER_HOME if it is set (with or without a dagster.yaml), else ./dagster.yaml, else one for this run only."""
    home = dagster_home(os.environ.get("DAGSTER_HOME"), Path.cwd())
    if home is None:
        with tempfile.TemporaryDirectory() as scratch, dg.DagsterInstance.local_temp(scratch) as instance:
            yield instance
        return
    home.mkdir(parents=True, exist_ok=True)
    with dg.DagsterInstance.from_config(str(home.resolve())) as instance:
        yield instance
