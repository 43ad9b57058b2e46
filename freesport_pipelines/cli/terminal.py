"""Reports and lists as tables in the terminal."""

import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from freesport_pipelines.database.report import operations, status_in_words, summary

MOVES_SHOWN = 5


def show_report(report: dict[str, Any]) -> None:
    """A session's report: rows per table, checks worth a look, where to look next."""
    console = Console(soft_wrap=True)
    style = {"published": "green", "unchanged": "green", "judged": "cyan"}.get(report["status"], "red")
    what = status_in_words(report)
    console.print(f"\nImport session {report['session']}: [{style}]{what}[/] (drop {report['drop']})\n")
    shown = operations(report)
    table = Table("table", *shown)
    for column in table.columns[1:]:
        column.justify = "right"
    for name, counts in report["tables"].items():
        if any(counts.values()):
            table.add_row(name, *(f"{counts[operation]:,}" for operation in shown))
    console.print(table)
    if report.get("undoes_session"):
        console.print(summary(report), highlight=False)
        return
    _show_checks(console, report.get("checks", []))
    _show_moves(console, report.get("preview") or {})
    if report["status"] == "rejected" and not report.get("dry_run"):
        console.print(
            f"\n[red]Nothing was published.[/] If the change is meant: `{_command()} approve {report['session']}` "
            f"(опубликовать всё равно); `{_command()} report {report['session']}` shows examples."
        )
    kinds = [f"{kind}: {figures['note']}" for kind, figures in report.get("kinds", {}).items() if "note" in figures]
    for line in kinds:
        console.print(line)
    if not any(f.get("records") for f in report.get("kinds", {}).values()):
        console.print("[yellow]The drop held no rows that this job reads: nothing was imported.[/]")
    console.print(
        f"\nNext: `{_command()} report` shows this again, `{_command()} quarantine` the rows set aside, "
        "`make ui` opens the graph."
    )


def _show_moves(console: Console, preview: dict[str, Any]) -> None:
    """The worst price and stock moves, where there are any."""
    for title, moves in (("Prices", preview.get("price_moves", [])), ("Stocks", preview.get("stock_moves", []))):
        if moves:
            console.print(f"\n{title} that move most:")
        for move in moves[:MOVES_SHOWN]:
            what = f" {move['price']}" if "price" in move else ""
            after = "–" if move["after"] is None else move["after"]
            console.print(f"  {move['key']} {move['name'] or ''}:{what} {move['before']} → {after}", highlight=False)


def _command() -> str:
    """How this command was called, so that the hint can be copied."""
    called = Path(sys.argv[0])
    is_below = called.is_absolute() and called.is_relative_to(Path.cwd())
    return str(called.relative_to(Path.cwd()) if is_below else called)


def _show_checks(console: Console, checks: list[dict[str, Any]]) -> None:
    failed = [check for check in checks if not check["passed"]]
    console.print(f"\nChecks: {len(checks) - len(failed)} passed, {len(failed)} to look at")
    for check in failed:
        colour = "red" if check["severity"] == "error" else "yellow"
        message = check["message"] if len(check["message"]) < 160 else check["message"][:159] + "…"
        console.print(f"  [{colour}]{check['severity'].upper():5}[/] {check['name']}: {message}", highlight=False)


def _printable(value: Any) -> str:
    """Texts of strangers may hold what a terminal would obey."""
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in str(value))


def show_rows(header: list[str], rows: list[list[Any]]) -> None:
    """Any list."""
    table = Table(*header)
    for column in table.columns:
        column.overflow = "fold"  # a drop id that is cut cannot be copied
    for row in rows:
        table.add_row(*("" if value is None else escape(_printable(value)) for value in row))
    Console(soft_wrap=True).print(table)
