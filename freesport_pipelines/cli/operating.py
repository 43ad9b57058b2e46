"""`freesport approve` and `freesport rollback`: an operator overrules a gate, or undoes an import."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from freesport_pipelines.cli.asking import AsJson
from freesport_pipelines.cli.imports import EXIT_FAILED

if TYPE_CHECKING:
    from freesport_pipelines.database.sessions import Session

Number = Annotated[int, typer.Argument(help="Number of the session, see `freesport sessions`.")]


def approve(
    session: Annotated[
        int | None, typer.Argument(help="Number of the session; the newest rejected one if omitted.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Publish a session that a gate has rejected: exactly what was judged, or nothing (опубликовать отклонённый).

    Refuses when newer data was published since, when rows are no longer as they were judged, and where a gate found a
    contradiction rather than a threshold. Exit code 0: published; 1: refused or failed, the cause is on stderr.
    """
    from freesport_pipelines.cli.running import causes, run_job
    from freesport_pipelines.database import sessions
    from freesport_pipelines.defs.resources import Shop
    from freesport_pipelines.steps.approving import newest_rejected

    shop = Shop()
    number = sessions.get(shop.database, session).id if session else newest_rejected(shop.database)
    _, result = run_job("approve_session", {"approve": {"session": number}}, shop=shop)
    _tell(sessions.get(shop.database, number), causes(result), as_json=as_json)


def rollback(
    session: Number,
    force: Annotated[
        list[str] | None,
        typer.Option(help="Set rows of this table back although later sessions changed them; may be repeated."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be undone; change nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Undo a published import: its change set backwards, in one transaction (откатить импорт).

    Refuses, naming the rows, when later sessions changed or refer to them. It is a session itself. To bring back what
    was undone: `freesport replay DROP --allow-older`. Exit code 0: undone; 1: refused or failed.
    """
    from freesport_pipelines.cli.running import causes, run_job
    from freesport_pipelines.database import sessions

    config = {"session": session, "force": force or [], "dry_run": dry_run}
    shop, result = run_job("rollback_session", {"roll_back": config})
    _tell(sessions.of_run(shop.database, result.run_id), causes(result), as_json=as_json)


def _tell(session: "Session | None", errors: list[str], *, as_json: bool) -> None:
    """What came of it: the report, or on stderr why nothing was done."""
    from freesport_pipelines.cli.terminal import show_report

    report = {} if session is None else {**(session.report or {}), "session": session.id, "status": session.status}
    for error in errors:
        typer.echo(error, err=True)
    if not errors and report.get("tables"):
        show_report(report)
    if as_json:
        names = ("session", "status", "dry_run", "tables", "seconds")
        typer.echo(json.dumps({**{name: report.get(name) for name in names}, "errors": errors}, ensure_ascii=False))
    if errors:
        raise typer.Exit(EXIT_FAILED)
