"""Jobs and schedules of 1C:УНФ, by the requirement's variables, in the tenant's zone.

Partitioned assets are asked for month by month; profiles have a schedule of their own after the nightly update, because
`AutomationCondition.eager()` never fires below monthly partitions (facts/dagster).
"""

from datetime import datetime, timedelta

import dagster as dg

from freesport_pipelines.defs.assets.onec import GROUP as ONEC
from freesport_pipelines.defs.assets.purchases import MONTHS, REGISTERS
from freesport_pipelines.settings import get_onec_settings

SETTINGS = get_onec_settings()
SUNDAY = 7
OVERLAP_DAYS = 3
"""How far the update every few hours looks back: late postings of the days before."""


def _keys(*names: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*names)


onec_catalogues = dg.define_asset_job(
    "onec_catalogues",
    selection=dg.AssetSelection.groups(ONEC),
    description="Read cards, buyers and products of 1C:УНФ completely, then bring users and cards in step.",
)
onec_purchases = dg.define_asset_job(
    "onec_purchases",
    selection=_keys(*REGISTERS),
    description="Read one month of all registers of 1C:УНФ. Backfill older months from here (Загрузка покупок).",
)
nightly_purchases = dg.define_asset_job(
    "nightly_purchases",
    selection=_keys("card_refresh", "purchase_drift"),
    description="Refresh the next batch of cards, compare months with 1C and read again what differs.",
)
buyer_profiles = dg.define_asset_job(
    "buyer_profiles",
    selection=_keys("loyalty_balances", "purchase_profiles", "product_affinity"),
    description="Make all purchase profiles anew and reconcile them (Профили покупателей).",
)

jobs = [onec_catalogues, onec_purchases, nightly_purchases, buyer_profiles]

_STATUS = (
    dg.DefaultScheduleStatus.RUNNING
    if SETTINGS.customer_sync_enabled and SETTINGS.api_url
    else dg.DefaultScheduleStatus.STOPPED
)


def months_of(since: datetime, until: datetime) -> list[str]:
    """Partition keys of the months from one moment to another, both inclusive."""
    keys = MONTHS.get_partition_keys(current_time=until)
    first, last = f"{since:%Y-%m-01}", f"{until:%Y-%m-01}"
    return [key for key in keys if first <= key <= last]


def _months(tick: datetime, days: int) -> list[dg.RunRequest]:
    """One run per month that the last so many days touch."""
    keys = months_of(tick - timedelta(days=days), tick)
    return [dg.RunRequest(run_key=f"{key} at {tick:%Y-%m-%dT%H:%M}", partition_key=key) for key in keys]


_HOURS = SETTINGS.customer_sync_interval_hours
EVERY_FEW_HOURS = "0 0 * * *" if _HOURS == 24 else f"0 */{_HOURS} * * *"
AT_NIGHT = f"{SETTINGS.customer_sync_nightly_minute} {SETTINGS.customer_sync_nightly_hour} * * *"
_AT_NIGHT = _STATUS if SETTINGS.customer_sync_nightly_enabled else dg.DefaultScheduleStatus.STOPPED

catalogues_schedule = dg.ScheduleDefinition(
    name="onec_catalogues_schedule",
    job=onec_catalogues,
    cron_schedule=EVERY_FEW_HOURS,
    execution_timezone=SETTINGS.time_zone,
    default_status=_STATUS,
    description="Every few hours (CUSTOMER_SYNC_INTERVAL_HOURS): cards, buyers, products, users.",
)


@dg.schedule(
    name="onec_purchases_schedule",
    job=onec_purchases,
    cron_schedule=EVERY_FEW_HOURS,
    execution_timezone=SETTINGS.time_zone,
    default_status=_STATUS,
    description="Every few hours (CUSTOMER_SYNC_INTERVAL_HOURS): the current month, on its "
    "first days the one before, too.",
)
def purchases_schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    """The months of the last days."""
    return _months(context.scheduled_execution_time, OVERLAP_DAYS)


@dg.schedule(
    name="onec_nightly_months_schedule",
    job=onec_purchases,
    cron_schedule=AT_NIGHT,
    execution_timezone=SETTINGS.time_zone,
    default_status=_AT_NIGHT,
    description="Every night (CUSTOMER_SYNC_NIGHTLY_PURCHASE_DAYS): the months of the last 30 days again, on Sundays "
    "all months of ONEC_DEEP_DAYS.",
)
def nightly_months_schedule(context: dg.ScheduleEvaluationContext) -> list[dg.RunRequest]:
    """The look-back, deep once a week."""
    tick = context.scheduled_execution_time
    is_deep = tick.isoweekday() == SUNDAY
    return _months(tick, SETTINGS.deep_days if is_deep else SETTINGS.customer_sync_nightly_purchase_days)


nightly_schedule = dg.ScheduleDefinition(
    name="onec_nightly_schedule",
    job=nightly_purchases,
    cron_schedule=AT_NIGHT,
    execution_timezone=SETTINGS.time_zone,
    default_status=_AT_NIGHT,
    description="Every night: the next batch of cards (CUSTOMER_SYNC_NIGHTLY_CARDS_LIMIT), and months that drifted.",
)

profiles_schedule = dg.ScheduleDefinition(
    name="profiles_schedule",
    job=buyer_profiles,
    cron_schedule=SETTINGS.profiles_cron,
    execution_timezone=SETTINGS.time_zone,
    default_status=_STATUS,
    description="Profiles after the nightly update (ONEC_PROFILES_CRON).",
)

schedules = [catalogues_schedule, purchases_schedule, nightly_months_schedule, nightly_schedule, profiles_schedule]
