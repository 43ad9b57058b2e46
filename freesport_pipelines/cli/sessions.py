"""`freesport sessions`, `report` and `quarantine`: read what imports stored."""

import json
from typing import Annotated

import typer

from freesport_pipelines.database.engine import ShopDatabase

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value as the last line of stdout.")]
Limit = Annotated[int, typer.Option(min=1, help="How many rows to show.")]


def _database() -> ShopDatabase:
    from freesport_pipelines.database.migrate import upgrade
    from freesport_pipelines.settings import get_settings

    database = ShopDatabase(get_settings().database_url)
    upgrade(database)
    return database


def list_sessions(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List import sessions, newest first (сеансы импорта)."""
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.database import sessions

    found = sessions.newest(_database(), limit)
    rows = [[s.id, s.kind, s.status, s.drop_id, s.started_at.isoformat(timespec="seconds"), s.error] for s in found]
    header = ["session", "kind", "status", "drop", "started (UTC)", "error"]
    if as_json:
        typer.echo(json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False))
    else:
        show_rows(header, rows)


def report(
    session: Annotated[int | None, typer.Argument(help="Number of the session; the newest if omitted.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the report of a session (отчёт об импорте)."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.database.report import as_markdown

    database = _database()
    found = sessions.get(database, session) if session is not None else sessions.latest(database)
    if found is None:
        raise sessions.NoSession("there is no import session yet: run `freesport import DIR` first")
    content = {"session": found.id, "status": found.status, "error": found.error, **(found.report or {})}
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False))
    elif found.report:
        typer.echo(as_markdown(found.report))
    else:
        typer.echo(f"Session {found.id} is {found.status}: {found.error or 'it has no report'}")


def quarantine(limit: Limit = 50, as_json: AsJson = False) -> None:
    """List rows that wait in quarantine, with their reasons (карантин)."""
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.database.quarantine import open_rows

    with _database().read() as connection:
        rows = open_rows(connection, limit)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
    else:
        show_rows(["session", "kind", "key", "reason", "detail"], [list(row.values()) for row in rows])
