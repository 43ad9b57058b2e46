"""From a `<Предложение>` of offers to the next state of its SKU. Facts, section 1.7."""

from freesport_pipelines.domain.canonical import as_json, content_hash
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.records import Offer
from freesport_pipelines.domain.rows import SkuRow
from freesport_pipelines.domain.sku import (
    SIZE_LIMIT,
    goods_id,
    is_default,
    size_from_characteristics,
    size_from_name,
)
from freesport_pipelines.domain.specifications import (
    Dictionary,
    specification,
    specification_of_characteristics,
)


def shape_offer(offer: Offer, goods_name: str | None, dictionary: Dictionary, notes: Notes) -> SkuRow:
    """Apply every rule about offers to one record.

    :param goods_name: the name of the goods the offer belongs to; None when they are unknown (yet)
    """
    size = _size(offer, goods_name, dictionary, notes)
    if offer.property_values:
        values = specification(offer.property_values, dictionary, notes)
    else:
        values = specification_of_characteristics(offer.characteristics, dictionary, notes)
    row = SkuRow(
        onec_id=offer.onec_id,
        parent_onec_id=goods_id(offer.onec_id),
        name=offer.name or None,
        article=offer.article or None,
        barcode=offer.barcode or None,
        size=size,
        specifications=as_json(values),
        marking_group=offer.marking_group or None,
        is_default=is_default(offer.onec_id),
        content_hash=0,
        wants_active=not offer.is_marked,
    )
    return _hashed(row)


def lacks_size(row: SkuRow) -> bool:
    """Could the name of its goods still give this SKU a size?"""
    return row.size is None and not row.is_default and row.name is not None


def complete_offer(row: SkuRow, goods_name: str | None, notes: Notes) -> SkuRow:
    """The row with the size in its name, now that the name of its goods is known."""
    if not lacks_size(row) or not row.name or not goods_name:
        return row
    size = size_from_name(row.name, goods_name)
    return row if size is None else _hashed(row._replace(size=_fitting(size, row.onec_id, notes)))


def _hashed(row: SkuRow) -> SkuRow:
    said = (row.name, row.article, row.barcode, row.size, row.specifications, row.marking_group, row.is_default)
    return row._replace(content_hash=content_hash(*said))


def _size(offer: Offer, goods_name: str | None, dictionary: Dictionary, notes: Notes) -> str | None:
    """The size characteristic, as text or as a value of its dictionary, else what the name adds to the goods' name."""
    size = size_from_characteristics(offer.characteristics) or dictionary.size_of(offer.property_values)
    if size is None and goods_name and not is_default(offer.onec_id):
        size = size_from_name(offer.name, goods_name)
    return None if size is None else _fitting(size, offer.onec_id, notes)


def _fitting(size: str, onec_id: str, notes: Notes) -> str | None:
    if len(size) > SIZE_LIMIT:
        notes.warn("size_too_long", onec_id)
        return None
    return size
