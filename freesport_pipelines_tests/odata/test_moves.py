"""Documents get another time while a register is read: every row comes exactly once, or there is an error."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import CARD, MARCH, WALL_MARCH, client_of, guid, sale, sale_by_card
from freesport_pipelines_tests.odata.scripted import Reply, Scripted, Seen, odata_error, serving
from freesport_pipelines_tests.odata.table import Table
from freesport_pipelines_tests.odata.test_density import GROUPED, Grouped
from freesport_pipelines_tests.odata.test_windows import expected, read

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
YEAR = (MARCH[0], MARCH[0] + 365 * DAY)


def at(since: timedelta) -> str:
    return (WALL_MARCH + since).isoformat(timespec="seconds")


def moving(*moves: tuple[int, timedelta], request: int) -> Callable[[Table, Seen], None]:
    """Rows by their number to the time that they get before a request is answered."""

    def move(table: Table, seen: Seen) -> None:
        if table.asked == request:
            for number, to in moves:
                table.rows[number]["Period"] = at(to)

    return move


SALES = 700


def hourly() -> list[dict[str, object]]:
    return [sale(n, n * HOUR) for n in range(SALES)]


@pytest.mark.parametrize("request_number", [12, 15, 22, 32, 35])
@pytest.mark.parametrize(
    "moves",
    [
        [(690, HOUR / 2)],
        [(3, 695 * HOUR + SECOND)],
        [(3, 695 * HOUR + SECOND), (690, HOUR / 2)],
    ],
    ids=["back", "forth", "both ways"],
)
def test_a_row_that_is_moved_between_parts_is_an_error_that_passes(
    moves: list[tuple[int, timedelta]], request_number: int
) -> None:
    with pytest.raises(errors.ChangedWhileReadError) as failure:
        read(Table(hourly(), before=moving(*moves, request=request_number)))
    assert failure.value.transient


@pytest.mark.parametrize("moves", [[(690, HOUR / 2)], [(3, 695 * HOUR + SECOND)]], ids=["back", "forth"])
@pytest.mark.parametrize("request_number", range(1, 42, 3))
def test_whenever_a_row_is_moved_it_comes_once_or_there_is_an_error(
    moves: list[tuple[int, timedelta]], request_number: int
) -> None:
    try:
        found, _ = read(Table(hourly(), before=moving(*moves, request=request_number)))
    except errors.ChangedWhileReadError:
        return
    assert Counter(found) == expected(hourly())


def test_a_row_that_is_moved_into_a_month_that_was_empty_when_it_was_read_is_noticed() -> None:
    sales = [sale(n, n * HOUR) for n in range(5)] + [sale(5, 300 * DAY)]
    with pytest.raises(errors.ChangedWhileReadError):
        read(Table(sales, before=moving((5, 20 * DAY), request=2)), YEAR)


def test_a_row_that_is_moved_out_of_a_month_before_that_is_read_is_noticed() -> None:
    sales = [sale(n, n * HOUR) for n in range(5)] + [sale(5, 40 * DAY)]
    with pytest.raises(errors.ChangedWhileReadError):
        read(Table(sales, before=moving((5, 20 * DAY), request=2)), YEAR)


def test_a_shop_that_sells_at_every_request_is_read() -> None:
    def sell(table: Table, seen: Seen) -> None:
        table.rows.append(sale(1000 + table.asked, 500 * HOUR + table.asked * SECOND))

    sales = [sale(n, n * HOUR) for n in range(400)]
    found, server = read(table := Table(list(sales), before=sell))
    assert expected(sales) <= Counter(found) <= expected(table.rows)
    assert max(Counter(found).values()) == 1
    assert len(server.data_requests) <= 1.2 * 400 / 20 + 10


def test_a_reading_of_one_part_is_not_counted_again() -> None:
    found, server = read(Table([sale(n, n * HOUR) for n in range(15)]))
    assert (len(found), len(server.data_requests)) == (15, 1)


def test_of_many_parts_one_request_more_is_sent() -> None:
    found, server = read(Table(hourly()))
    assert len(found) == SALES
    assert [seen.options["$top"] for seen in server.data_requests].count("0") == 1


def test_a_move_within_the_history_of_one_card_is_noticed() -> None:
    sales = [sale_by_card(n, n * HOUR) for n in range(300)] + [sale_by_card(999, HOUR, ДисконтнаяКарта_Key=guid(7))]
    with (
        serving(Table(sales, before=moving((299, HOUR / 2), request=13))) as server,
        client_of(server.url, page_size=20) as client,
        pytest.raises(errors.ChangedWhileReadError),
    ):
        client.register(client.entities.sales_by_card, *MARCH, holder=CARD).rows()
    assert f"ДисконтнаяКарта_Key eq guid'{CARD}'" in server.data_requests[-1].options["$filter"]


def test_where_1c_cannot_count_the_whole_window_it_is_counted_in_spans() -> None:
    def full_disk(table: Table, seen: Seen) -> Reply | None:
        start, end = (part.partition("'")[0] for part in seen.options["$filter"].split("datetime'")[1:3])
        is_wide = start < at(10 * DAY) and end > at(20 * DAY)
        return odata_error(500, "-1", "The device is full") if is_wide else None

    found, server = read(Table(hourly(), before=full_disk))
    assert Counter(found) == expected(hourly())
    assert [seen.options["$top"] for seen in server.data_requests].count("0") >= 3


def grouped(server_changes: Callable[[Grouped, int], None]) -> tuple[list[tuple[str, int]], Scripted]:
    documents = Grouped([n * DAY for n in range(90)])
    asked = 0

    def answer(seen: Seen) -> Reply:
        nonlocal asked
        asked += 1
        server_changes(documents, asked)
        return documents(seen)

    return read(answer, YEAR, sales_endpoint=GROUPED)


def test_a_move_among_sets_of_movements_is_noticed() -> None:
    def move(documents: Grouped, asked: int) -> None:
        if asked == 6:
            documents.documents[-1]["RecordSet"][0]["Period"] = at(HOUR)

    with pytest.raises(errors.ChangedWhileReadError):
        grouped(move)


def test_sets_of_movements_that_are_added_at_the_end_are_read_or_left_to_the_next_time() -> None:
    def sell(documents: Grouped, asked: int) -> None:
        documents.documents.append(documents.document(1000 + asked, 364 * DAY + asked * SECOND))

    found, _ = grouped(sell)
    assert {guid(n) for n in range(90)} <= {recorder for recorder, _ in found}
    assert max(Counter(found).values()) == 1


def test_a_document_with_rows_in_several_parts_is_one_document() -> None:
    def stretch(documents: Grouped, asked: int) -> None:
        if asked == 1:
            for number, one in enumerate(documents.documents):
                (line,) = one["RecordSet"]
                one["RecordSet"].append({**line, "LineNumber": "2", "Period": at((number + 40) * DAY)})

    found, _ = grouped(stretch)
    assert Counter(found) == Counter((guid(n), line) for n in range(90) for line in (1, 2))
