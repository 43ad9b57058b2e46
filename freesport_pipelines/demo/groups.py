"""The tree of groups: a sales root with three or four levels, and a root that is marked for deletion."""

from dataclasses import dataclass
from typing import NamedTuple
from xml.sax.saxutils import escape

from freesport_pipelines.demo.ids import id_maker
from freesport_pipelines.demo.names import MARKED_CHILD, MARKED_ROOT, SALES_ROOT, SECTIONS
from freesport_pipelines.demo.plan import DemoPlan

_FEWEST_LEAVES, _MOST_LEAVES = 5, 10
_ON_SHELF = 2
"""Leaves of a section that stand one level deeper, where the section has a shelf."""
_STEP = 64


class _Group(NamedTuple):
    id: str
    name: str
    is_marked: bool
    children: tuple["_Group", ...] = ()


@dataclass(frozen=True)
class TreeSize:
    """What the tree adds to the totals."""

    active: int
    marked: int
    depth: int


class GroupTree:
    """Groups of one plan; more goods make more leaves, gently."""

    def __init__(self, plan: DemoPlan) -> None:
        self._new_id = id_maker(plan.seed, "group")
        grown = (plan.goods // 1000).bit_length()
        self.leaves_per_section = min(_FEWEST_LEAVES + grown, _MOST_LEAVES)
        self.unknown_id = id_maker(plan.seed, "unknown group")(0)
        self.marked_root_id, self.marked_child_id = self._new_id(1), self._new_id(2)

    def leaf_id(self, section: int, leaf: int) -> str:
        """Return the id of a leaf of the sales tree."""
        return self._new_id((section + 1) * _STEP + 2 + leaf)

    def size(self) -> TreeSize:
        """Count the groups."""
        sales, marked = self._roots()
        return TreeSize(active=_count(sales), marked=_count(marked), depth=_depth(sales))

    def rendered(self) -> list[str]:
        """Return the two roots as XML."""
        return [_rendered(root, "\t\t\t") for root in self._roots()]

    def _roots(self) -> tuple[_Group, _Group]:
        sections = tuple(self._section(number) for number in range(len(SECTIONS)))
        gone = _Group(self.marked_child_id, MARKED_CHILD, False)
        return (
            _Group(self._new_id(0), SALES_ROOT, False, sections),
            _Group(self.marked_root_id, MARKED_ROOT, True, (gone,)),
        )

    def _section(self, number: int) -> _Group:
        section = SECTIONS[number]
        leaves = tuple(
            _Group(self.leaf_id(number, leaf), name, False)
            for leaf, (name, _) in enumerate(section.leaves[: self.leaves_per_section])
        )
        base = (number + 1) * _STEP
        if section.shelf is not None:
            shelf = _Group(self._new_id(base + 1), section.shelf, False, leaves[:_ON_SHELF])
            leaves = (shelf, *leaves[_ON_SHELF:])
        return _Group(self._new_id(base), section.name, False, leaves)


def _count(group: _Group) -> int:
    return 1 + sum(map(_count, group.children))


def _depth(group: _Group) -> int:
    return 1 + max(map(_depth, group.children), default=0)


def _rendered(group: _Group, indent: str) -> str:
    children = "".join(_rendered(child, indent + "\t\t") for child in group.children)
    below = f"{indent}\t<Группы>\n{children}{indent}\t</Группы>\n" if children else ""
    return (
        f"{indent}<Группа>\n{indent}\t<Ид>{group.id}</Ид>\n{indent}\t<НомерВерсии>AAAAAAAAAAE=</НомерВерсии>\n"
        f"{indent}\t<ПометкаУдаления>{str(group.is_marked).lower()}</ПометкаУдаления>\n"
        f"{indent}\t<Наименование>{escape(group.name)}</Наименование>\n{below}{indent}</Группа>\n"
    )
