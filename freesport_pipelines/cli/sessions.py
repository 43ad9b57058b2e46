"""`freesport sessions`, `report` and `quarantine`: read what imports stored."""

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from freesport_pipelines.cli.asking import AsJson
from freesport_pipelines.database.engine import ShopDatabase

if TYPE_CHECKING:
    from freesport_pipelines.database.sessions import Session

Limit = Annotated[int, typer.Option(min=1, help="How many rows to show.")]


def open_database() -> ShopDatabase:
    """The shop's database, brought to this version's schema."""
    from freesport_pipelines.database.migrate import upgrade
    from freesport_pipelines.settings import get_settings

    database = ShopDatabase(get_settings().database_url)
    upgrade(database)
    return database


def list_sessions(limit: Limit = 20, as_json: AsJson = False) -> None:
    """List import sessions, newest first (сеансы импорта)."""
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.database import sessions, unfinished
    from freesport_pipelines.settings import get_settings

    database = open_database()
    unfinished.mark_dead(database, get_settings().stale_after_seconds)
    rows = [_session_row(session) for session in sessions.newest(database, limit)]
    header = ["session", "kind", "status", "drop", "started (UTC)", "seconds", "written", "note"]
    if as_json:
        typer.echo(json.dumps([dict(zip(header, row, strict=True)) for row in rows], ensure_ascii=False))
    else:
        show_rows(header, rows)


def _session_row(session: "Session") -> list[Any]:
    report = session.report or {}
    is_published = session.status in ("published", "rolled_back")
    changed = ("inserted", "updated", "hidden", "deleted")
    written = sum(counts.get(name, 0) for counts in report.get("tables", {}).values() for name in changed)
    seconds = None if session.finished_at is None else (session.finished_at - session.started_at).total_seconds()
    return [
        session.id,
        session.kind,
        session.status,
        session.drop_id,
        session.started_at.isoformat(timespec="seconds"),
        None if seconds is None else round(seconds, 1),
        written if is_published else None,
        _note(session),
    ]


def _note(session: "Session") -> str | None:
    """What is worth knowing beside the status."""
    notes = [] if session.undoes_session_id is None else [f"undoes session {session.undoes_session_id}"]
    notes += ["dry run"] if session.dry_run else []
    notes += ["approved"] if session.approved_at is not None else []
    notes += ["interrupted"] if session.interrupted_at is not None else []
    notes += [session.error] if session.error else []
    return "; ".join(notes) or None


def report(
    session: Annotated[int | None, typer.Argument(help="Number of the session; the newest if omitted.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show the report of a session (отчёт об импорте)."""
    from freesport_pipelines.database import sessions
    from freesport_pipelines.database.report import as_markdown

    database = open_database()
    found = sessions.get(database, session) if session is not None else sessions.latest(database)
    if found is None:
        raise sessions.NoSession("there is no import session yet: run `freesport import DIR` first")
    content = {"session": found.id, "error": found.error, **(found.report or {}), "status": found.status}
    if as_json:
        typer.echo(json.dumps(content, ensure_ascii=False))
    elif found.report:
        typer.echo(as_markdown(content))
    else:
        typer.echo(f"Session {found.id} is {found.status}: {found.error or 'it has no report'}")


def quarantine(
    kind: Annotated[str | None, typer.Option(help="Only rows of this kind of file (offers, prices, rests…).")] = None,
    reason: Annotated[str | None, typer.Option(help="Only rows with this reason.")] = None,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List rows that wait in quarantine by reason, and what brings them back (карантин)."""
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.database import quarantine as waiting
    from freesport_pipelines.domain.quarantine_reasons import way_out

    with open_database().read() as connection:
        counts = waiting.open_counts(connection)
        rows = waiting.open_rows(connection, limit, kind=kind, reason=reason)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    show_rows(["kind", "reason", "rows", "what brings them back"], [[*c, way_out(c[1])] for c in counts])
    columns = ["session", "file", "kind", "key", "reason", "detail"]
    show_rows(columns, [[row[column] for column in columns] for row in rows])
    if len(rows) == limit:
        typer.echo(f"The newest {limit} rows; --limit shows more, --kind and --reason fewer.")
