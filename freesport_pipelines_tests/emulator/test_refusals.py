"""What is not there and what is not allowed: facts/odata, sections 1.1 and 2."""

from urllib.parse import quote

import pytest

from freesport_pipelines.emulator import Company, Limits, Server, serve
from freesport_pipelines.emulator.target import BASE
from freesport_pipelines_tests.emulator.asking import (
    CARDS,
    GOODS,
    JSON,
    SALES,
    SALES_SETS,
    get,
    option,
    raw,
    where,
)

NOTHING = "12345678-1234-4234-8234-123456789abc"


@pytest.mark.parametrize("name", ["Catalog_X", "catalog_Контрагенты", "AccumulationRegister_X", "Catalog_X(guid'1')"])
def test_an_unknown_set_is_not_found(server: Server, name: str) -> None:
    reply = get(server, name)
    assert (reply.status, reply.code) == (404, "8")
    assert name.partition("(")[0] in reply.message


def test_an_unpublished_set_is_as_unknown_as_any() -> None:
    company = Company(unpublished=[CARDS])
    with serve(company) as server:
        assert get(server, CARDS).code == "8"
        assert quote(CARDS) not in get(server, "").text
        company.publish_all_but(SALES)
        assert get(server, CARDS).status == 200
        assert get(server, SALES).code == get(server, SALES_SETS).code == "8"


def test_an_unknown_key_is_another_not_found(server: Server) -> None:
    reply = get(server, f"{CARDS}(guid'{NOTHING}')")
    assert (reply.status, reply.code) == (404, "9")
    assert NOTHING in reply.message


def test_a_key_needs_all_its_parts_and_the_right_literals(server: Server) -> None:
    assert get(server, f"{SALES}(Recorder='{NOTHING}')").code == "7"
    assert get(server, f"{SALES}(guid'{NOTHING}')").code == "7"
    assert get(server, f"{CARDS}('{NOTHING}')").code == "1"
    assert get(server, f"{CARDS}(Code='{NOTHING}')").code == "6"


def test_a_path_ends_where_it_ends(server: Server) -> None:
    assert get(server, f"{CARDS}/Code").message == "Сегмент пути Code не найден!"
    assert get(server, f"{CARDS}/$count/$count").message == "Обнаружены лишние сегменты!"
    assert get(server, f"{CARDS}(guid'{NOTHING}')/Code").code == "6"


def test_a_query_longer_than_iis_allows_is_an_html_page(server: Server) -> None:
    begin, end = where("Code eq '"), "'"
    left = 2048 - len(f"{JSON}&{begin}{end}")
    assert get(server, CARDS, begin + "0" * left + end).rows == []
    reply = get(server, CARDS, begin + "0" * (left + 1) + end)
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "404.15" in reply.text


def test_forty_keys_are_too_many_for_one_query_and_twenty_five_are_not(server: Server) -> None:
    keys = [f"Ref_Key eq guid'{NOTHING}'"]
    assert get(server, CARDS, where(" or ".join(keys * 40))).status == 404
    assert get(server, CARDS, where(" or ".join(keys * 25))).status == 200


def test_a_long_path_segment_is_refused_by_the_web_server(server: Server) -> None:
    keys = " or ".join([f"БонуснаяКарта_Key eq guid''{NOTHING}''"] * 5)
    reply = get(server, f"AccumulationRegister_БонусныеБаллы/Balance(Condition='{keys}')")
    assert (reply.status, reply.headers["content-type"]) == (400, "text/html; charset=utf-8")


@pytest.mark.parametrize("letter", ["+", "%2B", "%5C", "%3F", "%0A"])
def test_some_letters_cannot_travel_in_a_path(server: Server, letter: str) -> None:
    assert raw(server, f"{BASE}/Catalog_{letter}?{JSON}").headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/", "/a/unf/1000/ru/odata/standard.odata/", f"{BASE}x"])
def test_another_address_is_a_page_of_the_portal(server: Server, path: str) -> None:
    reply = raw(server, path)
    assert (reply.status, reply.headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "MERGE", "OPTIONS"])
def test_nothing_but_get_is_allowed(server: Server, method: str) -> None:
    reply = raw(server, f"{BASE}/{quote(CARDS)}?{JSON}", method=method)
    assert (reply.status, reply.code) == (405, "19")


def test_an_answer_may_be_too_large_for_the_server(company: Company) -> None:
    with serve(company, limits=Limits(page_rows=100)) as server:
        assert len(get(server, SALES, "$top=100").rows) == 100
        reply = get(server, SALES, "$top=101")
    assert (reply.status, reply.code) == (500, "-1")
    assert "The device is full" in reply.message


def test_root_and_metadata_list_what_is_published(server: Server, company: Company) -> None:
    names = {entry["name"] for entry in get(server, "").rows}
    assert names == {*company.tables, *(t.register for t in company.tables.values() if t.register)}
    assert raw(server, f"{BASE}/").headers["content-type"].startswith("application/atom+xml")


def test_nothing_published_is_an_empty_workspace() -> None:
    with serve({}) as server:
        assert b"<collection" not in raw(server, BASE).body
        assert get(server, "").rows == []


def test_select_of_goods_by_a_wrong_name_names_it(server: Server) -> None:
    assert get(server, GOODS, option("$select", "Ref_Key,Бренд_Key")).message == "Сегмент пути Бренд_Key не найден!"
