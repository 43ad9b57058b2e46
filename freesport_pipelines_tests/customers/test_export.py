"""What 1C is told about customers, until it has understood. Facts, section 3.3; issue 5, point 5."""

import re
import stat
from pathlib import Path
from typing import Any

import pytest

from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, inn_of_person, person

KEY = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
MAIL = "anna@example.test"
PERSON: dict[str, Any] = {"email": MAIL, "phone": "+70000000001", "last_name": "Тестова", "first_name": "Анна"}
WAITS = {"needs_1c_export": True}


def age(shop: CustomerShop, hours: int) -> None:
    """What was told was told that long ago."""
    if shop.database.is_sqlite:
        shop.execute(f"UPDATE customer_exports SET exported_at = datetime(exported_at, '-{hours} hours')")
    else:
        shop.execute(f"UPDATE customer_exports SET exported_at = exported_at - interval '{hours} hours'")


def back_from_1c(shop: CustomerShop, onec_id: str, **more: Any) -> str:
    """The contragent that 1C has made of the newest file's only customer, as 1C unloads it."""
    (told,) = shop.told()
    build = company if told.customer_type == "legal_entity" else person
    fields = {"phone": told.phone, "email": told.email, "tax_id": told.tax_id, "kpp": told.kpp, **more}
    return build(onec_id, told.company_name or told.name, registration=told.legal_address, **fields)


# --- the file --------------------------------------------------------------------------------------------------------


def test_a_new_registration_is_told_in_a_file_that_our_own_reader_understands(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    me = shop.register(**PERSON, tax_id=inn_of_person(1), **WAITS)
    shop.register(email="quiet@example.test")
    shop.sync_without_files()
    (told,) = shop.told()
    assert (told.last_name, told.first_name, told.phone, told.email) == ("Тестова", "Анна", "+70000000001", MAIL)
    assert (told.tax_id, told.is_marked, told.is_buyer) == (inn_of_person(1), False, True)
    assert told.onec_id == told.platform_id
    assert re.fullmatch(rf"freesport-customer-{me}-[0-9a-f]{{12}}", told.onec_id)
    assert shop.customer(me)["onec_id"] is None


def test_the_file_and_its_folder_are_for_nobody_else(shop: CustomerShop) -> None:
    shop.register(**PERSON, **WAITS)
    shop.sync_without_files()
    (file,) = shop.outgoing
    assert file.name.startswith("contragents_1_")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_with_a_key_personal_values_are_tokens(shop: CustomerShop) -> None:
    shop.configure(export_key=KEY)
    me = shop.register(**PERSON, tax_id=inn(1), legal_address="Условный край, дом 1", **WAITS)
    shop.sync_without_files()
    text = shop.outgoing[-1].read_text()
    for value in (MAIL, "0000000001", "Тестова", "Анна", inn(1), "Условный"):
        assert value not in text
    assert f"freesport-customer-{me}" in text
    assert text.count("enc:") >= 5


def test_nothing_to_tell_makes_no_file(shop: CustomerShop) -> None:
    shop.register(**PERSON)
    shop.sync_without_files()
    assert shop.outgoing == []


# --- until it has arrived --------------------------------------------------------------------------------------------


def test_1c_is_told_again_only_after_a_while_and_given_up_in_the_end(shop: CustomerShop) -> None:
    shop.configure(export_again_hours=10, export_attempts=2)
    me = shop.register(**PERSON, **WAITS)
    shop.sync_without_files()
    age(shop, 9)
    shop.sync_without_files()
    assert len(shop.outgoing) == 1
    age(shop, 2)
    shop.sync_without_files()
    assert len(shop.outgoing) == 2
    age(shop, 11)
    shop.sync_without_files()
    assert len(shop.outgoing) == 2
    assert shop.profile(me, "needs_1c_export", "sync_status") == (False, "error")
    assert "2 times" in shop.customer(me)["sync_error_message"]
    assert shop.count("customer_sync_log", "operation_type = 'export_to_1c' AND status = 'error'") == 1
    shop.edit(me, needs_1c_export=True)
    shop.sync_without_files()
    assert len(shop.outgoing) == 3


@pytest.mark.parametrize("way", ["id", "requisite", "email"])
def test_the_record_that_comes_back_answers_what_was_told(shop: CustomerShop, way: str) -> None:
    """By the platform's id as `<Ид>`, by the requisite under an id of 1C's, by the verified address."""
    me = shop.register(**PERSON, is_verified=way == "email", **WAITS)
    shop.sync_without_files()
    platform_id = shop.told()[0].platform_id
    onec_id = platform_id if way == "id" else "c7"
    more = {"platform_id": platform_id} if way == "requisite" else {}
    done = shop.published(back_from_1c(shop, onec_id, **more))
    assert shop.log(done)[onec_id] == ("linked", "email" if way == "email" else "platform_id")
    assert shop.profile(me, "onec_id", "needs_1c_export", "sync_status") == (onec_id, False, "synced")
    assert shop.count("customers") == 1
    assert shop.count("customer_exports", "acknowledged_at IS NULL") == 0
    age(shop, 1000)
    shop.sync_without_files()
    assert len(shop.outgoing) == 1


COMPANY = {"company_name": 'ООО "Пример"', "tax_id": inn(1), "kpp": "000101001", "email": MAIL}


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"email": MAIL, "first_name": "Анна"}, id="a first name alone"),
        pytest.param({**PERSON, "legal_address": "Условный край, дом 1"}, id="a person with an address"),
        pytest.param({**COMPANY, "customer_type": "legal_entity"}, id="a company"),
        pytest.param(
            {**COMPANY, "customer_type": "legal_entity", "first_name": "Анна", "last_name": "Тестова"},
            id="a company and who registered it",
        ),
        pytest.param({**COMPANY, "first_name": "Анна", "last_name": "Тестова"}, id="a company, type not set"),
    ],
)
def test_1c_that_returns_all_it_was_told_is_not_told_again(shop: CustomerShop, columns: dict[str, Any]) -> None:
    me = shop.register(**columns, **WAITS)
    shop.sync_without_files()
    shop.published(back_from_1c(shop, "c7", platform_id=shop.told()[0].platform_id))
    assert shop.profile(me, "onec_id", "needs_1c_export") == ("c7", False)
    age(shop, 1000)
    shop.sync_without_files()
    assert len(shop.outgoing) == 1


def test_a_registration_of_a_company_is_told_as_a_company(shop: CustomerShop) -> None:
    """`customer_type` is no column of the contract: a shop need not set it."""
    shop.register(**COMPANY, first_name="Анна", last_name="Тестова", **WAITS)
    shop.sync_without_files()
    (told,) = shop.told()
    assert (told.customer_type, told.company_name) == ("legal_entity", 'ООО "Пример"')


# --- changes on either side ------------------------------------------------------------------------------------------


def test_a_changed_profile_is_told_under_the_id_of_1c_and_answered(shop: CustomerShop) -> None:
    shop.published(person("c1", phone="8 000 000 00 01", email=MAIL))
    me = shop.customer("c1")["id"]
    shop.edit(me, phone="+70000000002")
    shop.sync_without_files()
    (told,) = shop.told()
    assert (told.onec_id, told.phone, told.email) == ("c1", "+70000000002", MAIL)
    assert shop.customer(me)["needs_1c_export"]
    shop.published(person("c1", phone="8 000 000 00 02", email=MAIL))
    assert shop.customer(me)["needs_1c_export"] is False
    age(shop, 1000)
    shop.sync_without_files()
    assert len(shop.outgoing) == 1


def test_what_came_from_1c_is_not_sent_back(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL, phone="8 000 000 00 01", tax_id=inn(1), registration="Условный край"))
    shop.published(
        company("c1", "ООО Иное", email=MAIL, phone="8 000 000 00 02", tax_id=inn(1), registration="Условный край")
    )
    shop.published(person("c2", "Магазин на углу", phone=["8 000 000 00 05", "8 000 000 00 06"]))
    assert shop.customer(me)["company_name"] == "ООО Иное"
    assert shop.outgoing == []


@pytest.mark.parametrize("silent", [{}, {"phone": "нет"}])
def test_what_1c_no_longer_says_is_kept_and_not_sent_back(shop: CustomerShop, silent: dict[str, Any]) -> None:
    """It came from 1C: who deletes a wrong number there must not get it back from the shop."""
    shop.published(person("c1", phone="8 000 000 00 01"))
    shop.published(person("c1", **silent))
    assert shop.profile("c1", "phone", "needs_1c_export") == ("+70000000001", False)
    assert shop.outgoing == []


def test_a_phone_in_another_form_is_no_news_for_1c(shop: CustomerShop) -> None:
    shop.published(person("c1", phone="8 000 000 00 01"))
    shop.edit(shop.customer("c1")["id"], phone="8 (000) 000-00-01")
    shop.sync_without_files()
    assert shop.outgoing == []


def test_a_customer_about_whom_people_are_asked_waits(shop: CustomerShop) -> None:
    me = shop.register(**PERSON, tax_id=inn(1), **WAITS)
    shop.published(company("c1", tax_id=inn(1)))
    assert shop.questions() == {("duplicate_customer", me, "c1")}
    assert shop.outgoing == []
    shop.decide("c1", me, "separate")
    shop.sync_without_files()
    assert [told.platform_id.rpartition("-")[0] for told in shop.told()] == [f"freesport-customer-{me}"]


def test_a_blocked_or_merged_customer_is_not_told(shop: CustomerShop) -> None:
    shop.register(**PERSON, is_active=False, **WAITS)
    shop.register(**PERSON, merged_into_id=1, **WAITS)
    shop.sync_without_files()
    assert shop.outgoing == []


def test_a_file_that_cannot_be_written_leaves_the_customer_waiting(shop: CustomerShop) -> None:
    me = shop.register(**PERSON, **WAITS)
    folder = Path(str(shop.resource.exchange.outgoing))
    folder.rmdir()
    folder.write_text("no folder")
    shop.sync_without_files()
    assert shop.customer(me)["needs_1c_export"]
    assert shop.count("customer_exports") == 0
    folder.unlink()
    shop.sync_without_files()
    assert len(shop.told()) == 1
