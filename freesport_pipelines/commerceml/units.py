"""units: units of measurement. Their ids and names are padded with spaces in real exports; one id is all spaces."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from lxml.etree import _Element

from freesport_pipelines.commerceml.fields import MARKING, is_marked, qualified, texts_of
from freesport_pipelines.commerceml.shapes import reference_shape
from freesport_pipelines.commerceml.stream import read_items
from freesport_pipelines.domain.records import Unit

_SHAPE = reference_shape(item="ЕдиницаИзмерения", container="ЕдиницыИзмерения")
_TEXTS = {
    "Ид": "onec_id",
    "Код": "code",
    "НаименованиеКраткое": "short_name",
    "НаименованиеПолное": "full_name",
    "МеждународноеСокращение": "international_code",
    **MARKING,
}


def read_units(stream: BinaryIO, name: str) -> Iterator[Unit]:
    """Every `<ЕдиницаИзмерения>` of a units packet; an empty id is legal. Source: facts, section 1.5."""
    return read_items(stream, name, _SHAPE, _parser_for)


def _parser_for(namespace: str) -> Callable[[_Element], Unit]:
    fields = qualified(namespace, _TEXTS)

    def parse(row: _Element) -> Unit:
        texts = texts_of(row, fields)
        return Unit(
            onec_id=texts.get("onec_id", ""),
            code=texts.get("code"),
            short_name=texts.get("short_name", ""),
            full_name=texts.get("full_name"),
            international_code=texts.get("international_code"),
            is_marked=is_marked(row, texts),
        )

    return parse
