"""What each refusal means; no error tells what is nobody's business (facts/odata, 2.1-2.4, checks 36-41, 49)."""

import logging
import pickle
import traceback
from datetime import timedelta
from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines.odata.classify import Answer, Target, refusal
from freesport_pipelines.odata.client import OnecClient
from freesport_pipelines_tests.odata.building import CARD, MARCH, card, client_of, guid, sale, sale_by_card
from freesport_pipelines_tests.odata.scripted import Reply, Seen, as_json, odata_error, rows, serving
from freesport_pipelines_tests.odata.table import Table

WHERE = 'Операция не разрешена в предложении "ГДЕ"\n<<?>>… AUTOORDER'
HTML = {"Content-Type": "text/html"}


def cards(client: OnecClient) -> Any:
    return client.catalogue(client.entities.discount_cards).rows()


def meaning(status: int, body: str, url: str = "http://x/Catalog_X") -> errors.OnecError:
    return refusal(Answer(status, {}, body.encode()), Target(url, "Catalog_X", frozenset({"Code", "Сумма"})), 0.0)


def json_error(code: str, text: str) -> str:
    return as_json({"odata.error": {"code": code, "message": {"lang": "ru", "value": text}}}).body.decode()


def xml_error(code: str, text: str) -> str:
    inner = f'<m:code>{code}</m:code><m:message xml:lang="ru">{text}</m:message>'
    return f'<?xml version="1.0"?><m:error xmlns:m="x">{inner}</m:error>'


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, json_error("14", "Ошибка при разборе опции запроса $filter"), errors.QueryRefusedError),
        (400, json_error("6", "Сегмент пути Период не найден!"), errors.FieldUnknownError),
        (400, xml_error("6", "Сегмент пути Период не найден!"), errors.FieldUnknownError),
        (404, json_error("8", "Тип сущности не найден"), errors.NotPublishedError),
        (404, json_error("9", "Экземпляр сущности не найден"), errors.NoSuchKeyError),
        (401, json_error("20", "Нарушение прав доступа!"), errors.AccessDeniedError),
        (401, "", errors.LoginRefusedError),
        (401, "<html>Login</html>", errors.LoginRefusedError),
        (401, '{"exception":{"descr":"Идентификация пользователя не выполнена"}}', errors.LoginRefusedError),
        (200, '{"exception":{"inner":{"descr":"Учётная запись заблокирована"}}}', errors.AccountLockedError),
        (403, "Учетная запись пользователя заблокирована", errors.AccountLockedError),
        (403, json_error("-1", WHERE), errors.WhereRefusedError),
        (500, json_error("-1", WHERE), errors.WhereRefusedError),
        (500, json_error("-1", "Нельзя сравнивать поля неограниченной длины"), errors.QueryRefusedError),
        (500, json_error("-1", "The device is full '/tmp/v8_1.tmp'"), errors.HeavyQueryError),
        (403, "forbidden", errors.AccessDeniedError),
        (404, "<html>404.15</html>", errors.UrlTooLongError),
        (404, "<html>not found</html>", errors.NotPublishedError),
        (405, "", errors.QueryRefusedError),
        (406, "", errors.QueryRefusedError),
        (501, json_error("0", "Возможность не поддерживается"), errors.QueryRefusedError),
        (408, "", errors.ThrottledError),
        (429, "", errors.ThrottledError),
        (502, "<html>bad gateway</html>", errors.BusyError),
        (503, "Не найдена свободная лицензия", errors.SessionLimitError),
        (500, json_error("-1", "Превышено количество сеансов"), errors.SessionLimitError),
        (503, "<html>Выполняется обновление</html>", errors.MaintenanceError),
        (400, '{"odata.error":{"code":"14","message":"строка"}}', errors.QueryRefusedError),
        (400, '{"odata.error":{"message":"без кода"}}', errors.QueryRefusedError),
        (400, '{"odata.error":{"code":"14"}}', errors.QueryRefusedError),
        (599, "", errors.HeavyQueryError),
    ],
)  # fmt: skip
def test_a_refusal_is_known_by_its_text_its_code_or_its_status(
    status: int, body: str, kind: type[errors.OnecError]
) -> None:
    assert type(meaning(status, body)) is kind


def test_a_404_for_a_very_long_url_may_mean_its_length() -> None:
    assert isinstance(meaning(404, "<html>not found</html>", "http://x/" + "a" * 1500), errors.UrlTooLongError)


def test_a_mistake_in_the_query_is_sent_once() -> None:
    with (
        serving(odata_error(400, "14", "Ошибка при разборе опции запроса $filter")) as server,
        client_of(server.url) as client,
        pytest.raises(errors.QueryRefusedError),
    ):
        cards(client)
    assert len(server.log) == 1


def only(wire: str) -> Table:
    """A register that knows one field of the card only."""
    row = {k: v for k, v in sale_by_card(1).items() if k != "ДисконтнаяКарта_Key"} | {wire: CARD}

    def check(table: Table, seen: Seen) -> Reply | None:
        asked = seen.options["$select"].split(",")
        unknown = [name for name in ("ДисконтнаяКарта_Key", "ДисконтнаяКарта", "Карта_Key", "Карта") if name in asked]
        wrong = [name for name in unknown if name != wire]
        return odata_error(400, "6", f"Сегмент пути {wrong[0]} не найден!") if wrong else None

    return Table([row], before=check)


def test_the_fields_of_the_card_are_tried_in_order_and_the_working_one_is_remembered() -> None:
    with serving(only("Карта_Key")) as server, client_of(server.url) as client:
        first = client.register(client.entities.sales_by_card, *MARCH, holder=CARD)
        (row,) = first.rows() or []
        client.register(client.entities.sales_by_card, *MARCH, holder=CARD).rows()
    assert row.card == CARD
    assert first.summary.chosen_field == "Карта_Key"
    tried = [seen.options["$filter"].split(" and ")[-1].split(" ")[0] for seen in server.data_requests]
    assert tried == ["ДисконтнаяКарта_Key", "ДисконтнаяКарта", "Карта_Key", "Карта_Key"]


def test_a_field_without_key_is_compared_with_a_typed_reference() -> None:
    with serving(only("Карта")) as server, client_of(server.url) as client:
        client.register(client.entities.sales_by_card, *MARCH, holder=CARD).rows()
    assert server.log[-1].options["$filter"].endswith(f"Карта eq cast(guid'{CARD}','Catalog_ДисконтныеКарты')")


def test_when_no_field_of_the_card_is_known_the_error_names_them_all() -> None:
    with (
        serving(only("Другое")) as server,
        client_of(server.url) as client,
        pytest.raises(errors.FieldUnknownError) as raised,
    ):
        client.register(client.entities.sales_by_card, *MARCH, holder=CARD).rows()
    for name in ("ДисконтнаяКарта_Key", "ДисконтнаяКарта", "Карта_Key", "Карта"):
        assert name in str(raised.value)


def lacking(*wires: str, says_which: bool = True) -> Table:
    def check(table: Table, seen: Seen) -> Reply | None:
        wrong = [name for name in wires if name in seen.options["$select"].split(",")]
        text = f"Сегмент пути {wrong[0]} не найден!" if wrong and says_which else "Сегмент пути не найден!"
        return odata_error(400, "6", text) if wrong else None

    return Table([{k: v for k, v in card(1).items() if k not in wires}], before=check)


@pytest.mark.parametrize("says_which", [True, False])
def test_optional_fields_that_1c_does_not_know_are_left_out_and_told(says_which: bool) -> None:
    table = lacking("КодКартыМагнитный", "Owner_Key", says_which=says_which)
    with serving(table) as server, client_of(server.url) as client:
        reading = client.catalogue(client.entities.discount_cards)
        (row,) = reading.rows() or []
        asked = len(server.log)
        cards(client)
    assert (row.magnetic_code, row.onec_id) == (None, guid(1))
    assert reading.summary.unpublished_fields == ("Owner_Key", "КодКартыМагнитный")
    assert len(server.log) == asked + 1


@pytest.mark.parametrize("says_which", [True, False])
def test_a_mandatory_field_that_1c_does_not_know_is_named(says_which: bool) -> None:
    with (
        serving(lacking("ВладелецКарты_Key", says_which=says_which)) as server,
        client_of(server.url) as client,
        pytest.raises(errors.SchemaError, match="Catalog_ДисконтныеКарты: the field ВладелецКарты_Key is missing"),
    ):
        cards(client)


def test_missing_rights_name_the_entity_and_the_way_out_and_leave_other_entities_alone() -> None:
    def answer(seen: Seen) -> Reply:
        return rows(card(1), count=1) if "Карты" in seen.path else odata_error(401, "20", "Нарушение прав доступа!")

    with serving(answer) as server, client_of(server.url) as client:
        with pytest.raises(errors.AccessDeniedError) as raised:
            client.catalogue(client.entities.customers).rows()
        assert len(cards(client)) == 1
    assert "Catalog_Контрагенты" in str(raised.value)
    assert "ONEC_ALLOWED_ONLY" in str(raised.value)
    assert len(server.log) == 2


def test_a_mandatory_entity_that_is_not_published_says_what_to_do_in_1c() -> None:
    with (
        serving(odata_error(404, "8", "Тип сущности не найден")) as server,
        client_of(server.url) as client,
        pytest.raises(errors.NotPublishedError, match="Publish it in 1C"),
    ):
        cards(client)
    assert len(server.log) == 1


def test_an_optional_entity_that_is_not_published_is_skipped_with_a_warning_and_is_not_empty(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with serving(odata_error(404, "8", "Тип сущности не найден")) as server, client_of(server.url) as client:
        reading = client.register(client.entities.loyalty, *MARCH)
        assert reading.rows() is None
    assert not reading.summary.is_published
    assert "AccumulationRegister_БонусныеБаллы_RecordType" in caplog.text
    assert len(server.data_requests) == 1


def refuses_filters(table: Table, seen: Seen) -> Reply | None:
    return odata_error(500, "-1", WHERE) if "Period" in seen.options.get("$filter", "") else None


def test_a_refused_filter_leads_to_a_whole_scan_that_is_flagged() -> None:
    sales = [sale(n) for n in range(30)] + [sale(99, timedelta(days=40))]
    with serving(Table(sales, before=refuses_filters)) as server, client_of(server.url, page_size=20) as client:
        reading = client.register(client.entities.sales, *MARCH)
        found = reading.rows()
    assert found is not None
    assert sorted(row.recorder for row in found) == [guid(n) for n in range(30)]
    assert reading.summary.is_degraded


def test_a_whole_scan_that_reaches_its_cap_is_an_error() -> None:
    sales = [sale(n) for n in range(60)]
    with (
        serving(Table(sales, before=refuses_filters)) as server,
        client_of(server.url, page_size=20, scan_limit=30) as client,
        pytest.raises(errors.ScanCapError),
    ):
        client.register(client.entities.sales, *MARCH).rows()


@pytest.mark.parametrize("answer", [odata_error(500, "-1", WHERE), rows(card(1), count=1)], ids=["refused", "ignored"])
def test_a_canary_that_dies_ends_everything_before_the_first_filter(answer: Reply) -> None:
    with serving(answer) as server, client_of(server.url) as client:
        server.answer = lambda seen: (server.log.append(seen), answer)[1]  # type: ignore[method-assign]
        with pytest.raises((errors.WhereRefusedError, errors.FilterIgnoredError)):
            client.register(client.entities.sales, *MARCH).rows()
    assert [seen.entity for seen in server.log] == ["Catalog_ДисконтныеКарты"]


PERSONAL = (
    "Образцовна",
    "70000000001",
    "+7 (000) 000-00-02",
    "anna@example.test",
    CARD,
    "Ромашка",
    "ромашка",
    "invented",
)
ECHOES = [
    odata_error(400, "1", f"Не удалось разобрать строку Образцовна {PERSONAL[1]} {PERSONAL[2]} {PERSONAL[3]} {CARD}"),
    odata_error(400, "14", f"Ошибка в $filter: КодКартыШтрихкод eq '{PERSONAL[1]}' Ref_Key eq guid'{CARD}'"),
    Reply(f"<html>ООО Ромашка, она же ромашка, область 12345: {PERSONAL[1]} {PERSONAL[3]}</html>".encode(), 500, HTML),
    Reply(f"<html>Вход: Ромашка {CARD}</html>".encode(), 200, HTML),
    rows(card(1, ВладелецКарты_Key="Образцовна 70000000001"), count=1),
]  # fmt: skip


@pytest.mark.parametrize("echo", ECHOES)
def test_no_error_and_no_log_tells_what_the_server_echoes(echo: Reply, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(echo) as server, client_of(server.url) as client, pytest.raises(errors.OnecError) as raised:
        cards(client)
    told = "".join(traceback.format_exception(raised.value)) + repr(raised.value) + caplog.text
    assert [text for text in PERSONAL if text in told] == []


def test_credentials_are_in_no_repr_log_or_error(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(Reply(b"", 503), Reply(b"", 401)) as server, client_of(server.url) as client:
        with pytest.raises(errors.LoginRefusedError) as raised:
            cards(client)
        secret = server.log[0].headers["authorization"].removeprefix("Basic ")
        told = caplog.text + "".join(traceback.format_exception(raised.value)) + repr(vars(client)) + repr(client)
        transport = client._asking.requests._transport
        told += repr(vars(transport)) + repr(transport._client.headers)
    assert secret not in told
    assert "invented" not in told


def test_keys_in_urls_are_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with serving(as_json(card(1))) as server, client_of(server.url) as client:
        client.by_key(client.entities.discount_cards, guid(1))
    assert len(server.log) == 1
    assert guid(1) not in caplog.text


def test_whoever_raises_an_error_its_text_is_masked() -> None:
    assert str(errors.SchemaError("a value like +7 (000) 000-00-01")).startswith("a value like +# (###) ###-##-##")


def test_errors_survive_pickling() -> None:
    error = errors.BusyError("the server is unavailable", entity="Catalog_X", status=503, retry_after=2.0)
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.retry_after, type(again)) == (str(error), 2.0, errors.BusyError)
