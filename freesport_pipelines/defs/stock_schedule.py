"""The stock schedule: what the exchange sensor does, at fixed times and for stocks alone.

With the sensor switched on it finds little to do. With the sensor off it keeps stocks fresh while the catalogue is
imported by hand.
"""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import dagster as dg

from freesport_pipelines.defs.asking import ask_for
from freesport_pipelines.defs.jobs import stock_update
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.waiting import fail_dead_runs, waiting_drops
from freesport_pipelines.settings import get_settings

if TYPE_CHECKING:
    from upath import UPath

    from freesport_pipelines.exchange.incoming import SeenFile, Snapshot

NAME = "stock_schedule"


@dg.schedule(
    name=NAME,
    job=stock_update,
    cron_schedule=get_settings().stocks_cron,
    execution_timezone="UTC",
    default_status=(
        dg.DefaultScheduleStatus.RUNNING if get_settings().sensor_enabled else dg.DefaultScheduleStatus.STOPPED
    ),
    description="Starts stock_update at FREESPORT_STOCKS_CRON (UTC) for every drop of rests and storages alone that "
    "waits, and claims such files from exchange/incoming when they are complete and quiet. Says on every tick why it "
    "starts nothing. (Обновление остатков по расписанию.)",
)
def stock_schedule(
    context: dg.ScheduleEvaluationContext, shop: dg.ResourceParam[Shop]
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """One tick. It asks only for drops that it has by their id, so that no run can find nothing to import."""
    from freesport_pipelines.exchange.claim import finish_interrupted_claims

    finish_interrupted_claims(shop.exchange)
    folder = claim_stocks(shop)
    fail_dead_runs(context.instance, shop)
    stocks = [drop for drop in waiting_drops(context.instance, shop) if drop.job == stock_update.name]
    free = [drop for drop in stocks if drop.obstacle is None]
    requests, asked_by_others = ask_for(context.instance, shop, NAME, free)
    yield from requests
    if not requests:
        obstacles = [drop.obstacle for drop in stocks if drop.obstacle is not None]
        yield dg.SkipReason("; ".join([*obstacles, *asked_by_others, folder]))


def claim_stocks(shop: Shop) -> str:
    """Claim what lies in incoming if it is stocks and nothing else; says what became of it."""
    from freesport_pipelines.domain.kinds import STOCK_KINDS
    from freesport_pipelines.exchange.claim import claim, kinds_of
    from freesport_pipelines.exchange.incoming import judge, scan
    from freesport_pipelines.steps.opening import LOOK_AGAIN_SECONDS

    settings, incoming = shop.settings, shop.exchange.incoming
    first = scan(incoming, _aged(scan(incoming), incoming))  # which also looks at the end of each file
    if not first.files:
        return "no stocks wait: the folder is empty"
    time.sleep(LOOK_AGAIN_SECONDS)
    again, now = scan(incoming, first), datetime.now(UTC)
    verdict = judge(first, again, now, settings.settle_seconds, settings.stalled_after_seconds)
    kinds = kinds_of(incoming, [file.path for file in again.files if file.path not in verdict.stalled])
    if others := kinds - STOCK_KINDS:
        return f"incoming holds files of other kinds too ({', '.join(sorted(others))}): all of it is for catalog_import"
    if not verdict.ready:
        return verdict.reason
    if not kinds:
        return f"no rests or storages in incoming: {verdict.reason} for catalog_import"
    claim(shop.exchange, verdict.ready, now)
    return verdict.reason


def _aged(look: "Snapshot", incoming: "UPath") -> "Snapshot":
    """A schedule remembers no earlier look, so a file is as old as its file system says."""
    return replace(look, files=tuple(replace(file, since=_changed_at(file, incoming)) for file in look.files))


def _changed_at(file: "SeenFile", incoming: "UPath") -> datetime:
    """When the file was last written, renamed or moved here, never in the future; now, where nobody can tell.

    Its modification time alone would be that of the original where a program copies the time along.
    """
    from freesport_pipelines.exchange.paths import local_path

    local = local_path(incoming / file.path)
    times = [file.mtime_ns / 1e9] if file.mtime_ns else []
    if local is not None and local.exists():
        times.append(local.lstat().st_ctime)
    return min(datetime.fromtimestamp(max(times), UTC), file.since) if times else file.since


schedules = [stock_schedule]
