"""Which commands are measured on which export, in which order. How one is measured: commands.py."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from benchmarks.commands import Shop
from benchmarks.data import Export
from benchmarks.results import TITLES, Floor, Scenario, Step
from freesport_pipelines.domain.kinds import Kind

Tell = Callable[[str], None]
PUBLISHED, UNCHANGED = "published", "unchanged"


class Planned(NamedTuple):
    """One step to be measured."""

    scenario: Scenario
    export: Export
    command: tuple[str, ...]
    ends: frozenset[str]
    """How its session may end."""
    has_floor: bool = True


def first_import(full: Export) -> Planned:
    """Everything into empty tables."""
    return Planned(Scenario.full, full, ("import",), frozenset({PUBLISHED}))


def same_again(full: Export) -> list[Planned]:
    """The same drop once more: as it is told by its content, and compared row by row all the same."""
    unchanged = frozenset({UNCHANGED})
    return [
        Planned(Scenario.recognised, full, ("import",), unchanged, has_floor=False),
        Planned(Scenario.compared, full, ("import", "--force"), unchanged),
    ]


def delta(export: Export) -> Planned:
    """What has changed and nothing else."""
    return Planned(Scenario.delta, export, ("import",), frozenset({PUBLISHED}))


def stocks(export: Export) -> Planned:
    """All stocks, of which some have changed."""
    return Planned(Scenario.stocks, export, ("stocks",), frozenset({PUBLISHED}))


def same_stocks(export: Export) -> Planned:
    """All stocks, none of which has changed."""
    return Planned(Scenario.same_stocks, export, ("stocks", "--force"), frozenset({UNCHANGED}))


def few_stocks(export: Export) -> Planned:
    """Hardly any data: what the command costs before and after the work."""
    return Planned(Scenario.few, export, ("stocks",), frozenset({PUBLISHED, UNCHANGED}), has_floor=False)


def measure(shop: Shop, planned: list[Planned], goods: int | None, tell: Tell) -> Iterator[Step]:
    """Take the steps one after the other on one shop, each beside its floor."""
    shop.prepare()
    floors: dict[tuple[str, frozenset[Kind]], Floor] = {}
    for one in planned:
        step = shop.step(one.scenario, one.export, *one.command, goods=goods, ends=one.ends)
        if one.has_floor:
            key = str(one.export.folder), one.export.kinds
            if key not in floors:
                floors[key] = shop.floor(one.export)
            step.floor = floors[key]
        tell(_in_words(step))
        yield step


def _in_words(step: Step) -> str:
    beside = "" if step.floor is None else f", floor {step.floor.seconds:.1f} s"
    size = "" if step.goods is None else f"{step.goods:>9,} goods  "
    return f"{step.database:<10}  {size}{TITLES[step.scenario]:<24}  {step.wall_seconds:6.1f} s{beside}"
