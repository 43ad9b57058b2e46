"""Registers of 1C:УНФ by months: each partition is read completely and replaced in one transaction."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import dagster as dg

from freesport_pipelines.database import purchase_schema
from freesport_pipelines.defs import metadata as md
from freesport_pipelines.defs.assets.onec import POOL, RETRY
from freesport_pipelines.defs.resources import Onec, Shop
from freesport_pipelines.defs.run import readable_failure
from freesport_pipelines.settings import get_onec_settings

if TYPE_CHECKING:
    from freesport_pipelines.steps.drift import Mended

GROUP = "purchases"
DESCRIBED: dict[str, Any] = {"group_name": GROUP, "owners": ["team:data"], "code_version": "1"}
MONTHS = dg.MonthlyPartitionsDefinition(
    start_date=get_onec_settings().history_start.replace(day=1).isoformat(),
    timezone=get_onec_settings().time_zone,
    end_offset=1,  # the current month is one of them
)
"""Months of the tenant's zone."""
REGISTERS = {
    "purchases": "Lines of sales and returns of 1C:УНФ (`Продажи`): the money profiles are made of.",
    "sales_by_card": "Sales by discount card: whose receipt it was.",
    "retail_receipts": "The journal of retail sales, to reconcile receipts with. Optional in 1C.",
    "loyalty_movements": "Accrued and spent bonus points, the first month with all before it: a balance needs them. "
    "Optional in 1C.",
}
POINTS = "loyalty_movements"


def _build(name: str, description: str) -> dg.AssetsDefinition:
    @dg.asset(
        name=name,
        partitions_def=MONTHS,
        pool=POOL,
        retry_policy=RETRY,
        kinds={"odata", "table"},
        metadata=md.table_metadata(purchase_schema.metadata.tables[name]),
        description=f"{description}\n\nA month is replaced as a whole: documents that were posted again, unposted or "
        "moved leave no ghosts.",
        **DESCRIBED,
    )
    def register(
        context: dg.AssetExecutionContext, onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]
    ) -> dg.MaterializeResult:
        from freesport_pipelines.steps.onec_reading import BEGINNING, read_window

        if name == POINTS and not onec.settings.loyalty_enabled:
            return dg.MaterializeResult(metadata={"note": "ONEC_LOYALTY_ENABLED is false"})
        window = context.partition_time_window
        run_id = context.run.run_id
        start = window.start
        if name == POINTS and context.partition_key == MONTHS.get_first_partition_key():
            start = BEGINNING
        with readable_failure(), onec.reading(shop.database) as client:
            outcome = read_window(shop.database, client, name, start, window.end, run_id)
        return dg.MaterializeResult(
            metadata={"dagster/partition_row_count": outcome.counts.rows, **outcome.as_metadata()}
        )

    return register


class RefreshConfig(dg.Config):
    """How many cards."""

    cards: int = 0
    """0: as CUSTOMER_SYNC_NIGHTLY_CARDS_LIMIT says."""


@dg.asset(pool=POOL, deps=["discount_cards", "purchase_drift"], kinds={"odata"}, **DESCRIBED)
def card_refresh(
    context: dg.AssetExecutionContext,
    config: RefreshConfig,
    onec: dg.ResourceParam[Onec],
    shop: dg.ResourceParam[Shop],
) -> dg.MaterializeResult:
    """Compare the whole history of some cards, those first that were compared longest ago, and read what differs again.

    It comes after the months are in step, because it may take all the time that is left of the night.
    """
    from freesport_pipelines.steps.card_refresh import refresh_cards

    limit = config.cards or onec.settings.customer_sync_nightly_cards_limit
    run_id, now = context.run.run_id, datetime.now(UTC)
    with readable_failure(), onec.reading(shop.database) as client:
        done = refresh_cards(shop.database, client, _kept(onec), limit, now, run_id=run_id)
    metadata = {"cards": done.cards, "left_for_later": done.left_for_later}
    return dg.MaterializeResult(metadata=metadata | _told(context, onec, done.mended, reason="card"))


@dg.asset(pool=POOL, deps=list(REGISTERS), kinds={"odata"}, **DESCRIBED)
def purchase_drift(
    context: dg.AssetExecutionContext, onec: dg.ResourceParam[Onec], shop: dg.ResourceParam[Shop]
) -> dg.MaterializeResult:
    """Compare, month by month, how many rows 1C counts with those known here, and read again what differs.

    Back-dated documents change months that no schedule reads any more; one count per month finds most of them.
    """
    from freesport_pipelines.steps.drift import mend_drift

    with readable_failure(), onec.reading(shop.database) as client:
        found = mend_drift(shop.database, client, _kept(onec), context.run.run_id)
        begin = client.first_moment(client.entities.sales)
    metadata: dict[str, Any] = {"months_compared": found.compared, **_told(context, onec, found.mended, reason="drift")}
    first = MONTHS.time_window_for_partition_key(MONTHS.get_first_partition_key()).start
    if begin is not None and begin < first:
        context.log.warning("the register begins on %s, before ONEC_HISTORY_START", begin.date())
        metadata["register_begins"] = begin.isoformat()
    if found.elsewhere:  # of points those dated in the future, as a rule
        context.log.warning("1C counts rows that lie in no month that was read: %s", found.elsewhere)
        metadata["in_no_month_that_was_read"] = dg.MetadataValue.json(found.elsewhere)
    return dg.MaterializeResult(metadata=metadata)


def _kept(onec: Onec) -> list[str]:
    """Registers that are kept in step."""
    return [name for name in REGISTERS if name != POINTS or onec.settings.loyalty_enabled]


def _told(context: dg.AssetExecutionContext, onec: Onec, mended: "Sequence[Mended]", reason: str) -> dict[str, Any]:
    """Tell Dagster which months were read again; figures and a list of them."""
    first = MONTHS.time_window_for_partition_key(MONTHS.get_first_partition_key()).start
    zone, listed = ZoneInfo(onec.settings.time_zone), []
    for table, start, outcome in mended:
        month = f"{max(start, first).astimezone(zone):%Y-%m-01}"  # the first month of points begins with all before it
        told = {"reason": reason, **outcome.as_metadata()}
        context.log_event(dg.AssetMaterialization(table, partition=month, metadata=told))
        listed.append((table, month[:7], outcome.counts.rows, outcome.counts.changed))
    figures: dict[str, Any] = {"months_read_again": len(listed)}
    if listed:
        columns = ["table", "month", "rows", "changed"]
        figures["read_again"] = dg.MetadataValue.md(md.markdown_table(columns, listed))
    return figures


registers = {name: _build(name, description) for name, description in REGISTERS.items()}
purchase_assets: list[dg.AssetsDefinition] = [*registers.values(), card_refresh, purchase_drift]
