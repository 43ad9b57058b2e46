"""What an operator does in the UI: materialise a selection of assets; and what the UI then shows."""

import dagster as dg

from freesport_pipelines.defs.build import build_defs
from freesport_pipelines_tests.shop import ShopUnderTest

LIVE = ("price_types", "units", "warehouses", "attributes", "brands", "categories", "placeholder_products")
LIVE += ("enriched_skus", "sku_prices", "stocks")


def click(shop: ShopUnderTest, *keys: str, drop: str | None = None) -> dg.ExecuteInProcessResult:
    """Materialise just these assets, as "Materialize selected" does."""
    config = {} if drop is None else {"ops": {"exchange__drop": {"config": {"drop": drop}}}}
    defs = build_defs(shop=shop.resource)
    return defs.resolve_implicit_global_asset_job_def().execute_in_process(
        asset_selection=[dg.AssetKey(key.split("/")) for key in keys],
        run_config={**config, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        instance=shop.instance,
        raise_on_error=False,
    )


def prepare(shop: ShopUnderTest, drop: str, *live: str) -> dg.ExecuteInProcessResult:
    """Everything up to the change set, and no publication but that of the live tables named."""
    graph = build_defs(shop=shop.resource).resolve_asset_graph()
    staging = [key.to_user_string() for key in graph.get_all_asset_keys() if graph.get(key).group_name == "staging"]
    return click(shop, "exchange/drop", *staging, *live, drop=drop)


def message(result: dg.ExecuteInProcessResult) -> str:
    """What the failed step says to the operator."""
    (failed, *_) = [event.step_failure_data for event in result.all_events if event.is_step_failure]
    if failed.user_failure_data is not None and failed.user_failure_data.description:
        return str(failed.user_failure_data.description)
    error = failed.error
    while error.cause is not None:
        error = error.cause
    return str(error.message)


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    return {event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key}


def report_text(result: dg.ExecuteInProcessResult) -> str:
    (event,) = [e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey("import_report")]
    return str(event.materialization.metadata["report"].value)
