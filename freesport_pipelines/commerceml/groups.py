"""groups: the tree of categories, told as rows that know their parent.

Belongs here: nesting. A mark is the group's own; what it means for the branch below is the rules' work.
"""

from collections.abc import Callable, Iterator
from itertools import chain
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, qualified, texts_of
from freesport_pipelines.commerceml.shapes import reference_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import Category

_GROUP = "Группа"
_CHILDREN = "Группы"
_SHAPE = reference_shape(item=_GROUP, container=_CHILDREN)
_TEXTS = {"Ид": "onec_id", "Наименование": "name", **MARKING}


def read_groups(stream: BinaryIO, name: str) -> Iterator[Category]:
    """Every `<Группа>` of a groups packet, parents before their children. Source: facts, section 1.1.

    One root group with all that is below it is held in memory at a time.
    """
    return chain.from_iterable(read_items(stream, name, _SHAPE, _parser_for))


def _parser_for(namespace: str) -> Callable[[_Element], list[Category]]:
    fields = qualified(namespace, _TEXTS)
    group_tag, children_tag = namespace + _GROUP, namespace + _CHILDREN

    def parse(root: _Element) -> list[Category]:
        categories = []
        waiting: list[tuple[_Element, str | None]] = [(root, None)]
        while waiting:
            group, parent_id = waiting.pop()
            texts = texts_of(group, fields)
            onec_id = texts.get("onec_id", "")
            categories.append(Category(onec_id, parent_id, texts.get("name", ""), is_marked(group, texts)))
            nested = [child for block in group.iterchildren(children_tag) for child in block.iterchildren(group_tag)]
            waiting.extend((child, onec_id) for child in reversed(nested))
        return categories

    return parse
