"""`freesport customers` and `freesport conflicts`: synchronise with 1C, see how things stand, answer questions."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from freesport_pipelines.cli import imports
from freesport_pipelines.cli.asking import AsJson

customers = typer.Typer(help="Synchronise customers with 1C, both ways (покупатели).", no_args_is_help=True)
conflicts = typer.Typer(help="Questions about customers that people must answer (конфликты).", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Number of the conflict, see `freesport conflicts list`.")]
Limit = Annotated[int, typer.Option(min=1, help="How many rows to show.")]


@customers.command("sync")
def sync(
    directory: Annotated[
        Path | None, typer.Argument(help="Export folder or zip with contragents; without it the next drop, or none.")
    ] = None,
    dry_run: imports.DryRun = False,
    allow_older: imports.AllowOlder = False,
    as_json: AsJson = False,
) -> None:
    """Import contragents, match registrations, carry out decisions, tell 1C the rest (синхронизация).

    Exit codes are those of `freesport import`.
    """
    from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS

    config = {"dry_run": dry_run, "allow_older": allow_older}
    imports.run_on(SYNC_CUSTOMERS, directory, config, as_json=as_json)


@customers.command("dashboard")
def dashboard(as_json: AsJson = False) -> None:
    """Show the figures of the synchronisation (сводка)."""
    from freesport_pipelines.cli.sessions import open_database
    from freesport_pipelines.settings import get_settings
    from freesport_pipelines.steps import dashboard as page

    found = page.figures(open_database(), get_settings())
    typer.echo(json.dumps(found, ensure_ascii=False) if as_json else page.as_markdown(found))


@conflicts.command("list")
def list_conflicts(
    every: Annotated[bool, typer.Option("--all", help="Answered ones, too.")] = False,
    limit: Limit = 50,
    as_json: AsJson = False,
) -> None:
    """List the questions that wait; ids only, no personal values (список конфликтов)."""
    from freesport_pipelines.cli.sessions import open_database
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.database import conflicts as queue
    from freesport_pipelines.domain.customers import PENDING

    with open_database().read() as connection:
        rows = queue.listed(connection, status=None if every else PENDING, limit=limit)
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    header = ["id", "status", "conflict_type", "strategy", "method", "customer_id", "onec_id", "decision"]
    show_rows(header, [[row[name] for name in header] for row in rows])


@conflicts.command("show")
def show_conflict(
    number: Number,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show personal values in clear.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the two sides of a question, values masked unless --reveal (две стороны конфликта)."""
    from freesport_pipelines.cli.sessions import open_database
    from freesport_pipelines.cli.terminal import show_rows
    from freesport_pipelines.database import conflicts as queue

    with open_database().read() as connection:
        conflict = queue.get(connection, number)
        found = queue.sides(connection, conflict)
    told = {side: {name: _told(name, value, reveal) for name, value in row.items()} for side, row in found.items()}
    same = {name for name in queue.SHOWN if len({str(row.get(name)) for row in found.values()}) == 1}
    answers = queue.DECISIONS[conflict["conflict_type"]]
    if as_json:
        shown = {name: conflict[name] for name in ("id", "status", "conflict_type", "method", "details", "decision")}
        typer.echo(json.dumps({**shown, **told, "same": sorted(same), "answers": answers}, ensure_ascii=False))
        return
    names = list(dict.fromkeys(name for row in told.values() for name in row))
    rows = [[name, *(row.get(name) for row in told.values()), "=" if name in same else ""] for name in names]
    show_rows(["", *told, "same"], rows)
    for name, value in (conflict["details"] or {}).items():
        typer.echo(f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    typer.echo(f"{conflict['conflict_type']} by {conflict['method']}, {conflict['status']}; answer with one of: ")
    typer.echo("\n".join(f"  freesport conflicts resolve {number} {answer}" for answer in answers))


_OPEN = frozenset({"customer_type", "role", "is_verified", "onec_id", "is_buyer", "is_marked", "price_type_onec_id"})


def _told(name: str, value: Any, reveal: bool) -> Any:
    from freesport_pipelines.domain.masking import masked

    return value if reveal or name in _OPEN or value is None else masked(value)


@conflicts.command("resolve")
def resolve(
    number: Number,
    decision: Annotated[str, typer.Argument(help="link, separate or seen; `conflicts show` says what fits.")],
    as_json: AsJson = False,
) -> None:
    """Answer a question; a link is made at once by a synchronisation of its own (решить конфликт)."""
    from freesport_pipelines.cli.sessions import open_database
    from freesport_pipelines.database import conflicts as queue
    from freesport_pipelines.domain.customers import LINK
    from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS
    from freesport_pipelines.steps.customers import note_decision

    database = open_database()
    note_decision(database, number, decision)
    if decision == LINK:
        imports.run_on(SYNC_CUSTOMERS, None, {"drop": "-"}, as_json=as_json)
        with database.read() as connection:
            is_linked = queue.is_linked(connection, queue.get(connection, number))
        if not is_linked:
            typer.echo("the two were not linked: freesport conflicts list --all says why (не связаны)", err=True)
            raise typer.Exit(imports.EXIT_FAILED)
    elif as_json:
        typer.echo(json.dumps({"conflict": number, "decision": decision}))
    else:
        typer.echo(f"Conflict {number}: {decision}")
