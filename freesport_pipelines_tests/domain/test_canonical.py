"""Equal content, equal text, equal hash."""

import json
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.canonical import as_json, content_hash

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
FIELDS = st.lists(st.none() | st.booleans() | TEXTS | st.integers(-(2**53), 2**53), max_size=6)


@given(st.dictionaries(TEXTS, TEXTS))
def test_json_does_not_depend_on_the_order_of_keys(content: dict[str, str]) -> None:
    assert as_json(content) == as_json(dict(reversed(content.items())))
    assert json.loads(as_json(content)) == content


@given(FIELDS)
def test_a_hash_fits_a_bigint_and_is_repeatable(fields: list) -> None:
    assert -(2**63) <= content_hash(*fields) < 2**63
    assert content_hash(*fields) == content_hash(*fields)


@given(FIELDS, FIELDS)
def test_different_rows_have_different_hashes(one: list, other: list) -> None:
    same = list(map(repr, one)) == list(map(repr, other))
    assert (content_hash(*one) == content_hash(*other)) is same


def test_neither_null_and_empty_nor_neighbouring_columns_are_confused() -> None:
    rows = [("", None), (None, ""), ("ab", ""), ("a", "b"), (True, None), ("true", None), (1, None), ("1", None)]
    assert len({content_hash(*row) for row in rows}) == len(rows)


def test_decimals_are_hashed_by_their_digits() -> None:
    assert content_hash(Decimal("1.10")) == content_hash(Decimal("1.10"))
    assert content_hash(Decimal("1.10")) != content_hash(Decimal("1.11"))
