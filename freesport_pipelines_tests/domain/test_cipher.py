"""Encrypted values come back with their key and with no other; a bad key is said to be one and never shown."""

import traceback
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.cipher import cipher, decipher

KEY, OTHER_KEY = (urlsafe_b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))


@given(st.text(max_size=40))
def test_a_text_comes_back(text: str) -> None:
    assert decipher(KEY, cipher(KEY)(text)) == text


def test_a_token_does_not_show_the_text_and_is_never_the_same() -> None:
    encrypt = cipher(KEY)
    tokens = {encrypt("Тестова Анна"), encrypt("Тестова Анна")}
    assert len(tokens) == 2
    assert all(token.isascii() and "Анна" not in token for token in tokens)


def test_space_around_a_key_does_not_matter() -> None:
    assert decipher(KEY, cipher(f" {KEY}\n")("a")) == "a"


@pytest.mark.parametrize("key", ["", "short", "not a key at all, secretword", "ключ", KEY[:-4]])
def test_a_bad_key_is_refused_with_a_way_to_make_one_and_is_not_shown(key: str) -> None:
    for attempt in (lambda: cipher(key), lambda: decipher(key, "a")):
        with pytest.raises(ValueError, match=r"FREESPORT_EXPORT_KEY.*Fernet\.generate_key") as caught:
            attempt()
        shown = "".join(traceback.format_exception(caught.value))
        assert not key or key not in shown


@pytest.mark.parametrize(
    "token",
    ["", "abc", cipher(OTHER_KEY)("a"), cipher(KEY)("a")[:-6] + "AAAAA="],
    ids=["empty", "none", "of another key", "changed"],  # tokens differ from process to process
)
def test_a_token_of_another_key_or_a_changed_one_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="FREESPORT_EXPORT_KEY"):
        decipher(KEY, token)


def test_the_way_to_make_a_key_makes_one() -> None:
    from cryptography.fernet import Fernet

    key = Fernet.generate_key().decode()
    assert decipher(key, cipher(key)("a")) == "a"
