"""When customers are synchronised with 1C without anybody asking: registrations wait for no file."""

from datetime import timedelta

import dagster as dg

from freesport_pipelines.defs.jobs import sync_customers
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.settings import get_settings


@dg.schedule(
    name="customer_schedule",
    job=sync_customers,
    cron_schedule=get_settings().customers_cron,
    execution_timezone="UTC",
    default_status=(
        dg.DefaultScheduleStatus.RUNNING if get_settings().sensor_enabled else dg.DefaultScheduleStatus.STOPPED
    ),
    description="Synchronise customers where something is new: registrations and profiles the shop has changed, "
    "decided conflicts, customers 1C must be told about. Contragents of a drop are left to the sensor.",
)
def customer_schedule(
    context: dg.ScheduleEvaluationContext, shop: dg.ResourceParam[Shop]
) -> dg.RunRequest | dg.SkipReason:
    """One tick: a run without files, if there is anything to do."""
    from freesport_pipelines.steps.customers import NO_DROP, is_anything_new

    if not is_anything_new(shop.database, timedelta(hours=shop.settings.export_again_hours)):
        return dg.SkipReason("no customer was registered or changed, no conflict decided, nothing to tell 1C")
    return dg.RunRequest(run_config={"ops": {"exchange__drop": {"config": {"drop": NO_DROP}}}})


schedules = [customer_schedule]
