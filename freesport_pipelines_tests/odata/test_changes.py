"""Rows change while they are read: nothing that was there all the time is missing, or there is an error."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import MARCH, card, client_of, guid, sale
from freesport_pipelines_tests.odata.scripted import Reply, Scripted, Seen, odata_error, serving
from freesport_pipelines_tests.odata.table import Table
from freesport_pipelines_tests.odata.test_windows import expected, read

SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


def read_cards(table: Table, **settings: Any) -> tuple[set[str], Scripted]:
    with serving(table) as server, client_of(server.url, **settings) as client:
        found = client.catalogue(client.entities.discount_cards).rows()
    assert found is not None
    return {row.onec_id for row in found}, server


@pytest.mark.parametrize("number", [38, 39, 40, 58, 59, 78, 79])
def test_a_back_dated_row_that_fills_the_last_page_does_not_end_the_reading_early(number: int) -> None:
    def insert(table: Table, seen: Seen) -> None:
        if table.asked == 2:
            table.rows.append(sale(999, 20 * HOUR + SECOND))

    sales = [sale(n, n * HOUR) for n in range(number)]
    found, _ = read(table := Table(list(sales), before=insert))
    assert expected(sales) <= Counter(found) <= expected(table.rows)
    assert len(found) == len(set(found))


def test_sales_that_go_on_while_they_are_read_do_not_have_everything_read_again() -> None:
    def sell(table: Table, seen: Seen) -> None:
        table.rows.append(sale(1000 + table.asked, 500 * HOUR + table.asked * SECOND))

    sales = [sale(n, n * HOUR) for n in range(400)]
    found, server = read(table := Table(list(sales), before=sell))
    assert expected(sales) <= Counter(found) <= expected(table.rows)
    assert len(server.data_requests) <= 1.2 * 400 / 20 + 5


def test_a_shift_within_one_second_is_noticed_although_the_count_stays() -> None:
    def exchange(table: Table, seen: Seen) -> None:
        if table.asked == 4:
            del table.rows[0]
            table.rows.append(sale(999, HOUR))

    sales = [sale(n, HOUR) for n in range(90)]
    found, _ = read(table := Table(list(sales), before=exchange))
    assert Counter(found) == expected(table.rows)


def test_rows_that_1c_counts_and_never_gives_are_an_error() -> None:
    sales = [sale(n, n * HOUR) for n in range(500)]

    def lose(table: Table, seen: Seen) -> None:
        is_counted_only = seen.options["$top"] == "0"
        table.rows = sales if is_counted_only or "$inlinecount" in seen.options else sales[:200] + sales[210:]

    with pytest.raises(errors.IncompleteReadError):
        read(Table(sales, before=lose))


def test_a_card_deleted_before_and_one_inserted_behind_the_cursor_lead_to_another_scan() -> None:
    def exchange(table: Table, seen: Seen) -> None:
        if table.asked == 2:
            del table.rows[0]
            table.rows.append(card(500))

    found, server = read_cards(table := Table([card(n) for n in range(100)], before=exchange), page_size=20)
    assert found == {row["Ref_Key"] for row in table.rows}
    assert len(server.log) <= 2 + 6


def test_cards_that_always_move_are_an_error_and_give_no_row() -> None:
    def exchange(table: Table, seen: Seen) -> None:
        del table.rows[0]
        table.rows.append(card(500 + table.asked))

    given: list[Any] = []
    with (
        serving(table := Table([card(n) for n in range(100)], before=exchange)) as server,
        client_of(server.url, page_size=20) as client,
        pytest.raises(errors.IncompleteReadError, match="moved"),
    ):
        given += client.catalogue(client.entities.discount_cards)
    assert (given, table.asked) == ([], 6)


@pytest.mark.parametrize("kind", ["cards", "sales"])
def test_one_short_page_does_not_make_the_following_ones_small(kind: str) -> None:
    def short(table: Table, seen: Seen) -> None:
        table.cap = 2 if table.asked == 2 else 100_000

    if kind == "cards":
        found, server = read_cards(Table([card(n) for n in range(2000)], before=short), page_size=200)
        assert len(found) == 2000
    else:
        sales = [sale(n, n * 15 * MINUTE) for n in range(2000)]
        rows, server = read(Table(sales, before=short), page_size=200)
        assert Counter(rows) == expected(sales)
    assert {seen.options["$top"] for seen in server.data_requests} - {"0"} == {"200"}  # 0 only counts
    assert len(server.data_requests) <= 13


def test_an_optional_register_that_vanishes_midway_is_an_error() -> None:
    def vanish(table: Table, seen: Seen) -> Reply | None:
        return odata_error(404, "8", "Тип сущности не найден") if table.asked > 1 else None

    points = [
        {**sale(n, n * HOUR), "БонуснаяКарта_Key": guid(1, "c"), "Начислено": 1, "КСписанию": 0} for n in range(50)
    ]
    with (
        serving(Table(points, before=vanish)) as server,
        client_of(server.url, page_size=20) as client,
        pytest.raises(errors.NotPublishedError),
    ):
        client.register(client.entities.loyalty, *MARCH).rows()


def test_a_scan_without_a_filter_ends_at_the_first_count_that_is_too_much() -> None:
    def refuse(table: Table, seen: Seen) -> Reply | None:
        is_refused = "$filter" in seen.options
        return odata_error(500, "-1", 'Операция не разрешена в предложении "ГДЕ"') if is_refused else None

    with pytest.raises(errors.ScanCapError):
        read(table := Table([sale(n, n * MINUTE) for n in range(500)], before=refuse), scan_limit=300)
    assert table.asked == 2
