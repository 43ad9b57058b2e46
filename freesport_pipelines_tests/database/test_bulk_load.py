"""Bulk loading changes no value, on both databases."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freesport_pipelines.database import dialect, staging
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.domain.rows import GoodsRow, SkuPricesRow, UnitRow

SESSION = 7
NASTY = [
    "",
    " ",
    '"',
    '""',
    "'",
    "a,b",
    "a\nb",
    "a\rb",
    "a\r\nb",
    "\ttab",
    "back\\slash",
    "\\N",
    "\\.",
    "\\.\n\\.",
    "NULL",
    "\u00a0",
    "ёйЁЙ",
    "🏀",
    "é",
    "{}",
    "%s :name ?",
]
TEXTS = st.sampled_from(NASTY) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)


@pytest.fixture
def area(database: ShopDatabase) -> ShopDatabase:
    database.open_area(SESSION)
    return database


def round_trip(database: ShopDatabase, table: Any, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    with database.staging(SESSION) as connection:
        connection.execute(table.delete())
        count = dialect.bulk_load(connection, table, rows)
    with database.read(SESSION) as connection:
        loaded = [tuple(row) for row in connection.execute(table.select().order_by(table.c.seq))]
    assert count == len(rows)
    return loaded


def damaged(database: ShopDatabase, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows that do not arrive as they are, each loaded alone."""
    result = []
    for row in rows:
        try:
            arrived = round_trip(database, staging.units, [row])
        except Exception as error:  # the driver's own
            arrived = [(repr(error),)]
        result += [] if arrived == [row] else [(row, arrived)]
    return result


def test_a_text_arrives_as_it_is_in_a_column_that_is_never_null(area: ShopDatabase) -> None:
    assert damaged(area, [(1, None, *UnitRow(text, None, "шт", None, None, True)) for text in NASTY]) == []


def test_null_and_any_written_text_arrive_in_a_column_that_may_be_null(area: ShopDatabase) -> None:
    texts = [None, *filter(None, NASTY)]
    assert damaged(area, [(1, None, *UnitRow("1", "1", "шт", text, None, True)) for text in texts]) == []


def test_an_empty_text_in_a_column_that_may_be_null_is_null_on_both_databases(area: ShopDatabase) -> None:
    (arrived,) = round_trip(area, staging.units, [(1, None, *UnitRow("", "1", "шт", "", None, True))])
    assert arrived == (1, None, *UnitRow("", "1", "шт", None, None, True))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(TEXTS, TEXTS.filter(bool), st.none() | TEXTS.filter(bool), st.booleans()), max_size=5))
def test_any_texts_and_booleans_arrive_as_they_are(area: ShopDatabase, content: list[tuple[Any, ...]]) -> None:
    rows = [
        (seq, seq, *UnitRow(key, None, name, more, None, active))
        for seq, (key, name, more, active) in enumerate(content)
    ]
    assert round_trip(area, staging.units, rows) == rows


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.none() | st.decimals(0, Decimal("999999999999.99"), places=2, allow_nan=False),
        min_size=len(SkuPricesRow._fields) - 3,
        max_size=len(SkuPricesRow._fields) - 3,
    )
)
def test_money_arrives_to_the_kopeck(area: ShopDatabase, prices: list[Decimal | None]) -> None:
    row = (1, 1, *SkuPricesRow("g1#a", *prices, None, ""))
    assert round_trip(area, staging.sku_prices, [row]) == [row]


def test_a_whole_goods_row_arrives(area: ShopDatabase) -> None:
    row = GoodsRow(
        onec_id="g1",
        name="Гиря «А», 16 кг",
        article=None,
        barcode="4600000000000",
        barcodes='["4600000000000","x"]',
        unit_onec_id="796",
        description='Текст.<br>\n"Кавычки"\tи ещё',
        category_onec_id="c1",
        category_onec_ids='["c1"]',
        brand_onec_id=None,
        brand_id=2**47,
        clears_brand_id=False,
        specifications='{"p1":{"ref":"v1"},"p2":21.6}',
        vat_rate=Decimal(20),
        images=None,
        country="КИТАЙ",
        manufacturer=None,
        requisites=None,
        width=Decimal("0.125"),
        length=None,
        height=Decimal(3),
        is_marked=False,
        content_hash=-(2**63),
        exclusion_reason=None,
        wants_active=True,
        clears_description=False,
    )
    assert round_trip(area, staging.goods, [(1, 1, *row)]) == [(1, 1, *row)]


def test_more_rows_than_a_chunk_holds_all_arrive(area: ShopDatabase) -> None:
    rows = [(n, 1, *UnitRow(str(n), None, "шт", None, None, True)) for n in range(dialect.CHUNK_ROWS + 7)]
    assert round_trip(area, staging.units, rows) == rows
