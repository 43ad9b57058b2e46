"""Identity and size of SKUs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.offers import shape_offer
from freesport_pipelines.domain.records import Offer
from freesport_pipelines.domain.sku import (
    SIZE_LIMIT,
    goods_id,
    is_default,
    size_from_characteristics,
    size_from_name,
)
from freesport_pipelines.domain.specifications import Dictionary


@given(st.text(), st.text().filter(lambda text: text.strip() != ""))
def test_the_size_is_what_the_offer_adds_to_the_goods_name(name: str, size: str) -> None:
    assert size_from_name(f"{name} ({size})", name) == size.strip()


@pytest.mark.parametrize(
    ("offer", "goods", "size"),
    [
        ("Кроссовки X1, синий (45)", "Кроссовки X1, синий", "45"),
        ("Форма игровая (А5 (2XL))", "Форма игровая", "А5 (2XL)"),
        ("Маты (2 основы + 11)", "Маты (2 основы + 11)", None),
        ("Маты (2 основы) (L)", "Маты (2 основы)", "L"),
        ("Мяч", "Мяч", None),
        ("Мяч ()", "Мяч", None),
        ("Мяч красный", "Мяч", None),
        ("Другое (45)", "Мяч", None),
    ],
)
def test_brackets_of_the_goods_own_name_are_no_size(offer: str, goods: str, size: str | None) -> None:
    assert size_from_name(offer, goods) == size


@pytest.mark.parametrize("name", ["Размер", "размер", "Размер_Бутсы (обувь)", "РазмерTD", "Размер (рост)", " Размер "])
def test_a_size_characteristic_gives_the_size(name: str) -> None:
    assert size_from_characteristics([("Цвет", "синий"), (name, "45")]) == "45"


@pytest.mark.parametrize("name", ["Детский размер", "Размеры коробки", "Размерный ряд", "Вес"])
def test_a_characteristic_that_only_mentions_size_gives_none(name: str) -> None:
    assert size_from_characteristics([(name, "Да")]) is None


def test_an_empty_size_characteristic_gives_way_to_the_next() -> None:
    assert size_from_characteristics([("Размер", ""), ("Размер (рост)", "170")]) == "170"


@pytest.mark.parametrize(
    ("sku", "goods", "default"), [("g1#a", "g1", False), ("g1", "g1", True), ("g1#a#b", "g1", False), ("#a", "", False)]
)
def test_an_sku_belongs_to_what_stands_before_the_first_hash(sku: str, goods: str, default: bool) -> None:
    assert (goods_id(sku), is_default(sku)) == (goods, default)


def test_a_text_too_long_for_a_size_never_drops_the_sku() -> None:
    notes = Notes()
    offer = Offer("g1#a", False, f"Мяч ({'длинно ' * 20})", None, None, (), (), None)
    row = shape_offer(offer, "Мяч", Dictionary({}), notes)
    assert (row.onec_id, row.size, row.wants_active) == ("g1#a", None, True)
    assert notes.warnings == {"size_too_long": 1}
    assert notes.rejects == []


def test_the_longest_size_is_kept_whole() -> None:
    offer = Offer("g1#a", False, f"Мяч ({'x' * SIZE_LIMIT})", None, None, (), (), None)
    assert shape_offer(offer, "Мяч", Dictionary({}), Notes()).size == "x" * SIZE_LIMIT
