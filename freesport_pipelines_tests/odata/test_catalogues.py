"""A catalogue is read completely or not at all (facts/odata, sections 2.5 and 7: checks 22-28)."""

from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import card, client_of, guid
from freesport_pipelines_tests.odata.scripted import Answer, Reply, Scripted, Seen, odata_error, serving
from freesport_pipelines_tests.odata.table import Table


def read(answer: Answer, **settings: Any) -> tuple[list[str], Scripted]:
    """The keys that were read, in order."""
    with serving(answer) as server, client_of(server.url, **settings) as client:
        found = client.catalogue(client.entities.discount_cards).rows()
    assert found is not None
    return [row.onec_id for row in found], server


def keys(number: int) -> list[str]:
    return [guid(n) for n in range(number)]


def test_2500_cards_come_in_three_pages_and_the_count_is_checked() -> None:
    found, server = read(Table([card(n) for n in range(2500)]))
    assert found == keys(2500)
    assert [seen.options.get("$skip") for seen in server.log] == [None, "999", "1998"]
    assert ["$inlinecount" in seen.options for seen in server.log] == [True, False, True]


def test_a_catalogue_of_exactly_one_page_is_whole_after_one_request() -> None:
    found, server = read(Table([card(n) for n in range(100)]), page_size=100)
    assert found == keys(100)
    assert len(server.log) == 1


def test_an_empty_catalogue_has_no_rows() -> None:
    found, server = read(Table([]))
    assert (found, len(server.log)) == ([], 1)


def test_a_server_that_shuffles_without_an_order_does_no_harm_because_it_is_always_given() -> None:
    found, server = read(Table([card(n) for n in range(300)]), page_size=40)
    assert sorted(found) == keys(300)
    assert all(seen.options["$orderby"] == "Ref_Key" for seen in server.log)


def test_a_server_that_ignores_skip_is_found_out_at_the_second_page() -> None:
    with pytest.raises(errors.RepeatedPageError):
        read(table := Table([card(n) for n in range(300)], honours_skip=False), page_size=100)
    assert table.asked == 2


def test_a_server_with_pages_of_its_own_size_is_read_to_the_end() -> None:
    found, server = read(Table([card(n) for n in range(1050)], cap=100), page_size=1000)
    assert sorted(found) == keys(1050)
    assert len(server.log) == 11
    assert [n for n, seen in enumerate(server.log) if "$inlinecount" in seen.options] == [0, 1, 10]


def test_a_card_inserted_behind_the_back_of_the_reader_leads_to_another_scan() -> None:
    def insert(table: Table, seen: Seen) -> None:
        if table.asked == 2:
            table.rows.insert(0, card(0))

    found, _ = read(Table([card(n) for n in range(1, 101)], before=insert), page_size=40)
    assert sorted(found) == keys(101)


def test_a_card_deleted_behind_the_back_of_the_reader_leads_to_another_scan() -> None:
    def delete(table: Table, seen: Seen) -> None:
        if table.asked == 2:
            del table.rows[0]

    found, _ = read(Table([card(n) for n in range(101)], before=delete), page_size=40)
    assert sorted(found) == keys(101)[1:]


def test_a_catalogue_that_never_agrees_with_its_count_is_an_error_and_gives_no_row() -> None:
    def always_insert(table: Table, seen: Seen) -> None:
        table.rows.insert(0, card(1000 + table.asked))

    given: list[Any] = []
    with (
        serving(Table([card(n) for n in range(100)], before=always_insert)) as server,
        client_of(server.url, page_size=40) as client,
        pytest.raises(errors.IncompleteReadError),
    ):
        given += client.catalogue(client.entities.discount_cards)
    assert given == []


def test_without_a_count_nothing_is_believed() -> None:
    with pytest.raises(errors.IncompleteReadError):
        read(Table([card(1)], counts=False))


def test_rows_on_two_pages_are_given_once() -> None:
    shared = [card(n) for n in range(30)]
    with pytest.raises(errors.IncompleteReadError):
        read(Table([*shared, *shared[:20], card(99)]), page_size=20)


def test_a_failed_page_is_asked_for_again_and_never_skipped() -> None:
    def fail_once(table: Table, seen: Seen) -> Reply | None:
        return Reply(b"", 502) if table.asked == 2 else None

    found, server = read(Table([card(n) for n in range(100)], before=fail_once), page_size=40)
    assert found == keys(100)
    assert [seen.options.get("$skip") for seen in server.log] == [None, "39", "39", "78"]


def test_a_page_that_always_fails_ends_the_reading_without_a_row() -> None:
    def fail(table: Table, seen: Seen) -> Reply | None:
        return Reply(b"", 502) if seen.options.get("$skip") else None

    given: list[Any] = []
    with (
        serving(Table([card(n) for n in range(100)], before=fail)) as server,
        client_of(server.url, page_size=40) as client,
    ):
        reading = client.catalogue(client.entities.discount_cards)
        with pytest.raises(errors.BusyError):
            given += reading
        with pytest.raises(RuntimeError, match="not come to its end"):
            _ = reading.summary
    assert given == []
    assert {seen.options.get("$skip") for seen in server.log} == {None, "39"}


@pytest.mark.parametrize(
    "trouble",
    [odata_error(500, "-1", "The device is full '/tmp/v8_1.tmp'"), odata_error(500, "-1", "Превышено время ожидания")],
)
def test_pages_shrink_while_1c_fails_at_their_size_and_everything_is_read(trouble: Reply) -> None:
    def full_disk(table: Table, seen: Seen) -> Reply | None:
        return trouble if int(seen.options["$top"]) > 25 else None

    found, server = read(Table([card(n) for n in range(100)], before=full_disk), page_size=400)
    assert found == keys(100)
    assert [int(seen.options["$top"]) for seen in server.log] == [400, 400, 100, 100, 25, 25, 25, 25, 25]


def test_pages_are_never_smaller_than_twenty_rows() -> None:
    with (
        serving(odata_error(500, "-1", "The device is full")) as server,
        client_of(server.url, page_size=100) as client,
        pytest.raises(errors.HeavyQueryError),
    ):
        client.catalogue(client.entities.discount_cards).rows()
    assert [int(seen.options["$top"]) for seen in server.log] == [100, 100, 25, 25, 20, 20]


def test_a_reading_is_iterated_once() -> None:
    with serving(Table([card(1)])) as server, client_of(server.url) as client:
        reading = client.catalogue(client.entities.discount_cards)
        assert reading.rows() is not None
        with pytest.raises(RuntimeError, match="once"):
            reading.rows()


def test_the_summary_says_what_was_read_and_how() -> None:
    with serving(Table([card(1), card(2)])) as server, client_of(server.url, allowed_only=True) as client:
        reading = client.catalogue(client.entities.discount_cards)
        reading.rows()
    summary = reading.summary
    assert (summary.entity, summary.rows, summary.requests) == ("Catalog_ДисконтныеКарты", 2, 1)
    assert (summary.is_published, summary.is_degraded, summary.allowed_only) == (True, False, True)
    assert server.log[0].options["allowedOnly"] == "true"
