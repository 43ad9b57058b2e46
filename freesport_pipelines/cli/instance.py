"""The Dagster instance a command works with: the one the UI shows, wherever that is configured."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef

from freesport_pipelines.settings import dagster_home

NOT_CAPTURED = {
    "compute_logs": {
        "module": "dagster._core.storage.noop_compute_log_manager",
        "class": "NoOpComputeLogManager",
        "config": {},
    }
}
"""A command prints where it is called. Capturing that for the UI as well would take it the terminal, for its bars, and
cost it four helper processes and a second or two; what is logged is in the event log all the same.
"""


@contextmanager
def dagster_instance() -> Iterator[dg.DagsterInstance]:
    """DAGSTER_HOME if it is set (with or without a dagster.yaml), else ./dagster.yaml, else one for this run only."""
    home = dagster_home(os.environ.get("DAGSTER_HOME"), Path.cwd())
    if home is None:
        with tempfile.TemporaryDirectory() as scratch, dg.DagsterInstance.local_temp(scratch, NOT_CAPTURED) as instance:
            yield instance
        return
    home.mkdir(parents=True, exist_ok=True)
    configured = InstanceRef.from_dir(str(home.resolve()), overrides=NOT_CAPTURED)
    with dg.DagsterInstance.from_ref(configured) as instance:
        yield instance
