"""Any sequence of drops, replays, rollbacks, crashes and changes by the shop ends as the model says.

The default run draws the same histories each time; `-m slow` draws new ones and prints how to repeat what failed
(`@reproduce_failure`).
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from freesport_pipelines_tests.faults.points import POINTS
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.properties import model
from freesport_pipelines_tests.properties.world import World

GOODS = ("g1", "g2", "g3")
SKUS = ("g1#a", "g1#b", "g2#a", "g3#a")
"""`g3` and the offers of `g2` are new to the shop, which sells `g2` under its bare id."""
Happening = tuple[str, tuple[Any, ...], dict[str, Any]]
"""What `World` calls it, and with what."""

NAMED = st.fixed_dictionaries(
    {"name": st.sampled_from(["Мяч", "Гиря"]), "marked": st.sampled_from([False, False, True])}
)
AMOUNT = st.sampled_from([10, 20, None])
PRICED = st.fixed_dictionaries({"retail": AMOUNT, "opt1": AMOUNT})
STOCKED = st.sampled_from([{"w1": 3}, {"w2": 4}, {"w1": 0, "w2": 5}, {}]).map(lambda by: {"quantities": by})
ROWS = {
    "goods": (GOODS, NAMED),
    "offers": (SKUS, NAMED),
    "prices": ((*SKUS, *GOODS), PRICED),
    "rests": ((*SKUS, *GOODS), STOCKED),
}
PACKETS = {kind: st.dictionaries(st.sampled_from(keys), rows, max_size=3) for kind, (keys, rows) in ROWS.items()}
"""A packet may be empty."""
SAYS = st.fixed_dictionaries({}, optional=PACKETS).filter(bool)
RESTS = st.fixed_dictionaries({"rests": PACKETS["rests"]})
DAYS = st.sampled_from([1, 1, 1, 0, -1])
NUMBER = st.integers(0, 5)

OF_CATALOGUE = st.sampled_from([{}, {}, {"full": True}])
OF_STOCKS = st.just({"job": model.STOCKS})


def told(name: str, *arguments: st.SearchStrategy[Any], options: st.SearchStrategy[Any] | None = None) -> Any:
    return st.tuples(st.just(name), st.tuples(*arguments), st.just({}) if options is None else options)


CATALOGUE = told("imports", SAYS, DAYS, options=OF_CATALOGUE)
HAPPENINGS: st.SearchStrategy[Happening] = st.one_of(
    CATALOGUE,
    CATALOGUE,
    told("imports", RESTS, DAYS, options=OF_STOCKS),
    told("replays", NUMBER),
    told("rolls_back", NUMBER),
    told("rolls_back", NUMBER),
    told("tries", SAYS, DAYS),
    told("crashes", st.sampled_from(sorted(POINTS)), SAYS, DAYS, options=OF_CATALOGUE),
    told("sets_visibility", st.sampled_from((*SKUS, *GOODS)), st.booleans()),
)


def histories(length: int) -> Callable[[Any], Any]:
    return given(st.lists(HAPPENINGS, min_size=length // 2, max_size=length))


def happens(template: Template, history: list[Happening]) -> None:
    """Let it all happen to a new shop; compare after each step."""
    with (
        tempfile.TemporaryDirectory() as folder,
        template.copied(Path(folder) / "shop", stale_after_seconds=0) as shop,
    ):
        world = World(shop)
        for name, arguments, options in history:
            getattr(world, name)(*arguments, **options)
            world.agrees()


UNHURRIED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
    "print_blob": True,
}


@settings(max_examples=14, derandomize=True, phases=(Phase.generate, Phase.shrink), **UNHURRIED)
@histories(8)
def test_a_short_history_ends_as_the_model_says(template: Template, history: list[Happening]) -> None:
    happens(template, history)


@pytest.mark.slow
@settings(max_examples=150, **UNHURRIED)
@histories(16)
def test_a_long_history_ends_as_the_model_says(template: Template, history: list[Happening]) -> None:
    happens(template, history)
