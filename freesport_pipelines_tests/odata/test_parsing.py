"""What comes back is read exactly, or refused (facts/odata, sections 1.2 and 7: checks 11-21)."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from freesport_pipelines.odata import errors
from freesport_pipelines_tests.odata.building import MARCH, ZERO, card, client_of, guid, sale, sale_by_card
from freesport_pipelines_tests.odata.scripted import Answer, Reply, Scripted, as_json, odata_error, rows, serving


def cards_from(*answers: Answer | Reply) -> list[Any]:
    with serving(*answers) as server, client_of(server.url) as client:
        found = client.catalogue(client.entities.discount_cards).rows()
    assert found is not None
    return found


def sales_from(*answers: Answer | Reply) -> list[Any]:
    with serving(*answers) as server, client_of(server.url) as client:
        found = client.register(client.entities.sales, *MARCH).rows()
    assert found is not None
    return found


def refused(answer: Reply, error: type[errors.OnecError]) -> tuple[errors.OnecError, Scripted]:
    with serving(answer) as server, client_of(server.url) as client, pytest.raises(error) as raised:
        client.catalogue(client.entities.discount_cards).rows()
    return raised.value, server


def test_a_byte_order_mark_is_no_part_of_the_json() -> None:
    reply = rows(card(1), count=1)
    assert cards_from(Reply(b"\xef\xbb\xbf" + reply.body))[0].onec_id == guid(1)


def test_the_body_is_utf_8_whatever_the_content_type_says() -> None:
    body = rows(card(1, Description="Тестова Анна"), count=1).body
    reply = Reply(body, headers={"Content-Type": "text/html; charset=windows-1251"})
    assert cards_from(reply)[0].description == "Тестова Анна"


@pytest.mark.parametrize(("line", "count"), [("1", "1"), (1, 1)])
def test_numbers_may_come_as_strings(line: str | int, count: str | int) -> None:
    reply = as_json({"odata.count": count, "value": [sale(1, LineNumber=line)]})
    assert [row.line for row in sales_from(reply)] == [1]


def test_the_empty_date_and_the_empty_reference_are_none() -> None:
    (row,) = sales_from(
        rows(sale(1, Контрагент_Key=ZERO, Документ="", Документ_Type="StandardODATA.Undefined"), count=1)
    )
    assert (row.counterparty, row.document, row.document_type) == (None, None, None)
    product = {"Ref_Key": guid(1), "Description": "Колье", "ДатаИзменения": "0001-01-01T00:00:00"}
    with serving(as_json(product)) as server, client_of(server.url) as client:
        found = client.by_key(client.entities.products, guid(1))
    assert found is not None
    assert found.changed_at is None


def test_a_birthday_is_the_same_day_in_every_zone() -> None:
    buyer = {"Ref_Key": guid(1), "Description": "Тестова Анна", "ДатаРождения": "1990-05-01T00:00:00"}
    with serving(rows(buyer, count=1)) as server, client_of(server.url) as client:
        found = client.catalogue(client.entities.customers).rows()
    assert found is not None
    assert found[0].birthday == date(1990, 5, 1)


def test_local_times_become_utc() -> None:
    (row,) = sales_from(rows(sale(1, datetime(2025, 3, 31, 23, 30)), count=1))  # noqa: DTZ001
    assert row.period == datetime(2025, 3, 31, 20, 30, tzinfo=UTC)


def test_money_is_exact_and_a_resource_that_is_null_is_zero() -> None:
    body = json.dumps({"odata.count": "4", "value": [sale(n, Сумма=0.1) for n in range(3)] + [sale(3, Сумма=None)]})
    found = sales_from(Reply(body.encode()))
    assert sum(row.amount for row in found) == Decimal("0.3")
    assert found[3].amount == 0


@pytest.mark.parametrize(
    ("brand", "read_as"),
    [("Найк Pro", "Найк Pro"), (guid(0xAB).upper(), guid(0xAB)), (ZERO, None), ("", None)],
    ids=["text", "reference", "empty reference", "nothing"],
)
def test_a_brand_that_is_text_keeps_its_case(brand: str, read_as: str | None) -> None:
    product = {"Ref_Key": guid(1), "Description": "Мяч", "Производитель_Key": brand}
    with serving(rows(product, count=1)) as server, client_of(server.url) as client:
        (found,) = client.catalogue(client.entities.products).rows() or []
    assert found.brand == read_as


def test_a_document_of_an_unpublished_type_keeps_its_identity() -> None:
    (row,) = sales_from(rows(sale(7, Recorder_Type=f"UnavailableEntities.UnavailableEntity_{guid(9)}"), count=1))
    assert (row.recorder, row.recorder_type) == (guid(7), None)


def test_fields_that_nobody_declared_are_ignored() -> None:
    extra = {"НовоеПоле": {"a": [1]}, "Owner@navigationLinkUrl": "x", "odata.metadata": "y"}
    assert cards_from(rows(card(1, **extra), count=1, **{"odata.metadata": "z"}))[0].onec_id == guid(1)


def test_an_optional_field_that_is_missing_is_none() -> None:
    row = card(1)
    del row["КодКартыМагнитный"], row["Owner_Key"]
    (found,) = cards_from(rows(row, count=1))
    assert (found.magnetic_code, found.kind) == (None, None)


def test_a_mandatory_field_that_is_missing_is_named_and_no_value_is() -> None:
    row = card(1)
    del row["ВладелецКарты_Key"]
    error, _ = refused(rows(row, count=1), errors.SchemaError)
    assert "Catalog_ДисконтныеКарты" in str(error)
    assert "ВладелецКарты_Key" in str(error)
    assert "Анна" not in str(error)


@pytest.mark.parametrize(
    ("field", "value"),
    [("Сумма", "Тестова"), ("Active", "Ёжик"), ("Period", "вчера"), ("LineNumber", 1.5), ("Контрагент_Key", "Анна")],
)
def test_a_value_of_another_type_is_a_schema_error_without_the_value(field: str, value: Any) -> None:
    with pytest.raises(errors.SchemaError) as raised:
        sales_from(rows(sale(1, **{field: value}), count=1))
    assert field in str(raised.value)
    assert str(value) not in str(raised.value).replace(field, "")


def test_sets_of_movements_are_flattened_with_their_document() -> None:
    lines = [{k: v for k, v in sale(5, LineNumber=n).items() if not k.startswith("Recorder")} for n in "12"]
    recorded = {"Recorder": guid(5), "Recorder_Type": "StandardODATA.Document_ЧекККМ", "RecordSet": lines}
    found = sales_from(rows(recorded, count=1))
    assert [(row.recorder, row.recorder_type, row.line) for row in found] == [
        (guid(5), "Document_ЧекККМ", 1),
        (guid(5), "Document_ЧекККМ", 2),
    ]


def test_an_empty_set_of_movements_has_no_rows() -> None:
    from freesport_pipelines.odata.decoding import flattened

    assert list(flattened([{"Recorder": guid(5), "Recorder_Type": "x", "RecordSet": []}])) == []


def test_atom_is_refused() -> None:
    body = b'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>'
    _, server = refused(Reply(body, headers={"Content-Type": "application/atom+xml"}), errors.FormatError)
    assert len(server.log) == 1


def test_an_error_with_status_200_is_an_error() -> None:
    error, server = refused(
        odata_error(200, "14", "Ошибка при разборе опции запроса $filter"), errors.QueryRefusedError
    )
    assert error.code == "14"
    assert len(server.log) == 1


@pytest.mark.parametrize(
    "body", [b"<html><body>login</body></html>", b"{}", b"[]", b'{"value":{}}', b'{"value":[1]}', b"ok"]
)
def test_a_body_without_a_list_of_rows_is_refused_at_once(body: bytes) -> None:
    _, server = refused(Reply(body, headers={"Content-Type": "text/html"}), errors.FormatError)
    assert len(server.log) == 1


def test_a_page_about_maintenance_is_known_even_with_status_200() -> None:
    refused(Reply("<html>Приложение временно недоступно</html>".encode()), errors.MaintenanceError)


@pytest.mark.parametrize(
    "body", [b"", b"\xef\xbb\xbf", b'{"value":[{"Ref_Key":"aaaa', b'{"odata.count":"1","value":[', b"[{"]
)
def test_an_empty_or_cut_body_is_asked_for_again(body: bytes) -> None:
    assert len(cards_from(Reply(body), rows(card(1), count=1))) == 1


def test_a_body_that_is_always_cut_is_an_error_after_some_attempts() -> None:
    _, server = refused(Reply(b'{"value":['), errors.BrokenBodyError)
    assert len(server.log) == 5


def test_a_body_shorter_than_its_length_is_asked_for_again() -> None:
    whole = rows(card(1), count=1)
    cut = Reply(whole.body[:-10], length=len(whole.body))
    assert len(cards_from(cut, whole)) == 1


def test_a_number_that_is_none_is_no_json() -> None:
    refused(Reply(b'{"value":[{"Ref_Key":NaN}]}'), errors.BrokenBodyError)


def test_a_counterparty_comes_with_its_contacts_and_a_folder_without() -> None:
    contact = {
        "LineNumber": "1",
        "Тип": "Телефон",
        "Представление": "+7 (000) 000-00-01",
        "НомерТелефона": "70000000001",
    }
    buyer = {"Ref_Key": guid(1), "Description": "Тестова Анна", "КонтактнаяИнформация": [contact]}
    folder = {"Ref_Key": guid(2), "Description": "Розничные покупатели", "IsFolder": True, "КонтактнаяИнформация": None}
    with serving(rows(buyer, folder, count=2)) as server, client_of(server.url) as client:
        found = client.catalogue(client.entities.customers).rows()
    assert found is not None
    assert [[c.phone for c in row.contacts] for row in found] == [["70000000001"], []]
    assert [row.is_folder for row in found] == [False, True]


def test_a_register_by_cards_may_keep_neither_product_nor_quantity() -> None:
    row = sale_by_card(1)
    del row["Номенклатура_Key"], row["Количество"]
    with serving(rows(row, count=1)) as server, client_of(server.url) as client:
        found = client.register(client.entities.sales_by_card, *MARCH).rows()
    assert found is not None
    assert (found[0].product, found[0].quantity) == (None, None)
