"""Typed property values, whatever order 1C writes them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.specifications import (
    NUMBER,
    REFERENCE,
    TEXT,
    Attribute,
    Dictionary,
    attribute_type,
    specification,
    specification_of_characteristics,
)

DICTIONARY = Dictionary(
    {
        "material": Attribute("Материал", REFERENCE, frozenset({"v1", "v2"})),
        "washable": Attribute("Можно стирать", REFERENCE, frozenset({"true", "false"})),
        "colour": Attribute("Цвет", REFERENCE, frozenset({"true"})),
        "colour2": Attribute("Цвет", REFERENCE, frozenset()),
        "weight": Attribute("Вес коробки (кг)", NUMBER, frozenset()),
        "cover": Attribute("Покрытие", TEXT, frozenset()),
    }
)
VALUES = st.dictionaries(
    st.sampled_from([*DICTIONARY.attributes, "stranger", "Бренд"]),
    st.sampled_from(["v1", "true", "21,6", "5", "", "-999999999.9", "00000000-0000-0000-0000-000000000000", "текст"]),
)


@given(VALUES.flatmap(lambda values: st.tuples(st.just(values), st.permutations(list(values.items())))))
def test_the_order_of_values_changes_nothing(case: tuple[dict[str, str], list[tuple[str, str]]]) -> None:
    values, shuffled = case
    one = specification(values.items(), DICTIONARY, Notes())
    other = specification(shuffled, DICTIONARY, Notes())
    assert as_json(one) == as_json(other)
    assert list(one) == list(other)


@given(VALUES)
def test_what_1c_calls_nothing_and_the_brand_are_left_out(values: dict[str, str]) -> None:
    nothing = {"", "-999999999.9", "00000000-0000-0000-0000-000000000000"}
    kept = {key for key, value in values.items() if value not in nothing and key != "Бренд"}
    assert set(specification(values.items(), DICTIONARY, Notes())) == kept


def test_a_boolean_id_is_known_only_where_its_own_property_has_it() -> None:
    notes = Notes()
    values = [("washable", "false"), ("colour", "true"), ("material", "true")]
    assert specification(values, DICTIONARY, notes) == {
        "colour": {"ref": "true"},
        "material": {"ref": "true"},
        "washable": {"ref": "false"},
    }
    assert list(notes.examples["dangling_attribute_value"]) == ["material = true"]


def test_a_reference_nobody_knows_is_kept_for_the_day_its_dictionary_comes() -> None:
    notes = Notes()
    assert specification([("material", "v9")], DICTIONARY, notes) == {"material": {"ref": "v9"}}
    assert notes.warnings == {"dangling_attribute_value": 1}


def test_a_property_nobody_knows_is_kept_as_text() -> None:
    notes = Notes()
    assert specification([("stranger", "v1")], DICTIONARY, notes) == {"stranger": "v1"}
    assert notes.warnings == {"unknown_attribute": 1}


@pytest.mark.parametrize(("raw", "value"), [("21,6", 21.6), ("5", 5), ("5.0", 5), ("1\u00a0000", 1000), ("-0,5", -0.5)])
def test_a_number_property_holds_a_number(raw: str, value: float) -> None:
    read = specification([("weight", raw)], DICTIONARY, Notes())["weight"]
    assert (read, type(read)) == (value, type(value))


def test_a_number_property_with_words_keeps_the_words() -> None:
    notes = Notes()
    assert specification([("weight", "около 5")], DICTIONARY, notes) == {"weight": "около 5"}
    assert notes.warnings == {"attribute_value_not_a_number": 1}


def test_a_characteristic_finds_its_property_by_a_name_that_is_unique() -> None:
    pairs = [("Цвет", "синий"), ("Вес коробки (кг)", "21,6"), ("Покрытие", "резина"), ("Кратность", "")]
    assert specification_of_characteristics(pairs, DICTIONARY, Notes()) == {
        "weight": 21.6,
        "cover": "резина",
        "Цвет": "синий",
    }


@pytest.mark.parametrize(
    ("written", "ours"),
    [("Справочник", REFERENCE), (" число ", NUMBER), ("Строка", TEXT), ("Дата", TEXT), (None, TEXT)],
)
def test_types_of_values_have_our_names(written: str | None, ours: str) -> None:
    assert attribute_type(written) == ours
