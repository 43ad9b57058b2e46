"""`freesport demo-purchases`: the whole of the OData part on a local emulator, without credentials."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    import dagster as dg

MONTHS = 6


def demo_purchases(
    customers: Annotated[int, typer.Option(min=1, help="How many buyers the invented company has.")] = 200,
    receipts: Annotated[int, typer.Option(min=1, help="How many receipts they were given in six months.")] = 3_000,
) -> None:
    """Read an invented 1C:УНФ over OData: cards, users, purchases, profiles (демонстрация покупок).

    The jobs are those of the UI and can be looked at there. Nothing leaves this machine.
    """
    from freesport_pipelines.cli.instance import dagster_instance
    from freesport_pipelines.defs.onec_jobs import months_of

    today = datetime.now(UTC)
    first = _first_month(today.date())
    with _emulator(customers, receipts, first) as onec, dagster_instance() as instance:
        _run("onec_catalogues", onec, instance)
        for month in months_of(datetime(first.year, first.month, 1, tzinfo=UTC), today):
            _run("onec_purchases", onec, instance, month)
        _show(_run("buyer_profiles", onec, instance))
    typer.echo("\nNext: `make ui` shows the graph and its checks; `freesport 1c-emulator` serves such a 1C to it.")


def _first_month(today: date) -> date:
    whole = today.year * 12 + today.month - 1 - (MONTHS - 1)
    return date(whole // 12, whole % 12 + 1, 1)


@contextmanager
def _emulator(customers: int, receipts: int, first: date) -> Iterator[Any]:
    from freesport_pipelines.defs.resources import Onec
    from freesport_pipelines.emulator import Company, serve
    from freesport_pipelines.settings import OnecSettings

    company = Company(customers=customers, receipts=receipts, months=MONTHS, first_month=first)
    with serve(company) as server:
        settings = OnecSettings(
            api_url=server.url, api_user=server.user, api_password=server.password, api_token="", page_pause=0
        )  # type: ignore[call-arg]
        yield Onec(settings)


def _run(job: str, onec: Any, instance: "dg.DagsterInstance", month: str | None = None) -> "dg.ExecuteInProcessResult":
    from freesport_pipelines.cli.running import causes
    from freesport_pipelines.defs.build import build_defs

    typer.echo(f"{job}{f' {month}' if month else ''}", err=True)
    definition = build_defs(onec=onec).resolve_job_def(job)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    result = definition.execute_in_process(quiet, instance=instance, partition_key=month, raise_on_error=False)
    for cause in causes(result):
        typer.echo(cause, err=True)
        raise typer.Exit(1)
    return result


def _show(result: "dg.ExecuteInProcessResult") -> None:
    """Where the money went, and what the checks say."""
    from freesport_pipelines.cli.terminal import show_rows

    found = result.asset_materializations_for_node("profile_buyers")[0].metadata
    typer.echo(f"{found['dagster/row_count'].value} profiles; left over: {found['left_over'].value} roubles")
    checks = result.get_asset_check_evaluations()
    rows = [[check.check_name, "ok" if check.passed else "look", _count(check)] for check in checks]
    show_rows(["check", "", "to look at"], rows)


def _count(check: Any) -> Any:
    value = check.metadata.get("count")
    return None if value is None else value.value
