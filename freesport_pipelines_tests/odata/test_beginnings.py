"""When a register begins, how many rows there are, and the first of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import MARCH, client_of, guid, sale
from freesport_pipelines_tests.odata.scripted import Reply, Seen, odata_error, rows, serving
from freesport_pipelines_tests.odata.table import Table

GROUPED = "/AccumulationRegister_Продажи"
EMPTY_DATE = datetime(1, 1, 1)  # noqa: DTZ001
TYPO = datetime(209, 5, 1)  # noqa: DTZ001


@pytest.mark.parametrize("garbage", [EMPTY_DATE, TYPO])
def test_a_register_begins_with_its_first_sensible_moment(garbage: datetime) -> None:
    with serving(Table([sale(1, garbage), sale(2, timedelta(hours=1)), sale(3)])) as server:
        with client_of(server.url) as client:
            assert client.first_moment(client.entities.sales) == MARCH[0]
        asked = server.data_requests[0].options
    assert (asked["$filter"], asked["$top"]) == ("Period ge datetime'2000-01-01T00:00:00'", "1")


def test_a_register_with_empty_dates_only_has_no_beginning() -> None:
    with serving(Table([sale(1, EMPTY_DATE)])) as server, client_of(server.url) as client:
        assert client.first_moment(client.entities.sales) is None


def test_a_filter_that_has_no_effect_is_noticed() -> None:
    table = Table([sale(1, EMPTY_DATE)], honours_filter=False)
    with serving(table) as server, client_of(server.url) as client, pytest.raises(errors.FilterIgnoredError):
        client.first_moment(client.entities.sales)


def test_where_the_filter_is_refused_the_beginning_is_unknown() -> None:
    refused = odata_error(500, "-1", 'Операция не разрешена в предложении "ГДЕ"')
    with serving(refused) as server, client_of(server.url) as client:
        assert client.first_moment(client.entities.sales) is None


def test_sets_of_movements_are_not_asked_for_an_order() -> None:
    with serving(rows(count=0)) as server, client_of(server.url, sales_endpoint=GROUPED) as client:
        assert client.first_moment(client.entities.sales) is None
    assert server.log == []


def test_all_rows_of_a_register_are_counted_whatever_their_year() -> None:
    everything = [sale(1, EMPTY_DATE), sale(2, TYPO), sale(3), sale(4, datetime(3025, 1, 1))]  # noqa: DTZ001
    with serving(Table(everything)) as server, client_of(server.url) as client:
        assert client.count(client.entities.sales) == 4
    (asked,) = server.log
    assert ("$filter" in asked.options, asked.options["$top"]) == (False, "0")


def of_one_type(seen: Seen) -> Reply:
    """A register that only one type of document writes."""
    line = {k: v for k, v in sale(1).items() if not k.startswith("Recorder")}
    recorded = {"Recorder_Key": guid(1), "RecordSet": [line]}
    wrong = [name for name in ("Recorder", "Recorder_Type") if name in seen.options["$select"].split(",")]
    return odata_error(400, "6", f"Сегмент пути {wrong[0]} не найден!") if wrong else rows(recorded, count=1)


def looked_at(client: Any) -> Any:
    total, found = client.peek(client.entities.sales)
    return total, [row.recorder for row in found]


@pytest.mark.parametrize(
    ("ask", "answer"),
    [
        (looked_at, (1, [guid(1)])),
        (lambda client: client.count(client.entities.sales), 1),
        (lambda client: client.count(client.entities.sales, datetime(2025, 1, 1, tzinfo=UTC), MARCH[1]), 1),
    ],
    ids=["first row", "count", "count of a window"],
)
def test_sets_of_movements_of_one_type_of_document_are_known_by_its_key(ask: Any, answer: Any) -> None:
    with serving(of_one_type) as server, client_of(server.url, sales_endpoint=GROUPED) as client:
        assert ask(client) == answer
    assert server.log[-1].options["$select"] == "Recorder_Key,RecordSet"
