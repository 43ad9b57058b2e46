"""`exchange/drop`: the only asset with run configuration."""

import dagster as dg
from pydantic import Field

from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import readable_failure, session_key, session_step
from freesport_pipelines.domain.jobs import CATALOG_IMPORT, STOCK_UPDATE, SYNC_CUSTOMERS

PUBLISHING_STEPS = {"publish", "publish_customers"}


class DropConfig(dg.Config):
    """What to import. It runs as it is: the next drop, or the newest archived one."""

    drop: str = Field(
        "latest",
        description='"latest", a drop id of the archive, or the path of a folder or zip file to import; "-" in '
        "sync_customers: no files.",
    )
    mode: str = Field("auto", description="delta, full, or auto: as the drop's manifest says, else delta.")
    only: list[str] = Field([], description="Import only these kinds of files (goods, prices, rests…); empty: all.")
    dry_run: bool = Field(False, description="Do everything up to the change set and its checks, publish nothing.")
    force: bool = Field(False, description="Compare again even if the shop already has this very content.")
    allow_older: bool = Field(False, description="Publish a drop formed before what the shop already has.")


@dg.asset(
    key=["exchange", "drop"],
    group_name="exchange",
    kinds={"file", "xml"},
    owners=["team:data"],
    code_version="1",
)
def exchange_drop(
    context: dg.AssetExecutionContext, config: DropConfig, shop: dg.ResourceParam[Shop]
) -> dg.MaterializeResult:
    """The set of 1C files that one import reads: archived, hashed, immutable, replayable.

    Opens the import session. Files come from the exchange folder (claimed by the sensor) or from a folder or zip
    that the configuration names; such a folder is copied and never changed.
    """
    from freesport_pipelines.steps import opening
    from freesport_pipelines.steps.attempt import persistently

    mode = None if config.mode == "auto" else config.mode
    order = opening.Order(
        config.drop, mode, tuple(config.only), config.dry_run, config.force, config.allow_older, _prepares(context)
    )
    with readable_failure():
        drop = _find(context, shop, order)
        opened = persistently(lambda: _open(context, shop, drop, order), shop.settings.database_attempts)
    context.instance.add_run_tags(
        context.run.run_id, {"freesport/drop": drop.drop_id, "freesport/session": str(opened.session.id)}
    )
    before = session_step(shop, opened.session.id, lambda: _close_if_unchanged(opened))
    packets = [(f.path, f.kind, f"{f.size / 1e6:.2f} MB", f.formed_at) for f in drop.files if f.kind is not None]
    return dg.MaterializeResult(metadata=_metadata(drop, opened.session.id, packets, before))


def _find(context, shop: Shop, order):  # type: ignore[no-untyped-def]
    from freesport_pipelines.steps import customers, opening

    if _job(context.run.job_name) == SYNC_CUSTOMERS:
        return customers.find_drop(order, shop.exchange, shop.archive, shop.database)
    return opening.find_drop(order, shop.exchange, shop.archive)


def _open(context, shop: Shop, drop, order):  # type: ignore[no-untyped-def]
    from freesport_pipelines.steps import opening

    job, run_id = _job(context.run.job_name), session_key(context)
    return opening.open_import(shop.database, drop, order, shop.settings, job=job, run_id=run_id)


def _close_if_unchanged(opened):  # type: ignore[no-untyped-def]
    """The session that published this very content, if there is nothing to do."""
    from freesport_pipelines.steps import opening, publishing

    opening.note_unknown_files(opened)
    opening.note_contragents(opened)
    before = opening.already_published(opened)
    if before is not None and before.id != opened.session.id:
        publishing.close_unchanged(opened.database, opened.session, before)
    return before


def _prepares(context: dg.AssetExecutionContext) -> bool:
    """Does this run end before the publishing step, because an operator selected only a part of the graph?"""
    return PUBLISHING_STEPS.isdisjoint(context.job_def.graph.node_dict)


def _job(name: str) -> str:
    """The job whose rules hold; a selection made in the graph is a part of the catalogue import."""
    return name if name in (CATALOG_IMPORT, STOCK_UPDATE, SYNC_CUSTOMERS) else CATALOG_IMPORT


def _metadata(drop, session_id: int, packets, before) -> dict:  # type: ignore[no-untyped-def, type-arg]
    from freesport_pipelines.defs.metadata import markdown_table

    metadata = {
        "drop": drop.drop_id,
        "session": session_id,
        "mode": str(drop.mode),
        "kinds": ", ".join(sorted(drop.kinds)) or "no packets",
        "came_from": "the exchange folder" if drop.source == "exchange" else "a folder or zip",
        "packets": len(packets),
        "other_files": len(drop.others),
        "megabytes": round(sum(file.size for file in drop.files) / 1e6, 3),
        "archive": dg.MetadataValue.path(str(drop.root)),
        "files": dg.MetadataValue.md(markdown_table(["file", "kind", "size", "formed in 1C"], packets[:200])),
    }
    if before is not None:
        metadata["same_content_as_session"] = before.id
    return metadata
