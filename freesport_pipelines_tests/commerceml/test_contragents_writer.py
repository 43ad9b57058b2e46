"""Customers on their way to 1C: what stands in the file, and that our own reader finds the same again."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from freesport_pipelines.commerceml.contragents_writer import write_contragents
from freesport_pipelines.commerceml.packet import PacketHeader, ends_complete, read_header
from freesport_pipelines.domain.cipher import cipher, decipher
from freesport_pipelines.domain.contragents import shape_contragent
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.outgoing import OutgoingCustomer
from freesport_pipelines.domain.records import Contragent
from freesport_pipelines.domain.rows import ContragentRow
from freesport_pipelines_tests.commerceml.helpers import read

NS = "{urn:1C.ru:commerceml_3}"
FORMED = datetime(2026, 1, 15, 3, 0)  # noqa: DTZ001 - 1C writes naive local time
KEY = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="

COMPANY = OutgoingCustomer(
    platform_id="freesport-customer-1",
    onec_id=None,
    customer_type="legal_entity",
    company_name='ООО "Пример & сыновья"',
    last_name=None,
    first_name=None,
    middle_name=None,
    contact_person="Тестова Анна",
    tax_id="0000000018",
    kpp="000001001",
    phone="+70000000001",
    email="anna@example.test",
    legal_address="Условный край, дом 1",
    is_marked=False,
)
PERSON = COMPANY._replace(
    platform_id="freesport-customer-2", onec_id="c2", customer_type="individual", company_name=None,
    last_name="Образцов", first_name="Пётр", middle_name="Ильич", tax_id=None, kpp=None,
)  # fmt: skip
NOBODY = OutgoingCustomer(
    "freesport-customer-3", None, "individual", None, None, None, None, None, None, None, None, None, None, False
)


def written(*customers: OutgoingCustomer, key: str | None = None) -> bytes:
    stream = BytesIO()
    assert write_contragents(stream, iter(customers), FORMED, cipher(key) if key else None) == len(customers)
    return stream.getvalue()


def records(content: bytes) -> list[Contragent]:
    return read(Kind.CONTRAGENTS, content)


def rows(content: bytes) -> list[ContragentRow]:
    shaped = (shape_contragent(record, Notes()) for record in records(content))
    return [row for row in shaped if row is not None]


def container(content: bytes) -> Any:
    """`<Контрагенты>`."""
    return etree.fromstring(content)[0]


def test_the_file_is_a_packet_of_changes_in_commerceml() -> None:
    content = written(COMPANY)
    header = read_header(BytesIO(content), "x")
    assert header == PacketHeader("3.1", FORMED, only_changes=True, exchange="freesport")
    assert ends_complete(content)
    assert container(content).tag == NS + "Контрагенты"
    assert content.startswith(b"<?xml")


def test_an_offset_is_left_out_of_the_date() -> None:
    stream = BytesIO()
    write_contragents(stream, [], datetime(2026, 1, 15, 3, 0, 7, 9, tzinfo=UTC), None)
    assert etree.fromstring(stream.getvalue()).get("ДатаФормирования") == "2026-01-15T03:00:07"


def test_no_customers_give_an_empty_packet() -> None:
    assert records(written()) == []


def test_a_company_is_written_as_1c_writes_it() -> None:
    assert records(written(COMPANY)) == [
        Contragent(
            onec_id="freesport-customer-1",
            name='ООО "Пример & сыновья"',
            official_name='ООО "Пример & сыновья"',
            full_name=None,
            roles=("Покупатель",),
            tax_id="0000000018",
            kpp="000001001",
            okpo=None,
            legal_address="Условный край, дом 1",
            address=None,
            contacts=(("Телефон рабочий", "+70000000001"), ("Электронная почта", "anna@example.test")),
            representatives=(("Контактное лицо", "Тестова Анна"),),
            requisites=(("ИдНаСайте", "freesport-customer-1"),),
            is_marked=False,
        )
    ]


def test_a_person_has_a_full_name_and_no_official_one() -> None:
    (record,) = records(written(PERSON))
    assert (record.full_name, record.official_name) == ("Образцов Пётр Ильич", None)


def test_the_id_of_1c_stands_where_it_is_known_and_that_of_the_platform_always() -> None:
    (record,) = records(written(PERSON))
    assert (record.onec_id, record.requisites) == ("c2", (("ИдНаСайте", "freesport-customer-2"),))


def test_a_marked_customer_is_written_as_marked() -> None:
    assert records(written(COMPANY._replace(is_marked=True)))[0].is_marked


@pytest.mark.parametrize("kind", ["individual", "legal_entity"])
def test_one_without_any_name_gets_the_platforms_id_for_one(kind: str) -> None:
    (record,) = records(written(NOBODY._replace(customer_type=kind)))
    assert record.name == "freesport-customer-3"
    assert (record.official_name or record.full_name) == "freesport-customer-3"


def test_what_is_not_known_is_not_written() -> None:
    (row,) = container(written(NOBODY))
    tags = [child.tag.removeprefix(NS) for child in row]
    names = ["Наименование", "ПолноеНаименование"]
    assert tags == ["Ид", "ПометкаУдаления", *names, "Роль", "Контакты", "ЗначенияРеквизитов"]
    assert not len(row.find(NS + "Контакты"))


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    (record,) = records(written(COMPANY._replace(company_name="П\x00р\x0bи\ud800м\ufffeер", contact_person="А\x1fнна")))
    assert record.official_name == "Пример"
    assert record.representatives == (("Контактное лицо", "Анна"),)


# --- encryption -----------------------------------------------------------------------------------------------------


def test_personal_values_are_encrypted_and_the_file_says_so() -> None:
    content = written(COMPANY, PERSON, key=KEY)
    assert container(content).get("Шифрование") == "Fernet"
    text = content.decode()
    for customer in (COMPANY, PERSON):
        personal = [customer.last_name, customer.first_name, customer.contact_person, customer.tax_id, customer.kpp]
        for value in [*personal, customer.phone, customer.email, customer.legal_address]:
            assert value is None or value not in text


def test_an_encrypted_value_can_be_read_with_the_key() -> None:
    company, person = records(written(COMPANY, PERSON, key=KEY))
    values = [company.tax_id, company.kpp, company.legal_address, company.contacts[0][1], company.contacts[1][1]]
    values += [company.representatives[0][1], person.full_name, person.name]
    assert all(value is not None and value.startswith("enc:") for value in values)
    assert [decipher(KEY, (value or "").removeprefix("enc:")) for value in values] == [
        "0000000018", "000001001", "Условный край, дом 1", "+70000000001", "anna@example.test", "Тестова Анна",
        "Образцов Пётр Ильич", "Образцов Пётр Ильич",
    ]  # fmt: skip


def test_what_is_not_personal_stays_readable() -> None:
    (record,) = records(written(COMPANY, key=KEY))
    assert (record.onec_id, record.official_name) == ("freesport-customer-1", 'ООО "Пример & сыновья"')
    assert (record.roles, record.requisites) == (("Покупатель",), (("ИдНаСайте", "freesport-customer-1"),))


def test_without_a_key_the_file_does_not_speak_of_encryption() -> None:
    assert container(written(COMPANY)).get("Шифрование") is None


# --- there and back -------------------------------------------------------------------------------------------------

word = st.text("жщэюяё", min_size=2, max_size=8).map(str.capitalize)
"""Letters of which no word for a company is made."""
text = st.text("абв <>&\"']\tЯ1", max_size=20).map(lambda one: " ".join(one.split())).map(lambda one: one or None)
digits = st.integers(0, 9999999).map(lambda number: f"+7000{number:07}")


@st.composite
def customers(draw: st.DrawFn) -> OutgoingCustomer:
    is_company = draw(st.booleans())
    return OutgoingCustomer(
        platform_id=draw(st.integers(1, 99).map("freesport-customer-{}".format)),
        onec_id=draw(st.none() | st.just("c1")),
        customer_type="legal_entity" if is_company else "individual",
        company_name=draw(text.filter(bool)) if is_company else None,
        last_name=None if is_company else draw(word),
        first_name=None if is_company else draw(word),
        middle_name=None if is_company else draw(st.none() | word),
        contact_person=draw(text),
        tax_id=draw(st.none() | st.sampled_from(["0000000018", "000000000184", "000000001"])),
        kpp=draw(st.none() | st.just("000001001")),
        phone=draw(st.none() | digits),
        email=draw(st.none() | st.integers(0, 99).map("a{}@example.test".format)),
        legal_address=draw(text),
        is_marked=draw(st.booleans()),
    )


@given(st.lists(customers(), max_size=4))
def test_what_was_written_is_read_and_shaped_to_the_same_values(sent: list[OutgoingCustomer]) -> None:
    received = rows(written(*sent))
    assert [row.onec_id for row in received] == [customer.onec_id or customer.platform_id for customer in sent]
    same = [field for field in OutgoingCustomer._fields if field != "onec_id"]
    for row, customer in zip(received, sent, strict=True):
        assert {field: getattr(row, field) for field in same} == {field: getattr(customer, field) for field in same}
        assert row.is_buyer
