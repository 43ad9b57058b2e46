"""The two fixed imports. A kind that a drop does not hold stages no rows, and the report says so.

Steps run in one process, one after the other: a process per step costs 1.3-3.5 s each, an in-process step 30 ms
(facts/dagster.md 2.6); what can run in parallel is inside a step.
"""

import dagster as dg

from freesport_pipelines.defs.assets.live import LIVES, REPORT
from freesport_pipelines.domain.jobs import CATALOG_IMPORT, STOCK_UPDATE, SYNC_CUSTOMERS

WRITER = "freesport/writer"
"""Run tag: one run per value at a time (dagster.yaml), in the order in which the drops came.

Stocks go beside a long catalogue import, not behind it: whichever of the two is older in 1C leaves to the other the
rows that it names (`database/overtaking.py`). The lock in the shop's database is the guarantee, tags only keep order.
"""
CATALOGUE, STOCKS, CUSTOMERS = "catalogue", "stocks", "customers"


def _keys(*paths: str) -> dg.AssetSelection:
    return dg.AssetSelection.assets(*(dg.AssetKey(path.split("/")) for path in paths))


catalog_import = dg.define_asset_job(
    CATALOG_IMPORT,
    selection=dg.AssetSelection.groups("exchange", "staging") | _keys(*(live.name for live in LIVES), REPORT.path[-1]),
    description="Import a whole drop: dictionaries, goods, SKUs, prices, stocks. Runs as it opens: takes the next "
    "drop of the exchange folder, or the newest archived one.",
    tags={WRITER: CATALOGUE},
)

stock_update = dg.define_asset_job(
    STOCK_UPDATE,
    selection=_keys(
        "exchange/drop", "staged/warehouses", "staged/stocks", "change_set", "warehouses", "stocks", "import_report"
    ),
    description="Import only stocks (rests and storages) of a drop; nothing else of the catalogue changes.",
    tags={WRITER: STOCKS},
)

sync_customers = dg.define_asset_job(
    SYNC_CUSTOMERS,
    selection=dg.AssetSelection.groups("customers") | _keys("exchange/drop"),
    description="Synchronise customers with 1C, both ways: contragents of the next drop that has some, registrations, "
    "decided conflicts; then tell 1C what it does not know. Runs as it opens, also without new files. "
    "(Синхронизация покупателей.)",
    tags={WRITER: CUSTOMERS},
)

jobs = [catalog_import, stock_update, sync_customers]
