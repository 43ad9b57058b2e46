"""offers: the SKUs of the goods, each with machine values and, beside them, the same in words. A hot reader."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, pairs_of, qualified, text_of
from freesport_pipelines.commerceml.shapes import offers_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import Offer

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


def read_offers(stream: BinaryIO, name: str) -> Iterator[Offer]:
    """Every `<Предложение>` of an offers packet. Source: facts, section 1.7."""
    return read_items(stream, name, offers_shape(), _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], Offer]:
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
        return Offer(
            onec_id=texts.get("onec_id", ""),
            is_marked=is_marked(offer, texts),
            name=texts.get("name", ""),
            article=texts.get("article"),
            barcode=texts.get("barcode"),
            property_values=tuple(values),
            characteristics=tuple(characteristics),
            marking_group=texts.get("marking_group"),
        )

    return parse
