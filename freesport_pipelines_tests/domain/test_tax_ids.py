"""A tax number identifies somebody only when its checksum holds; foreign ones are kept and not judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.tax_ids import kpp, matching_tax_id, tax_id_problem

WEIGHTS = (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)
"""Of facts, section 3.1: the last 9, 10 and 11 of them."""


def check_digit(digits: str) -> str:
    weights = WEIGHTS[-len(digits) :]
    return str(sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True)) % 11 % 10)


def inn(start: str) -> str:
    """A number of 10 or 12 digits from its first 9 or 10."""
    for _ in range(len(start) - 8):
        start += check_digit(start)
    return start


starts = st.from_regex(r"[0-9]{9}[0-9]?", fullmatch=True).filter(lambda digits: set(digits) != {"0"})


@given(starts)
def test_a_number_whose_checksum_holds_identifies(start: str) -> None:
    number = inn(start)
    assert len(number) in (10, 12)
    assert matching_tax_id(number) == number
    assert tax_id_problem(number) is None


@given(starts, st.integers(1, 9), st.sampled_from([-1, 0, 4]))
def test_a_number_with_one_digit_changed_identifies_nobody_and_is_a_warning(start: str, by: int, place: int) -> None:
    digits = list(inn(start))
    digits[place] = str((int(digits[place]) + by) % 10)
    number = "".join(digits)
    holds = check_digit(number[:9]) == number[9] if len(number) == 10 else inn(number[:10]) == number
    assert (matching_tax_id(number) is None) == (not holds)
    assert tax_id_problem(number) == (None if holds else "tax_id_checksum")


def test_the_last_digit_is_checked() -> None:
    number = inn("000000001")
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    assert matching_tax_id(wrong) is None
    assert tax_id_problem(wrong) == "tax_id_checksum"


def test_spaces_do_not_matter() -> None:
    number = inn("000000001")
    assert matching_tax_id(f" {number[:4]}\u00a0{number[4:]} ") == number


@pytest.mark.parametrize("number", ["0" * 10, "0" * 12])
def test_zeros_identify_nobody_though_their_checksum_holds(number: str) -> None:
    assert matching_tax_id(number) is None
    assert tax_id_problem(number) == "tax_id_checksum"


@pytest.mark.parametrize("number", ["000000001", "0000000000001", "DE000000001", "", "нет", "٠٠٠٠٠٠٠٠١٩"])
def test_numbers_of_other_countries_are_accepted_silently_and_identify_nobody(number: str) -> None:
    assert matching_tax_id(number) is None
    assert tax_id_problem(number) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [("000001001", "000001001"), (" 0000 01001 ", "000001001"), ("0000AB001", "0000AB001"),
     ("0000ab001", "0000AB001"), ("00000100", None), ("0000010011", None), ("000000000", None), ("", None),
     ("A00001001", None)],
)  # fmt: skip
def test_a_kpp_has_nine_characters_of_its_kind(text: str, code: str | None) -> None:
    assert kpp(text) == code
