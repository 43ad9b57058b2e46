"""propertiesGoods and propertiesOffers: properties with their dictionaries of values.

Value ids are unique only within their property (`true` and `false` are shared by all boolean ones), and the brand is
repeated in every packet; both are left as they are.
"""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, qualified, texts_of
from freesport_pipelines.commerceml.shapes import reference_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import Property

_SHAPE = reference_shape(item="Свойство", container="Свойства")
_TEXTS = {"Ид": "onec_id", "Наименование": "name", "ТипЗначений": "value_type", **MARKING}
_VALUES = "ВариантыЗначений"
_VALUE = "Справочник"
_VALUE_TEXTS = {"ИдЗначения": "id", "Значение": "text"}


def read_properties(stream: BinaryIO, name: str) -> Iterator[Property]:
    """Every `<Свойство>` of a properties packet, for goods or for offers. Source: facts, section 1.2."""
    return read_items(stream, name, _SHAPE, _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], Property]:
    fields = qualified(namespace, _TEXTS)
    value_fields = qualified(namespace, _VALUE_TEXTS)
    values_tag, value_tag = namespace + _VALUES, namespace + _VALUE

    def values_of(row: _Element) -> Iterator[tuple[str, str]]:
        for block in row.iterchildren(values_tag):
            for value in block.iterchildren(value_tag):
                texts = texts_of(value, value_fields)
                yield texts.get("id", ""), texts.get("text", "")

    def parse(row: _Element) -> Property:
        texts = texts_of(row, fields)
        return Property(
            onec_id=texts.get("onec_id", ""),
            name=texts.get("name", ""),
            value_type=texts.get("value_type"),
            is_marked=is_marked(row, texts),
            values=tuple(values_of(row)),
        )

    return parse
