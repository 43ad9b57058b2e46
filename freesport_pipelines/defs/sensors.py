"""The exchange sensor: claims complete files and asks for one run per drop. It only looks; runs read and hash."""

from collections.abc import Iterator

import dagster as dg

from freesport_pipelines.defs.asking import ask_for
from freesport_pipelines.defs.jobs import catalog_import, stock_update, sync_customers
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.waiting import fail_dead_runs, waiting_drops
from freesport_pipelines.settings import get_settings

NAME = "exchange_sensor"


@dg.sensor(
    name=NAME,
    jobs=[catalog_import, stock_update, sync_customers],
    minimum_interval_seconds=get_settings().sensor_interval_seconds,
    default_status=(
        dg.DefaultSensorStatus.RUNNING if get_settings().sensor_enabled else dg.DefaultSensorStatus.STOPPED
    ),
    description="Watches exchange/incoming. A set of files is claimed when all of them are complete and quiet; drops "
    "of rests alone start stock_update, all others catalog_import; sync_customers reads their contragents. Says on "
    "every tick why it waits.",
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
    fail_dead_runs(context.instance, shop)
    free = [drop for drop in waiting_drops(context.instance, shop) if drop.obstacle is None]
    requests, asked_by_others = ask_for(context.instance, shop, NAME, free)
    yield from requests
    if not requests:
        yield dg.SkipReason("; ".join([verdict.reason, *asked_by_others]))


sensors = [exchange_sensor]
