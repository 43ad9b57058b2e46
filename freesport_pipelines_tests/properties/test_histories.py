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


# --- histories that every run goes through ---


def named(name: str = "Мяч", *, marked: bool = False) -> model.Row:
    return {"name": name, "marked": marked}


def brings(days: int = 1, **says: dict[str, model.Row]) -> Happening:
    return "imports", (says, days), {}


def rolls_back(session: int, sessions_so_far: int) -> Happening:
    assert 2 <= session <= sessions_so_far
    return "rolls_back", (session - 2,), {}


G3 = {"g3": named()}
G3A, G3A_LATER = {"g3#a": named()}, {"g3#a": named("Гиря")}
DEAR = {"g1#a": {"retail": 99, "opt1": None}}
FEW = {"g1#a": {"quantities": {"w1": 1, "w2": 7}}, "g3#a": {"quantities": {"w1": 5}}}

KNOWN: dict[str, list[Happening]] = {
    "rows that returned from quarantine wait there again after a rollback": [
        brings(offers=G3A, rests=FEW),
        brings(goods=G3),
        rolls_back(3, 3),
        brings(goods=G3),
    ],
    "what waited first does not return when the word that replaced it is undone after its use": [
        brings(offers=G3A),
        brings(offers=G3A_LATER, prices=DEAR),
        brings(goods=G3),
        rolls_back(3, 4),
        brings(goods={"g3": named("Мячи")}),
    ],
    "what the shop hid stays hidden": [
        ("sets_visibility", ("g1#a", False), {}),
        brings(offers={"g1#a": named("Гиря")}),
        brings(offers={"g1#a": named("Гиря", marked=True)}),
        brings(offers={"g1#a": named()}),
        rolls_back(2, 4),
    ],
    "what the shop hid after an import keeps that import from being undone": [
        brings(goods=G3, offers=G3A),
        ("sets_visibility", ("g3#a", False), {}),
        rolls_back(2, 2),
        ("sets_visibility", ("g3#a", True), {}),
        rolls_back(2, 3),
    ],
    "a default SKU gives way to offers and comes back with a rollback": [
        brings(offers={"g2#a": named()}),
        brings(prices={"g2": {"retail": 30, "opt1": None}}),
        rolls_back(2, 3),
        rolls_back(3, 4),
        rolls_back(2, 5),
    ],
    "goods that are marked, admitted again and marked leave their trace in the registry": [
        brings(goods={"g1": named(marked=True), "g3": named(marked=True)}, rests=FEW),
        brings(goods={"g1": named(), "g3": named()}, offers=G3A),
        rolls_back(3, 3),
        ("replays", (0,), {}),
    ],
    "a full set hides what it does not name, and is undone": [
        ("imports", ({"goods": {"g1": named()}, "offers": {"g1#a": named()}}, 1), {"full": True}),
        ("crashes", ("before the commit", {"goods": {"g2": named()}}, 1), {}),
        rolls_back(2, 3),
    ],
    "a crash after the commit has published": [
        ("crashes", ("after the commit", {"prices": DEAR, "rests": FEW}, 1), {}),
        brings(prices=DEAR, rests=FEW),
        rolls_back(2, 3),
    ],
    "a dry run of what the shop has already is no newer word": [
        brings(prices=DEAR),
        ("tries", ({"prices": DEAR}, 2), {}),
        brings(-1, prices={"g1#a": {"retail": 98, "opt1": None}}),
    ],
}


@pytest.mark.parametrize("known", KNOWN, ids=str)
def test_a_known_history_ends_as_the_model_says(template: Template, known: str) -> None:
    happens(template, KNOWN[known])


# --- histories that are drawn ---

UNHURRIED: dict[str, Any] = {
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
    "database": None,
    "print_blob": True,
}


@settings(max_examples=8, derandomize=True, phases=[Phase.generate], **UNHURRIED)
@histories(8)
def test_a_short_history_ends_as_the_model_says(template: Template, history: list[Happening]) -> None:
    """Not made shorter when it fails: that takes minutes; the long ones are."""
    happens(template, history)


@pytest.mark.slow
@settings(max_examples=40, derandomize=True, **UNHURRIED)
@histories(14)
def test_a_long_history_ends_as_the_model_says(template: Template, history: list[Happening]) -> None:
    """The same ones every time: what lands must not depend on a die. Without `derandomize` new ones are drawn."""
    happens(template, history)
