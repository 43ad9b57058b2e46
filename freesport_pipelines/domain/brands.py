"""Brands: many 1C value ids and spellings, one brand. Facts, section 1.2 (107 ids were 35 brands)."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

BRAND_PROPERTY = "Бренд"
"""The literal id of the brand property; it is repeated in every properties packet."""

_NO_BRAND = frozenset({"", "безбренда", "нетбренда", "noname", "nobrand"})


def brand_key(name: str) -> str:
    """What makes two spellings the same brand: letters and digits, compatibility-folded and case-folded.

    NFKC and not NFKD: dropping combining marks would turn й into и.
    """
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum())


def is_no_brand(name: str) -> bool:
    """Is this 1C's way of saying that goods have no brand ("Без бренда", "No name")?"""
    return brand_key(name) in _NO_BRAND


def brand_id(name: str) -> int:
    """A brand's id: 48 bits derived from its key; rollbacks, rebuilds and the order of files never change it."""
    return int.from_bytes(blake2b(brand_key(name).encode(), digest_size=6).digest())


def display_name(spellings: Iterable[str]) -> str:
    """The most frequent spelling; among equals the one that sorts first."""
    counted = Counter(" ".join(spelling.split()) for spelling in spellings)
    return min(counted, key=lambda spelling: (-counted[spelling], spelling))
