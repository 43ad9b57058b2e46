"""The command line of the benchmark: `make bench`, or `python -m benchmarks --help`."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from benchmarks.bench import measure_generated, measure_own
from benchmarks.commands import Failed
from benchmarks.readme import README, write_readme
from benchmarks.servers import Database
from benchmarks.tables import show
from freesport_pipelines.demo.plan import SMALLEST_DIRTY

DEFAULT_GOODS = 6000
WIDTH = 130
"""Columns where the output is no terminal."""
RESULTS = Path(__file__).parent / "results"


def bench(
    goods: Annotated[int, typer.Option(min=SMALLEST_DIRTY, help="Size of the shop; 170000 is the full one.")] = (
        DEFAULT_GOODS
    ),
    database: Annotated[list[Database] | None, typer.Option(help="Only this database; may be repeated.")] = None,
    no_growth: Annotated[bool, typer.Option("--no-growth", help="Without the runs at a quarter and at half.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Work in this folder, and keep what is left there.")] = None,
    own_data: Annotated[Path | None, typer.Option("--data", help="Measure on this export folder instead.")] = None,
    with_daemon: Annotated[bool, typer.Option("--with-daemon", help="Measure the wait in the queue, too.")] = False,
    results_folder: Annotated[Path, typer.Option("--results", help="Where <goods>.json is written.")] = RESULTS,
    readme: Annotated[bool, typer.Option("--write-readme", help="Write table and plot of all results.")] = False,
) -> None:
    """Measure imports on PostgreSQL and SQLite beside their floor, on data made on the spot."""
    console = Console(stderr=True, highlight=False)
    databases = database or list(Database)
    with _work_folder(keep) as work:
        try:
            if own_data is not None:
                results = measure_own(own_data.resolve(), databases, work, console.print)
            else:
                results = measure_generated(
                    goods, databases, work, console.print, with_growth=not no_growth, with_daemon=with_daemon
                )
        except Failed as error:
            console.print(str(error), style="red", markup=False)
            sys.exit(1)
    screen = Console()
    show(results, screen if screen.is_terminal else Console(width=WIDTH))
    console.print(f"written: {results.save(results_folder)}")
    if readme:
        write_readme(results_folder, README)


@contextmanager
def _work_folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="freesport-bench-") as folder:
        yield Path(folder)


if __name__ == "__main__":
    typer.run(bench)
