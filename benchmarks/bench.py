"""One run of the benchmark: data, servers, sizes, and everything that is measured on them."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks import dagster_runs, data, scenarios
from benchmarks.commands import Shop
from benchmarks.daemon import measure_daemon
from benchmarks.data import Export
from benchmarks.results import Results, Step, this_machine
from benchmarks.scenarios import Planned, Tell
from benchmarks.servers import Database, Server, started
from freesport_pipelines.demo.plan import SMALLEST_DIRTY
from freesport_pipelines.domain.kinds import STOCK_KINDS

GROWTH = (4, 2)
"""The smaller sizes, as divisors of the whole one."""

Servers = dict[Database, Server]


def measure_generated(
    goods: int, databases: Iterable[Database], work: Path, tell: Tell, *, with_growth: bool, with_daemon: bool
) -> Results:
    """Measure everything on invented shops."""
    sizes = [goods // part for part in GROWTH] if with_growth and goods // GROWTH[0] >= SMALLEST_DIRTY else []
    with _running(databases, work) as servers:
        steps: list[Step] = []
        for size in sizes:
            with _shop_data(size, work, tell) as folder:
                planned = _growth(size, folder)
                steps += _on_all(servers, planned, size, work, tell)
        with _shop_data(goods, work, tell) as folder:
            full, planned = _everything(goods, folder)
            steps += _on_all(servers, planned, goods, work, tell)
            daemon = measure_daemon(_shop(servers, work), planned[-1].export, tell) if with_daemon else None
        results = _results(goods, full, servers, steps)
    dagster_runs.add_times(results.steps, work)
    results.daemon = daemon
    return results


def measure_own(folder: Path, databases: Iterable[Database], work: Path, tell: Tell) -> Results:
    """Measure what can be measured on somebody's own export."""
    tell("counting the rows of the export")
    full = data.own_export(folder, work / "rows")
    stocks = data.own_export(folder, work / "rows", STOCK_KINDS)
    planned = [scenarios.first_import(full), *scenarios.same_again(full)]
    if any(stocks.rows.values()):
        planned.append(scenarios.same_stocks(stocks))
    with _running(databases, work) as servers:
        steps = _on_all(servers, planned, None, work, tell)
        results = _results(None, full, servers, steps)
    dagster_runs.add_times(results.steps, work)
    return results


def _growth(goods: int, folder: Path) -> list[Planned]:
    """The two steps whose growth is looked at."""
    full, stocks = data.full_export(goods, folder), data.stock_export(goods, folder)
    return [scenarios.first_import(full), scenarios.stocks(stocks)]


def _everything(goods: int, folder: Path) -> tuple[Export, list[Planned]]:
    full = data.full_export(goods, folder)
    return full, [
        scenarios.first_import(full),
        *scenarios.same_again(full),
        scenarios.delta(data.delta_export(goods, folder)),
        scenarios.stocks(data.stock_export(goods, folder, changed_before=data.CHANGED)),
        scenarios.few_stocks(data.few_stocks_export(goods, folder)),
    ]


def _on_all(servers: Servers, planned: list[Planned], goods: int | None, work: Path, tell: Tell) -> list[Step]:
    """The same steps on each database, each in an empty shop."""
    steps: list[Step] = []
    for name, server in servers.items():
        shop = Shop(work, server, name, server.new_database("shop"))
        steps += scenarios.measure(shop, planned, goods, tell)
    return steps


def _shop(servers: Servers, work: Path) -> Shop:
    """An empty shop on the first database."""
    name, server = next(iter(servers.items()))
    return Shop(work, server, name, server.new_database("daemon"))


@contextmanager
def _running(databases: Iterable[Database], work: Path) -> Iterator[Servers]:
    with ExitStack() as stack:
        yield {database: stack.enter_context(started(database, work)) for database in databases}


@contextmanager
def _shop_data(goods: int, work: Path, tell: Callable[[str], None]) -> Iterator[Path]:
    """A folder for the exports of one size; the next size needs its place on the disk."""
    tell(f"making a shop of {goods:,} goods")
    folder = work / "data" / str(goods)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def _results(goods: int | None, full: Export, servers: Servers, steps: list[Step]) -> Results:
    return Results(
        goods=goods,
        skus=next(step for step in steps if step.goods == goods).tables["products"]["inserted"],
        data={"rows": full.rows, "bytes": full.size_bytes, "totals": full.totals},
        machine=this_machine(),
        databases={name: {"version": one.version, "settings": one.settings} for name, one in servers.items()},
        steps=steps,
    )
