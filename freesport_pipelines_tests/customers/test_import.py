"""Contragents become customers. Facts, acceptance checks 36 to 38, 40 to 43."""

from typing import Any

import pytest

from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, inn_of_person, kpp, packet, person, wrong_inn

NAMES = ("customer_type", "company_name", "last_name", "first_name", "middle_name")


def test_the_real_job_imports_contragents_and_tells_how_many(dagster_shop: CustomerShop) -> None:
    done = dagster_shop.published(company("c1", tax_id=inn(1)), person("c2"))
    assert done.success
    assert done.table("customers")["inserted"] == 2
    assert done.table("contragents")["inserted"] == 2
    assert set(dagster_shop.links().values()) == {"c1", "c2"}


# --- 36: who it is ---------------------------------------------------------------------------------------------------


def test_an_official_name_makes_a_legal_entity_even_without_kpp(shop: CustomerShop) -> None:
    shop.published(company("c1", 'ООО "Пример"', tax_id=inn(1)))
    assert shop.profile("c1", *NAMES, "tax_id", "kpp") == (
        "legal_entity", 'ООО "Пример"', None, None, None, inn(1), None,
    )  # fmt: skip


@pytest.mark.parametrize("tax_id", [inn_of_person(1), None])
def test_a_full_name_makes_an_individual_with_or_without_a_tax_number(shop: CustomerShop, tax_id: str | None) -> None:
    shop.published(person("c1", "Образцов Пётр Ильич", tax_id=tax_id))
    assert shop.profile("c1", *NAMES, "tax_id") == ("individual", None, "Образцов", "Пётр", "Ильич", tax_id)


# --- 37: nobody needs contacts ---------------------------------------------------------------------------------------


def test_a_hundred_contragents_without_contacts_are_a_hundred_customers_without_email(shop: CustomerShop) -> None:
    done = shop.published(*(person(f"c{n}") for n in range(100)))
    assert done.table("customers")["inserted"] == 100
    assert shop.count("customers", "email IS NULL AND phone IS NULL AND login IS NULL") == 100


def test_two_contragents_may_share_an_email(shop: CustomerShop) -> None:
    shop.published(company("c1", email="office@example.test"), company("c2", email="office@example.test"))
    assert [shop.customer(c)["email"] for c in ("c1", "c2")] == ["office@example.test"] * 2


# --- 38: phones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "phone"),
    [
        ("8 (000) 000-00-01", "+70000000001"),
        ("+7 000 0000001, 8-000-111-11-11", "+70000000001"),
        (" +7000 000-00-01", "+70000000001"),
    ],
)
def test_a_phone_is_kept_in_one_form_and_the_first_one_counts(shop: CustomerShop, written: str, phone: str) -> None:
    shop.published(person("c1", phone=written))
    assert shop.customer("c1")["phone"] == phone


def test_a_phone_that_is_none_costs_a_warning_and_not_the_customer(shop: CustomerShop) -> None:
    done = shop.published(person("c1", phone="123"))
    assert shop.customer("c1")["phone"] is None
    assert "contacts_can_be_read" in done.failed_checks
    assert done.check("contacts_can_be_read")["examples"] == ["c1"]


# --- 40: roles -------------------------------------------------------------------------------------------------------


def test_a_supplier_is_no_customer_and_that_is_logged(shop: CustomerShop) -> None:
    done = shop.published(company("c1", roles=("Поставщик",)))
    assert shop.links() == {}
    assert shop.log(done) == {"c1": ("skipped_not_buyer", "not_found")}
    assert shop.count("contragents") == 1


@pytest.mark.parametrize("roles", [("Покупатель", "Поставщик"), ("Поставщик", "покупатель")])
def test_a_buyer_who_also_supplies_is_a_customer(shop: CustomerShop, roles: tuple[str, ...]) -> None:
    shop.published(company("c1", roles=roles))
    assert shop.customer("c1")["role"] == "retail"


def test_a_role_that_a_manager_gave_survives_every_import(shop: CustomerShop) -> None:
    shop.published(company("c1"))
    shop.execute("UPDATE customers SET role = 'wholesale_level1' WHERE onec_id = 'c1'")
    shop.published(company("c1", phone="8 000 000 00 01"))
    assert shop.profile("c1", "role", "phone") == ("wholesale_level1", "+70000000001")


# --- 41: silence and masks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [{}, {"phone": ""}, {"phone": "нет"}])
def test_an_empty_or_unreadable_phone_leaves_the_known_one(shop: CustomerShop, silent: dict[str, Any]) -> None:
    shop.published(person("c1", phone="8 000 000 00 01", email="anna@example.test"))
    shop.published(person("c1", **silent))
    assert shop.profile("c1", "phone", "email") == ("+70000000001", "anna@example.test")


def test_the_same_phone_in_another_form_is_no_conflict_and_no_change(shop: CustomerShop) -> None:
    me = shop.register(email="anna@example.test", is_verified=True, phone="8 (000) 000-00-01", last_name="Образцов")
    shop.published(person("c1", email="anna@example.test", phone="+7 000 000 00 01"))
    assert shop.customer("c1")["id"] == me
    assert shop.customer("c1")["phone"] == "8 (000) 000-00-01"
    assert shop.questions() == set()


# --- 42: deletion marks ----------------------------------------------------------------------------------------------


def test_a_marked_contragent_that_is_new_is_no_customer(shop: CustomerShop) -> None:
    done = shop.sync(company("c1", marked=True))
    assert shop.links() == {}
    assert shop.log(done) == {"c1": ("skipped_marked", "not_found")}


def test_a_marked_contragent_hides_the_customer_an_import_had_made(shop: CustomerShop) -> None:
    shop.published(company("c1"))
    shop.published(company("c1", marked=True))
    assert shop.profile("c1", "marked_in_1c", "is_active", "hidden_by_1c") == (True, False, True)
    shop.published(company("c1"))
    assert shop.profile("c1", "marked_in_1c", "is_active", "hidden_by_1c") == (False, True, False)


def test_a_customer_whom_the_shop_has_switched_off_is_not_switched_on_by_1c(shop: CustomerShop) -> None:
    shop.published(company("c1"))
    shop.execute("UPDATE customers SET is_active = :no WHERE onec_id = 'c1'", no=False)
    shop.published(company("c1", phone="8 000 000 00 01"))
    assert shop.profile("c1", "phone", "is_active", "hidden_by_1c") == ("+70000000001", False, False)


def test_an_account_of_a_marked_contragent_stays_and_people_are_asked(shop: CustomerShop) -> None:
    me = shop.register(email="anna@example.test", is_verified=True)
    shop.published(company("c1", email="anna@example.test"))
    shop.published(company("c1", email="anna@example.test", marked=True))
    assert shop.profile("c1", "id", "marked_in_1c", "is_active") == (me, True, True)
    assert shop.questions() == {("marked_in_1c", me, "c1")}


# --- 43: tax numbers -------------------------------------------------------------------------------------------------


def test_a_tax_number_with_a_wrong_checksum_is_a_warning_and_matches_nobody(shop: CustomerShop) -> None:
    me = shop.register(email="anna@example.test", tax_id=wrong_inn(1))
    done = shop.published(company("c1", tax_id=wrong_inn(1)))
    assert "tax_ids_are_valid" in done.failed_checks
    assert shop.links() == {me: None, shop.customer("c1")["id"]: "c1"}
    assert shop.customer("c1")["tax_id"] == wrong_inn(1)
    assert shop.questions() == set()


def test_a_foreign_number_is_kept_and_no_warning(shop: CustomerShop) -> None:
    done = shop.published(company("c1", tax_id="190000000"))
    assert shop.customer("c1")["tax_id"] == "190000000"
    assert "tax_ids_are_valid" not in done.failed_checks


# --- the file --------------------------------------------------------------------------------------------------------


def test_branches_of_one_firm_are_customers_of_their_own(shop: CustomerShop) -> None:
    shop.published(company("c1", tax_id=inn(1), kpp=kpp(1)), company("c2", tax_id=inn(1), kpp=kpp(2)))
    assert {shop.customer(c)["kpp"] for c in ("c1", "c2")} == {kpp(1), kpp(2)}
    assert shop.questions() == set()


def test_the_later_row_about_a_contragent_wins(shop: CustomerShop) -> None:
    first, second = packet(company("c1", "ООО Раньше")), packet(company("c1", "ООО Позже"))
    (early,), (late,) = first.values(), second.values()
    names = ("contragents/contragents_2_<uuid>.xml", "contragents/contragents_10_<uuid>.xml")
    done = shop.import_files(dict(zip(names, (early, late), strict=True)), job="sync_customers")
    assert done.status == "published"
    assert shop.customer("c1")["company_name"] == "ООО Позже"


def test_a_contragent_without_an_id_goes_to_quarantine_and_the_others_are_imported(shop: CustomerShop) -> None:
    done = shop.published(company("", "ООО Без ида"), company("c1"))
    assert done.quarantine == {"contragents": {"id_missing": 1}}
    assert set(shop.links().values()) == {"c1"}
    assert "Без ида" not in str(shop.rows("SELECT * FROM quarantine"))
