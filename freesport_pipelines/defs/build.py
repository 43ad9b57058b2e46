"""Put the definitions together; tests call it with resources of their own."""

from typing import Any

import dagster as dg

from freesport_pipelines.defs import customer_schedule, maintenance, onec_jobs, operations, stock_schedule
from freesport_pipelines.defs.assets.change_set import change_set
from freesport_pipelines.defs.assets.customers import customer_assets
from freesport_pipelines.defs.assets.drop import exchange_drop
from freesport_pipelines.defs.assets.live import publish
from freesport_pipelines.defs.assets.onec import onec_assets
from freesport_pipelines.defs.assets.profiles import profile_assets
from freesport_pipelines.defs.assets.purchases import purchase_assets
from freesport_pipelines.defs.assets.staged import staged_assets
from freesport_pipelines.defs.jobs import jobs
from freesport_pipelines.defs.resources import Onec, Shop
from freesport_pipelines.defs.sensors import sensors


def build_defs(**overrides: Any) -> dg.Definitions:
    """All definitions of the code location.

    :param overrides: resources by name instead of the environment's
    """
    return dg.Definitions(
        assets=[
            exchange_drop,
            *staged_assets,
            change_set,
            publish,
            *customer_assets,
            *onec_assets,
            *purchase_assets,
            *profile_assets,
        ],
        jobs=[*jobs, *operations.jobs, *maintenance.jobs, *onec_jobs.jobs],
        schedules=[
            *stock_schedule.schedules,
            *customer_schedule.schedules,
            *maintenance.schedules,
            *onec_jobs.schedules,
        ],
        sensors=sensors,
        resources={"shop": Shop(), "onec": Onec(), **overrides},
        # a process per step would cost a stock update 7 x 1.3-3.5 s, several times its own work; in one process the
        # steps cost 25-70 ms each, so assets are cut by meaning (what an operator reads), not by cost
        executor=dg.in_process_executor,
    )
