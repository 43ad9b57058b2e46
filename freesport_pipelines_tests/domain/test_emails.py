"""An e-mail address, or none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.emails import email, split_emails


@pytest.mark.parametrize(
    "text",
    ["anna@example.test", " Anna@Example.TEST ", "mailto:anna@example.test", "<anna@example.test>",
     "Анна <anna@example.test>", "anna@example.test.", "anna@example.test, other@example.test",
     "other@, anna@example.test", "anna@example.test; other@example.test", "anna@example.test other@example.test"],
)  # fmt: skip
def test_the_first_usable_address_counts_in_lower_case(text: str) -> None:
    assert email(text) == "anna@example.test"


@pytest.mark.parametrize("text", ["a.b+c_d@example.test", "почта@пример.тест", "a@b-c.test", "o'a@example.test"])
def test_ways_an_address_may_look(text: str) -> None:
    assert email(text) == text


@pytest.mark.parametrize(
    "text",
    ["", " ", "нет", "anna", "anna@", "@example.test", "anna@localhost", "a@b@example.test", "a..b@example.test",
     "anna@-example.test", "anna@example..test", "anna@10.0.0.1", f"{'a' * 65}@example.test",
     f"a@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.test"],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    assert email(text) is None


@given(st.text("ab.@-_+ЯйI<>,; ", max_size=30))
def test_an_address_that_was_read_stays_as_it_is(text: str) -> None:
    address = email(text)
    assert address is None or email(address) == address == email(text.upper())


@pytest.mark.parametrize(
    ("text", "pieces"),
    [("a@b.test,c@d.test;e@f.test g@h.test", ["a@b.test", "c@d.test", "e@f.test", "g@h.test"]),
     ("Анна a@b.test", ["a@b.test"]), (" нет ", ["нет"]), (" ", [])],
)  # fmt: skip
def test_several_addresses_in_one_text_are_parted(text: str, pieces: list[str]) -> None:
    assert split_emails(text) == pieces
