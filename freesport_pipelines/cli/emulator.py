"""`freesport 1c-emulator`: an invented 1C:УНФ Fresh on this machine, until it is stopped."""

from enum import StrEnum
from shlex import quote
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from freesport_pipelines.emulator import Company, Fault


class OnPlus(StrEnum):
    """What a `+` in a query does; real bases do the one or the other."""

    refused = "refused"
    ignored = "ignored"


def emulator(
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on loopback; 0: any free one.")] = 8050,
    customers: Annotated[int, typer.Option(min=1, help="How many buyers.")] = 200,
    receipts: Annotated[int, typer.Option(min=1, help="How many receipts; a register row is a line of one.")] = 5_000,
    months: Annotated[int, typer.Option(min=1, help="How many months of history from January 2025 on.")] = 12,
    products: Annotated[int, typer.Option(min=1, help="How many products.")] = 100,
    seed: Annotated[int, typer.Option(help="Another seed, another company.")] = 1,
    fault: Annotated[
        list[str] | None, typer.Option(help="For instance throttled=5@every10, see docs/emulator.md; may be repeated.")
    ] = None,
    unpublished: Annotated[list[str] | None, typer.Option(help="Set that is not published; may be repeated.")] = None,
    sessions: Annotated[int, typer.Option(min=1, help="Requests that may be under way at the same time.")] = 2,
    plus: Annotated[OnPlus, typer.Option(help="What a + in the query does.")] = OnPlus.refused,
) -> None:
    """Serve invented data as 1C:УНФ Fresh does; print how to reach it (эмулятор 1С для показа и проверок)."""
    from freesport_pipelines.emulator import Company, Limits, Manners, serve

    company = Company(
        customers=customers, receipts=receipts, months=months, products=products, seed=seed,
        unpublished=unpublished or (),
    )  # fmt: skip
    faults = _faults(fault or [], company)
    try:
        with serve(
            company,
            faults=faults,
            limits=Limits(sessions=sessions),
            manners=Manners(plus="ignored" if plus is OnPlus.ignored else "refused"),
            port=port,
        ) as server:
            _say_how_to_reach(server.url, server.user, server.password)
            Event().wait()
    except KeyboardInterrupt:
        typer.echo("stopped", err=True)
    except OSError as error:
        typer.echo(f"port {port} cannot be used (порт занят): {error.strerror}", err=True)
        raise typer.Exit(1) from error


def _faults(texts: list[str], company: "Company") -> "list[Fault]":
    from freesport_pipelines.emulator.fault_text import fault_of

    try:
        return [fault_of(text, company.add_card) for text in texts]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


def _say_how_to_reach(url: str, user: str, password: str) -> None:
    """Lines for a shell; the data and the account are invented."""
    typer.echo(f"export ONEC_API_URL={quote(url)}")
    typer.echo(f"export ONEC_API_USER={quote(user)}")
    typer.echo(f"export ONEC_API_PASSWORD={quote(password)}")
    typer.echo("serving until Ctrl-C (работает до Ctrl-C)", err=True)
