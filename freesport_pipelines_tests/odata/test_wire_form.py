"""What goes over the wire, byte by byte (facts/odata, sections 0 and 7: checks 1, 2, 6-10, 33)."""

import base64
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freesport_pipelines.odata.classify import Target
from freesport_pipelines.odata.decoding import page
from freesport_pipelines.odata.errors import RedirectError
from freesport_pipelines.odata.pace import Pace
from freesport_pipelines.odata.query import Query, base_url, resource
from freesport_pipelines.odata.transport import Transport
from freesport_pipelines_tests.odata.building import CARD, MARCH, card, client_of, guid, sale, sale_by_card
from freesport_pipelines_tests.odata.scripted import Reply, Scripted, as_json, rows, serving
from freesport_pipelines_tests.odata.table import Table

SALES = "/AccumulationRegister_%D0%9F%D1%80%D0%BE%D0%B4%D0%B0%D0%B6%D0%B8_RecordType"


def everything_is_read(server: Scripted) -> None:
    """One of each kind of request that the client knows."""
    with client_of(server.url) as client:
        entities = client.entities
        client.catalogue(entities.discount_cards).rows()
        client.register(entities.sales_by_card, *MARCH, holder=CARD).rows()
        client.count(entities.sales_by_card, *MARCH)
        client.by_keys(entities.discount_cards, [guid(1), guid(2)])
        client.first_moment(entities.sales_by_card)


@pytest.fixture(scope="module")
def targets() -> list[str]:
    def answer(seen: object) -> Reply:
        return cards(seen) if "Catalog" in seen.path else sales(seen)  # type: ignore[attr-defined,arg-type]

    cards, sales = Table([card(1), card(2)]), Table([sale_by_card(1)])
    with serving(answer) as server:
        everything_is_read(server)
        assert {seen.method for seen in server.log} == {"GET"}
        return [seen.target for seen in server.log]


def test_a_space_is_never_a_plus(targets: list[str]) -> None:
    assert not [target for target in targets if "+" in target]
    assert any("%20" in target for target in targets)


def test_every_target_has_one_question_mark_and_literal_dollars(targets: list[str]) -> None:
    assert {target.count("?") for target in targets} == {1}
    assert not [target for target in targets if "%24" in target]
    assert all("$" in target for target in targets)


def test_every_data_request_asks_for_json_without_metadata_and_names_its_fields(targets: list[str]) -> None:
    for target in targets:
        assert "$format=application/json%3Bodata=nometadata" in target
        assert "$select=" in target


def test_every_target_is_ascii(targets: list[str]) -> None:
    assert all(target.isascii() for target in targets)


def test_the_request_for_a_window_is_this_to_the_last_byte() -> None:
    with serving(Table([sale(1)])) as server, client_of(server.url) as client:
        client.register(client.entities.sales, *MARCH).rows()
        (seen,) = server.data_requests
    path, _, query = seen.target.partition("?")
    assert path == "/a/unf/1/odata/standard.odata" + SALES
    assert query.endswith(
        "&$filter=Period%20ge%20datetime'2025-03-01T00:00:00'%20and%20Period%20lt%20datetime'2025-04-01T00:00:00'"
        "&$orderby=Period,LineNumber&$top=1000&$inlinecount=allpages"
    )


def sent_filter(server: Scripted, where: str) -> str:
    """What a server that knows no plus signs makes of a filter."""
    transport = Transport(server.url, "Basic x", clock=Pace().clock)
    try:
        target = Target(resource(server.url, "Catalog_X", Query(("Ref_Key", "Code"), where)), "Catalog_X")
        page(transport.get(target, read_seconds=5, deadline=float("inf")), target)
    finally:
        transport.close()
    pairs = dict(pair.split("=", 1) for pair in server.log[-1].target.partition("?")[2].split("&"))
    return unquote_to_bytes(pairs["$filter"]).decode()


@pytest.fixture(scope="module")
def quiet_server() -> Scripted:
    with serving(rows()) as server:
        yield server


@pytest.mark.parametrize("text", ["+ & # % ' ; ? \\ \" = / , $ @ : ~", "Колье №5 «Ёлка»", "%2B %20", "a\tb\nc"])
def test_the_server_decodes_exactly_what_the_filter_says(quiet_server: Scripted, text: str) -> None:
    assert sent_filter(quiet_server, f"Description eq '{text}'") == f"Description eq '{text}'"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
@settings(max_examples=50, deadline=None)
def test_any_text_reaches_the_server_unharmed(quiet_server: Scripted, text: str) -> None:
    assert sent_filter(quiet_server, text) == text


@pytest.mark.parametrize(
    "typed",
    [
        "https://1c.example/a/unf/1/odata/standard.odata",
        "https://1c.example/a/unf/1/odata/standard.odata/",
        "https://1c.example/a/unf/1/odata/standard.odata/ru",
        "https://1c.example/a/unf/1/odata/standard.odata/en/",
        "https://1c.example/a/unf/1/ru/odata/standard.odata",
        "  https://1c.example/a/unf/1/odata/standard.odata//\n",
    ],
)
def test_an_address_copied_in_any_way_means_the_same_resource(typed: str) -> None:
    assert base_url(typed) == "https://1c.example/a/unf/1/odata/standard.odata"


@pytest.mark.parametrize("typed", ["", "1c.example", "ftp://1c.example", "https://u:p@1c.example/", "https://x/?a=1"])
def test_what_is_no_address_is_refused_without_being_repeated(typed: str) -> None:
    with pytest.raises(ValueError) as raised:
        base_url(typed)
    assert typed == "" or typed not in str(raised.value)


def test_a_cyrillic_login_is_utf_8_before_base64() -> None:
    with serving(rows(count=0)) as server, client_of(server.url, api_user="Читатель", api_password="пароль") as client:
        client.catalogue(client.entities.discount_cards).rows()
    scheme, _, value = server.log[0].headers["authorization"].partition(" ")
    assert (scheme, base64.b64decode(value).decode()) == ("Basic", "Читатель:пароль")


def test_a_redirect_is_an_error_and_nobody_else_gets_the_credentials() -> None:
    with serving(rows(count=0)) as elsewhere:
        away = Reply(b"", 302, {"Location": elsewhere.url})
        with serving(away) as server, client_of(server.url) as client, pytest.raises(RedirectError):
            client.catalogue(client.entities.discount_cards).rows()
        assert len(server.log) == 1
        assert elsewhere.log == []


def test_an_order_is_never_asked_of_a_record_set_register() -> None:
    recorded = {
        "Recorder": guid(1),
        "Recorder_Type": "StandardODATA.Document_ЧекККМ",
        "RecordSet": [{k: v for k, v in sale(1).items() if not k.startswith("Recorder")}],
    }
    with (
        serving(rows(recorded, count=1)) as server,
        client_of(server.url, sales_endpoint="/AccumulationRegister_Продажи") as client,
    ):
        found = client.register(client.entities.sales, *MARCH).rows()
    assert found is not None
    assert [row.recorder for row in found] == [guid(1)]
    assert all("$orderby" not in seen.options for seen in server.data_requests)
    assert "RecordSet/any(r: r/Period ge" in server.data_requests[0].options["$filter"]


def test_references_are_compared_for_equality_only_and_lists_are_joined_by_or(targets: list[str]) -> None:
    filters = [target for target in targets if "$filter" in target]
    assert not [target for target in filters if "_Key%20gt" in target or "%20in%20" in target]
    assert any("Ref_Key%20eq%20guid'" in target and "%20or%20" in target for target in filters)


def test_a_malformed_key_is_refused_before_anything_is_sent() -> None:
    with serving(as_json({})) as server, client_of(server.url) as client:
        for ask in (
            lambda: client.by_key(client.entities.products, "42"),
            lambda: client.by_keys(client.entities.products, [guid(1), "x"]),
            lambda: client.register(client.entities.sales_by_card, *MARCH, holder="' or 1 eq 1"),
        ):
            with pytest.raises(ValueError, match="no guid"):
                ask()
    assert server.log == []
