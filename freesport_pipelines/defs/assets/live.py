"""The live tables: one step writes them all in one transaction, so that the shop never sees half an import."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import dagster as dg

from freesport_pipelines.database import schema
from freesport_pipelines.database.feeds import FEEDS
from freesport_pipelines.defs import metadata as md
from freesport_pipelines.defs.assets.change_set import KEY as CHANGE_SET
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import resumed, session_key

REPORT = dg.AssetKey("import_report")


class Live(NamedTuple):
    """One live asset: what the shop reads."""

    name: str
    table: str
    group: str
    deps: tuple[str, ...]
    description: str
    preview: str | None = None
    """A query that shows people more than the table's ids."""


LIVES: tuple[Live, ...] = (
    Live("price_types", "price_types", "catalog", (), "Price types of 1C and the price column each of them feeds."),
    Live("units", "units", "catalog", (), "Units of measure."),
    Live("warehouses", "warehouses", "stocks", (), "Warehouses."),
    Live("attributes", "attributes", "catalog", (), "Properties of goods and SKUs, with `attribute_values`."),
    Live("brands", "brands", "catalog", ("attributes",), "Brands, with `brand_aliases`: many 1C spellings, one brand."),
    Live("categories", "categories", "catalog", (), "The category tree; hidden where it is off sale."),
    Live(
        "placeholder_products",
        "goods",
        "catalog",
        ("categories", "attributes", "brands", "units"),
        "Table `goods`: one placeholder per `<Товар>`, which its SKUs complete. What is not for sale is not here but "
        "in `excluded_items`, with its reason.",
    ),
    Live(
        "enriched_skus",
        "skus",
        "catalog",
        ("placeholder_products",),
        "Table `skus`: one row per SKU. The shop reads the view `products`, which adds the goods' texts, merges the "
        "specifications, and joins prices and stock.",
    ),
    Live(
        "sku_prices",
        "sku_prices",
        "catalog",
        ("enriched_skus", "price_types"),
        "Prices of each SKU in roubles, one column per role; `product_availability` gives every role its price.",
        "SELECT sku, name, retail_price, opt1_price, opt2_price, opt3_price, trainer_price, min_retail_price "
        "FROM products ORDER BY id LIMIT 5",
    ),
    Live(
        "stocks",
        "sku_stocks",
        "stocks",
        ("enriched_skus", "warehouses"),
        "Stock of each SKU: the sum the shop sells from and the raw quantity per warehouse (`product_stocks`).",
        "SELECT p.sku, p.name, p.stock_quantity, w.name AS warehouse, s.quantity FROM products p "
        "JOIN product_stocks s ON s.product_onec_id = p.onec_id "
        "LEFT JOIN warehouses w ON w.onec_id = s.warehouse_onec_id ORDER BY p.id LIMIT 6",
    ),
)


def _spec(live: Live) -> dg.AssetSpec:
    return dg.AssetSpec(
        live.name,
        # named everywhere, so that any selection is published after its change set
        deps=[CHANGE_SET, *(dg.AssetKey(name) for name in live.deps)],
        description=f"{live.description}\n\nWritten by the step `publish`, in one transaction with all live tables.",
        group_name=live.group,
        kinds={"sql", "table"},
        owners=["team:data"],
        code_version="1",
        skippable=True,
        metadata=md.table_metadata(schema.metadata.tables[live.table]),
    )


@dg.multi_asset(
    name="publish",
    specs=[
        *(_spec(live) for live in LIVES),
        dg.AssetSpec(
            REPORT,
            deps=[CHANGE_SET, dg.AssetKey("sku_prices"), dg.AssetKey("stocks")],
            description="What the import did, table by table, with its checks and its quarantine.",
            group_name="reports",
            kinds={"markdown"},
            owners=["team:data"],
            code_version="1",
        ),
    ],
    can_subset=True,
)
def publish(context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]) -> Iterator[dg.MaterializeResult]:
    """Apply the judged change set in one transaction, or say why not."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.database.report import status_in_words
    from freesport_pipelines.defs.run import publishing_step
    from freesport_pipelines.steps import publishing

    session = _session(context, shop)
    _refuse_partial(context, shop, session)
    report = publishing_step(
        shop, session.id, lambda: publishing.publish_session(shop.database, session.id, shop.settings)
    )
    context.instance.add_run_tags(context.run.run_id, {"freesport/status": status_in_words(report)})
    if report["status"] in sessions.DONE:
        yield from _live_results(context, shop, report)
    if REPORT in context.selected_asset_keys:
        yield dg.MaterializeResult(asset_key=REPORT, metadata=_report_metadata(report))
    if report["status"] == sessions.REJECTED:
        failed = [c for c in report["checks"] if not c["passed"] and c["severity"] == "error"]
        reasons = "; ".join(f"{check['name']}: {check['message']}" for check in failed)
        raise dg.Failure(
            f"Session {session.id} was rejected and nothing was published: {reasons}. The shop keeps what it had. "
            "(Импорт отклонён проверками, данные магазина не изменены.)",
            allow_retries=False,
        )


def _session(context: dg.AssetExecutionContext, shop: Shop) -> Any:
    """The session of this run; for a click on a single asset the newest judged one."""
    from freesport_pipelines.database import sessions

    own = sessions.of_run(shop.database, session_key(context))
    session = resumed(context, shop, own) if own is not None else sessions.latest_waiting(shop.database)
    if session is None:
        raise dg.Failure(
            "No judged session waits to be published. Open Jobs → catalog_import and press Materialize all: the job "
            "brings the next drop as far as here by itself. (Запустите задание catalog_import.)",
            allow_retries=False,
        )
    return session


def _refuse_partial(context: dg.AssetExecutionContext, shop: Shop, session: Any) -> None:
    """A session is published as a whole: every table it touches must be selected."""
    from freesport_pipelines.database import compare

    with shop.database.read() as connection:
        touched = compare.count_changes(connection, session.id)
    missing = sorted({f.asset for f in FEEDS if f.name in touched} - {k.path[-1] for k in context.selected_asset_keys})
    if missing and session.status == "judged" and not session.dry_run:
        raise dg.Failure(
            f"Session {session.id} also changes {', '.join(missing)}; an import is published as a whole or not at "
            "all. Select all live tables together, or launch the job instead.",
            allow_retries=False,
        )


def _live_results(
    context: dg.AssetExecutionContext, shop: Shop, report: dict[str, Any]
) -> Iterator[dg.MaterializeResult]:
    for live in LIVES:
        if dg.AssetKey(live.name) in context.selected_asset_keys:
            yield dg.MaterializeResult(asset_key=live.name, metadata=_live_metadata(live, shop, report))


def log_live_tables(context: dg.OpExecutionContext, shop: Shop, report: dict[str, Any]) -> None:
    """Show at the assets what a session published (or undid) that did not come through the asset graph."""
    context.log_event(dg.AssetMaterialization(REPORT, metadata=_report_metadata(report)))
    if report["dry_run"]:
        return
    tables = report["tables"]
    for live in LIVES:
        names = [feed.shown_as for feed in FEEDS if feed.asset == live.name and feed.shown_as in tables]
        is_rollback = bool(report.get("undoes_session"))
        if names and (not is_rollback or any(any(tables[name].values()) for name in names)):
            context.log_event(dg.AssetMaterialization(live.name, metadata=_live_metadata(live, shop, report)))


def _live_metadata(live: Live, shop: Shop, report: dict[str, Any]) -> dict[str, Any]:
    import sqlalchemy as sa

    from freesport_pipelines.database.report import operations

    table = schema.metadata.tables[live.table]
    names = [feed.shown_as for feed in FEEDS if feed.asset == live.name]
    counts = {o: sum(report["tables"].get(name, {}).get(o, 0) for name in names) for o in operations(report)}
    with shop.database.read() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
        shown = md.preview(connection, live.preview or table)
    return {"dagster/row_count": total, **counts, "session": report["session"], "preview": shown}


def _report_metadata(report: dict[str, Any]) -> dict[str, Any]:
    from freesport_pipelines.database.report import as_markdown, status_in_words, summary

    return {
        "status": status_in_words(report),
        "summary": summary(report),
        "session": report["session"],
        "seconds": report["seconds"],
        "report": dg.MetadataValue.md(as_markdown(report)),
        "json": dg.MetadataValue.json(report),
    }
