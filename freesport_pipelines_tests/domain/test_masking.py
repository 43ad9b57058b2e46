"""Personal values show their shape, never themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.masking import masked, redacted


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("+7 (000) 000-00-01", "+# (###) ###-##-##"),
        ("anna@example.test", "xxxx@xxxxxxx.xxxx"),
        ("Тестова Анна", "xxxxxxx xxxx"),
        (7700000000, "##########"),
    ],
)
def test_a_masked_value_keeps_its_shape_only(value: object, shown: str) -> None:
    assert masked(value) == shown


@given(st.text())
def test_nothing_of_a_value_survives_but_its_punctuation(value: str) -> None:
    assert not any(character.isdigit() and character.isdecimal() for character in masked(value))
    assert not any(character.isalpha() and character != "x" for character in masked(value))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Key aaaaaaaa-0000-4000-8000-00000000c001 not found", "Key xxxxxxxx-####-####-####-########x### not found"),
        ("owner anna@example.test is locked", "owner xxxx@xxxxxxx.xxxx is locked"),
        ("Name 'Тестова Анна' is wrong", "Name 'xxxxxxx xxxx' is wrong"),
        ("call 8 (000) 000-00-01 now", "call # (###) ###-##-## now"),
        ("code 14 in line 1234", "code 14 in line 1234"),
    ],
)
def test_free_text_loses_what_could_identify_somebody(text: str, shown: str) -> None:
    assert redacted(text) == shown
