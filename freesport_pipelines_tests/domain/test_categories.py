"""The category tree and admission, against a naive oracle."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.categories import (
    CYCLE,
    MARKED,
    NO_GROUP,
    OUTSIDE_ROOTS,
    UNDER_MARKED,
    UNKNOWN_GROUP,
    UNKNOWN_PARENT,
    CategoryTree,
    Node,
    RootNotFound,
)

KEYS = [f"c{i}" for i in range(9)]
NODES = st.dictionaries(
    st.sampled_from(KEYS),
    st.builds(
        Node,
        st.none() | st.sampled_from([*KEYS, "nowhere"]),
        st.sampled_from(["Спорт", "Прочее", "К удалению"]),
        st.sampled_from([False, False, False, True]),
    ),
)


def path_up(nodes: dict[str, Node], key: str) -> tuple[list[str], str | None]:
    """The category and its ancestors, nearest first, each once; and what ends the path."""
    path: list[str] = []
    current: str | None = key
    while current is not None and current in nodes and current not in path:
        path.append(current)
        current = nodes[current].parent
    return path, current


def is_own_ancestor(nodes: dict[str, Node], key: str) -> bool:
    parent = nodes[key].parent
    return parent is not None and key in path_up(nodes, parent)[0]


def expected_reason(nodes: dict[str, Node], key: str, roots: set[str]) -> str | None:
    """The nearest obstacle on the way up decides; without one, the roots do."""
    path, end = path_up(nodes, key)
    for step in path:
        if is_own_ancestor(nodes, step):
            return CYCLE
        if nodes[step].is_marked:
            return MARKED if step == key else UNDER_MARKED
    if end is not None:
        return UNKNOWN_PARENT
    return None if not roots or roots & set(path) else OUTSIDE_ROOTS


@given(NODES, st.sets(st.sampled_from(["Спорт", "c1", "c4"])))
def test_every_category_has_the_reason_that_its_way_up_gives(nodes: dict[str, Node], configured: set[str]) -> None:
    roots = {key for key, node in nodes.items() if key in configured or node.name in configured}
    if configured and nodes and not roots:
        with pytest.raises(RootNotFound):
            CategoryTree(nodes, configured)
        return
    tree = CategoryTree(nodes, configured)
    assert tree.reasons == {key: expected_reason(nodes, key, roots) for key in nodes}


@given(NODES)
def test_exactly_the_categories_that_are_their_own_ancestors_form_cycles(nodes: dict[str, Node]) -> None:
    assert CategoryTree(nodes).in_cycle == {key for key in nodes if is_own_ancestor(nodes, key)}


def test_a_very_deep_tree_and_a_very_long_cycle_are_judged_at_once() -> None:
    size = 50_000
    chain = {str(i): Node(str(i - 1) if i else None, "к", False) for i in reversed(range(size))}
    ring = {f"r{i}": Node(f"r{(i + 1) % size}", "к", False) for i in range(size)}
    started = time.monotonic()
    tree = CategoryTree(chain | ring)
    assert tree.is_active(str(size - 1))
    assert len(tree.in_cycle) == size
    assert time.monotonic() - started < 5


def test_a_category_that_is_its_own_parent_is_a_cycle() -> None:
    assert CategoryTree({"a": Node("a", "к", False), "b": Node("a", "к", False)}).reasons == {"a": CYCLE, "b": CYCLE}


def test_roots_are_found_by_id_and_by_exact_name() -> None:
    nodes = {
        "s": Node(None, "СПОРТ", False),
        "s1": Node("s", "Мячи", False),
        "x": Node(None, "Спорт и отдых", False),
        "y": Node(None, "Услуги", False),
    }
    assert CategoryTree(nodes, ["СПОРТ", "y"]).reasons == {"s": None, "s1": None, "x": OUTSIDE_ROOTS, "y": None}


def test_a_configured_root_that_does_not_exist_stops_the_import() -> None:
    with pytest.raises(RootNotFound, match="FREESPORT_CATALOG_ROOTS"):
        CategoryTree({"a": Node(None, "Спорт", False)}, ["спорт"])


def test_without_any_category_a_configured_root_is_not_missed() -> None:
    assert CategoryTree({}, ["СПОРТ"]).reasons == {}


@pytest.mark.parametrize(
    ("groups", "reason"),
    [
        (["ok"], None),
        (["ok", "ok2"], None),
        ([], NO_GROUP),
        (["?"], UNKNOWN_GROUP),
        (["ok", "?"], UNKNOWN_GROUP),
        (["gone"], UNDER_MARKED),
        (["below"], UNDER_MARKED),
        (["ok", "other"], OUTSIDE_ROOTS),
    ],
)
def test_goods_are_for_sale_only_when_all_their_groups_are(groups: list[str], reason: str | None) -> None:
    nodes = {
        "root": Node(None, "Спорт", False),
        "ok": Node("root", "Мячи", False),
        "ok2": Node("root", "Гири", False),
        "gone": Node("root", "Старое", True),
        "below": Node("gone", "Совсем старое", False),
        "other": Node(None, "Услуги", False),
    }
    assert CategoryTree(nodes, ["Спорт"]).exclusion(groups) == reason
