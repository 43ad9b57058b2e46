"""Which price column a price type of 1C feeds."""

import pytest

from freesport_pipelines.domain.price_types import BadPriceTypeSetting, ambiguous_fields, field_by_name, price_field
from freesport_pipelines.domain.records import PriceType


def price_type(name: str, onec_id: str = "t1") -> PriceType:
    return PriceType(onec_id, name, "RUB", is_marked=False)


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("РРЦ", "retail_price"),
        ("Розничная", "retail_price"),
        ("МРЦ", "min_retail_price"),
        ("Опт 1 (300-600 тыс.руб в квартал)", "opt1_price"),
        ("опт1", "opt1_price"),
        ("  ОПТ\u00a02  (150-300 тыс.руб в квартал)", "opt2_price"),
        ("Опт 3", "opt3_price"),
        ("Тренерская", "trainer_price"),
        ("Тренер", "trainer_price"),
    ],
)
def test_a_known_name_feeds_its_column(name: str, field: str) -> None:
    assert field_by_name(name) == field


@pytest.mark.parametrize(
    "name",
    ["Опт 10", "Опт 11 (особый)", "Опт 4 (до 50 тыс.руб в квартал)", "Партнер", "Не РРЦ", "Старый опт 1", "РРЦ2", ""],
)
def test_a_name_that_only_looks_alike_feeds_nothing(name: str) -> None:
    assert field_by_name(name) is None


def test_the_installations_setting_wins_over_everything() -> None:
    chosen = price_field(price_type("РРЦ"), {"t1": "federation_price"}, {"t1": "opt1_price"})
    assert chosen == "federation_price"


def test_the_setting_can_silence_a_type_that_its_name_would_map() -> None:
    assert price_field(price_type("РРЦ"), {"t1": None}, {"t1": "retail_price"}) is None


def test_the_operators_mapping_wins_over_the_name() -> None:
    assert price_field(price_type("РРЦ"), {}, {"t1": "opt3_price"}) == "opt3_price"


def test_a_type_known_without_a_column_is_mapped_when_its_name_says_so() -> None:
    assert price_field(price_type("Опт 1"), {}, {"t1": None}) == "opt1_price"


def test_an_unknown_type_is_not_mapped_at_all() -> None:
    assert price_field(price_type("Партнер"), {}, {}) is None


def test_a_setting_for_a_column_that_does_not_exist_names_the_choices() -> None:
    with pytest.raises(BadPriceTypeSetting, match=r"t1.*opt9_price.*retail_price"):
        price_field(price_type("РРЦ"), {"t1": "opt9_price"}, {})


def test_two_types_on_one_column_are_ambiguous() -> None:
    mapping = [("b", "opt1_price"), ("a", "opt1_price"), ("c", "opt2_price"), ("d", None), ("e", None)]
    assert ambiguous_fields(mapping) == {"opt1_price": ["a", "b"]}
