"""When Dagster began and ended each run, so that its start-up can be told apart from the work.

    python -m benchmarks.dagster_runs     prints the runs of the DAGSTER_HOME it stands in, as one line of JSON

A process of its own: Dagster's imports would make the measuring process greater than some of what it measures.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from benchmarks.commands import command_environment, dagster_home
from benchmarks.results import Step


class Run(NamedTuple):
    """A run that has ended; seconds since the epoch."""

    created_at: float
    started_at: float
    ended_at: float


def finished_runs(work: Path) -> list[Run]:
    """All runs of the benchmark so far, the newest first."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.dagster_runs"],
        cwd=dagster_home(work),
        env=command_environment(work),
        capture_output=True,
        text=True,
        check=True,
    )
    return [Run(*times) for times in json.loads(done.stdout.splitlines()[-1])]


def add_times(steps: Iterable[Step], work: Path) -> None:
    """Tell each step's run from what came before it in the process."""
    known = finished_runs(work)
    for step in steps:
        run = next((run for run in known if step.began_at <= run.started_at <= step.ended_at), None)
        if run is not None:
            step.start_seconds = run.started_at - step.began_at
            step.run_seconds = run.ended_at - run.started_at


def main() -> None:
    """Print (created, started, ended) of every run that has ended."""
    from freesport_pipelines.cli.instance import dagster_instance

    with dagster_instance() as instance:
        records = [record for record in instance.get_run_records() if record.start_time and record.end_time]
        print(json.dumps([(one.create_timestamp.timestamp(), one.start_time, one.end_time) for one in records]))


if __name__ == "__main__":
    main()
