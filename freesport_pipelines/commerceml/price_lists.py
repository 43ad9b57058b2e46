"""priceLists: the types of price that 1C knows."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, qualified, texts_of
from freesport_pipelines.commerceml.shapes import reference_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import PriceType

_SHAPE = reference_shape(item="ТипЦены", container="ТипыЦен")
_TEXTS = {"Ид": "onec_id", "Наименование": "name", "Валюта": "currency", **MARKING}


def read_price_lists(stream: BinaryIO, name: str) -> Iterator[PriceType]:
    """Every `<ТипЦены>` of a priceLists packet. Source: facts, section 1.3."""
    return read_items(stream, name, _SHAPE, _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], PriceType]:
    fields = qualified(namespace, _TEXTS)

    def parse(row: _Element) -> PriceType:
        texts = texts_of(row, fields)
        return PriceType(
            onec_id=texts.get("onec_id", ""),
            name=texts.get("name", ""),
            currency=texts.get("currency"),
            is_marked=is_marked(row, texts),
        )

    return parse
