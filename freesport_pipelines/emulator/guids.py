"""Invented 1C identifiers: one family per kind of object; the id of a number, and the number of an id."""

from freesport_pipelines.domain.values import ZERO_GUID

FAMILIES = (
    "counterparty", "card", "card_kind", "product", "category", "maker", "brand", "property", "store", "desk",
    "organisation", "document", "unit", "contact_kind", "unpublished",
)  # fmt: skip
_BITS = 48
_MASK = 2**_BITS - 1
_STEP = 0x9E3779B97F4B
"""Odd, so that number -> number * step is one-to-one in 48 bits: the order of ids says nothing of that of numbers."""
_BACK: int = pow(_STEP, -1, 2**_BITS)


def prefix(family: str) -> str:
    """What all ids of a family begin with."""
    return f"aaaaaaaa-{FAMILIES.index(family) + 1:04x}-4000-8000-"


def guid(family: str, number: int) -> str:
    """The id of an object; number 0 is the empty reference, numbers may be negative."""
    return f"{prefix(family)}{number * _STEP & _MASK:012x}" if number else ZERO_GUID


def number_of(family: str, text: str) -> int | None:
    """The number behind an id of this family, or None for an id of nothing."""
    text = text.lower()
    if text == ZERO_GUID:
        return 0
    begin = prefix(family)
    if not text.startswith(begin):
        return None
    number: int = int(text[len(begin) :], 16) * _BACK & _MASK
    return number if number < 2 ** (_BITS - 1) else number - 2**_BITS
