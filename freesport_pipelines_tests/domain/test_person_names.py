"""Which part of a name is which, and which names are alike. All people and companies are invented."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.person_names import PersonName, collapsed, name_key, person_name

NAMES = st.text('абвАБВёйЁ ООИП"«»-.,_17с\u0301\u0308', max_size=30)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Образцов Пётр Ильич", PersonName("Образцов", "Пётр", "Ильич")),
        ("  Тестова \u00a0 Анна ", PersonName("Тестова", "Анна", None)),
        ("Тестова-Примерова Анна-Мария", PersonName("Тестова-Примерова", "Анна-Мария", None)),
        ("Образцов П. И.", PersonName("Образцов", "П.", "И.")),
        ("ИП Образцов Пётр Ильич", PersonName("Образцов", "Пётр", "Ильич")),
        ("И.П. Образцов Пётр", PersonName("Образцов", "Пётр", None)),
        ("Индивидуальный предприниматель Образцов Пётр Ильич", PersonName("Образцов", "Пётр", "Ильич")),
        ("Образцов Пётр Ильич, ИП", PersonName("Образцов", "Пётр", "Ильич")),
        ("Ипатьев Пётр", PersonName("Ипатьев", "Пётр", None)),
    ],
)
def test_a_name_of_two_or_three_words_has_parts(text: str, name: PersonName) -> None:
    assert person_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "Образцов", "Образцов Пётр Ильич Условный", "ООО Пример", 'ООО "Пример"', "Пример ООО", "Образцов Пётр 2",
     "Образцов, Пётр", "Спорт Пример", "Школа Примерная", "Образцов (Условный)", "ИП Образцов", "Образцов ИП Пётр"],
)  # fmt: skip
def test_what_does_not_look_like_a_person_has_no_parts(text: str) -> None:
    assert person_name(text) is None


@given(NAMES)
def test_parts_are_words_of_the_text_in_its_order(text: str) -> None:
    name = person_name(text)
    if name is not None:
        assert " ".join(filter(None, name)) in collapsed(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('ООО "Пример-17"', "Пример 17 ооо"),
        ("Общество с ограниченной ответственностью «Пример»", "ПРИМЕР"),
        ("Общество  с Ограниченной\nОтветственностью Пример", "ООО Пример"),
        ("ИП Образцов Пётр", "петр ОБРАЗЦОВ"),
        ("Индивидуальный предприниматель Образцов Пётр", "Образцов Петр"),
        ("Образцов П.И.", "Образцов П. И."),
        ("Ｐｒｉｍｅｒ", "primer"),
        ("Обра\u0301зцов", "Образцов"),
        (unicodedata.normalize("NFD", "Ёжиков Фёдор"), "ежиков федор"),
    ],
)
def test_names_that_are_alike_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) is not None


@pytest.mark.parametrize(("one", "other"), [("Образцов", "Образцова"), ("Пример-17", "Пример-18"), ("Йод", "Иод")])
def test_names_that_differ_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_an_initial_is_not_taken_for_a_part_of_a_legal_form() -> None:
    assert name_key("Образцов С.") != name_key("Образцов")


@pytest.mark.parametrize("text", ["", " ", "ООО", "«».", "Общество с ограниченной ответственностью"])
def test_a_name_of_which_nothing_is_left_has_no_key(text: str) -> None:
    assert name_key(text) is None


@given(NAMES | st.text(max_size=20))
def test_a_key_is_its_own_key(text: str) -> None:
    key = name_key(text)
    assert key is None or name_key(key) == key


@given(NAMES)
def test_case_and_outer_punctuation_never_change_a_key(text: str) -> None:
    assert name_key(text) == name_key(f" «{text.lower()}». ")


@given(st.lists(st.sampled_from(["образцов", "петр", "ильич", "пример"]), max_size=4), st.randoms())
def test_the_order_of_words_never_changes_a_key(words: list[str], chance: object) -> None:
    shuffled = sorted(words, key=lambda _: chance.random())  # type: ignore[attr-defined]
    assert name_key(" ".join(words)) == name_key(" ".join(shuffled))
