"""A register is read by windows of time, each completely (facts/odata, sections 2.5 and 7: checks 27, 29-32, 45)."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import CARD, MARCH, client_of, guid, sale, sale_by_card
from freesport_pipelines_tests.odata.scripted import Answer, Reply, Scripted, Seen, as_json, odata_error, rows, serving
from freesport_pipelines_tests.odata.table import Table

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


def read(
    answer: Answer, window: tuple[datetime, datetime] = MARCH, **options: Any
) -> tuple[list[tuple[str, int]], Scripted]:
    """What was read of the sales: document and line."""
    with serving(answer) as server, client_of(server.url, page_size=options.pop("page_size", 20), **options) as client:
        found = client.register(client.entities.sales, *window).rows()
    assert found is not None
    return [(row.recorder, row.line) for row in found], server


def expected(rows: list[dict[str, Any]]) -> Counter[tuple[str, int]]:
    return Counter((row["Recorder"], int(row["LineNumber"])) for row in rows)


def test_every_row_of_a_window_with_many_pages_comes_once() -> None:
    sales = [sale(n, n * HOUR / 2) for n in range(500)]
    found, server = read(Table(sales))
    assert Counter(found) == expected(sales)
    assert len(server.data_requests) <= 1.2 * 500 / 20


def test_rows_come_in_the_order_of_time() -> None:
    sales = [sale(n, n * HOUR / 2) for n in range(200)]
    found, _ = read(Table(sales))
    assert found == [(guid(n), 1) for n in range(200)]


def test_lines_of_one_receipt_across_the_end_of_a_page_come_once() -> None:
    sales = [sale(n // 6, n // 6 * HOUR, LineNumber=str(n % 6 + 1)) for n in range(300)]
    found, _ = read(Table(sales))
    assert Counter(found) == expected(sales)


def test_a_window_is_half_open_to_the_second() -> None:
    sales = [sale(1, -SECOND), sale(2), sale(3, 31 * DAY - SECOND), sale(4, 31 * DAY)]
    found, _ = read(Table(sales))
    assert found == [(guid(2), 1), (guid(3), 1)]


def test_more_than_a_page_within_one_second_is_read_completely() -> None:
    sales = (
        [sale(n, HOUR) for n in range(90)] + [sale(100, HOUR + SECOND)] + [sale(200 + n, n * DAY) for n in range(30)]
    )
    found, server = read(Table(sales))
    assert Counter(found) == expected(sales)
    assert any("$skip" in seen.options for seen in server.log)


def test_empty_months_in_the_middle_of_history_do_not_end_the_reading() -> None:
    sales = [sale(1), sale(2, 1500 * DAY)]
    found, _ = read(Table(sales), (MARCH[0], MARCH[0] + timedelta(days=2000)))
    assert found == [(guid(1), 1), (guid(2), 1)]


def test_an_empty_history_of_ten_years_takes_few_requests() -> None:
    _, server = read(Table([]), (MARCH[0], MARCH[0] + timedelta(days=3650)))
    assert len(server.data_requests) <= 5


def test_a_server_with_pages_of_its_own_size_is_read_to_the_end() -> None:
    sales = [sale(n, n * HOUR / 2) for n in range(300)]
    found, server = read(Table(sales, cap=50), page_size=1000)
    assert Counter(found) == expected(sales)
    assert len(server.data_requests) <= 9
    assert sum("$inlinecount" in seen.options for seen in server.data_requests) <= 3


def test_a_server_that_does_not_keep_the_order_is_read_by_bisection() -> None:
    sales = [sale(n, n * HOUR / 2) for n in range(300)]
    found, server = read(Table(sales, honours_order=False))
    assert Counter(found) == expected(sales)
    assert not any("$skip" in seen.options for seen in server.log)


def test_a_row_outside_the_window_betrays_an_ignored_filter() -> None:
    with pytest.raises(errors.FilterIgnoredError):
        read(Table([sale(1), sale(2, 40 * DAY)], honours_filter=False))


def test_a_row_of_another_card_betrays_an_ignored_filter() -> None:
    table = Table([sale_by_card(1), sale_by_card(2, ДисконтнаяКарта_Key=guid(7, "c"))], honours_filter=False)
    given: list[Any] = []
    with serving(table) as server, client_of(server.url) as client, pytest.raises(errors.FilterIgnoredError):
        given += client.register(client.entities.sales_by_card, *MARCH, holder=CARD)
    assert given == []


def test_a_document_outside_the_window_betrays_an_ignored_filter() -> None:
    lines = [{k: v for k, v in sale(1, 40 * DAY).items() if not k.startswith("Recorder")}]
    document = {"Recorder": guid(1), "Recorder_Type": "StandardODATA.Document_ЧекККМ", "RecordSet": lines}
    with pytest.raises(errors.FilterIgnoredError):
        read(lambda seen: rows(document, count=1), sales_endpoint="/AccumulationRegister_Продажи")


def test_only_the_rows_of_one_card_are_asked_for() -> None:
    table = Table([sale_by_card(1), sale_by_card(2, ДисконтнаяКарта_Key=guid(7, "c"))])
    with serving(table) as server, client_of(server.url) as client:
        found = client.register(client.entities.sales_by_card, *MARCH, holder=CARD.upper()).rows()
    assert found is not None
    assert [row.recorder for row in found] == [guid(1)]
    assert server.data_requests[0].options["$filter"].endswith(f" and ДисконтнаяКарта_Key eq guid'{CARD}'")


def test_the_whole_history_of_one_card_takes_one_request() -> None:
    table = Table([sale_by_card(n, n * 90 * DAY) for n in range(15)])
    with serving(table) as server, client_of(server.url) as client:
        found = client.register(client.entities.sales_by_card, MARCH[0], MARCH[0] + 4000 * DAY, holder=CARD).rows()
    assert found is not None
    assert len(found) == 15
    assert len(server.data_requests) == 1


def test_a_window_that_does_not_agree_with_its_count_is_read_again_and_then_refused() -> None:
    def lie(table: Table, seen: Seen) -> Reply | None:
        return rows(*table.rows, count=len(table.rows) + 1) if table.asked % 2 else rows(*table.rows[:0], count=1)

    with pytest.raises(errors.IncompleteReadError):
        read(table := Table([sale(n, n * HOUR) for n in range(5)], before=lie))
    assert table.asked <= 8


def test_a_row_that_appears_while_a_window_is_read_leads_to_another_reading_or_comes_with_it() -> None:
    def insert(table: Table, seen: Seen) -> None:
        if table.asked == 3:
            table.rows.append(sale(999, 300 * HOUR))

    sales = [sale(n, n * HOUR) for n in range(100)]
    found, _ = read(table := Table(list(sales), before=insert))
    assert expected(sales) <= Counter(found) <= expected(table.rows)
    assert max(Counter(found).values()) == 1


def test_a_row_that_vanishes_while_a_window_is_read_leads_to_another_reading() -> None:
    def delete(table: Table, seen: Seen) -> None:
        if table.asked == 3:
            del table.rows[-1]

    found, _ = read(table := Table([sale(n, n * HOUR) for n in range(100)], before=delete))
    assert Counter(found) == expected(table.rows)


def test_pages_and_then_windows_shrink_while_1c_fails_at_the_amount() -> None:
    def full_disk(table: Table, seen: Seen) -> Reply | None:
        first, last = (part.partition("'")[0] for part in seen.options["$filter"].split("datetime'")[1:3])
        is_wide = datetime.fromisoformat(last) - datetime.fromisoformat(first) > 16 * DAY
        return odata_error(500, "-1", "The device is full") if is_wide else None

    sales = [sale(n, n * HOUR) for n in range(700)]
    found, _ = read(Table(sales, before=full_disk), page_size=80)
    assert Counter(found) == expected(sales)


def test_a_register_at_which_1c_always_fails_ends_in_an_error_after_few_requests() -> None:
    with pytest.raises(errors.HeavyQueryError):
        read(table := Table([sale(1)], before=lambda table, seen: odata_error(500, "-1", "out of memory")))
    assert table.asked <= 20


def test_the_journal_is_read_by_its_date() -> None:
    entry = {
        "Ref": guid(1),
        "Ref_Type": "StandardODATA.Document_ОтчетОРозничныхПродажах",
        "Date": "2025-03-01T23:59:59",
        "Number": "ТСТ0-000001",
        "Posted": True,
        "НомерЧека": 17,
        "Сумма": 3001,
    }
    with serving(Table([entry])) as server, client_of(server.url) as client:
        found = client.register(client.entities.retail_journal, *MARCH).rows()
    assert found is not None
    assert [(row.document, row.document_type, row.receipt_number) for row in found] == [
        (guid(1), "Document_ОтчетОРозничныхПродажах", "17")
    ]
    assert found[0].date == datetime(2025, 3, 1, 20, 59, 59, tzinfo=UTC)
    assert server.data_requests[0].options["$filter"].startswith("Date ge datetime'")


def test_a_register_of_one_type_of_document_has_another_key() -> None:
    def only_one_type(table: Table, seen: Seen) -> Reply | None:
        names = seen.options["$select"].split(",")
        return odata_error(400, "6", "Сегмент пути Recorder не найден!") if "Recorder" in names else None

    row = {"Recorder_Key": guid(3), **{k: v for k, v in sale(3).items() if not k.startswith("Recorder")}}
    found, _ = read(Table([row], before=only_one_type))
    assert found == [(guid(3), 1)]


def test_the_rows_of_a_window_are_counted_without_being_read() -> None:
    with serving(Table([sale(n, n * DAY) for n in range(40)])) as server, client_of(server.url) as client:
        assert client.count(client.entities.sales, *MARCH) == 31
    assert server.data_requests[0].options["$top"] == "0"


def test_a_register_by_document_is_counted_by_document() -> None:
    reply = as_json({"odata.count": "7", "value": []})
    with (
        serving(reply) as server,
        client_of(server.url, sales_endpoint="/AccumulationRegister_Продажи") as client,
    ):
        assert client.count(client.entities.sales, *MARCH) == 7
    assert server.data_requests[0].options["$filter"].startswith("RecordSet/any(r: r/Period ge datetime'")


def test_the_beginning_of_history_is_asked_for() -> None:
    with serving(Table([sale(1, 5 * DAY), sale(2)])) as server, client_of(server.url) as client:
        assert client.first_moment(client.entities.sales) == MARCH[0]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0, 1, 60, 86_400, 2_000_000, 2_678_399])), max_size=150),
    st.sampled_from([20, 23, 50]),
    st.booleans(),
    st.sampled_from([7, 33, 1000]),
)
@settings(max_examples=25, deadline=None)
def test_whatever_the_rows_every_one_is_read_once(
    places: list[tuple[int, int]], page_size: int, honours_order: bool, cap: int
) -> None:
    sales = [sale(n, seconds * SECOND + spread * SECOND) for n, (spread, seconds) in enumerate(places)]
    inside = [row for row in sales if row["Period"] < "2025-04-01"]
    try:
        found, _ = read(Table(sales, honours_order=honours_order, cap=cap), page_size=page_size)
    except errors.IncompleteReadError:
        assert not honours_order  # then more rows within a second than the server gives at once cannot be had
    else:
        assert Counter(found) == expected(inside)
