"""When Dagster began and ended each run, so that its start-up can be told apart from the work.

    python -m benchmarks.dagster_runs     prints the runs of the DAGSTER_HOME it stands in, as one line of JSON

A process of its own: Dagster's imports would make the measuring process greater than some of what it measures.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.commands import command_environment, dagster_home
from benchmarks.results import Step


class Run(NamedTuple):
    """A run that has ended; seconds since the epoch."""

    created_at: float
    started_at: float
    ended_at: float
    parts: dict[str, float]
    """Seconds of each Dagster step."""


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
    return [Run(*run) for run in json.loads(done.stdout.splitlines()[-1])]


def add_times(steps: Iterable[Step], work: Path) -> None:
    """Tell each step's run from what came before it in the process."""
    known = finished_runs(work)
    for step in steps:
        run = next((run for run in known if step.began_at <= run.started_at <= step.ended_at), None)
        if run is not None:
            step.start_seconds = run.started_at - step.began_at
            step.run_seconds = run.ended_at - run.started_at
            step.parts = run.parts


def main() -> None:
    """Print (created, started, ended, seconds by step) of every run that has ended."""
    from freesport_pipelines.cli.instance import dagster_instance

    with dagster_instance() as instance:
        records = [record for record in instance.get_run_records() if record.start_time and record.end_time]
        print(json.dumps([_described(instance, record) for record in records]))


def _described(instance: Any, record: Any) -> Run:
    stats = instance.get_run_step_stats(record.dagster_run.run_id)
    parts = {one.step_key: one.end_time - one.start_time for one in stats if one.start_time and one.end_time}
    return Run(record.create_timestamp.timestamp(), record.start_time, record.end_time, parts)


if __name__ == "__main__":
    main()
