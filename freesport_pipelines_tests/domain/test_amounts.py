"""Prices and stocks of one SKU."""

import json
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.prices import shape_prices
from freesport_pipelines.domain.records import OfferPrices, OfferStocks
from freesport_pipelines.domain.roles import PRICE_FIELDS
from freesport_pipelines.domain.stocks import NO_WAREHOUSE, shape_stocks

FIELDS = {"t-retail": "retail_price", "t-opt1": "opt1_price", "t-partner": None}
IDS = st.none() | st.text('ab1-"\\\t\n\u2028é#|', max_size=6)
QUANTITIES = st.lists(st.tuples(IDS, st.decimals(-9_999, 9_999, places=3, allow_nan=False).map(str)), max_size=6)


def prices(*written: tuple[str, str], currency: str | None = "руб") -> OfferPrices:
    return OfferPrices("g1#a", tuple((type_id, raw, currency) for type_id, raw in written))


@given(QUANTITIES.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_order_of_warehouses_changes_nothing(case: tuple[list, list]) -> None:
    one, other = (shape_stocks(OfferStocks("g1", tuple(rows)), (), Notes()) for rows in case)
    assert one == other


@given(QUANTITIES)
def test_the_shop_sells_the_sum_of_all_warehouses_and_never_less_than_zero(rows: list[tuple[str | None, str]]) -> None:
    row = shape_stocks(OfferStocks("g1", tuple(rows)), (), Notes())
    total = sum((Decimal(text) for _, text in rows), Decimal(0))
    assert row is not None
    assert (row.quantity, row.raw_quantity) == (max(Decimal(0), total), total)


@given(QUANTITIES)
@example([("the id\nof a warehouse", "5")])
def test_the_map_by_warehouse_is_exact_json(rows: list[tuple[str | None, str]]) -> None:
    row = shape_stocks(OfferStocks("g1", tuple(rows)), (), Notes())
    expected: dict[str, Decimal] = {}
    for warehouse, text in rows:
        key = warehouse or NO_WAREHOUSE
        expected[key] = expected.get(key, Decimal(0)) + Decimal(text)
    assert row is not None
    assert json.loads(row.by_warehouse, parse_float=Decimal, parse_int=Decimal) == expected


def test_the_last_warehouse_does_not_overwrite_the_others() -> None:
    row = shape_stocks(OfferStocks("g1#a", (("w1", "215"), ("w2", "0"))), {"w1", "w2"}, Notes())
    assert row is not None
    assert (row.quantity, row.by_warehouse) == (Decimal(215), '{"w1":215,"w2":0}')


def test_an_unreadable_quantity_sets_the_whole_sku_aside() -> None:
    notes = Notes()
    assert shape_stocks(OfferStocks("g1#a", (("w1", "5"), ("w2", "много"))), {"w1", "w2"}, notes) is None
    assert [(r.key, r.reason) for r in notes.rejects] == [("g1#a", "quantity_not_a_number")]


def test_a_warehouse_nobody_knows_counts_and_is_named() -> None:
    notes = Notes()
    row = shape_stocks(OfferStocks("g1#a", (("w9", "5"),)), {"w1"}, notes)
    assert row is not None
    assert row.quantity == 5
    assert list(notes.examples["unknown_warehouse"]) == ["w9"]


def test_a_price_stands_in_the_column_of_its_type() -> None:
    row = shape_prices(prices(("t-opt1", "1\u00a0299,50"), ("t-retail", "1990")), FIELDS, Notes())
    assert (row.retail_price, row.opt1_price, row.rejected) == (Decimal(1990), Decimal("1299.50"), "")


def test_a_price_of_zero_is_not_set() -> None:
    assert shape_prices(prices(("t-retail", "0.00")), FIELDS, Notes()).retail_price is None


def test_a_mapped_type_that_is_absent_was_removed() -> None:
    row = shape_prices(prices(), FIELDS, Notes())
    assert {getattr(row, field) for field in PRICE_FIELDS} == {None}
    assert row.rejected == ""


@pytest.mark.parametrize(
    ("raw", "currency", "reason"),
    [
        ("дорого", "руб", "price_not_a_number"),
        ("", "руб", "price_not_a_number"),
        ("1e5", "руб", "price_not_a_number"),
        ("-1", "руб", "price_negative"),
        ("10", "USD", "foreign_currency"),
    ],
)
def test_a_price_that_cannot_be_used_is_set_aside_and_its_column_kept(raw: str, currency: str, reason: str) -> None:
    notes = Notes()
    record = OfferPrices("g1#a", (("t-retail", raw, currency), ("t-opt1", "5", "руб")))
    row = shape_prices(record, FIELDS, notes)
    assert (row.rejected, row.opt1_price) == ("retail_price", Decimal(5))
    assert [(r.key, r.reason) for r in notes.rejects] == [("g1#a|t-retail", reason)]


@pytest.mark.parametrize("currency", [None, "", "руб", "РУБ.", "RUB", "643", "810", "₽"])
def test_roubles_have_many_names(currency: str | None) -> None:
    assert shape_prices(prices(("t-retail", "10"), currency=currency), FIELDS, Notes()).retail_price == 10


def test_a_type_that_feeds_no_column_never_falls_into_retail() -> None:
    notes = Notes()
    row = shape_prices(prices(("t-partner", "500"), ("t-stranger", "400")), FIELDS, notes)
    assert {getattr(row, field) for field in PRICE_FIELDS} == {None}
    assert json.loads(row.unmapped or "") == {"t-partner": "500.00", "t-stranger": "400.00"}
    assert list(notes.examples["unknown_price_type"]) == ["t-stranger"]


def test_a_minus_before_a_zero_leaves_no_trace_in_later_zeros() -> None:
    for text in ("-0", "0", "-0,0001", "0"):
        row = shape_stocks(OfferStocks("g1", (("w1", text),)), {"w1"}, Notes())
        assert row is not None
        assert row.by_warehouse == '{"w1":0}'
