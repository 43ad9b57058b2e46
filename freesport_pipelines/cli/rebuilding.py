"""`freesport rebuild`: build the catalogue anew beside the shop, from a backup and later drops; swap it in whole."""

import json
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from freesport_pipelines.cli import imports, keeping
from freesport_pipelines.cli.asking import AsJson, Into, Yes, confirm, failure_is_told

if TYPE_CHECKING:
    from freesport_pipelines.database.engine import ShopDatabase
    from freesport_pipelines.database.undone import Mark
    from freesport_pipelines.defs.resources import Shop
    from freesport_pipelines.steps.backups import Backups
    from freesport_pipelines.steps.rebuilding import Plan, Step

NOTE = "undone: the catalogue was rebuilt"


def rebuild(
    until: Annotated[
        str | None, typer.Option(metavar="DROP|SESSION|TIME", help="The last that counts, itself too; a time is UTC.")
    ] = None,
    into: Into = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the plan; change nothing.")] = False,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Build the catalogue anew from the newest backup and what was imported after it (пересборка каталога).

    It is built in a database of its own and replaces the shop's tables in one transaction, after a backup of the
    present state. If anything fails the shop's tables are as they were.
    """
    from freesport_pipelines.database import undone
    from freesport_pipelines.defs.resources import Shop
    from freesport_pipelines.steps import rebuilding
    from freesport_pipelines.steps.backups import backups_of
    from freesport_pipelines.steps.lineage import lineage_of

    with failure_is_told(as_json=as_json):
        shop = Shop()
        backups, seen = backups_of(shop.settings), undone.mark(shop.database)
        plan = rebuilding.plan(lineage_of(shop.database), backups.newest_first(), shop.archive, until)
        left_out: list[str] = []
        result = {"dry_run": dry_run, **_plan_document(plan), "left_out": left_out}
        _show_plan(plan)
        if not dry_run:
            confirm(f"Rebuild into {into or shop.database.url!r}?", yes=yes)
            if into:
                target = keeping.empty_database(into)
                _build(target, plan, shop, backups, left_out)
                result |= {"into": repr(target.url)}
            else:
                result |= _replace_shop(shop, plan, backups, seen, left_out)
            typer.echo(f"Rebuilt: {len(plan.steps)} steps", err=True)
        if as_json:
            typer.echo(json.dumps(result, ensure_ascii=False))


def _plan_document(plan: "Plan") -> dict[str, Any]:
    steps = [{"step": str(step), "drop": step.drop_id, "session": step.session_id} for step in plan.steps]
    return {"backup": plan.base and plan.base.id, "steps": steps, "note": plan.note}


def _show_plan(plan: "Plan") -> None:
    first = f"restore backup {plan.base.id}" if plan.base else "begin with an empty catalogue (no backup fits)"
    for number, line in enumerate([first, *map(str, plan.steps)]):
        typer.echo(f"{number}. {line}", err=True)
    if plan.note:
        typer.echo(plan.note, err=True)


def _replace_shop(shop: "Shop", plan: "Plan", backups: "Backups", seen: "Mark", left_out: list[str]) -> dict[str, Any]:
    """Build in a scratch database, and only if all of it worked bring the result into the shop's."""
    from freesport_pipelines.database.backup import back_up
    from freesport_pipelines.database.backup_manifest import BEFORE_REBUILD
    from freesport_pipelines.database.restore import restore
    from freesport_pipelines.database.scratch import scratch_database

    tools = {"postgres_bin": backups.postgres_bin}
    with scratch_database(shop.database) as scratch, tempfile.TemporaryDirectory(prefix="freesport-rebuild-") as folder:
        undone = _build(scratch, plan, shop, backups, left_out)
        saved = keeping.safety_backup(backups, shop.database, BEFORE_REBUILD)
        file = Path(folder) / "rebuilt"
        restore(shop.database, file, back_up(scratch, file, **tools), seen=seen, **tools)
    return {"undone_sessions": undone, "safety_backup": saved and saved.id}


def _build(
    target: "ShopDatabase", plan: "Plan", shop: "Shop", backups: "Backups", left_out: list[str]
) -> tuple[int, ...]:
    """Build the catalogue in the target; return the sessions of the shop that are undone by it.

    :param left_out: gets the drops that a gate has rejected, where no history says that they were published
    """
    from freesport_pipelines.database import migrate, own_hiding, sessions, undone

    if plan.base:
        backups.restore(plan.base, target)
    migrate.upgrade(target)
    lost = undone.adopt(shop.database, target, NOTE)
    with _shop_in(target, shop) as (rebuilt, instance):
        numbers: dict[int, int] = {}
        for step in plan.steps:
            typer.echo(str(step), err=True)
            session_id = _do(step, rebuilt, instance, numbers)
            if step.session_id is not None:
                numbers[step.session_id] = session_id
            elif sessions.get(rebuilt.database, session_id).status == sessions.REJECTED:
                typer.echo("  a gate rejects it: left out", err=True)
                left_out.append(step.drop_id)
    own_hiding.carry_over(shop.database, target)
    return lost.published


@contextmanager
def _shop_in(target: "ShopDatabase", shop: "Shop") -> Iterator[tuple["Shop", Any]]:
    """The same shop with another database, and a Dagster instance that forgets."""
    import dagster as dg

    from freesport_pipelines.defs.resources import Shop

    url = target.url.render_as_string(hide_password=False)
    rebuilt = Shop(shop.settings.model_copy(update={"database_url": url}))
    with dg.DagsterInstance.ephemeral() as instance:
        yield rebuilt, instance
    rebuilt.database.dispose()


def _do(step: "Step", rebuilt: "Shop", instance: Any, numbers: dict[int, int]) -> int:
    """Do one step again; return the number of its new session."""
    if step.undoes is not None:
        return _roll_back(step, rebuilt, numbers.get(step.undoes, step.undoes))
    report, errors = imports.execute(step.job, step.config, shop=rebuilt, instance=instance)
    if report is None or errors:
        raise _stopped(step, "; ".join(errors) or "the run ended without a session")
    session_id = int(report["session"])
    if report["status"] == "rejected" and step.session_id is not None:
        _approve(step, rebuilt, session_id, report)
    return session_id


def _approve(step: "Step", rebuilt: "Shop", session_id: int, report: dict[str, Any]) -> None:
    from freesport_pipelines.steps import approving

    failed = [c["message"] for c in report.get("checks", []) if not c["passed"] and c["severity"] == "error"]
    if not step.is_approved:
        raise _stopped(step, f"a gate rejects it now (were thresholds changed?): {'; '.join(failed)}")
    try:
        approving.approve(rebuilt.database, session_id)
    except RuntimeError as error:
        raise _stopped(step, str(error)) from error


def _roll_back(step: "Step", rebuilt: "Shop", undoes: int) -> int:
    from freesport_pipelines.steps import rolling_back

    try:
        opened = rolling_back.open_rollback(rebuilt.database, undoes, run_id=uuid.uuid4().hex, forced=step.forced)
        rolling_back.roll_back(rebuilt.database, opened)
    except RuntimeError as error:
        raise _stopped(step, str(error)) from error
    return opened.id


def _stopped(step: "Step", cause: str) -> Exception:
    from freesport_pipelines.database.backup_manifest import BackupError

    return BackupError(
        f"the rebuild stopped at drop {step.drop_id} ({step}): {cause}. The shop's tables were not touched "
        "(пересборка остановлена, данные магазина не изменены)"
    )
