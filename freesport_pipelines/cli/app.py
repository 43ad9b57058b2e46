"""The entry point: puts the commands together and turns known errors into one readable line on stderr."""

import sys

import typer

from freesport_pipelines.cli import (
    customers,
    demo,
    demo_purchases,
    doctor,
    emulator,
    imports,
    keeping,
    operating,
    profile,
    rebuilding,
    replaying,
    sessions,
)

app = typer.Typer(
    name="freesport",
    help="Keep a shop's database in step with 1C. Синхронизация магазина с 1С.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("import")(imports.import_folder)
app.command("stocks")(imports.stocks)
app.command("demo-data")(demo.demo_data)
app.command("sessions")(sessions.list_sessions)
app.command("report")(sessions.report)
app.command("quarantine")(sessions.quarantine)
app.command("approve")(operating.approve)
app.command("rollback")(operating.rollback)
app.command("backup")(keeping.backup)
app.command("backups")(keeping.list_backups)
app.command("restore")(keeping.restore)
app.command("prune")(keeping.prune)
app.command("replay")(replaying.replay)
app.command("rebuild")(rebuilding.rebuild)
app.command("demo-purchases")(demo_purchases.demo_purchases)
app.command("profile")(profile.profile)
app.command("doctor")(doctor.doctor)
app.command("1c-emulator")(emulator.emulator)
app.add_typer(customers.customers, name="customers")
app.add_typer(customers.conflicts, name="conflicts")


def main() -> None:
    """Run the command line."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError
    from sqlalchemy.exc import SQLAlchemyError

    from freesport_pipelines.database.conflicts import NoConflict
    from freesport_pipelines.database.sessions import NoSession
    from freesport_pipelines.exchange.errors import ExchangeError

    try:
        app()
    except (ValidationError, SettingsError) as error:
        typer.echo(f"the configuration cannot be read (see docs/configuration.md): {error}", err=True)
        sys.exit(1)
    except (NoSession, NoConflict, ExchangeError) as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except SQLAlchemyError as error:
        typer.echo(f"the database refused: {error.args[0] if error.args else error}", err=True)
        sys.exit(1)
