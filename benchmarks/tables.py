"""The results as tables of texts, for the terminal and for markdown alike."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as RichTable

from benchmarks.results import TITLES, Results, Scenario, Step
from benchmarks.targets import MEGABYTE, outcomes

_MET = {True: "yes", False: "no", None: "–"}


class Table(NamedTuple):
    """A table ready to be shown; all columns but the first `texts` are numbers."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    texts: int = 2


def all_tables(results: Results) -> list[Table]:
    """What there is to show, without the tables that would be empty."""
    tables = [
        steps_table(results),
        parts_table(results),
        growth_table(results),
        dagster_table(results),
        targets_table(results),
    ]
    return [table for table in tables if table.rows]


def steps_table(results: Results) -> Table:
    """Every step on the whole data."""
    columns = ("what", "database", "wall s", "run s", "floor s", "run / floor", "rows/s", "CPU s", "server CPU s",
               "MB", "MB, workers too")  # fmt: skip
    rows = [_step_row(step) for step in results.steps if step.goods == results.goods]
    return Table("Steps", columns, rows)


def _step_row(step: Step) -> tuple[str, ...]:
    floor = step.floor
    return (
        TITLES[step.scenario],
        step.database,
        f"{step.wall_seconds:.1f}",
        f"{step.working_seconds:.1f}",
        f"{floor.read_seconds:.1f} + {floor.load_seconds:.1f}" if floor else "–",
        f"{step.ratio:.1f}" if step.ratio else "–",
        f"{step.rows_per_second:,.0f}",
        f"{step.cpu_seconds:.1f}",
        f"{step.server_cpu_seconds:.1f}" if step.server_cpu_seconds else "–",
        f"{step.peak_rss_bytes / MEGABYTE:.0f}",
        f"{step.peak_rss_with_workers_bytes / MEGABYTE:.0f}",
    )


PARTS = {
    "archive and hash": ("exchange__drop",),
    "read, shape, load goods": ("staged__goods",),
    "… offers": ("staged__offers",),
    "… prices": ("staged__prices",),
    "… stocks": ("staged__stocks",),
    "compare, judge": ("change_set",),
    "publish": ("publish",),
}
"""Parts of a run by the Dagster steps that they are."""
IN_PARTS = (Scenario.full, Scenario.compared, Scenario.delta, Scenario.stocks)


def parts_table(results: Results) -> Table:
    """Where the time of a run goes, in seconds."""
    found = (results.step(scenario, database) for scenario in IN_PARTS for database in results.databases)
    steps = [step for step in found if step and step.parts]
    rows = [
        (part, *(f"{sum(step.parts.get(key, 0.0) for key in keys):.1f}" for step in steps))
        for part, keys in PARTS.items()
    ]
    named = [key for keys in PARTS.values() for key in keys]
    rest = (step.working_seconds - sum(step.parts.get(key, 0.0) for key in named) for step in steps)
    rows.append(("dictionaries, Dagster", *(f"{seconds:.1f}" for seconds in rest)))
    columns = ("part, seconds", *(f"{TITLES[step.scenario]} ({step.database})" for step in steps))
    return Table("Parts of a run", columns, rows if steps else [], texts=1)


def growth_table(results: Results) -> Table:
    """How time grows with size."""
    columns = ("what", "database", "goods", "rows", "wall s", "run s", "floor s", "data ×", "run ×")
    rows = []
    sizes = results.sizes()
    for scenario in (Scenario.full, Scenario.stocks):
        for database in results.databases:
            steps = [step for size in sizes if (step := results.step(scenario, database, size))]
            rows += [_growth_row(step, steps[0]) for step in steps if len(sizes) > 1]
    return Table("Growth", columns, rows)


def _growth_row(step: Step, smallest: Step) -> tuple[str, ...]:
    return (
        TITLES[step.scenario],
        step.database,
        f"{step.goods:,}",
        f"{step.rows:,}",
        f"{step.wall_seconds:.1f}",
        f"{step.working_seconds:.1f}",
        f"{step.floor.seconds:.1f}" if step.floor else "–",
        f"{step.rows / smallest.rows:.1f}",
        f"{step.working_seconds / smallest.working_seconds:.1f}",
    )


def dagster_table(results: Results) -> Table:
    """What Dagster and Python cost around the work, on a step with hardly any data."""
    columns = ("what", "database", "rows", "wall s", "before s", "run s", "session s", "after s")
    found = (results.step(Scenario.few, database) for database in results.databases)
    rows = [_dagster_row(step) for step in found if step and step.run_seconds is not None]
    if results.daemon and rows:
        queued, run = results.daemon["queued_seconds"], results.daemon["run_seconds"]
        whole = f"{queued + run:.1f}"
        rows.append(("through the queue", rows[0][1], rows[0][2], whole, f"{queued:.1f}", f"{run:.1f}", "–", "–"))
    return Table("Dagster apart", columns, rows)


def _dagster_row(step: Step) -> tuple[str, ...]:
    start, run = step.start_seconds or 0.0, step.run_seconds or 0.0
    return (
        TITLES[step.scenario],
        step.database,
        f"{step.rows:,}",
        f"{step.wall_seconds:.1f}",
        f"{start:.1f}",
        f"{run:.1f}",
        f"{step.session_seconds:.1f}" if step.session_seconds is not None else "–",
        f"{step.wall_seconds - start - run:.1f}",
    )


def targets_table(results: Results) -> Table:
    """Which targets are met."""
    rows = [(one.target, one.database, one.measured, _MET[one.is_met]) for one in outcomes(results)]
    return Table("Targets", ("target", "database", "measured", "met?"), rows)


def described(results: Results) -> str:
    """The data and the machine in a few lines."""
    machine, rows = results.machine, results.data["rows"]
    size = "an export of somebody's own" if results.goods is None else f"{results.goods:,} goods"
    counts = ", ".join(f"{count:,} {name}" for name, count in rows.items())
    versions = ", ".join(f"{name} {one['version']}" for name, one in results.databases.items())
    return (
        f"{size}, {results.skus:,} SKUs; rows: {counts}; {results.data['bytes'] / MEGABYTE:,.0f} MB.\n"
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB; Python {machine['python']}, "
        f"lxml {machine['lxml']}, Dagster {machine['dagster']}, {versions}."
    )


def show(results: Results, console: Console) -> None:
    """Print everything."""
    console.print(described(results), highlight=False)
    for table in all_tables(results):
        shown = RichTable(title=table.title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        for number, column in enumerate(table.columns):
            shown.add_column(column, justify="left" if number < table.texts else "right")
        for row in table.rows:
            shown.add_row(*row)
        console.print(shown)


def as_markdown(results: Results) -> str:
    """The same as a section of a document."""
    lines = [described(results).replace("\n", "  \n"), ""]
    for table in all_tables(results):
        marks = ["---" if number < table.texts else "---:" for number in range(len(table.columns))]
        lines += [f"**{table.title}**", "", _line(table.columns), _line(marks), *map(_line, table.rows), ""]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
