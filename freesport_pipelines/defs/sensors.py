"""The exchange sensor: claims complete files and asks for one run per drop. It only looks; runs read and hash."""

from collections.abc import Iterator

import dagster as dg

from freesport_pipelines.defs.jobs import catalog_import, stock_update
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.settings import get_settings

ARCHIVED_LOOK_BACK = 20
ATTEMPTS = 3
"""Runs of one drop before the sensor leaves it to the operator."""
DROP_TAG = "freesport/drop"


@dg.sensor(
    name="exchange_sensor",
    jobs=[catalog_import, stock_update],
    minimum_interval_seconds=get_settings().sensor_interval_seconds,
    default_status=(
        dg.DefaultSensorStatus.RUNNING if get_settings().sensor_enabled else dg.DefaultSensorStatus.STOPPED
    ),
    description="Watches exchange/incoming. A set of files is claimed when all of them are complete and quiet; drops "
    "of rests alone start stock_update, all others catalog_import. Says on every tick why it waits.",
)
def exchange_sensor(
    context: dg.SensorEvaluationContext, shop: dg.ResourceParam[Shop]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One look at the folder; the cursor is what the last look saw."""
    from datetime import UTC, datetime

    from freesport_pipelines.exchange.claim import claim, finish_interrupted_claims
    from freesport_pipelines.exchange.incoming import Snapshot, judge, scan

    settings, now = shop.settings, datetime.now(UTC)
    finish_interrupted_claims(shop.exchange)
    seen = Snapshot.from_json(context.cursor) if context.cursor else None
    snapshot = scan(shop.exchange.incoming, seen)
    verdict = judge(seen, snapshot, now, settings.settle_seconds, settings.stalled_after_seconds)
    if verdict.ready:
        claim(shop.exchange, verdict.ready, now)
        snapshot = scan(shop.exchange.incoming, snapshot)
    context.update_cursor(snapshot.to_json())
    _fail_dead_runs(context.instance, shop)
    requests = list(_requests(context.instance, shop))
    yield from requests
    if not requests:
        yield dg.SkipReason(verdict.reason)


def _fail_dead_runs(instance: dg.DagsterInstance, shop: Shop) -> None:
    """End sessions whose process is gone, and their runs: a run that only seems to be under way blocks the queue."""
    from freesport_pipelines.database import unfinished

    for session in unfinished.mark_dead(shop.database, shop.settings.stale_after_seconds):
        again = dg.RunsFilter(tags={"dagster/root_run_id": session.run_id})
        for run in [instance.get_run_by_id(session.run_id), *instance.get_runs(filters=again)]:
            if run is not None and run.status == dg.DagsterRunStatus.STARTED:
                instance.report_run_failed(run, f"session {session.id}: {session.error or 'its process ended'}")


def _requests(instance: dg.DagsterInstance, shop: Shop) -> Iterator[dg.RunRequest]:
    """A run for every drop that is not settled and has none under way; a run that died is repeated a few times."""
    from freesport_pipelines.database import unfinished
    from freesport_pipelines.domain.kinds import STOCK_KINDS

    settled, begun = unfinished.settled_drops(shop.database), unfinished.begun_drops(shop.database)
    catalogue_waits = False
    for drop_id, kinds in sorted(dict(_waiting(shop)).items()):
        if drop_id in settled:
            continue
        runs = instance.get_runs(filters=dg.RunsFilter(tags={DROP_TAG: drop_id}))
        is_under_way = any(not run.is_finished for run in runs)
        if len(runs) >= ATTEMPTS and not is_under_way:
            continue
        is_stock = bool(kinds) and kinds <= STOCK_KINDS
        # stocks may overtake an import that is under way, not one that has not begun: it could not mind them
        if not is_under_way and not (is_stock and catalogue_waits):
            job = stock_update if is_stock else catalog_import
            yield dg.RunRequest(
                run_key=drop_id if not runs else f"{drop_id}/{len(runs) + 1}",
                job_name=job.name,
                run_config={"ops": {"exchange__drop": {"config": {"drop": drop_id}}}},
                tags={DROP_TAG: drop_id},
            )
        catalogue_waits |= not is_stock and drop_id not in begun


def _waiting(shop: Shop) -> Iterator[tuple[str, frozenset[str]]]:
    """Claimed drops, and archived ones whose run died before its session came to an end."""
    from itertools import islice

    from freesport_pipelines.exchange.claim import claimed_drops

    for claimed in claimed_drops(shop.exchange):
        yield claimed.drop_id, frozenset(claimed.kinds)
    for drop in islice(shop.archive.list(), ARCHIVED_LOOK_BACK):
        if drop.source == "exchange":
            yield drop.drop_id, frozenset(drop.kinds)


sensors = [exchange_sensor]
