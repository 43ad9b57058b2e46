"""The field of the card in a register that comes by document: the first candidate that its movements have."""

import re
from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import CARD, MARCH, client_of, guid, sale
from freesport_pipelines_tests.odata.scripted import Reply, Seen, odata_error, rows, serving

BY_CARD = "/AccumulationRegister_ПродажиПоДисконтнымКартам"
OTHER = guid(7, "c")
COMPARED = re.compile(r"r/(\w+) eq ")


def of_cards(*cards: str, field: str) -> Any:
    """A register of sales that keeps the card in this field, and knows no other."""
    documents = [
        {
            "Recorder": guid(number),
            "Recorder_Type": "StandardODATA.Document_ЧекККМ",
            "RecordSet": [{k: v for k, v in sale(number, **{field: card}).items() if not k.startswith("Recorder")}],
        }
        for number, card in enumerate(cards)
    ]

    def answer(seen: Seen) -> Reply:
        where = seen.options.get("$filter", "")
        if wrong := [name for name in COMPARED.findall(where) if name != field]:
            return odata_error(400, "6", f"Сегмент пути {wrong[0]} не найден!")
        found = [one for one in documents if " eq " not in where or one["RecordSet"][0][field] in where]
        return rows(*found, count=len(found))

    return answer


def cards_read(client: Any, **holder: str) -> tuple[list[str | None], str]:
    reading = client.register(client.entities.sales_by_card, *MARCH, **holder)
    return [row.card for row in reading.rows()], reading.summary.chosen_field


def test_without_a_filter_the_card_is_found_among_the_candidates() -> None:
    with (
        serving(of_cards(CARD, OTHER, field="Карта_Key")) as server,
        client_of(server.url, sales_by_card_endpoint=BY_CARD) as client,
    ):
        assert cards_read(client) == ([CARD, OTHER], "Карта_Key")


def test_the_history_of_one_card_is_asked_for_by_the_candidate_that_exists() -> None:
    with (
        serving(of_cards(CARD, OTHER, field="Карта_Key")) as server,
        client_of(server.url, sales_by_card_endpoint=BY_CARD) as client,
    ):
        assert cards_read(client, holder=CARD) == ([CARD], "Карта_Key")
    assert f"r/Карта_Key eq guid'{CARD}'" in server.data_requests[-1].options["$filter"]


def test_fields_that_are_configured_are_tried() -> None:
    with (
        serving(of_cards(CARD, field="Скидочная_Key")) as server,
        client_of(
            server.url,
            sales_by_card_endpoint=BY_CARD,
            sales_by_card_filter_fields="ДисконтнаяКарта_Key,Скидочная_Key",
        ) as client,
    ):
        assert cards_read(client) == ([CARD], "Скидочная_Key")


def test_flat_rows_that_turn_out_to_be_sets_are_read_by_the_candidate_too() -> None:
    with serving(of_cards(CARD, field="Карта_Key")) as server, client_of(server.url) as client:
        assert cards_read(client) == ([CARD], "Карта_Key")


def test_where_no_candidate_is_in_the_movements_all_are_named() -> None:
    with (
        serving(of_cards(CARD, field="Иное_Key")) as server,
        client_of(server.url, sales_by_card_endpoint=BY_CARD) as client,
        pytest.raises(errors.FieldUnknownError, match="none of the fields ДисконтнаяКарта_Key, ДисконтнаяКарта, Карта"),
    ):
        cards_read(client)


def test_the_first_row_to_look_at_has_its_card() -> None:
    with (
        serving(of_cards(CARD, field="Карта")) as server,
        client_of(server.url, sales_by_card_endpoint=BY_CARD) as client,
    ):
        assert [row.card for row in client.peek(client.entities.sales_by_card)[1]] == [CARD]
