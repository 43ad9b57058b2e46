"""Many spellings, one brand."""

import unicodedata
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.brands import brand_id, brand_key, display_name, is_no_brand

NAMES = st.text("abcXYZ01 .,-_'«»абйёЙЁШ", max_size=20)


@pytest.mark.parametrize(
    "spelling", ["Testbrand", "TESTBRAND", " testbrand. ", "Test Brand", "Test-Brand", "«Testbrand»", "Ｔｅｓｔbrand"]
)
def test_spellings_of_one_brand_have_one_id(spelling: str) -> None:
    assert brand_id(spelling) == brand_id("testbrand")


@given(NAMES)
def test_case_and_punctuation_never_make_another_brand(name: str) -> None:
    assert brand_id(name) == brand_id(name.upper()) == brand_id(f" .{name}- ")
    assert brand_key(brand_key(name)) == brand_key(name)


@pytest.mark.parametrize(("one", "other"), [("Лёд", "Лед"), ("Йога", "Иога"), ("Бренд1", "Бренд2"), ("Nord", "Норд")])
def test_letters_that_differ_make_different_brands(one: str, other: str) -> None:
    assert brand_id(one) != brand_id(other)


def test_a_letter_written_with_a_combining_mark_is_the_same_letter() -> None:
    assert brand_id(unicodedata.normalize("NFD", "Йети")) == brand_id("Йети")


@given(NAMES)
def test_an_id_fits_every_integer_column(name: str) -> None:
    assert 0 <= brand_id(name) < 2**48


def test_an_id_is_the_same_for_ever() -> None:
    assert brand_id("Testbrand") == 223_888_833_949_415


@pytest.mark.parametrize("name", ["Без Бренда", "Без бренда", "No name", "NO-NAME", "нет бренда", "", " . "])
def test_ways_to_say_no_brand(name: str) -> None:
    assert is_no_brand(name)


@pytest.mark.parametrize("name", ["Безбрендов", "Noname Sport", "Нет"])
def test_a_brand_is_not_taken_for_no_brand(name: str) -> None:
    assert not is_no_brand(name)


def test_the_most_frequent_spelling_is_shown() -> None:
    assert display_name(["ПРИМЕР", "Пример", "Пример "]) == "Пример"


def test_the_shown_name_does_not_depend_on_the_order_of_files() -> None:
    spellings = ["Пример", "ПРИМЕР", "пример", "ПРИМЕР", "Пример"]
    assert {display_name(order) for order in permutations(spellings)} == {"ПРИМЕР"}
