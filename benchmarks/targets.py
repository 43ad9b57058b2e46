"""What the project has promised itself, and whether these results keep it. The full size counts."""

from collections.abc import Iterator
from typing import NamedTuple

from benchmarks.results import TITLES, Results, Scenario

FLOOR_RATIOS = {Scenario.full: 2.0, Scenario.compared: 2.0, Scenario.stocks: 2.5}
GROWTH_LIMIT = 4.4
"""Times the time for four times the data."""
MEMORY_LIMIT_MB = 500
MANY_SKUS = 400_000
"""Below this many SKUs, memory says nothing about the target, which is one at 500,000."""
MEGABYTE = 1e6


class Outcome(NamedTuple):
    """One target on one database."""

    target: str
    database: str
    measured: str
    is_met: bool | None
    """None: these results cannot tell."""


def outcomes(results: Results) -> Iterator[Outcome]:
    """Every target on every database."""
    for database in results.databases:
        yield from _against_the_floor(results, database)
        yield from _growth(results, database)
        yield from _memory(results, database)


def growth(results: Results, scenario: Scenario, database: str) -> float | None:
    """Times the time that four times the data took, start-up left out."""
    sizes = results.sizes()
    small = results.step(scenario, database, sizes[0]) if len(sizes) > 1 else None
    large = results.step(scenario, database)
    return large.working_seconds / small.working_seconds if small and large else None


def _against_the_floor(results: Results, database: str) -> Iterator[Outcome]:
    for scenario, limit in FLOOR_RATIOS.items():
        step = results.step(scenario, database)
        if step is not None and step.ratio is not None:
            target = f"{TITLES[scenario]}: at most {limit:g} × its floor"
            yield Outcome(target, database, f"{step.ratio:.1f} ×", step.ratio <= limit)


def _growth(results: Results, database: str) -> Iterator[Outcome]:
    for scenario in (Scenario.full, Scenario.stocks):
        times = growth(results, scenario, database)
        if times is not None:
            target = f"{TITLES[scenario]}: 4 × the data in at most {GROWTH_LIMIT:g} × the time"
            yield Outcome(target, database, f"{times:.1f} ×", times <= GROWTH_LIMIT)


def _memory(results: Results, database: str) -> Iterator[Outcome]:
    steps = [step for step in results.steps if step.database == database and step.goods == results.goods]
    peak = max((step.peak_rss_with_workers_bytes for step in steps), default=0) / MEGABYTE
    is_met = peak <= MEMORY_LIMIT_MB if results.skus >= MANY_SKUS else None
    yield Outcome(f"memory: at most {MEMORY_LIMIT_MB} MB at 500,000 SKUs", database, f"{peak:.0f} MB", is_met)
