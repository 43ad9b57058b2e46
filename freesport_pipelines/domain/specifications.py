"""Specifications of goods and SKUs: typed values by property id. Facts, sections 1.2, 1.6, 1.7; DESIGN decision 16.

A specification is `{property id: value}` with value one of
    21.6                 a number (property of type Число)
    "Покрытие: резина"   a literal text
    {"ref": "<id>"}      a value of the property's dictionary; its text is rendered from `attribute_values`
Texts of dictionaries are never stored here, so that a renamed value shows everywhere at once.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from freesport_pipelines.domain.brands import BRAND_PROPERTY
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.sku import is_size_name
from freesport_pipelines.domain.values import REMEMBERED, NotANumber, is_nothing, number

REFERENCE, NUMBER, TEXT = "reference", "number", "text"
_TYPES = {"справочник": REFERENCE, "число": NUMBER, "строка": TEXT, "дата": TEXT, "время": TEXT}

Specification = dict[str, "float | int | str | dict[str, str]"]


class Attribute(NamedTuple):
    """What must be known of a property to read its values."""

    name: str
    value_type: str
    value_ids: frozenset[str]


def attribute_type(value_type: str | None) -> str:
    """Our name for `<ТипЗначений>`; anything unknown is a text."""
    return _TYPES.get((value_type or "").strip().casefold(), TEXT)


class Dictionary:
    """All properties the shop knows, for reading values by id or, as a fallback, by unique name."""

    def __init__(self, attributes: Mapping[str, Attribute], texts: Mapping[tuple[str, str], str] | None = None) -> None:
        """Index the properties.

        :param texts: texts of the values of size properties, by (property id, value id)
        """
        self.attributes = attributes
        self.size_ids = {key for key, attribute in attributes.items() if is_size_name(attribute.name)}
        self.size_texts = texts or {}
        ids_by_name: dict[str, list[str]] = {}
        for onec_id, attribute in attributes.items():
            ids_by_name.setdefault(attribute.name, []).append(onec_id)
        self.id_by_name = {name: ids[0] for name, ids in ids_by_name.items() if len(ids) == 1}

    def size_of(self, values: Iterable[tuple[str, str]]) -> str | None:
        """The text of the first size property that has a value."""
        for onec_id, raw in values:
            if onec_id in self.size_ids and not is_nothing(raw):
                is_reference = self.attributes[onec_id].value_type == REFERENCE
                return self.size_texts.get((onec_id, raw)) if is_reference else raw
        return None


def specification(values: Iterable[tuple[str, str]], dictionary: Dictionary, notes: Notes) -> Specification:
    """Read property values; what 1C means as "nothing" is left out, the brand is not a specification.

    Sorted by property id, because 1C writes values in random order.
    """
    attributes = dictionary.attributes
    result: Specification = {}
    for onec_id, raw in values:
        if not raw or is_nothing(raw) or onec_id == BRAND_PROPERTY:
            continue
        attribute = attributes.get(onec_id)
        if attribute is None:
            notes.warn("unknown_attribute", onec_id)
            result[onec_id] = raw
        elif attribute.value_type == REFERENCE:
            if raw not in attribute.value_ids:
                notes.warn("dangling_attribute_value", f"{onec_id} = {raw[:80]}")
            result[onec_id] = {"ref": raw}
        elif attribute.value_type == NUMBER:
            result[onec_id] = _json_number(onec_id, raw, notes)
        else:
            result[onec_id] = raw
    return dict(sorted(result.items()))


def specification_of_characteristics(
    characteristics: Iterable[tuple[str, str]], dictionary: Dictionary, notes: Notes
) -> Specification:
    """Read localised (name, text) pairs, for offers without machine values; keyed by id where the name is unique."""
    result: Specification = {}
    for name, text in characteristics:
        if is_nothing(text):
            continue
        onec_id = dictionary.id_by_name.get(name)
        is_number = onec_id is not None and dictionary.attributes[onec_id].value_type == NUMBER
        result[onec_id or name] = _json_number(name, text, notes) if is_number else text
    return dict(sorted(result.items()))


def _json_number(onec_id: str, raw: str, notes: Notes) -> float | int | str:
    try:
        return _as_json_number(raw)
    except NotANumber:
        notes.warn("attribute_value_not_a_number", onec_id)
        return raw


@lru_cache(maxsize=REMEMBERED)
def _as_json_number(raw: str) -> float | int:
    value = number(raw)
    return int(value) if value == value.to_integral_value() else float(value)
