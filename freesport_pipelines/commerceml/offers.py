"""offers: the SKUs of the goods, each with machine values and, beside them, the same in words. A hot reader."""

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, pairs_of, qualified, says_deleted, text_of
from freesport_pipelines.commerceml.flat import (
    block_of,
    clean,
    pair_pattern,
    pairs_in,
    read_flat_items,
    simple_elements,
)
from freesport_pipelines.commerceml.shapes import offers_shape
from freesport_pipelines.domain.records import Offer

SHAPE = offers_shape()
_TEXTS = {
    "Ид": "onec_id",
    "Наименование": "name",
    "Артикул": "article",
    "Штрихкод": "barcode",
    "КодГруппыТоваров": "marking_group",
    **MARKING,
}
_PROPERTY_VALUES = ("ЗначенияСвойств", "Ид", "Значение")
_CHARACTERISTICS = ("ХарактеристикиТовара", "Наименование", "Значение")

_FLAT_VALUES = pair_pattern("ЗначенияСвойства", *_PROPERTY_VALUES[1:])
_FLAT_CHARACTERISTICS = pair_pattern("ХарактеристикаТовара", *_CHARACTERISTICS[1:])

_Pair = tuple[str, str]


def read_offers(stream: BinaryIO, name: str) -> Iterator[Offer]:
    """Every `<Предложение>` of an offers packet. Source: facts, section 1.7."""
    return read_flat_items(stream, name, SHAPE, parser_for, from_text)


def parser_for(namespace: str) -> Callable[[_Element], Offer]:
    fields = qualified(namespace, _TEXTS)
    values_tag, value_id, value_text = (namespace + tag for tag in _PROPERTY_VALUES)
    characteristics_tag, characteristic_name, characteristic_text = (namespace + tag for tag in _CHARACTERISTICS)

    def parse(offer: _Element) -> Offer:
        texts: dict[str, str] = {}
        values: list[tuple[str, str]] = []
        characteristics: list[tuple[str, str]] = []
        for child in offer:
            tag = child.tag
            field = fields.get(tag)
            if field is not None:
                texts[field] = texts.get(field, "") or text_of(child)
            elif tag == values_tag:
                values += pairs_of(child, value_id, value_text)
            elif tag == characteristics_tag:
                characteristics += pairs_of(child, characteristic_name, characteristic_text)
        return _record(texts, values, characteristics, marked=is_marked(offer, texts))

    return parse


def from_text(text: str) -> Offer | None:
    """The same of the text of a `<Предложение>`; None where it is not written in the usual form."""
    values_block, text = block_of(text, _PROPERTY_VALUES[0])
    characteristics_block, text = block_of(text, _CHARACTERISTICS[0])
    values = pairs_in(values_block, _FLAT_VALUES)
    characteristics = pairs_in(characteristics_block, _FLAT_CHARACTERISTICS)
    elements = simple_elements(text)
    if values is None or characteristics is None or elements is None:
        return None
    texts: dict[str, str] = {}
    for tag, raw in elements:
        field = _TEXTS.get(tag)
        if field is not None:
            texts[field] = texts.get(field, "") or clean(raw)
    return _record(texts, values, characteristics, marked=says_deleted(texts))


def _record(texts: dict[str, str], values: Iterable[_Pair], characteristics: Iterable[_Pair], *, marked: bool) -> Offer:
    return Offer(
        onec_id=texts.get("onec_id", ""),
        is_marked=marked,
        name=texts.get("name", ""),
        article=texts.get("article"),
        barcode=texts.get("barcode"),
        property_values=tuple(values),
        characteristics=tuple(characteristics),
        marking_group=texts.get("marking_group"),
    )
