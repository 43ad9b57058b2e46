"""The nightly job: back the shop up, then remove what is old and not needed. Every op calls one step and reports.

Only backups and archived drops wait for the backup. Where it fails (no pg_dump, a full disk) the job ends as failed and
the step `back_up` says why, but what grows in the databases is pruned all the same.
"""

from typing import Any

import dagster as dg

from freesport_pipelines.defs.history import prune_runs
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import readable_failure
from freesport_pipelines.settings import get_settings


@dg.op(
    description="Back up all tables that imports write, while imports go on.",
    out=dg.Out(dg.Nothing),
)
def back_up(context: dg.OpExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.Output[None]:
    """`freesport backup`."""
    from freesport_pipelines.steps.backups import backups_of

    with readable_failure():
        backup = backups_of(shop.settings).take(shop.database)
    return dg.Output(None, metadata=_backup_metadata(backup))


def _backup_metadata(backup: Any) -> dict[str, Any]:
    return {
        "backup": backup.id,
        "path": dg.MetadataValue.path(str(backup.dump)),
        "megabytes": round(backup.manifest.size / 1e6, 3),
        "newest_session": backup.manifest.history.newest_session,
        "rows": sum(table.rows for table in backup.manifest.tables.values()),
    }


@dg.op(
    description="Remove superfluous backups and archived drops that the newest backup makes unnecessary, by age and by "
    "count. Never what an open session needs.",
    ins={"after": dg.In(dg.Nothing)},
)
def prune(context: dg.OpExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.Output[None]:
    """The part of `freesport prune` that needs a backup; runs only if it worked."""
    from datetime import UTC, datetime

    from freesport_pipelines.steps import pruning
    from freesport_pipelines.steps.backups import backups_of

    with readable_failure():
        pruned = pruning.prune_archive(
            shop.database, shop.archive, backups_of(shop.settings), shop.settings, datetime.now(UTC), dry_run=False
        )
    for note in pruned.notes:
        context.log.warning(note)
    return dg.Output(None, metadata=dict(pruned.counts))


@dg.op(
    description="Remove journals, figures, report details and staging areas of old sessions, by age and by count. "
    "Never what an open session needs.",
)
def prune_journals(shop: dg.ResourceParam[Shop]) -> dg.Output[None]:
    """The other part of `freesport prune`; independent of the backup."""
    from datetime import UTC, datetime

    from freesport_pipelines.steps import pruning

    with readable_failure():
        counts = pruning.prune_details(shop.database, shop.settings, datetime.now(UTC), dry_run=False)
    return dg.Output(None, metadata=dict(counts))


@dg.op(
    description="Delete Dagster's runs that ended longer ago than FREESPORT_JOURNAL_DAYS, with their files.",
)
def prune_run_history(context: dg.OpExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.Output[None]:
    """Independent of the backup: it needs none."""
    from datetime import UTC, datetime, timedelta

    before = datetime.now(UTC) - timedelta(days=shop.settings.journal_days)
    with readable_failure():
        return dg.Output(None, metadata={"runs": prune_runs(context.instance, before)})


@dg.job(
    description="Back up the shop's tables, then prune old drops, journals and runs. Imports may go on meanwhile. "
    "(Ночное обслуживание: резервная копия и очистка.)",
)
def maintenance() -> None:
    """What the schedule starts every night."""
    prune(back_up())
    prune_journals()
    prune_run_history()


nightly_maintenance = dg.ScheduleDefinition(
    name="nightly_maintenance",
    job=maintenance,
    cron_schedule=get_settings().maintenance_cron,
    default_status=(
        dg.DefaultScheduleStatus.RUNNING if get_settings().sensor_enabled else dg.DefaultScheduleStatus.STOPPED
    ),
    description="Starts the job maintenance at FREESPORT_MAINTENANCE_CRON (UTC).",
)

jobs = [maintenance]
schedules = [nightly_maintenance]
