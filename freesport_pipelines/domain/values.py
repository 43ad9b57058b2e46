"""How 1C writes numbers, money and "nothing". Facts, sections 1.6-1.9: sentinels, NBSP, decimal commas.

Keep out: what a number means (prices.py, stocks.py, specifications.py).
"""

import re
from decimal import Decimal
from functools import lru_cache

ZERO_GUID = "00000000-0000-0000-0000-000000000000"
_NOTHING = frozenset(
    {"", ZERO_GUID, "-999999999.9", "-999999999,9"}
    | {"0001-01-01T00:00:00", "0001-01-01", "01.01.0001 0:00:00", "01.01.0001"}
)
_SENTINEL_BEGINS = frozenset({"-999", "−999"})
REMEMBERED = 50_000
"""Numbers repeat: sizes, weights and prices are read once per text, not once per row."""
_NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)")
_CENT = Decimal("0.01")
_MILLI = Decimal("0.001")
TOO_LARGE = Decimal(10) ** 12


class NotANumber(ValueError):
    """The text is no number; the message shows it, shortened."""


def without_spaces(text: str) -> str:
    """Drop every Unicode space, the no-break ones of 1C's thousands included."""
    return "".join(text.split())


def is_nothing(text: str) -> bool:
    """Does 1C say "no value" with this text: empty, zero GUID, empty date, the -999 999 999,9 sentinel?"""
    if text in _NOTHING:
        return True
    return text[:4] in _SENTINEL_BEGINS and without_spaces(text).replace("−", "-") in _NOTHING


@lru_cache(maxsize=REMEMBERED)
def number(text: str) -> Decimal:
    """Read "1 299,50", "1299.5" or "-3"; raise NotANumber for anything else, exponents and NaN included."""
    if text.isdecimal() and text.isascii() and len(text) <= 12:
        return Decimal(text)  # the common case, five times cheaper
    compact = without_spaces(text)
    if not _NUMBER.fullmatch(compact):
        raise NotANumber(f"{text[:40]!r} is not a number")
    value = Decimal(compact.replace(",", "."))
    if abs(value) >= TOO_LARGE:
        raise NotANumber(f"{text[:40]!r} is too large")
    return value


@lru_cache(maxsize=REMEMBERED)
def money(text: str) -> Decimal:
    """A price in roubles, rounded half up to kopecks."""
    return number(text).quantize(_CENT, rounding="ROUND_HALF_UP")


@lru_cache(maxsize=REMEMBERED)
def quantity(text: str) -> Decimal:
    """A stock quantity with up to three decimals (kilograms, metres); whole numbers without a fraction."""
    return plain(number(text).quantize(_MILLI, rounding="ROUND_HALF_UP"))


def plain(value: Decimal) -> Decimal:
    """The same number without trailing zeros and without an exponent: 5.000 → 5, 2.50 → 2.5."""
    return value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()


def vat_rate(text: str | None) -> Decimal | None:
    """`<Ставка>` as a percentage: "20", "20%" → 20; "Без НДС", "" or absent → None (facts, section 1.6)."""
    if text is None:
        return None
    try:
        rate = money(text.replace("%", ""))
    except NotANumber:
        return None
    return plain(rate) if 0 <= rate <= 100 else None
