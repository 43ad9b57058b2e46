"""Identity and size of SKUs. Facts, sections 0.2, 0.3 and 1.7; DESIGN decisions 15 and 16."""

import re
from collections.abc import Iterable
from functools import lru_cache

from freesport_pipelines.domain.values import is_nothing

SIZE_LIMIT = 60
"""Sizes are at most 20 characters in practice; a longer text is not a size and must never drop the SKU."""

_SIZE_NAME = re.compile(r"^размер(?:$|_|td$|\s*\()", re.IGNORECASE)


def goods_id(sku_id: str) -> str:
    """The goods an SKU belongs to: what stands before the first `#`, or the bare id itself."""
    return sku_id.partition("#")[0]


def is_default(sku_id: str) -> bool:
    """Is this the default SKU of goods without characteristics (the bare goods id)?"""
    return "#" not in sku_id


def size_from_name(offer_name: str, goods_name: str) -> str | None:
    """The characteristic in "goods name (characteristic)", nested brackets included.

    Strips the goods' name and one pair of brackets; a bracket inside the goods' own name is therefore no size.
    """
    if not offer_name.startswith(goods_name):
        return None
    rest = offer_name[len(goods_name) :].strip()
    if len(rest) > 2 and rest.startswith("(") and rest.endswith(")"):
        return rest[1:-1].strip() or None
    return None


def fitting_size(offer_name: str | None, goods_name: str | None) -> str | None:
    """The size in an offer's name, if there is one and it is short enough to be one."""
    size = size_from_name(offer_name, goods_name) if offer_name and goods_name else None
    return size if size and len(size) <= SIZE_LIMIT else None


@lru_cache(maxsize=10_000)
def is_size_name(name: str) -> bool:
    """Is it the size? "Размер", "Размер_Обувь", "РазмерTD", "Размер (рост)" are; "Размер упаковки" is not."""
    return _SIZE_NAME.match(name.strip()) is not None


def size_from_characteristics(characteristics: Iterable[tuple[str, str]]) -> str | None:
    """The text of a size characteristic; "Детский размер" is a flag."""
    return next((text for name, text in characteristics if is_size_name(name) and not is_nothing(text)), None)
