"""`freesport import` and `freesport stocks`: run a Dagster job on one export folder and say how it went."""

import json
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from sqlalchemy.exc import SQLAlchemyError

from freesport_pipelines.cli.asking import AsJson
from freesport_pipelines.domain.jobs import CATALOG_IMPORT, STOCK_UPDATE

EXIT_OK, EXIT_FAILED, EXIT_REJECTED = 0, 1, 3


class Mode(StrEnum):
    """What the absence of a row means."""

    delta = "delta"
    full = "full"


Folder = Annotated[Path, typer.Argument(help="Export folder (or a zip of one). It is read, never changed.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would change; change nothing.")]
Force = Annotated[bool, typer.Option("--force", help="Compare even if the shop already has this very content.")]
AllowOlder = Annotated[bool, typer.Option("--allow-older", help="Publish a drop older than what the shop has.")]


def import_folder(
    directory: Folder,
    mode: Annotated[Mode | None, typer.Option(help="delta: absent rows stay; full: the drop is everything.")] = None,
    only: Annotated[list[str] | None, typer.Option(help="Import only this kind of file; may be repeated.")] = None,
    dry_run: DryRun = False,
    force: Force = False,
    allow_older: AllowOlder = False,
    as_json: AsJson = False,
) -> None:
    """Import an export folder: dictionaries, goods, SKUs, prices, stocks, customers (импорт каталога и покупателей).

    Exit code 0: published, unchanged or dry run; 3: rejected by a gate; 1: failed, the cause is on stderr.
    """
    config = {"mode": mode.value if mode else "auto", "only": kinds(only or [])}
    _run(None, directory, {**config, **_flags(dry_run, force, allow_older)}, as_json=as_json)


def stocks(
    directory: Folder,
    dry_run: DryRun = False,
    force: Force = False,
    allow_older: AllowOlder = False,
    as_json: AsJson = False,
) -> None:
    """Update stocks from the rests and storages of an export folder; nothing else changes (только остатки).

    Exit codes are those of `freesport import`.
    """
    config = {"only": ["rests", "storages"], **_flags(dry_run, force, allow_older)}
    _run(STOCK_UPDATE, directory, config, as_json=as_json)


def _flags(dry_run: bool, force: bool, allow_older: bool) -> dict[str, bool]:
    return {"dry_run": dry_run, "force": force, "allow_older": allow_older}


def kinds(only: list[str]) -> list[str]:
    """Kinds as the user may write them: any case, separated by commas or repeated."""
    from freesport_pipelines.domain.kinds import Kind

    by_name = {str(kind).casefold(): str(kind) for kind in Kind}
    names = [name for part in only for name in part.replace(",", " ").split()]
    unknown = [name for name in names if name.casefold() not in by_name]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}: choose from {', '.join(by_name.values())}")
    return [by_name[name.casefold()] for name in names]


def _run(job: str | None, directory: Path, config: dict[str, Any], *, as_json: bool) -> None:
    """Run one job on a folder, or all jobs that read what lies in it; stop at the first that does not end well."""
    if not directory.exists():
        _finish([], [f"{directory}: there is no such folder or zip file (нет такой папки или архива)"], as_json=as_json)
    jobs = (job,) if job else jobs_of(directory, config["only"])
    _finish(*_execute_all(jobs, str(directory.resolve()), config), as_json=as_json)


def _execute_all(jobs: Sequence[str], drop: str, config: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    """Summaries of the jobs that were run on a drop, and what failed."""
    done: list[dict[str, Any]] = []
    errors: list[str] = []
    try:
        for job in jobs:
            report, errors = execute(job, {**config, "drop": drop})
            done.append(summary(report, errors))
            if report is not None and report.get("tables"):
                show(report)
            if errors or report is None:
                break  # a rejected catalogue does not hold up customers
            drop = report["drop"]
    except SQLAlchemyError as error:
        errors = [f"the database refused: {error.args[0] if error.args else error}"]
    return done, errors


def _finish(done: list[dict[str, Any]], errors: list[str], *, as_json: bool) -> None:
    """Tell how it went, on the terminal and by the exit code."""
    for error in errors:
        typer.echo(error, err=True)
    result = together(done, errors)
    if as_json:
        typer.echo(json.dumps(result, ensure_ascii=False))
    if result["status"] == "rejected":
        raise typer.Exit(EXIT_REJECTED)
    if result["status"] == "failed":
        raise typer.Exit(EXIT_FAILED)


def run_on(job: str, directory: Path | None, config: dict[str, Any], *, as_json: bool) -> None:
    """Run a job on a folder, or as it runs by itself."""
    if directory is not None:
        _run(job, directory, config, as_json=as_json)
    else:
        _finish(*_execute_all((job,), config.get("drop", "latest"), config), as_json=as_json)


def jobs_of(directory: Path, only: Sequence[str]) -> tuple[str, ...]:
    """The jobs that read a folder or zip between them."""
    from upath import UPath

    from freesport_pipelines.domain.jobs import jobs_for
    from freesport_pipelines.domain.kinds import Kind
    from freesport_pipelines.exchange.claim import kinds_of
    from freesport_pipelines.exchange.paths import walk

    place = UPath(directory.resolve())
    names = [file.path for file in walk(place)] if place.is_dir() else [place.name]
    kinds = kinds_of(place if place.is_dir() else place.parent, names)
    wanted = {Kind(kind) for kind in only}
    jobs = jobs_for(kinds & wanted if wanted else kinds)
    # a folder without goods files that is not a stock update by name: `freesport stocks` is the command for those
    return tuple(CATALOG_IMPORT if job == STOCK_UPDATE else job for job in jobs)


_ORDER = ("failed", "rejected", "published", "judged", "unchanged")
"""What is said of several jobs together: the first of these that one of them was."""


def together(done: Sequence[dict[str, Any]], errors: Sequence[str]) -> dict[str, Any]:
    """What `--json` prints of the jobs that read one folder: the first one's session, the tables of all of them."""
    if not done:
        return summary(None, list(errors))
    first = dict(done[0])
    for other in done[1:]:
        first["tables"] = {**first["tables"], **other["tables"]}
        first["quarantine"] = {**first["quarantine"], **other["quarantine"]}
        first["checks"] = [*first["checks"], *other["checks"]]
        first["seconds"] = round((first["seconds"] or 0) + (other["seconds"] or 0), 2)
    found = {part["status"] for part in done}
    first["status"] = next((status for status in _ORDER if status in found), done[-1]["status"])
    first["errors"] = list(errors)
    if len(done) > 1:
        first["sessions"] = [{"session": part["session"], "status": part["status"]} for part in done]
    return first


def execute(job: str, config: dict[str, Any], **where: Any) -> tuple[dict[str, Any] | None, list[str]]:
    """Run a job in this process, visible in the Dagster UI; return the session's report and what failed.

    Rejection by a gate is in the report, not among the errors.

    :param where: another shop or instance, see `run_job`
    """
    from freesport_pipelines.cli.running import causes, run_job
    from freesport_pipelines.database import sessions

    shop, result = run_job(job, {"exchange__drop": config}, **where)
    session = sessions.of_run(shop.database, result.run_id)
    report = None if session is None else {"session": session.id, **(session.report or {}), "status": session.status}
    if session is not None and session.status == sessions.REJECTED:
        return report, []
    return report, causes(result)


def summary(report: dict[str, Any] | None, errors: list[str]) -> dict[str, Any]:
    """What `--json` prints of one import."""
    report = report or {}
    return {
        "session": report.get("session"),
        "status": "failed" if errors else report["status"],
        "dry_run": report.get("dry_run", False),
        "drop": report.get("drop"),
        "tables": report.get("tables", {}),
        "quarantine": report.get("quarantine", {}),
        "checks": report.get("checks", []),
        "seconds": report.get("seconds"),
        "errors": errors,
    }


def show(report: dict[str, Any]) -> None:
    """The report as tables."""
    from freesport_pipelines.cli.terminal import show_report

    show_report(report)
