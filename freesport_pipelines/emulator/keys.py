"""One row by its key: `Catalog_X(guid'…')`, or the parts of a composite key by name."""

import re

import numpy as np

from freesport_pipelines.emulator.columns import GUID
from freesport_pipelines.emulator.errors import Refusal, no_entity, no_segment
from freesport_pipelines.emulator.lexer import tokens
from freesport_pipelines.emulator.table import Table

_PART = re.compile(r"\s*(\w+)\s*=\s*((?:\w+)?'(?:[^']|'')*'|-?\d+)\s*(?:,|$)")


def by_key(table: Table, key: str) -> Table:
    """The table with just the row of that key; raises Refusal (code 7 for a part too few, 9 for a key of nothing)."""
    parts = _parts(table, key)
    places = np.arange(len(table))
    for name, value in parts.items():
        column = table.columns[name].take(places)
        if column.code_of is not None and column.edm == GUID:
            code = column.code_of(value)
            places = places[column.codes == code] if code is not None else places[:0]
        else:
            places = places[np.array([str(shown) == str(value) for shown in column.values()], np.bool_)]
    if not len(places):
        raise no_entity(", ".join(str(value) for value in parts.values()))
    return table.take(places[:1])


def _parts(table: Table, key: str) -> dict[str, object]:
    if "=" not in key:
        if len(table.key) > 1:
            raise Refusal(400, "7", "Не хватает элемента ключа сущности!")
        return {table.key[0]: _literal(key, table.columns[table.key[0]].edm)}
    found = dict(_PART.findall(key))
    for name in found:
        if name not in table.key:
            raise no_segment(name)
    if set(found) != set(table.key):
        raise Refusal(400, "7", "Не хватает элемента ключа сущности!")
    return {name: _literal(text, table.columns[name].edm) for name, text in found.items()}


def _literal(text: str, edm: str) -> object:
    found = tokens(text, "ключ")
    if len(found) != 1 or (edm == GUID) != (found[0].kind == "guid"):
        raise Refusal(400, "1", "Не удалось разобрать строку!")
    return found[0].value
