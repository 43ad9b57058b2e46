"""Customers: their own staging, change set, publisher, export and dashboard. No personal value reaches Dagster."""

from collections.abc import Iterator
from functools import partial
from typing import Any

import dagster as dg

from freesport_pipelines.database import customer_schema
from freesport_pipelines.defs import metadata as md
from freesport_pipelines.defs.assets.change_set import judged_result
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import current_import, publishing_step, session_step
from freesport_pipelines.domain.customer_gates import CUSTOMER_GATES

GROUP = "customers"
STAGED = dg.AssetKey(["staged", "contragents"])
CHANGES = dg.AssetKey("customer_changes")
LIVES = {
    "contragents": "What 1C says about each contragent, normalised; suppliers and marked ones too. Personal data.",
    "customers": "The shop's customers: registrations and buyers of 1C, linked where identity is beyond doubt. "
    "Personal data.",
    "sync_conflicts": "Questions about customers that only people can answer: `freesport conflicts list`.",
}
_DESCRIBED: dict[str, Any] = {"group_name": GROUP, "owners": ["team:data"], "code_version": "1"}


@dg.asset(key=STAGED, deps=[dg.AssetKey(["exchange", "drop"])], kinds={"xml", "table"}, **_DESCRIBED)
def staged_contragents(context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """One row per `<Контрагент>`: names, contacts and tax numbers normalised by the rules; nothing of it is shown."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.steps import staging

    running = current_import(context, shop)
    if running.session.status in sessions.DONE:
        return dg.MaterializeResult(metadata={"dagster/row_count": 0, "unchanged": "this run has published already"})
    step = "customers.stage_contragents"
    figures = session_step(shop, running.session.id, lambda: staging.stage(running, step))
    metadata = md.figures_metadata(figures)
    return dg.MaterializeResult(metadata={"dagster/row_count": metadata["rows"], **metadata})


@dg.asset(
    key=CHANGES,
    deps=[STAGED],
    kinds={"sql", "table"},
    check_specs=[dg.AssetCheckSpec(gate.name, asset=CHANGES, description=gate.description) for gate in CUSTOMER_GATES],
    **_DESCRIBED,
)
def customer_changes(context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """Who is who, and what would change: contragents matched with customers, both sides merged, questions found.

    Its checks are the gates of customers; `no_conflict_waits` shows how many questions are open.
    """
    from freesport_pipelines.database import sessions
    from freesport_pipelines.steps import publishing

    running = current_import(context, shop)
    if running.session.status in sessions.DONE:
        return judged_result(sessions.get(shop.database, running.session.id).report or {})
    judge = partial(publishing.judge_staged, running, shop.archive)
    return judged_result(session_step(shop, running.session.id, judge))


@dg.multi_asset(
    name="publish_customers",
    specs=[
        dg.AssetSpec(
            name,
            deps=[CHANGES],
            description=f"{description}\n\nWritten by the step `publish_customers`, in one transaction.",
            kinds={"sql", "table"},
            skippable=True,
            metadata=md.table_metadata(customer_schema.metadata.tables[name]),
            **_DESCRIBED,
        )
        for name, description in LIVES.items()
    ],
)
def publish_customers(
    context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]
) -> Iterator[dg.MaterializeResult]:
    """Apply the judged change set of customers in one transaction, or say why not."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.database.report import status_in_words
    from freesport_pipelines.steps import publishing

    session = current_import(context, shop).session
    report = publishing_step(
        shop, session.id, lambda: publishing.publish_session(shop.database, session.id, shop.settings)
    )
    context.instance.add_run_tags(context.run.run_id, {"freesport/status": status_in_words(report)})
    if report["status"] in sessions.DONE:
        for name in LIVES:
            yield dg.MaterializeResult(asset_key=name, metadata=_live_metadata(name, shop, report))
    if report["status"] == sessions.REJECTED:
        failed = [c for c in report["checks"] if not c["passed"] and c["severity"] == "error"]
        reasons = "; ".join(f"{check['name']}: {check['message']}" for check in failed)
        raise dg.Failure(
            f"Session {session.id} was rejected, no customer was changed: {reasons}. "
            "(Изменения покупателей отклонены проверками.)",
            allow_retries=False,
        )


def _live_metadata(name: str, shop: Shop, report: dict[str, Any]) -> dict[str, Any]:
    import sqlalchemy as sa

    table = customer_schema.metadata.tables[name]
    with shop.database.read() as connection:
        total = connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
    return {"dagster/row_count": total, **report["tables"][name], "session": report["session"]}


@dg.asset(deps=["customers"], kinds={"xml", "file"}, **_DESCRIBED)
def customer_export(context: dg.AssetExecutionContext, shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """Tell 1C, by a contragents file in exchange/outgoing, about new registrations and changed profiles.

    At-least-once: a customer is told again after a while until its record comes back from 1C.
    """
    from freesport_pipelines.database import sessions
    from freesport_pipelines.steps.customer_export import export_customers

    session = sessions.get(shop.database, current_import(context, shop).session.id)
    if session.status not in sessions.DONE or session.dry_run:
        return dg.MaterializeResult(metadata={"dagster/row_count": 0, "note": "the session was not published"})
    told = session_step(
        shop, session.id, lambda: export_customers(shop.database, shop.exchange, shop.settings, session)
    )
    return dg.MaterializeResult(metadata={"dagster/row_count": told["told"], **told})


@dg.asset(deps=["customer_export", "sync_conflicts"], kinds={"markdown"}, **_DESCRIBED)
def sync_dashboard(shop: dg.ResourceParam[Shop]) -> dg.MaterializeResult:
    """How customers and 1C stand: synced today, conflicts, errors, export queue, last success, durations, a chart."""
    from base64 import b64encode
    from datetime import UTC, datetime

    from freesport_pipelines.steps import dashboard

    found = dashboard.figures(shop.database, shop.settings)
    chart = "data:image/png;base64," + b64encode(dashboard.chart(found["by_day"], datetime.now(UTC).date())).decode()
    told = {name: found[name] if found[name] is not None else "never" for name in dashboard.WORDS}
    page = dg.MetadataValue.md(dashboard.as_markdown(found, chart))
    return dg.MaterializeResult(metadata={**told, "dashboard": page})


customer_assets: list[dg.AssetsDefinition] = [
    staged_contragents,
    customer_changes,
    publish_customers,
    customer_export,
    sync_dashboard,
]
