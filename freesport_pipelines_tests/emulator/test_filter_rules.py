"""Rules that hold for every filter, checked against a plain reading of the same rows."""

from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from freesport_pipelines.emulator import Company
from freesport_pipelines.emulator.errors import Refusal
from freesport_pipelines.emulator.guids import FAMILIES, guid, number_of
from freesport_pipelines.emulator.options import Options
from freesport_pipelines.emulator.paging import page
from freesport_pipelines.emulator.syntax import parse
from freesport_pipelines_tests.emulator.asking import SALES

SMALL = Company(customers=20, receipts=120, months=2).tables[SALES]
ROWS = list(SMALL.rows())
Tree = tuple[str, Any]
"""The text of a condition, and the function that says whether a row meets it."""
SIGNS = {
    "eq": lambda a, b: a == b, "ne": lambda a, b: a != b, "gt": lambda a, b: a > b,
    "ge": lambda a, b: a >= b, "lt": lambda a, b: a < b, "le": lambda a, b: a <= b,
}  # fmt: skip


def compared(field: str, sign: str, literal: str, value: Any, read: Any = lambda value: value) -> Tree:
    return f"{field} {sign} {literal}", lambda row: SIGNS[sign](read(row[field]), value)


moments = st.integers(0, 60 * 86_400).map(
    lambda s: (datetime.fromisoformat("2025-01-01") + timedelta(seconds=s)).isoformat()
)
signs = st.sampled_from(sorted(SIGNS))
keys = st.sampled_from(sorted({row["Контрагент_Key"] for row in ROWS}))
sums = st.sampled_from(sorted({row["Сумма"] for row in ROWS}))
leaves = st.one_of(
    st.builds(lambda s, m: compared("Period", s, f"datetime'{m}'", m), signs, moments),
    st.builds(lambda s, k: compared("Контрагент_Key", s, f"guid'{k}'", k), st.sampled_from(["eq", "ne"]), keys),
    st.builds(lambda s, n: compared("Сумма", s, str(n), n), signs, st.integers(-9_000, 9_000)),
    st.builds(lambda s, n: compared("LineNumber", s, str(n), n, int), signs, st.integers(0, 5)),
    st.builds(lambda s, n: compared("LineNumber", s, f"{n}.5", n + 0.5, int), signs, st.integers(0, 5)),
    st.builds(lambda s, n: compared("Сумма", s, f"{n}", n), signs, sums),
    st.builds(lambda s, n: compared("Сумма", s, f"{n}.005", n + 0.005), signs, st.integers(0, 9_000)),
    st.builds(lambda flag: compared("Active", "eq", str(flag).lower(), flag), st.booleans()),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda a, b: (f"({a[0]} and {b[0]})", lambda row: a[1](row) and b[1](row)), inner, inner),
        st.builds(lambda a, b: (f"({a[0]} or {b[0]})", lambda row: a[1](row) or b[1](row)), inner, inner),
        st.builds(lambda a: (f"not ({a[0]})", lambda row: not a[1](row)), inner),
    ),
    max_leaves=6,
)


@settings(deadline=None)
@given(conditions)
def test_a_filter_finds_exactly_the_rows_that_meet_it(tree: Tree) -> None:
    text, meets = tree
    found = page(SMALL, Options(filter=text), None)
    assert list(found.rows.rows()) == [row for row in ROWS if meets(row)]


@settings(deadline=None)
@given(st.lists(moments, min_size=1, max_size=5, unique=True).map(sorted))
def test_half_open_windows_share_no_row_and_miss_none(edges: list[str]) -> None:
    conditions = [f"Period lt datetime'{edges[0]}'", f"Period ge datetime'{edges[-1]}'"]
    conditions += [f"Period ge datetime'{a}' and Period lt datetime'{b}'" for a, b in pairwise(edges)]
    assert sum(page(SMALL, Options(filter=text), None).total for text in conditions) == len(ROWS)


@settings(deadline=None)
@given(st.text(alphabet=st.sampled_from("Code eq'()andornt5.-:T,r/ guidatem"), max_size=60) | st.text(max_size=30))
def test_any_text_is_a_condition_or_refused(text: str) -> None:
    with suppress(Refusal):
        parse(text)


@settings(deadline=None)
@given(st.sampled_from(FAMILIES), st.integers(-(2**46), 2**46))
def test_every_number_has_an_id_of_its_own(family: str, number: int) -> None:
    assert number_of(family, guid(family, number)) == number
    assert number_of(family, guid(family, number).upper()) == number


@settings(deadline=None)
@given(st.integers(0, len(ROWS)), st.integers(1, 50))
def test_a_page_is_a_piece_of_the_whole(skip: int, top: int) -> None:
    order = (("Period", True), ("Recorder", False), ("LineNumber", False))
    whole = list(page(SMALL, Options(orderby=order), 1).rows.rows())
    assert list(page(SMALL, Options(orderby=order, skip=skip, top=top), 2).rows.rows()) == whole[skip : skip + top]


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(1, 10**6))
def test_without_an_order_every_row_still_comes_once(size: int, chance: int) -> None:
    table = SMALL.take(np.arange(size))
    found = page(table, Options(select=("Recorder", "LineNumber")), chance)
    assert sorted(map(str, found.rows.rows())) == sorted(map(str, table.rows()))
    pieces = [page(table, Options(skip=skip, top=7), chance) for skip in range(0, size, 7)]
    assert [row for piece in pieces for row in piece.rows.rows()] == list(found.rows.rows())
