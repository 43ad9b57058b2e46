"""Jobs by which an operator overrules or undoes: approve a rejected session, roll a published one back."""

from typing import Any

import dagster as dg
from pydantic import Field

from freesport_pipelines.defs.assets.live import log_live_tables
from freesport_pipelines.defs.jobs import CATALOGUE, WRITER
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.run import plain_step, readable_failure, session_key, session_step


class ApproveConfig(dg.Config):
    """Which session."""

    session: int = Field(0, description="Number of the rejected session; 0: the newest one that was rejected.")


class RollbackConfig(dg.Config):
    """Which session, and how far to go."""

    session: int = Field(description="Number of the published session to undo (see import_report, or the run's tags).")
    force: list[str] = Field(
        [], description="Tables whose rows are set back although later sessions changed them (sku_prices, products…)."
    )
    dry_run: bool = Field(False, description="Say what would be undone, change nothing.")


@dg.op(description="Publish exactly what was judged of a session that a gate has rejected, or nothing.")
def approve(context: dg.OpExecutionContext, config: ApproveConfig, shop: dg.ResourceParam[Shop]) -> None:
    """`freesport approve`."""
    from freesport_pipelines.steps import approving

    with readable_failure():
        session_id = config.session or approving.newest_rejected(shop.database)
    _tag(context, session_id)
    _show(context, shop, plain_step(shop, session_id, lambda: approving.approve(shop.database, session_id)))


@dg.op(description="Apply the change set of a published session backwards, in one transaction.")
def roll_back(context: dg.OpExecutionContext, config: RollbackConfig, shop: dg.ResourceParam[Shop]) -> None:
    """`freesport rollback`."""
    from freesport_pipelines.steps import rolling_back

    with readable_failure():
        opened = rolling_back.open_rollback(
            shop.database,
            config.session,
            run_id=session_key(context),
            forced=config.force,
            dry_run=config.dry_run,
        )
    _tag(context, opened.id)
    _show(context, shop, session_step(shop, opened.id, lambda: rolling_back.roll_back(shop.database, opened)))


def _tag(context: dg.OpExecutionContext, session_id: int) -> None:
    context.instance.add_run_tags(context.run.run_id, {"freesport/session": str(session_id)})


def _show(context: dg.OpExecutionContext, shop: Shop, report: dict[str, Any]) -> None:
    from freesport_pipelines.database.report import status_in_words

    context.instance.add_run_tags(context.run.run_id, {"freesport/status": status_in_words(report)})
    log_live_tables(context, shop, report)


@dg.job(
    description="Publish a session that a gate has rejected: exactly what was judged, or nothing. Look at its "
    "import_report first. Runs as it opens: takes the newest rejected session. (Опубликовать отклонённый импорт.)",
    tags={WRITER: CATALOGUE},
)
def approve_session() -> None:
    """`freesport approve`."""
    approve()


@dg.job(
    description="Undo a published import: its change set backwards, in one transaction. Refuses, naming the rows, when "
    "later sessions changed them too. Name the session in the launchpad. (Откатить импорт.)",
    tags={WRITER: CATALOGUE},
)
def rollback_session() -> None:
    """`freesport rollback`."""
    roll_back()


jobs = [approve_session, rollback_session]
