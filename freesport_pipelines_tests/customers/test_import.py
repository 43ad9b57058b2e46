"""Contragents become customers. Facts, acceptance checks 36 to 38, 40 to 43."""

from typing import Any

import pytest

from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, inn_of_person, kpp, packet, person, wrong_inn
from freesport_pipelines_tests.shop import Import

NAMES = ("customer_type", "company_name", "last_name", "first_name", "middle_name")
PHONES = {
    "mask": "8 (000) 000-00-01",
    "two": "+7 000 0000001, 8-000-111-11-11",
    "space": " +7000 000-00-01",
}
FIRST_FILE = [
    company("legal", 'ООО "Пример"', tax_id=inn(1)),
    person("person", "Образцов Пётр Ильич", tax_id=inn_of_person(1)),
    person("unnumbered", "Тестова Анна"),
    *(company(f"silent{n}") for n in range(100)),
    company("office1", email="office@example.test"),
    company("office2", email="office@example.test"),
    *(person(name, phone=written) for name, written in PHONES.items()),
    person("unreadable", phone="123"),
    company("supplier", roles=("Поставщик",)),
    company("both", roles=("Поставщик", "покупатель")),
    company("gone", marked=True),
    company("mistyped", tax_id=wrong_inn(2)),
    company("foreign", tax_id="190000000"),
    company("branch1", tax_id=inn(3), kpp=kpp(1)),
    company("branch2", tax_id=inn(3), kpp=kpp(2)),
    company("", "ООО Без ида"),
]


@pytest.fixture(scope="module")
def first(lasting_shop: CustomerShop) -> tuple[CustomerShop, Import]:
    """A shop with one registration, after the first file."""
    lasting_shop.register(email="anna@example.test", tax_id=wrong_inn(2))
    return lasting_shop, lasting_shop.published(*FIRST_FILE)


@pytest.fixture
def imported(first: tuple[CustomerShop, Import]) -> CustomerShop:
    return first[0]


@pytest.fixture
def done(first: tuple[CustomerShop, Import]) -> Import:
    return first[1]


def test_the_real_job_imports_contragents_and_tells_how_many(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    done = shop.published(company("c1", tax_id=inn(1)), person("c2"))
    assert done.success
    assert (done.table("customers")["inserted"], done.table("contragents")["inserted"]) == (2, 2)
    assert set(shop.links().values()) == {"c1", "c2"}


# --- 36: who it is ---------------------------------------------------------------------------------------------------


def test_an_official_name_makes_a_legal_entity_even_without_kpp(imported: CustomerShop) -> None:
    assert imported.profile("legal", *NAMES, "tax_id", "kpp") == (
        "legal_entity", 'ООО "Пример"', None, None, None, inn(1), None,
    )  # fmt: skip


def test_a_full_name_makes_an_individual_with_or_without_a_tax_number(imported: CustomerShop) -> None:
    assert imported.profile("person", *NAMES, "tax_id") == (
        "individual", None, "Образцов", "Пётр", "Ильич", inn_of_person(1),
    )  # fmt: skip
    assert imported.profile("unnumbered", *NAMES, "tax_id") == ("individual", None, "Тестова", "Анна", None, None)


# --- 37: nobody needs contacts ---------------------------------------------------------------------------------------


def test_a_hundred_contragents_without_contacts_are_a_hundred_customers_without_email(imported: CustomerShop) -> None:
    of_them = "onec_id LIKE 'silent%' AND email IS NULL AND phone IS NULL AND login IS NULL AND is_active"
    assert imported.count("customers", of_them) == 100


def test_two_contragents_may_share_an_email(imported: CustomerShop) -> None:
    assert [imported.customer(c)["email"] for c in ("office1", "office2")] == ["office@example.test"] * 2


# --- 38: phones ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("onec_id", list(PHONES))
def test_a_phone_is_kept_in_one_form_and_the_first_one_counts(imported: CustomerShop, onec_id: str) -> None:
    assert imported.customer(onec_id)["phone"] == "+70000000001"


def test_a_phone_that_is_none_costs_a_warning_and_not_the_customer(imported: CustomerShop, done: Import) -> None:
    assert imported.profile("unreadable", "phone", "last_name") == (None, "Образцов")
    assert "contacts_can_be_read" in done.failed_checks
    assert done.check("contacts_can_be_read")["examples"] == ["unreadable"]


# --- 40: roles -------------------------------------------------------------------------------------------------------


def test_a_supplier_is_no_customer_and_that_is_logged(imported: CustomerShop, done: Import) -> None:
    assert "supplier" not in imported.links().values()
    assert imported.log(done)["supplier"] == ("skipped_not_buyer", "not_found")
    assert imported.count("contragents", "onec_id = 'supplier'") == 1


def test_a_buyer_who_also_supplies_is_a_customer(imported: CustomerShop) -> None:
    assert imported.customer("both")["role"] == "retail"


def test_a_role_that_a_manager_gave_survives_every_import(shop: CustomerShop) -> None:
    shop.published(company("c1"))
    shop.execute("UPDATE customers SET role = 'wholesale_level1' WHERE onec_id = 'c1'")
    shop.published(company("c1", phone="8 000 000 00 01", roles=("Покупатель", "Поставщик")))
    assert shop.profile("c1", "role", "phone") == ("wholesale_level1", "+70000000001")


# --- 41: silence and masks -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("silent", [{}, {"phone": ["", "нет"]}])
def test_an_empty_or_unreadable_phone_leaves_the_known_one(shop: CustomerShop, silent: dict[str, Any]) -> None:
    shop.published(person("c1", phone="8 000 000 00 01", email="anna@example.test"))
    shop.published(person("c1", "Образцов Пётр Петрович", **silent))
    assert shop.profile("c1", "middle_name", "phone", "email") == ("Петрович", "+70000000001", "anna@example.test")


def test_the_same_phone_in_another_form_is_no_conflict_and_no_change(shop: CustomerShop) -> None:
    me = shop.register(email="anna@example.test", is_verified=True, phone="8 (000) 000-00-01", last_name="Образцов")
    shop.published(person("c1", email="anna@example.test", phone="+7 000 000 00 01"))
    assert shop.profile("c1", "id", "phone") == (me, "8 (000) 000-00-01")
    assert shop.questions() == set()
    assert {kind for kind, *_ in shop.questions("resolved")} == {"email_conflict"}


# --- 42: deletion marks ----------------------------------------------------------------------------------------------


def test_a_marked_contragent_that_is_new_is_no_customer(imported: CustomerShop, done: Import) -> None:
    assert "gone" not in imported.links().values()
    assert imported.log(done)["gone"] == ("skipped_marked", "not_found")


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


def test_a_tax_number_with_a_wrong_checksum_is_a_warning_and_matches_nobody(
    imported: CustomerShop, done: Import
) -> None:
    assert "tax_ids_are_valid" in done.failed_checks
    assert done.check("tax_ids_are_valid")["examples"] == ["mistyped"]
    assert imported.customer("mistyped")["tax_id"] == wrong_inn(2)
    assert imported.questions() == set()


def test_a_foreign_number_is_kept_and_no_warning(imported: CustomerShop, done: Import) -> None:
    assert imported.customer("foreign")["tax_id"] == "190000000"
    assert done.check("tax_ids_are_valid")["bad"] == 1


# --- the file --------------------------------------------------------------------------------------------------------


def test_branches_of_one_firm_are_customers_of_their_own(imported: CustomerShop) -> None:
    assert [imported.customer(c)["kpp"] for c in ("branch1", "branch2")] == [kpp(1), kpp(2)]


def test_a_contragent_without_an_id_goes_to_quarantine_and_the_others_are_imported(
    imported: CustomerShop, done: Import
) -> None:
    assert done.quarantine == {"contragents": {"id_missing": 1}}
    assert "Без ида" not in str(imported.rows("SELECT * FROM quarantine"))


def test_the_later_row_about_a_contragent_wins(shop: CustomerShop) -> None:
    first, second = packet(company("c1", "ООО Раньше")), packet(company("c1", "ООО Позже"))
    (early,), (late,) = first.values(), second.values()
    names = ("contragents/contragents_2_<uuid>.xml", "contragents/contragents_10_<uuid>.xml")
    done = shop.import_files(dict(zip(names, (early, late), strict=True)), job="sync_customers")
    assert done.status == "published"
    assert shop.customer("c1")["company_name"] == "ООО Позже"
