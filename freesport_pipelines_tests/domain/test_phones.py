"""Every way to type a telephone number is the same number, or it is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.phones import phone, split_phones

MASKS = (
    "8{0}{1}{2}{3}",
    "7{0}{1}{2}{3}",
    "{0}{1}{2}{3}",
    " +7{0} {1}-{2}-{3}",
    "8 {0} {1} {2} {3}",
    "7 {0} {1} {2} {3}",
    "+7 {0} {1}-{2}-{3}",
    "+7-{0}-{1}-{2}-{3}",
    "8 ({0}) {1}-{2}-{3}",
    "8-{0}-{1}-{2}-{3}",
    "+7 ({0})\u00a0{1}\u2013{2}\u2013{3}",
    "({0}) {1}-{2}-{3}",
    "тел. 8 {0} {1}{2}{3}",
    "(+7 {0}) {1} {2} {3}",
    "+8 {0} {1} {2} {3}",
)
"""How ten digits are written in real rows (facts, section 3.1), and a few ways more."""

number_parts = st.tuples(
    st.sampled_from(["000", "100", "800"]),
    st.from_regex(r"[0-9]{3}", fullmatch=True),
    st.from_regex(r"[0-9]{2}", fullmatch=True),
    st.from_regex(r"[0-9]{2}", fullmatch=True),
)


@given(parts=number_parts, mask=st.sampled_from(MASKS))
def test_any_mask_of_a_russian_number_is_the_same_number(parts: tuple[str, ...], mask: str) -> None:
    assert phone(mask.format(*parts)) == "+7" + "".join(parts)


@pytest.mark.parametrize("mask", MASKS)
def test_a_number_of_the_mask(mask: str) -> None:
    assert phone(mask.format("000", "000", "00", "01")) == "+70000000001"


def test_a_mask_with_the_hyphen_in_another_place() -> None:
    assert phone("(000) 000-0-001") == "+70000000001"


@given(st.text("+0123456789 ()-,;добтел.#", max_size=40))
def test_a_number_that_was_read_stays_as_it_is(text: str) -> None:
    number = phone(text)
    assert number is None or phone(number) == number


@given(st.text(max_size=60))
def test_any_text_gives_a_number_of_possible_length_or_none(text: str) -> None:
    number = phone(text)
    assert number is None or (number[0] == "+" and number[1:].isdecimal() and 8 <= len(number) <= 16)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("8 000 000-00-01, 8 000 000-00-02", ["8 000 000-00-01", "8 000 000-00-02"]),
        ("+7 000 0000001;+7 000 0000002; ", ["+7 000 0000001", "+7 000 0000002"]),
        ("+7 000 0000001 +7 000 0000002", ["+7 000 0000001", "+7 000 0000002"]),
        ("8 000 000-00-01\n8 000 000-00-02", ["8 000 000-00-01", "8 000 000-00-02"]),
        ("8 000 000-00-01, Анна", ["8 000 000-00-01"]),
        ("8 000 000-00-01, доб. 12", ["8 000 000-00-01"]),
        ("нет", ["нет"]),
        (" ", []),
    ],
)
def test_several_numbers_in_one_text_are_parted(text: str, pieces: list[str]) -> None:
    assert split_phones(text) == pieces


def test_of_several_numbers_the_first_usable_one_counts() -> None:
    assert phone("123, +7 000 0000001, 8-000-111-11-11") == "+70000000001"


@pytest.mark.parametrize(
    "extension", ["доб. 12", "доб.12", "доб 12", "(доб. 123)", ", доб. 12", "вн. 7", "ext. 12", "#12", "добавочный: 4"]
)
@pytest.mark.parametrize("space", ["", " "])
def test_an_extension_is_dropped(extension: str, space: str) -> None:
    assert phone(f"8 (000) 000-00-01{space}{extension}") == "+70000000001"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("+375 29 000-00-01", "+375290000001"),
        ("8 10 375 29 000 00 01", "+375290000001"),
        ("00 375 29 000 00 01", "+375290000001"),
        ("+998 00 000-00-01", "+998000000001"),
    ],
)
def test_a_foreign_number_is_kept(text: str, number: str) -> None:
    assert phone(text) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "123", "000-00-01", "нет", "9 000 000 00 001", "+7 000 000 00 0", "+7 000 000 00 000", "+7 800 00 01",
     "375 29 000 00 01", "8 000 000 00 00 / 8 000 000 00 01", "+999 0000000", "+"],
)  # fmt: skip
def test_what_is_no_number(text: str) -> None:
    assert phone(text) is None
