"""What the readers of all kinds share: taking texts out of an element in one walk over its children.

Belongs here: element in, raw stripped texts out. Which tags a kind has is the concern of the kind's own file.
Tags are compared in full (`{namespace}name`): a reader builds its tables once per file with `qualified`.
"""

from collections.abc import Mapping
from typing import TypeVar

from lxml.etree import _Element

_T = TypeVar("_T")

MARKING = {"ПометкаУдаления": "is_marked", "Статус": "status"}
"""The elements that mark a row for deletion, in 3.1 and in 2.x; every kind has them beside its own fields."""

STATUS_ATTRIBUTE = "Статус"
"""The attribute of the row itself that marks it in 2.x."""

_YES = frozenset({"true", "1", "да"})
_DELETED = frozenset({"удален", "удалён"})


def qualified(namespace: str, fields: Mapping[str, _T]) -> dict[str, _T]:
    """The same table with the tags as lxml spells them; `namespace` is `"{uri}"` or `""`."""
    return {namespace + tag: field for tag, field in fields.items()}


def text_of(element: _Element) -> str:
    """The text of an element without surrounding white space; "" when it is empty."""
    text = element.text
    return text.strip() if text else ""


def texts_of(element: _Element, fields: Mapping[str, str]) -> dict[str, str]:
    """The texts of those children that `fields` names, under the names it gives them; the first of a kind wins."""
    found: dict[str, str] = {}
    for child in element:
        field = fields.get(child.tag)
        if field is not None and field not in found:
            found[field] = text_of(child)
    return found


def pairs_of(block: _Element, first: str, second: str) -> list[tuple[str, str]]:
    """(`first`, `second`) of every child of `block`: one pair per `second`, none where it is missing.

    1C writes `<ЗначенияСвойства>` with no value, one or several. Source: facts, section 1.6.
    """
    pairs = []
    for entry in block:
        key = ""
        values = []
        for part in entry:
            tag = part.tag
            if tag == first:
                key = text_of(part)
            elif tag == second:
                values.append(text_of(part))
        pairs += [(key, value) for value in values]
    return pairs


def is_marked(row: _Element, texts: Mapping[str, str]) -> bool:
    """Whether 1C marked the row for deletion, by an element of `MARKING` or by the attribute of 2.x."""
    return says_deleted(texts, row.get(STATUS_ATTRIBUTE))


def says_deleted(texts: Mapping[str, str], attribute: str | None = None) -> bool:
    """The same of a row of which only the texts (and `STATUS_ATTRIBUTE`) are known."""
    mark = texts.get("is_marked")
    if mark is not None and mark.casefold() in _YES:
        return True
    status = texts.get("status") or attribute
    return status is not None and status.strip().casefold() in _DELETED
