"""The category tree and admission: which categories are for sale, and so which goods are. Facts, sections 1.1, 1.12."""

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

MARKED, UNDER_MARKED, OUTSIDE_ROOTS = "marked", "category_marked", "outside_catalog_roots"
NO_GROUP, UNKNOWN_GROUP, CYCLE, UNKNOWN_PARENT = "no_group", "unknown_group", "category_cycle", "unknown_parent"


class Node(NamedTuple):
    """One category as the tree sees it."""

    parent: str | None
    name: str
    is_marked: bool


class RootNotFound(ValueError):
    """No category is the configured root: importing anything would hide the whole catalogue."""


class CategoryTree:
    """All categories after the drop, with the reason why each of them is not for sale (None: it is)."""

    def __init__(self, nodes: Mapping[str, Node], roots: Collection[str] = ()) -> None:
        """Judge every category once.

        :param nodes: category id to node, live and staged together, staged winning
        :param roots: ids or exact names of the categories for sale; empty means all
        :raises RootNotFound: if roots are configured and none of them exists
        """
        self.nodes = nodes
        self.roots = {key for key, node in nodes.items() if key in roots or node.name in roots}
        if roots and nodes and not self.roots:
            raise RootNotFound(
                f"none of the configured catalogue roots {sorted(roots)} is among the {len(nodes)} categories; "
                "correct FREESPORT_CATALOG_ROOTS (id or exact name), nothing was imported"
            )
        self.in_cycle = frozenset(_in_cycle(nodes))
        self.reasons: dict[str, str | None] = {}
        for key in nodes:
            self._reason(key)

    def _reason(self, key: str) -> str | None:
        path: list[str] = []
        current: str | None = key
        while current is not None and current in self.nodes and current not in self.reasons:
            path.append(current)
            if current in self.in_cycle:
                break
            current = self.nodes[current].parent
        for step in reversed(path):
            self.reasons[step] = self._own_reason(step)
        return self.reasons[key]

    def _own_reason(self, key: str) -> str | None:
        node = self.nodes[key]
        if key in self.in_cycle:
            return CYCLE
        if node.is_marked:
            return MARKED
        if node.parent is None:
            return None if not self.roots or key in self.roots else OUTSIDE_ROOTS
        if node.parent not in self.nodes:
            return UNKNOWN_PARENT
        above = self.reasons[node.parent]
        if above == OUTSIDE_ROOTS and key in self.roots:
            return None
        return UNDER_MARKED if above == MARKED else above

    def is_active(self, key: str) -> bool:
        """Is this category for sale?"""
        return self.reasons[key] is None

    def exclusion(self, group_ids: Iterable[str]) -> str | None:
        """Why goods in these groups are not for sale; None when every group is (facts, section 1.6)."""
        groups = tuple(group_ids)
        if not groups:
            return NO_GROUP
        for group in groups:
            if group not in self.reasons:
                return UNKNOWN_GROUP
            reason = self.reasons[group]
            if reason is not None:
                return UNDER_MARKED if reason == MARKED else reason
        return None


def _in_cycle(nodes: Mapping[str, Node]) -> set[str]:
    """Categories that are their own ancestors."""
    done: set[str] = set()
    cyclic: set[str] = set()
    for start in nodes:
        path: dict[str, None] = {}
        current: str | None = start
        while current is not None and current in nodes and current not in done and current not in path:
            path[current] = None
            current = nodes[current].parent
        if current in path:
            walked = list(path)
            cyclic.update(walked[walked.index(current) :])
        done.update(path)
    return cyclic
