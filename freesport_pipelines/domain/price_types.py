"""Which price column a 1C price type feeds. Facts, section 2.2.

Order: the installation's setting, a mapping already in the shop's database (an operator may have set it), the name.
A type that nothing maps is kept, reported and never used as a price: it must not fall into retail.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from freesport_pipelines.domain.records import PriceType
from freesport_pipelines.domain.roles import PRICE_FIELDS, PriceField

_NAME_RULES: tuple[tuple[re.Pattern[str], PriceField], ...] = (
    (re.compile(r"^(ррц|розничн\w*)\b"), PriceField.RETAIL),
    (re.compile(r"^мрц\b"), PriceField.MIN_RETAIL),
    (re.compile(r"^опт\s*1\b"), PriceField.OPT1),
    (re.compile(r"^опт\s*2\b"), PriceField.OPT2),
    (re.compile(r"^опт\s*3\b"), PriceField.OPT3),
    (re.compile(r"^тренер\w*\b"), PriceField.TRAINER),
)


class BadPriceTypeSetting(ValueError):
    """The installation maps a price type to a column that does not exist."""


def field_by_name(name: str) -> PriceField | None:
    """The column that a price type's name stands for; anchored, so "Опт 10" is not "Опт 1"."""
    folded = " ".join(name.casefold().split())
    return next((field for rule, field in _NAME_RULES if rule.match(folded)), None)


def price_field(
    price_type: PriceType, settings: Mapping[str, str | None], known: Mapping[str, str | None]
) -> str | None:
    """The column this price type feeds, or None when it is not mapped."""
    if price_type.onec_id in settings:
        field = settings[price_type.onec_id]
        if field is not None and field not in PRICE_FIELDS:
            raise BadPriceTypeSetting(
                f"FREESPORT_PRICE_TYPES maps {price_type.onec_id} to {field!r}; choose one of {', '.join(PRICE_FIELDS)}"
            )
        return field
    return known.get(price_type.onec_id) or field_by_name(price_type.name)


def ambiguous_fields(mapping: Iterable[tuple[str, str | None]]) -> dict[str, list[str]]:
    """Columns fed by more than one active price type, with the ids: {column: [type ids]}."""
    types: dict[str, list[str]] = defaultdict(list)
    for onec_id, field in mapping:
        if field:
            types[field].append(onec_id)
    twice = Counter({field: len(ids) for field, ids in types.items()})
    return {field: sorted(types[field]) for field, count in twice.items() if count > 1}
