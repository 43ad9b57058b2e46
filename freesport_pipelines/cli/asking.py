"""Options that commands share; how one that replaces the shop's tables asks first, and tells that it could not."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object as the last line of stdout.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Into = Annotated[str | None, typer.Option(help="URL of another database, which is written to instead of the shop's.")]


def confirm(question: str, *, yes: bool) -> None:
    """Ask on a terminal; programs are not asked."""
    if not yes and sys.stdin.isatty():
        typer.confirm(question, abort=True)


@contextmanager
def failure_is_told(*, as_json: bool) -> Iterator[None]:
    """One line on stderr, with `--json` an object with the same, and exit code 1."""
    from sqlalchemy.exc import SQLAlchemyError

    from freesport_pipelines.database.backup_manifest import BackupError
    from freesport_pipelines.database.sessions import NoSession
    from freesport_pipelines.exchange.errors import ExchangeError

    try:
        yield
    except (BackupError, ExchangeError, NoSession, SQLAlchemyError) as error:
        text = f"the database refused: {error.args[0]}" if isinstance(error, SQLAlchemyError) else str(error)
        typer.echo(text, err=True)
        if as_json:
            typer.echo(json.dumps({"errors": [text]}, ensure_ascii=False))
        raise typer.Exit(1) from error
