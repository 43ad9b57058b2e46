"""Run a Dagster job in this process, visible in the Dagster UI, and tell a person what failed."""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

import dagster as dg
import sqlalchemy
import typer

from freesport_pipelines.cli.instance import dagster_instance
from freesport_pipelines.cli.progress_bars import shown_progress
from freesport_pipelines.defs.resources import Shop


def run_job(
    job: str,
    ops: Mapping[str, Mapping[str, Any]],
    *,
    shop: Shop | None = None,
    instance: dg.DagsterInstance | None = None,
) -> tuple[Shop, dg.ExecuteInProcessResult]:
    """Run a job to its end; failures are in the result (see `causes`).

    :param ops: {op: its run configuration}
    :param shop: another shop than the environment's
    :param instance: another Dagster instance than the one the UI shows
    """
    from freesport_pipelines.defs.build import build_defs
    from freesport_pipelines.defs.jobs import WRITER

    used = shop or Shop()
    typer.echo(f"shop: {sqlalchemy.make_url(used.settings.database_url)!r}", err=True)
    definition = build_defs(shop=used).resolve_job_def(job)
    run_config = {
        "ops": {op: {"config": dict(config)} for op, config in ops.items()},
        # the event log keeps everything; the terminal shows our own progress
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    # a command that is killed stays "started" in Dagster for ever: it must not hold up the queue's imports
    tags = {WRITER: "command line"}
    with nullcontext(instance) if instance is not None else dagster_instance() as used_instance, shown_progress():
        result = definition.execute_in_process(run_config, instance=used_instance, tags=tags, raise_on_error=False)
    return used, result


def causes(result: dg.ExecuteInProcessResult) -> list[str]:
    """What went wrong, in a line a person can act on; empty when nothing did."""
    if result.success:
        return []
    return [_cause(event) for event in result.all_events if event.is_step_failure][:1]


def _cause(event: Any) -> str:
    """The deepest message that is ours, without Dagster's frames."""
    data = event.step_failure_data
    error = data.error
    if data.user_failure_data is not None and data.user_failure_data.description:
        return str(data.user_failure_data.description)
    while error is not None and error.cause is not None:
        error = error.cause
    return "" if error is None else error.message.strip()
