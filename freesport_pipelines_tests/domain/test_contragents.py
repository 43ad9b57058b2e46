"""What a contragent of 1C becomes: the rules, one by one. All people, companies and numbers are invented."""

import json
import pickle
from functools import partial
from typing import Unpack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.domain.contragents import shape_contragent
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.records import Contragent
from freesport_pipelines.domain.rows import ContragentRow
from freesport_pipelines_tests.domain.contragent_records import ContragentFields, contragent_record

INN_10, INN_12 = "0000000018", "000000000184"
LONG = "Условный край " * 100


def shaped(notes: Notes | None = None, **fields: Unpack[ContragentFields]) -> ContragentRow:
    row = shape_contragent(contragent_record(**fields), Notes() if notes is None else notes)
    assert row is not None
    return row


def warnings(**fields: Unpack[ContragentFields]) -> dict[str, int]:
    notes = Notes()
    shaped(notes, **fields)
    return dict(notes.warnings)


def phones(*texts: str) -> tuple[tuple[str, str], ...]:
    return tuple(("Телефон рабочий", text) for text in texts)


# --- who it is ------------------------------------------------------------------------------------------------------


def test_an_official_name_makes_a_legal_entity_also_without_kpp() -> None:
    row = shaped(official_name=' ООО  "Пример" ', tax_id=INN_10)
    assert (row.customer_type, row.company_name, row.kpp) == ("legal_entity", 'ООО "Пример"', None)
    assert (row.last_name, row.first_name, row.middle_name) == (None, None, None)


@pytest.mark.parametrize("tax_id", [INN_12, None])
def test_a_full_name_makes_an_individual_with_or_without_a_tax_number(tax_id: str | None) -> None:
    row = shaped(full_name="Образцов Пётр Ильич", official_name=" ", tax_id=tax_id)
    assert (row.customer_type, row.company_name) == ("individual", None)
    assert (row.last_name, row.first_name, row.middle_name) == ("Образцов", "Пётр", "Ильич")


def test_the_working_name_is_taken_apart_where_there_is_no_full_one() -> None:
    assert shaped(name="Тестова Анна").last_name == "Тестова"


def test_the_working_name_is_kept_beside_the_official_one() -> None:
    assert shaped(name=" Пример,\u00a0 Условный край ", official_name="АО Пример").name == "Пример, Условный край"


def test_the_key_of_the_name_comes_from_the_fullest_one() -> None:
    assert shaped(name="Пример Анна", official_name='ООО "Пример"').name_key == "пример"
    assert shaped(name="Образцов", full_name="Образцов Пётр").name_key == "образцов петр"
    assert shaped(name="Образцов").name_key == "образцов"


def test_the_contact_person_is_the_one_called_so() -> None:
    people = (("Директор", "Тестова Анна"), ("Контактное лицо", " Образцов  Пётр "))
    assert shaped(representatives=people).contact_person == "Образцов Пётр"
    assert shaped(representatives=(("Контактное лицо", ""), *people[:1])).contact_person == "Тестова Анна"
    assert shaped(representatives=()).contact_person is None


def test_a_record_without_id_gives_no_row() -> None:
    assert shape_contragent(contragent_record(onec_id=""), Notes()) is None


# --- how to reach it ------------------------------------------------------------------------------------------------


def test_all_usable_phones_are_kept_once_and_the_first_is_the_main_one() -> None:
    row = shaped(contacts=phones("8 (000) 000-00-01", "+7 000 0000002, 80000000001"))
    assert row.phone == "+70000000001"
    assert json.loads(row.phones) == ["+70000000001", "+70000000002"]


def test_without_contacts_there_is_no_phone_and_no_address() -> None:
    row = shaped(contacts=())
    assert (row.phone, row.phones, row.email, row.emails) == (None, "[]", None, "[]")
    assert warnings(contacts=()) == {}


def test_an_unreadable_phone_is_a_warning_and_the_customer_is_kept() -> None:
    fields: ContragentFields = {"contacts": phones("123, 8 000 000-00-01")}
    assert shaped(**fields).phone == "+70000000001"
    assert warnings(**fields) == {"phone_unreadable": 1}


@pytest.mark.parametrize("kind", ["Телефон рабочий", "ТелефонМобильный", " телефон", "Phone"])
def test_kinds_of_contact_that_are_phones(kind: str) -> None:
    assert shaped(contacts=((kind, "8 000 000-00-01"),)).phone == "+70000000001"


@pytest.mark.parametrize("kind", ["Электронная почта", "Почта", "E-Mail"])
def test_kinds_of_contact_that_are_mail(kind: str) -> None:
    assert shaped(contacts=((kind, "Anna@Example.test, b@example.test"),)).email == "anna@example.test"


def test_an_unreadable_address_is_a_warning() -> None:
    assert warnings(contacts=(("Электронная почта", "нет"),)) == {"email_unreadable": 1}


def test_other_kinds_of_contact_are_ignored_silently() -> None:
    contacts = (("Факс", "8 000 000-00-01"), ("Сайт", "anna@example.test"), ("", "123"))
    row = shaped(contacts=contacts)
    assert (row.phone, row.email) == (None, None)
    assert warnings(contacts=contacts) == {}


def test_an_empty_contact_is_no_data() -> None:
    assert warnings(contacts=(("Телефон рабочий", ""), ("Электронная почта", " "))) == {}


def test_the_legal_address_is_that_of_the_registration() -> None:
    row = shaped(legal_address="Условный край", address="Примерная обл")
    assert (row.legal_address, row.actual_address) == ("Условный край", "Примерная обл")


def test_without_a_registration_the_other_address_is_the_legal_one_too() -> None:
    row = shaped(legal_address="", address="Примерная обл")
    assert (row.legal_address, row.actual_address) == ("Примерная обл", "Примерная обл")


# --- numbers --------------------------------------------------------------------------------------------------------


def test_a_russian_number_whose_checksum_holds_identifies() -> None:
    row = shaped(tax_id=f" {INN_10[:4]} {INN_10[4:]}")
    assert (row.tax_id, row.matching_tax_id) == (INN_10, INN_10)


def test_a_wrong_checksum_is_a_warning_and_the_number_identifies_nobody() -> None:
    row = shaped(tax_id="0000000010")
    assert (row.tax_id, row.matching_tax_id) == ("0000000010", None)
    assert warnings(tax_id="0000000010") == {"tax_id_checksum": 1}


def test_a_foreign_number_is_kept_silently_and_identifies_nobody() -> None:
    row = shaped(tax_id="000000001")
    assert (row.tax_id, row.matching_tax_id) == ("000000001", None)
    assert warnings(tax_id="000000001") == {}


def test_an_unreadable_kpp_is_a_warning() -> None:
    assert shaped(kpp="0000").kpp is None
    assert warnings(kpp="0000") == {"kpp_unreadable": 1}


def test_a_kpp_and_an_okpo_are_kept() -> None:
    row = shaped(kpp=" 000001001 ", okpo=" 00000001 ")
    assert (row.kpp, row.okpo) == ("000001001", "00000001")


# --- what it is to the shop -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("roles", "is_buyer"),
    [(("Покупатель",), True), (("Поставщик",), False), (("Поставщик", " покупатель "), True), (("Прочее",), False)],
)
def test_a_buyer_is_one_of_whom_any_role_says_so(roles: tuple[str, ...], is_buyer: bool) -> None:
    assert shaped(roles=roles).is_buyer is is_buyer
    assert warnings(roles=roles) == {}


def test_one_without_roles_counts_as_a_buyer_with_a_warning() -> None:
    assert shaped(roles=()).is_buyer
    assert warnings(roles=()) == {"role_missing": 1}


def test_roles_are_kept_as_written() -> None:
    assert json.loads(shaped(roles=("Поставщик", "Покупатель")).roles) == ["Поставщик", "Покупатель"]


def test_one_price_type_is_taken_however_often_it_is_said() -> None:
    assert shaped(requisites=(("ТипЦенId", "t1"), ("ТипЦенId", ""), ("ТипЦенId", "t1"))).price_type_onec_id == "t1"


def test_several_price_types_decide_nothing() -> None:
    requisites = (("ТипЦенId", "t1"), ("ТипЦенId", "t2"))
    assert shaped(requisites=requisites).price_type_onec_id is None
    assert warnings(requisites=requisites) == {"price_type_ambiguous": 1}


def test_without_the_extension_there_is_no_price_type() -> None:
    assert shaped(requisites=(("ТипЦенНаименование", "Опт 1"),)).price_type_onec_id is None


def test_the_platforms_id_comes_back_as_a_requisite() -> None:
    assert shaped(requisites=(("ИдНаСайте", "freesport-customer-7"),)).platform_id == "freesport-customer-7"


def test_the_platforms_id_comes_back_as_the_id_itself() -> None:
    assert shaped(onec_id="freesport-customer-7").platform_id == "freesport-customer-7"
    assert shaped(onec_id="c1").platform_id is None


def test_two_different_ids_of_the_platform_say_nothing() -> None:
    assert shaped(requisites=(("ИдНаСайте", "freesport-customer-7"), ("ИдНаСайте", "8"))).platform_id is None


def test_a_marked_one_does_not_want_to_be_active() -> None:
    row = shaped(is_marked=True)
    assert (row.is_marked, row.wants_active) == (True, False)
    assert shaped().wants_active


# --- all of it ------------------------------------------------------------------------------------------------------


def test_an_absurdly_long_text_is_cut_with_a_warning() -> None:
    row = shaped(name=LONG, address=LONG, representatives=(("Контактное лицо", LONG),))
    assert {len(row.name), len(row.actual_address or ""), len(row.contact_person or "")} <= set(range(900, 1001))
    assert warnings(address=LONG) == {"text_cut": 1}


def test_a_warning_names_the_row_and_never_a_value() -> None:
    notes = Notes()
    shaped(
        notes, onec_id="c7", tax_id="0000000010", kpp="0000", roles=(), address=LONG,
        contacts=(*phones("123"), ("Почта", "нет")), requisites=(("ТипЦенId", "t1"), ("ТипЦенId", "t2")),
    )  # fmt: skip
    assert notes.examples == {
        what: {"c7": None}
        for what in ("tax_id_checksum", "kpp_unreadable", "role_missing", "text_cut", "phone_unreadable",
                     "email_unreadable", "price_type_ambiguous")
    }  # fmt: skip
    assert notes.rejects == []


def test_empty_values_are_no_data() -> None:
    empty = shaped(official_name="", full_name="", tax_id="", kpp=" ", okpo="", legal_address="", address="")
    absent = shaped()
    assert empty == absent
    nothing = (absent.company_name, absent.tax_id, absent.kpp, absent.okpo, absent.legal_address, absent.actual_address)
    assert set(nothing) == {None}


CHANGES: list[ContragentFields] = [
    {"name": "Другой"}, {"official_name": "АО Пример"}, {"full_name": "Образцов Пётр"}, {"tax_id": INN_10},
    {"kpp": "000001001"}, {"okpo": "00000001"}, {"contacts": phones("8 000 000-00-01")}, {"address": "Условный край"},
    {"contacts": (("Почта", "a@b.test"),)}, {"representatives": (("", "Тестова Анна"),)}, {"roles": ("Поставщик",)},
    {"requisites": (("ТипЦенId", "t1"),)}, {"requisites": (("ИдНаСайте", "7"),)}, {"is_marked": True},
]  # fmt: skip


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_whatever_changes_gives_another_hash(change: ContragentFields) -> None:
    assert shaped(**change).content_hash != shaped().content_hash


def test_another_spelling_of_the_same_gives_the_same_hash() -> None:
    one = shaped(contacts=phones("8 000 000-00-01"), full_name=" Образцов  Пётр", tax_id=" 0000000018")
    other = shaped(contacts=phones("+7 (000) 000-00-01"), full_name="Образцов Пётр ", tax_id=INN_10)
    assert one.content_hash == other.content_hash


def test_the_rule_travels_to_other_processes() -> None:
    shape = pickle.loads(pickle.dumps(partial(shape_contragent, notes=Notes())))
    assert shape(contragent_record(onec_id="c1")).onec_id == "c1"


anything = st.text(max_size=20)
pairs = st.lists(st.tuples(st.sampled_from(["Телефон", "Почта", "ТипЦенId", "ИдНаСайте", ""]), anything)).map(tuple)
records = st.builds(
    Contragent, onec_id=st.just("c1"), name=anything, official_name=st.none() | anything,
    full_name=st.none() | anything, roles=st.lists(anything).map(tuple), tax_id=st.none() | anything,
    kpp=st.none() | anything, okpo=st.none() | anything, legal_address=st.none() | anything,
    address=st.none() | anything, contacts=pairs, representatives=pairs, requisites=pairs, is_marked=st.booleans(),
)  # fmt: skip


@given(records)
def test_no_record_is_lost_and_no_warning_shows_a_value(record: Contragent) -> None:
    notes = Notes()
    row = shape_contragent(record, notes)
    assert row is not None
    assert row.onec_id == "c1"
    assert {example for examples in notes.examples.values() for example in examples} <= {"c1"}
