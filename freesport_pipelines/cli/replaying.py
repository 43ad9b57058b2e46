"""`freesport replay`: import archived drops again, one or a chain, through the Dagster job."""

import json
from typing import Annotated, Any

import typer

from freesport_pipelines.cli import imports
from freesport_pipelines.cli.asking import AsJson, failure_is_told


def replay(
    drops: Annotated[list[str] | None, typer.Argument(metavar="[DROP]...", help="Ids of archived drops.")] = None,
    since: Annotated[str | None, typer.Option(metavar="DROP", help="All drops from this one on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DROP", help="All drops up to this one, itself too.")] = None,
    dry_run: imports.DryRun = False,
    allow_older: imports.AllowOlder = False,
    only: Annotated[list[str] | None, typer.Option(help="Import only this kind of file; may be repeated.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import archived drops again, in the order in which they came (повторный импорт из архива).

    Always compares, also when the shop already has the content. A drop of rests alone changes stocks alone. Stops at
    the first drop that fails or is rejected. Exit codes are those of `freesport import`.
    """
    from freesport_pipelines.defs.resources import Shop

    named = imports.kinds(only or [])
    reports: list[dict[str, Any]] = []
    errors: list[str] = []
    with failure_is_told(as_json=as_json):
        shop = Shop()
        for drop_id in _chosen(shop, drops or [], since, until):
            config = {"only": named, "dry_run": dry_run, "allow_older": allow_older}
            done, errors = _replay(shop, drop_id, config)
            reports.append(imports.together(done, errors))
            if errors or reports[-1]["status"] == "rejected":
                break
    for error in errors:
        typer.echo(error, err=True)
    if as_json:
        last = reports[-1]
        typer.echo(json.dumps({**last, "imports": reports, "errors": errors}, ensure_ascii=False))
    if errors:
        raise typer.Exit(imports.EXIT_FAILED)
    if reports[-1]["status"] == "rejected":
        raise typer.Exit(imports.EXIT_REJECTED)


def _replay(shop: Any, drop_id: str, config: dict[str, Any]) -> tuple[list[dict[str, Any]], list[str]]:
    from freesport_pipelines.domain.jobs import jobs_for
    from freesport_pipelines.domain.kinds import Kind

    typer.echo(f"drop {drop_id}", err=True)
    drop = shop.archive.load(drop_id).only([Kind(kind) for kind in config["only"]])
    done: list[dict[str, Any]] = []
    errors: list[str] = []
    for job in jobs_for(drop.kinds):
        report, errors = imports.execute(job, {"drop": drop_id, "force": True, **config}, shop=shop)
        if report is not None and report.get("tables"):
            imports.show(report)
        if report is None and not errors:
            errors = [f"drop {drop_id}: the run ended without a session"]
        done.append(imports.summary(report, errors))
        if errors or done[-1]["status"] == "rejected":
            break
    return done, errors


def _chosen(shop: Any, drops: list[str], since: str | None, until: str | None) -> list[str]:
    """The named drops, or a range of the archive; ids sort by the time at which the drops came."""
    if bool(drops) == bool(since or until):
        raise typer.BadParameter("name drops, or a range with --since and --until; `freesport sessions` lists drops")
    for drop_id in filter(None, [*drops, since, until]):
        shop.archive.load(drop_id)  # says which drops there are, if this is none
    if drops:
        return sorted(set(drops))
    found = [d for d in shop.archive.drop_ids() if (not since or d >= since) and (not until or d <= until)]
    if not found:
        raise typer.BadParameter(f"there is no drop between {since} and {until}: --since names the older one")
    return sorted(found)
