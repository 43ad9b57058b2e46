"""`staged/*`: one asset per kind of file, parsed and loaded for the session. Nothing live is touched here."""

from collections.abc import Sequence
from typing import NamedTuple

import dagster as dg

from freesport_pipelines.database import staging
from freesport_pipelines.defs import metadata as md
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import current_import, session_step


class Stage(NamedTuple):
    """One staged asset."""

    name: str
    step: str
    """`module.function` in steps/."""
    table: str
    """Key of the staged table in database/staging.py."""
    deps: Sequence[str]
    description: str


STAGES: tuple[Stage, ...] = (
    Stage(
        "price_types",
        "dictionaries.stage_price_types",
        "price_types",
        (),
        "Price types of `priceLists`, one row each, mapped to the price column it feeds. A type that nothing maps is "
        "kept and never used as a price.",
    ),
    Stage("units", "dictionaries.stage_units", "units", (), "Units of measure of `units`, one row each."),
    Stage(
        "warehouses",
        "dictionaries.stage_warehouses",
        "warehouses",
        (),
        "Warehouses of `storages`, one row each; those that only `rests` name get a row without a name.",
    ),
    Stage(
        "attributes",
        "dictionaries.stage_attributes",
        "attributes",
        (),
        "Properties and their dictionaries of `propertiesGoods` and `propertiesOffers`, united over all packets; the "
        "brand property becomes brands, many spellings one brand.",
    ),
    Stage(
        "categories",
        "dictionaries.stage_categories",
        "categories",
        (),
        "Categories of `groups` with their parents, judged in the tree the shop will have: marked branches and "
        "branches outside the configured roots are not for sale.",
    ),
    Stage(
        "goods",
        "catalogue.stage_goods",
        "goods",
        ("categories", "attributes", "units"),
        "One row per `<Товар>`: typed specifications, brand, category, VAT, images, and the reason if it is not for "
        "sale.",
    ),
    Stage(
        "offers",
        "catalogue.stage_offers",
        "skus",
        ("goods",),
        "One row per `<Предложение>`, that is per SKU: size and own specifications.",
    ),
    Stage(
        "prices",
        "amounts.stage_prices",
        "sku_prices",
        ("price_types", "offers"),
        "One row per SKU with a column per mapped price type. A price that cannot be read goes to quarantine alone.",
    ),
    Stage(
        "stocks",
        "amounts.stage_stocks",
        "sku_stocks",
        ("warehouses", "offers"),
        "One row per SKU: the sum over warehouses, never below zero, and the raw quantity in each.",
    ),
)


def _build(stage: Stage) -> dg.AssetsDefinition:
    table = getattr(staging, stage.table)

    @dg.asset(
        key=["staged", stage.name],
        deps=[dg.AssetKey(["staged", name]) for name in stage.deps] or [dg.AssetKey(["exchange", "drop"])],
        group_name="staging",
        kinds={"xml", "table"},
        owners=["team:data"],
        code_version="1",
        description=stage.description,
        metadata=md.table_metadata(table),
    )
    def staged(context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
        from freesport_pipelines.database import sessions
        from freesport_pipelines.steps import staging as session_steps

        running = current_import(context, shop)
        if running.session.status in sessions.DONE:
            return dg.MaterializeResult(metadata={"dagster/row_count": 0, "unchanged": "the shop has this content"})
        figures = session_step(shop, running.session.id, lambda: session_steps.stage(running, stage.step))
        metadata = md.figures_metadata(figures)
        if not metadata["packets"]:
            return dg.MaterializeResult(metadata={"dagster/row_count": 0, "note": "the drop holds no such files"})
        with shop.database.read(running.session.id) as connection:
            shown = md.preview(connection, table)
        return dg.MaterializeResult(metadata={"dagster/row_count": metadata["rows"], **metadata, "preview": shown})

    return staged


staged_assets: list[dg.AssetsDefinition] = [_build(stage) for stage in STAGES]
