"""From a `<Товар>` as read to the next state of its row. Facts, section 1.6; DESIGN decision 14."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from freesport_pipelines.domain.brands import BRAND_PROPERTY
from freesport_pipelines.domain.canonical import as_json, content_hash
from freesport_pipelines.domain.categories import MARKED, CategoryTree
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.records import Goods
from freesport_pipelines.domain.rows import GoodsRow
from freesport_pipelines.domain.specifications import Dictionary, specification
from freesport_pipelines.domain.values import NotANumber, is_nothing, quantity, vat_rate

BRAND_REQUISITE = "Бренд"


class GoodsContext(NamedTuple):
    """What the shop and the drop know already when goods are shaped."""

    tree: CategoryTree
    dictionary: Dictionary
    brand_by_value: Mapping[str, int | None]
    """Brand value id to brand id, None for pseudo-brands."""
    units: frozenset[str]


def shape_goods(goods: Goods, context: GoodsContext, notes: Notes) -> GoodsRow:
    """Apply every rule about goods to one record."""
    brand_value = _brand_value(goods)
    if brand_value and brand_value not in context.brand_by_value:
        notes.warn("unknown_brand", brand_value)
    if goods.unit_onec_id and goods.unit_onec_id not in context.units:
        notes.warn("unknown_unit", goods.unit_onec_id)
    reason = MARKED if goods.is_marked else context.tree.exclusion(goods.group_ids)
    width, length, height = (_dimension(text) for text in goods.dimensions)
    row = GoodsRow(
        onec_id=goods.onec_id,
        name=goods.name,
        article=goods.article or None,
        barcode=goods.barcodes[0] if goods.barcodes else None,
        barcodes=as_json(goods.barcodes) if len(goods.barcodes) > 1 else None,
        unit_onec_id=goods.unit_onec_id or None,
        description=goods.description or None,
        clears_description=goods.description == "",
        category_onec_id=goods.group_ids[0] if goods.group_ids else None,
        category_onec_ids=as_json(goods.group_ids),
        brand_onec_id=brand_value,
        brand_id=context.brand_by_value.get(brand_value) if brand_value else None,
        clears_brand_id=False,
        specifications=as_json(specification(goods.property_values, context.dictionary, notes)),
        vat_rate=vat_rate(goods.vat_rate),
        images=as_json(goods.images) if goods.images else None,
        country=goods.country or None,
        manufacturer=goods.manufacturer or None,
        requisites=_requisites(goods.requisites),
        width=width,
        length=length,
        height=height,
        is_marked=goods.is_marked,
        content_hash=0,
        exclusion_reason=reason,
        wants_active=reason is None,
    )
    return row._replace(content_hash=_hash(row))


def _hash(row: GoodsRow) -> int:
    """Of all that the drop says; what is concluded from other rows (brand, admission) is compared by itself."""
    said = row._replace(brand_id=None, exclusion_reason=None, wants_active=True)
    return content_hash(*said[1:])


def _brand_value(goods: Goods) -> str | None:
    """The brand's value id from the property, else from the requisite of the same name."""
    for pairs, wanted in ((goods.property_values, BRAND_PROPERTY), (goods.requisites, BRAND_REQUISITE)):
        for key, value in pairs:
            if key == wanted and not is_nothing(value):
                return value
    return None


def _requisites(pairs: tuple[tuple[str, str], ...]) -> str | None:
    """JSON {name: value}, a list where a name repeats; empty values are left out."""
    result: dict[str, str | list[str]] = {}
    for name, value in pairs:
        if not value:
            continue
        known = result.get(name)
        if known is None:
            result[name] = value
        else:
            result[name] = [*([known] if isinstance(known, str) else known), value]
    return as_json(result) if result else None


def _dimension(text: str | None) -> Decimal | None:
    """Width, length or height; "0" is 1C's "unknown"."""
    if not text:
        return None
    try:
        return quantity(text) or None
    except NotANumber:
        return None
