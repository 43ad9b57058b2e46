"""`freesport doctor`: what 1C publishes, what is missing and what to do about it. It needs no database."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from freesport_pipelines.cli.asking import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from freesport_pipelines.odata.probe import EntityFinding, Probe


def doctor(as_json: AsJson = False) -> None:
    """Check the connection to 1C's OData: what is published, what is missing (проверка подключения к 1С).

    Values of example rows are masked. Exit code 0: all that is needed works; 1: something mandatory does not.
    """
    from freesport_pipelines.odata.client import open_client
    from freesport_pipelines.odata.errors import NotConfiguredError
    from freesport_pipelines.odata.probe import examine
    from freesport_pipelines.settings import OnecSettings

    settings = OnecSettings()
    address = urlsplit(settings.api_url)
    is_plain = address.scheme == "http" and address.hostname not in ("127.0.0.1", "localhost", "::1")
    try:
        with open_client(settings) as client:
            probe = examine(client, with_loyalty=settings.loyalty_enabled, is_plain_http=is_plain)
    except NotConfiguredError as error:
        typer.echo(str(error), err=True)
        if as_json:
            typer.echo(json.dumps({"is_fine": False, "connection": str(error)}, ensure_ascii=False))
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps({"is_fine": probe.is_fine, **asdict(probe)}, ensure_ascii=False))
    else:
        _show(probe)
    if not probe.is_fine:
        raise typer.Exit(1)


def _show(probe: "Probe") -> None:
    from rich.console import Console

    console = Console(soft_wrap=True, highlight=False)
    if probe.connection:
        console.print("[red]No connection. Подключения нет.[/]")
        console.print(probe.connection, markup=False)
        return
    console.print("[green]The connection works. Подключение есть.[/]")
    published = "?" if probe.published is None else f"{probe.published:,}"
    console.print(f"Published entities (опубликовано объектов): {published}")
    _say(console, "Metadata (описание)", probe.metadata)
    _say(console, "Filters (фильтры)", probe.canary)
    _show_entities(console, probe)
    for finding in probe.entities:
        _show_details(console, finding)
    _say(console, "Balances of bonus points (остатки баллов)", probe.balance)
    if probe.advice:
        console.print("\n[bold]What to do. Что сделать:[/]")
    for advice in probe.advice:
        console.print(f"  * {advice.russian}\n    {advice.english}", markup=False)
    verdict = "[green]All that is needed works. Всё нужное работает.[/]"
    console.print("\n" + (verdict if probe.is_fine else "[red]Something needed does not work. Есть препятствия.[/]"))


def _say(console: "Console", what: str, problem: str) -> None:
    console.print(f"{what}: [green]ok[/]" if not problem else f"{what}: [red]no[/]")
    if problem:
        console.print(f"  {problem}", markup=False)


def _show_entities(console: "Console", probe: "Probe") -> None:
    from rich.table import Column, Table

    table = Table(
        Column("entity (объект)", overflow="fold"),  # names have no spaces to be broken at
        "needed",
        "state",
        "rows",
        "shape",
        Column("field", overflow="fold"),
    )
    for finding in probe.entities:
        state = "[green]ok[/]" if not finding.problem else "[red]no[/]" if finding.is_mandatory else "[yellow]no[/]"
        rows = "" if finding.rows is None else f"{finding.rows:,}"
        needed = "yes" if finding.is_mandatory else "optional"
        table.add_row(finding.entity, needed, state, rows, finding.shape, finding.chosen_field)
    console.print(table)


def _show_details(console: "Console", finding: "EntityFinding") -> None:
    if finding.problem:
        console.print(f"[red]{finding.entity}[/]")
        console.print(f"  {finding.problem}", markup=False)
        return
    if finding.missing_fields:
        console.print(
            f"{finding.entity}: not published, read as nothing (нет полей): {', '.join(finding.missing_fields)}"
        )
    if finding.example:
        shown = ", ".join(f"{name}={value}" for name, value in finding.example.items())
        console.print(f"{finding.entity}: {shown}", markup=False, style="dim")
