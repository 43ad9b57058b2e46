"""`freesport demo-data`: write an invented export and say what importing it must give."""

import json
from pathlib import Path
from typing import Annotated

import typer


def demo_data(
    out: Annotated[Path, typer.Option(help="Folder to write to (or a .zip file).")],
    goods: Annotated[int, typer.Option(min=1, help="How many goods.")] = 500,
    offers_per_good: Annotated[int, typer.Option(min=1, help="Average number of SKUs per goods.")] = 3,
    seed: Annotated[int, typer.Option(help="Another seed, another export; the same seed, the same bytes.")] = 1,
    properties_per_good: Annotated[int, typer.Option(min=1, help="Property values of each goods.")] = 51,
    change_share: Annotated[
        float, typer.Option(min=0, max=1, help="Write the export as it is a day later, this share of it changed.")
    ] = 0.0,
    delta: Annotated[bool, typer.Option("--delta", help="With --change-share: write only what changed.")] = False,
    contragents: Annotated[
        int | None, typer.Option(min=0, help="How many customers and suppliers; by default more with more goods.")
    ] = None,
    clean: Annotated[bool, typer.Option("--clean", help="Without the few dirty rows.")] = False,
) -> None:
    """Write a deterministic, invented export of the real shape; print the totals an import must reach."""
    from freesport_pipelines.demo import DemoPlan, write_demo_export, write_demo_zip

    try:
        plan = DemoPlan(
            goods=goods,
            offers_per_good=offers_per_good,
            seed=seed,
            properties_per_good=properties_per_good,
            change_share=change_share,
            delta=delta,
            dirty=not clean,
            contragents=contragents,
        )
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    write = write_demo_zip if out.suffix == ".zip" else write_demo_export
    typer.echo(json.dumps(write(plan, out).as_dict(), ensure_ascii=False, indent=2))
