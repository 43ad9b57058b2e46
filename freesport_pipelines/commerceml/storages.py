"""storages: the warehouses that 1C knows. Rests may name others; that is the rules' concern."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, qualified, texts_of
from freesport_pipelines.commerceml.shapes import reference_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import Warehouse

_SHAPE = reference_shape(item="Склад", container="Склады")
_TEXTS = {"Ид": "onec_id", "Наименование": "name", **MARKING}


def read_storages(stream: BinaryIO, name: str) -> Iterator[Warehouse]:
    """Every `<Склад>` of a storages packet. Source: facts, section 1.4."""
    return read_items(stream, name, _SHAPE, _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], Warehouse]:
    fields = qualified(namespace, _TEXTS)

    def parse(row: _Element) -> Warehouse:
        texts = texts_of(row, fields)
        return Warehouse(
            onec_id=texts.get("onec_id", ""),
            name=texts.get("name", ""),
            is_marked=is_marked(row, texts),
        )

    return parse
