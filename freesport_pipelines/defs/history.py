"""Prune Dagster's own history: runs that ended long ago, and the files that deleting a run leaves behind.

Dagster keeps every run for ever (25 MB a day on SQLite, facts/dagster.md 2.4). What an asset's page shows last, its
newest materialization, survives.
"""

from datetime import datetime
from pathlib import Path

import dagster as dg

FINISHED = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
BATCH_RUNS = 100


def prune_runs(instance: dg.DagsterInstance, before: datetime) -> int:
    """Delete finished runs that were created before this moment; return how many."""
    old = dg.RunsFilter(statuses=FINISHED, created_before=before)
    count = 0
    while runs := instance.get_runs(filters=old, limit=BATCH_RUNS):
        for run in runs:
            instance.delete_run(run.run_id)
            _remove_files(instance, run.run_id)
        count += len(runs)
    return count


def _remove_files(instance: dg.DagsterInstance, run_id: str) -> None:
    """A run's own SQLite file and its captured output, where there are such."""
    file_of = getattr(instance.event_log_storage, "path_for_shard", None)
    if file_of is not None:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{file_of(run_id)}{suffix}").unlink(missing_ok=True)
    logs = instance.compute_log_manager
    if hasattr(logs, "delete_logs"):
        logs.delete_logs(prefix=[run_id])
