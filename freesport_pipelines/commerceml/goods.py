"""goods: the products, each with dozens of property values and requisites. The largest files and a hot reader."""

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    texts_in,
)
from freesport_pipelines.commerceml.shapes import goods_shape
from freesport_pipelines.domain.records import Goods

SHAPE = goods_shape(item="Товар", container="Товары")
_TEXTS = {
    "Ид": "onec_id",
    "Наименование": "name",
    "Артикул": "article",
    "Описание": "description",
    "Страна": "country",
    "Ширина": "width",
    "Длина": "length",
    "Высота": "height",
    **MARKING,
}
_REPEATED = {"Штрихкод": "barcodes", "Картинка": "images"}
_UNIT = "БазоваяЕдиница"
_UNIT_CODE_ATTRIBUTE = "Код"
_GROUPS = "Группы"
_GROUP_ID = "Ид"
_MANUFACTURER = "Изготовитель"
_MANUFACTURER_NAME = "Наименование"
_PROPERTY_VALUES = ("ЗначенияСвойств", "Ид", "Значение")
_REQUISITES = ("ЗначенияРеквизитов", "Наименование", "Значение")
_TAXES = ("СтавкиНалогов", "Наименование", "Ставка")
_VAT = "ндс"

_FLAT_BLOCKS = (
    (_PROPERTY_VALUES[0], pair_pattern("ЗначенияСвойства", *_PROPERTY_VALUES[1:])),
    (_REQUISITES[0], pair_pattern("ЗначениеРеквизита", *_REQUISITES[1:])),
    (_TAXES[0], pair_pattern("СтавкаНалога", *_TAXES[1:])),
)


def read_goods(stream: BinaryIO, name: str) -> Iterator[Goods]:
    """Every `<Товар>` of a goods packet; empty barcodes, pictures and group ids are left out.

    Source: facts, section 1.6.
    """
    return read_flat_items(stream, name, SHAPE, parser_for, from_text)


def parser_for(namespace: str) -> Callable[[_Element], Goods]:
    texts_at = qualified(namespace, _TEXTS)
    repeated_at = qualified(namespace, _REPEATED)
    pairs_at = {
        namespace + block: (block, namespace + first, namespace + second)
        for block, first, second in (_PROPERTY_VALUES, _REQUISITES, _TAXES)
    }
    unit_tag, groups_tag, group_id = namespace + _UNIT, namespace + _GROUPS, namespace + _GROUP_ID
    manufacturer_tag, manufacturer_name = namespace + _MANUFACTURER, namespace + _MANUFACTURER_NAME

    def parse(row: _Element) -> Goods:
        texts: dict[str, str] = {}
        lists: dict[str, list[str]] = {"barcodes": [], "images": [], "groups": []}
        pairs: dict[str, list[tuple[str, str]]] = {_PROPERTY_VALUES[0]: [], _REQUISITES[0]: [], _TAXES[0]: []}
        for child in row:
            tag = child.tag
            if tag in texts_at:
                texts.setdefault(texts_at[tag], text_of(child))
            elif tag in pairs_at:
                block, first, second = pairs_at[tag]
                pairs[block] += pairs_of(child, first, second)
            elif tag in repeated_at:
                lists[repeated_at[tag]].append(text_of(child))
            elif tag == groups_tag:
                lists["groups"] += [text_of(part) for part in child if part.tag == group_id]
            elif tag == unit_tag:
                texts["unit"] = (child.get(_UNIT_CODE_ATTRIBUTE) or "").strip() or text_of(child)
            elif tag == manufacturer_tag:
                texts["manufacturer"] = next((text_of(p) for p in child if p.tag == manufacturer_name), text_of(child))
        return _record(texts, lists, pairs, marked=is_marked(row, texts))

    return parse


def from_text(text: str) -> Goods | None:
    """The same of the text of a `<Товар>`; None where it is not written in the usual form."""
    pairs: dict[str, Sequence[tuple[str, str]]] = {}
    for tag, pattern in _FLAT_BLOCKS:
        block, text = block_of(text, tag)
        found = pairs_in(block, pattern)
        if found is None:
            return None
        pairs[tag] = found
    groups, text = block_of(text, _GROUPS)
    manufacturer, text = block_of(text, _MANUFACTURER)
    elements = simple_elements(text)
    group_ids = simple_elements(groups or "")
    maker = simple_elements(manufacturer or "")
    if elements is None or group_ids is None or maker is None:
        return None
    texts = texts_in(elements, _TEXTS)
    lists: dict[str, list[str]] = {"barcodes": [], "images": []}
    for tag, raw in elements:
        if tag in _REPEATED:
            lists[_REPEATED[tag]].append(clean(raw))
        elif tag == _UNIT:
            texts["unit"] = clean(raw)
    lists["groups"] = [clean(raw) for tag, raw in group_ids if tag == _GROUP_ID]
    makers = [clean(raw) for tag, raw in maker if tag == _MANUFACTURER_NAME]
    if (manufacturer is not None and not makers) or text.count(f"<{_MANUFACTURER}") > 1:
        return None
    if makers:
        texts["manufacturer"] = makers[0]
    elif manufacturer is None and f"<{_MANUFACTURER}/>" in text:
        texts["manufacturer"] = ""
    return _record(texts, lists, pairs, marked=says_deleted(texts))


def _record(
    texts: dict[str, str], lists: dict[str, list[str]], pairs: Mapping[str, Sequence[tuple[str, str]]], *, marked: bool
) -> Goods:
    return Goods(
        onec_id=texts.get("onec_id", ""),
        is_marked=marked,
        name=texts.get("name", ""),
        article=texts.get("article"),
        barcodes=tuple(filter(None, lists["barcodes"])),
        unit_onec_id=texts.get("unit"),
        group_ids=tuple(filter(None, lists["groups"])),
        description=texts.get("description"),
        images=tuple(filter(None, lists["images"])),
        country=texts.get("country"),
        manufacturer=texts.get("manufacturer"),
        property_values=tuple(pairs[_PROPERTY_VALUES[0]]),
        vat_rate=_vat_rate(pairs[_TAXES[0]]),
        requisites=tuple(pairs[_REQUISITES[0]]),
        dimensions=(texts.get("width"), texts.get("length"), texts.get("height")),
    )


def _vat_rate(taxes: Sequence[tuple[str, str]]) -> str | None:
    """The rate of the tax named НДС; other taxes may stand beside it."""
    return next((rate for name, rate in taxes if name.casefold() == _VAT), None)
