"""Objects by their keys (facts/odata, sections 1.3 and 7: checks 34, 35, 42)."""

from decimal import Decimal

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import card, client_of, guid
from freesport_pipelines_tests.odata.scripted import Reply, Seen, as_json, odata_error, rows, serving
from freesport_pipelines_tests.odata.table import Table

LONG_URL = Reply(b"<html><title>404.15 - query string too long</title></html>", 404, {"Content-Type": "text/html"})


def test_a_thousand_keys_are_asked_for_in_short_urls_and_unknown_ones_are_told() -> None:
    keys = [guid(n) for n in range(1000)]
    with serving(Table([card(n) for n in range(990)])) as server, client_of(server.url) as client:
        found = client.by_keys(client.entities.discount_cards, keys)
    assert [row.onec_id for row in found.rows] == keys[:990]
    assert found.unknown == tuple(keys[990:])
    assert max(len(server.url.partition("/a/")[0] + seen.target) for seen in server.data_requests) <= 2000


def test_a_key_that_is_given_twice_is_asked_for_once() -> None:
    with serving(Table([card(1)])) as server, client_of(server.url) as client:
        found = client.by_keys(client.entities.discount_cards, [guid(1), guid(1).upper()])
    assert len(found.rows) == 1
    assert server.data_requests[0].options["$filter"].count("guid") == 1


def test_no_keys_need_no_request_for_objects() -> None:
    with serving(Table([card(1)])) as server, client_of(server.url) as client:
        assert client.by_keys(client.entities.discount_cards, []) == ([], ())
    assert server.data_requests == []


@pytest.mark.parametrize("refusal", [LONG_URL, Reply(b"", 414)], ids=["404.15", "414"])
def test_a_list_that_makes_the_url_too_long_for_a_proxy_is_halved(refusal: Reply) -> None:
    def short_only(table: Table, seen: Seen) -> Reply | None:
        return refusal if len(seen.target) > 900 else None

    keys = [guid(n) for n in range(30)]
    with serving(Table([card(n) for n in range(30)], before=short_only)) as server, client_of(server.url) as client:
        found = client.by_keys(client.entities.discount_cards, keys)
    assert [row.onec_id for row in found.rows] == keys


def test_a_url_that_is_too_long_for_one_key_is_an_error() -> None:
    with serving(Reply(b"", 414)) as server, client_of(server.url) as client, pytest.raises(errors.UrlTooLongError):
        client.by_keys(client.entities.discount_cards, [guid(1)])
    assert len(server.data_requests) == 1


def test_an_object_outside_the_list_betrays_an_ignored_filter() -> None:
    table = Table([card(n) for n in range(9)], honours_filter=False)
    with serving(table) as server, client_of(server.url) as client, pytest.raises(errors.FilterIgnoredError):
        client.by_keys(client.entities.discount_cards, [guid(1)])


def test_an_answer_that_is_cut_off_is_no_proof_that_a_key_is_unknown() -> None:
    keys = [guid(n) for n in range(8)]
    with serving(Table([card(n) for n in range(8)], cap=3)) as server, client_of(server.url) as client:
        found = client.by_keys(client.entities.discount_cards, keys)
    assert (len(found.rows), found.unknown) == (8, ())


def test_one_object_is_read_by_its_key() -> None:
    with serving(as_json(card(1))) as server, client_of(server.url) as client:
        found = client.by_key(client.entities.discount_cards, guid(1).upper())
    assert found is not None
    assert found.onec_id == guid(1)
    assert server.log[0].entity == f"Catalog_ДисконтныеКарты(guid'{guid(1)}')"


def test_an_object_that_does_not_exist_is_none() -> None:
    reply = odata_error(404, "9", "Экземпляр сущности не найден")
    with serving(reply) as server, client_of(server.url) as client:
        assert client.by_key(client.entities.discount_cards, guid(1)) is None
    assert len(server.log) == 1


def test_another_object_than_asked_for_is_an_error() -> None:
    with serving(as_json(card(2))) as server, client_of(server.url) as client, pytest.raises(errors.FilterIgnoredError):
        client.by_key(client.entities.discount_cards, guid(1))


def test_the_balance_of_a_card_is_asked_of_the_virtual_table() -> None:
    balance = {"БонуснаяКарта_Key": guid(1), "НачисленоBalance": 220, "КСписаниюBalance": 40.5}
    with serving(rows(balance)) as server, client_of(server.url) as client:
        (found,) = client.loyalty_balances(card=guid(1))
    assert found == (guid(1), Decimal(220), Decimal("40.5"))
    path = f"AccumulationRegister_БонусныеБаллы/Balance(Condition='БонуснаяКарта_Key eq guid''{guid(1)}''')"
    assert server.log[0].entity == path
    assert "+" not in server.log[0].target


def test_the_balances_of_all_cards_need_a_moment() -> None:
    with (
        serving(rows()) as server,
        client_of(server.url) as client,
        pytest.raises(ValueError, match="a card or a moment"),
    ):
        client.loyalty_balances()
    assert server.log == []


def test_the_balance_of_another_card_is_an_error() -> None:
    balance = {"БонуснаяКарта_Key": guid(2), "НачисленоBalance": 1, "КСписаниюBalance": 0}
    with serving(rows(balance)) as server, client_of(server.url) as client, pytest.raises(errors.FilterIgnoredError):
        client.loyalty_balances(card=guid(1))
