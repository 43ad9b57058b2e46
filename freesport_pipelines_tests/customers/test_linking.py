"""Who is who: a registration and a record of 1C become one only beyond doubt. Facts, check 39; DESIGN decision 20."""

import pytest

from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, inn_of_person, kpp, person

MAIL = "anna@example.test"


# --- 39 --------------------------------------------------------------------------------------------------------------


def test_two_contragents_with_the_tax_number_of_a_registration_are_a_question_and_no_link(
    dagster_shop: CustomerShop,
) -> None:
    shop = dagster_shop
    me = shop.register(
        email="a@example.test", phone="+70000000001", first_name="Анна", tax_id=inn(1), is_verified=True,
        needs_1c_export=True,
    )  # fmt: skip
    shop.published(company("c1", tax_id=inn(1)), company("c2", tax_id=inn(1)))
    assert shop.profile(me, "onec_id", "role", "is_verified") == (None, "retail", True)
    assert shop.questions() == {("duplicate_customer", me, "c1"), ("duplicate_customer", me, "c2")}


def test_one_contragent_with_the_tax_number_of_a_registration_is_no_link_either(shop: CustomerShop) -> None:
    me = shop.register(email="a@example.test", tax_id=inn(1), is_verified=True)
    done = shop.published(company("c1", tax_id=inn(1)))
    assert shop.customer(me)["onec_id"] is None
    assert shop.customer("c1")["sync_status"] == "conflict"
    assert shop.questions() == {("duplicate_customer", me, "c1")}
    assert "no_conflict_waits" in done.failed_checks


def test_an_email_that_the_shop_has_verified_links(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    me = shop.register(email=MAIL.upper(), is_verified=True)
    done = shop.published(company("c1", email=MAIL, tax_id=inn(1)))
    assert shop.links() == {me: "c1"}
    assert shop.log(done) == {"c1": ("linked", "email")}
    assert shop.questions() == set()
    assert shop.questions("resolved") == {("email_conflict", me, "c1")}


@pytest.mark.parametrize("role", ["retail", "trainer"])
def test_a_link_grants_no_role(shop: CustomerShop, role: str) -> None:
    me = shop.register(email=MAIL, is_verified=True, role=role)
    shop.published(company("c1", email=MAIL, price_type="t-opt1"))
    assert shop.profile(me, "onec_id", "role") == ("c1", role)


def test_an_email_that_nobody_has_verified_is_a_question(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL)
    shop.published(company("c1", email=MAIL))
    assert shop.customer(me)["onec_id"] is None
    assert shop.questions() == {("email_conflict", me, "c1")}


def test_a_verified_email_of_two_contragents_links_neither(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL), company("c2", email=MAIL))
    assert shop.customer(me)["onec_id"] is None
    assert shop.questions() == {("email_conflict", me, "c1"), ("email_conflict", me, "c2")}


def test_a_verified_email_of_two_accounts_links_neither(shop: CustomerShop) -> None:
    accounts = [shop.register(email=MAIL, is_verified=True), shop.register(email=MAIL)]
    shop.published(company("c1", email=MAIL))
    assert {shop.customer(me)["onec_id"] for me in accounts} == {None}
    assert shop.questions() == {("email_conflict", me, "c1") for me in accounts}


def test_a_verified_email_does_not_link_another_firm(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True, tax_id=inn(1))
    shop.published(company("c1", email=MAIL, tax_id=inn(2)))
    assert shop.customer(me)["onec_id"] is None
    assert shop.questions() == {("email_conflict", me, "c1")}


def test_an_email_verified_after_the_import_links_at_the_next_synchronisation(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL)
    shop.published(company("c1", email=MAIL))
    made = shop.customer("c1")["id"]
    shop.execute("UPDATE customers SET is_verified = :yes WHERE id = :me", yes=True, me=me)
    shop.sync_without_files()
    assert shop.links() == {me: "c1", made: None}
    assert shop.profile(made, "merged_into_id", "is_active") == (me, False)
    assert shop.questions() == set()


def test_phone_and_name_only_propose(shop: CustomerShop) -> None:
    me = shop.register(phone="8 000 000 00 01", last_name="Образцов", first_name="Пётр", is_verified=True)
    done = shop.published(person("c1", "Образцов Пётр", phone="+7 000 000-00-01"))
    assert shop.customer(me)["onec_id"] is None
    assert shop.questions() == {("duplicate_customer", me, "c1")}
    assert shop.log(done) == {"c1": ("created", "not_found")}


@pytest.mark.parametrize("other", [{"phone": "+70000000002"}, {"last_name": "Иной"}])
def test_phone_or_name_alone_propose_nothing(shop: CustomerShop, other: dict[str, str]) -> None:
    same = {"phone": "+70000000001", "last_name": "Образцов", "first_name": "Пётр"}
    shop.register(**{**same, **other})
    shop.published(person("c1", "Образцов Пётр", phone="+7 000 000-00-01"))
    assert shop.questions() == set()


# --- records of 1C among themselves -----------------------------------------------------------------------------------


def test_a_record_that_replaces_a_marked_one_of_the_same_firm_takes_its_customer_over(shop: CustomerShop) -> None:
    shop.published(company("c1", tax_id=inn(1), kpp=kpp(1)))
    customer = shop.customer("c1")["id"]
    shop.published(company("c1", tax_id=inn(1), kpp=kpp(1), marked=True))
    done = shop.published(company("c2", tax_id=inn(1), kpp=kpp(1)))
    assert shop.links() == {customer: "c2"}
    assert shop.log(done)["c2"] == ("linked", "tax_id_kpp")
    assert shop.customer("c2")["is_active"]


def test_a_record_marked_and_replaced_in_one_file_hands_its_customer_over(shop: CustomerShop) -> None:
    shop.published(company("c1", tax_id=inn(1)))
    customer = shop.customer("c1")["id"]
    shop.published(company("c1", tax_id=inn(1), marked=True), company("c2", tax_id=inn(1)))
    assert shop.links() == {customer: "c2"}
    assert shop.customer("c2")["is_active"]


def test_a_customer_with_a_login_is_not_moved_to_another_record(shop: CustomerShop) -> None:
    shop.published(company("c1", tax_id=inn(1)))
    shop.execute("UPDATE customers SET login = 'l1' WHERE onec_id = 'c1'")
    mine = shop.customer("c1")["id"]
    shop.published(company("c1", tax_id=inn(1), marked=True))
    shop.published(company("c2", tax_id=inn(1)))
    assert shop.customer(mine)["onec_id"] == "c1"
    assert shop.customer("c2")["id"] != mine


def test_two_live_records_with_one_tax_number_stay_two(shop: CustomerShop) -> None:
    shop.published(person("c1", tax_id=inn_of_person(1)))
    shop.published(person("c2", "Образцов Пётр", tax_id=inn_of_person(1)))
    assert sorted(filter(None, shop.links().values())) == ["c1", "c2"]


# --- the account that learns of its record ----------------------------------------------------------------------------


def test_linking_absorbs_the_customer_that_an_earlier_import_had_made(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    shop.published(company("c1", 'ООО "Пример"', email=MAIL, phone="8 000 000 00 01"))
    made = shop.customer("c1")["id"]
    me = shop.register(email=MAIL, is_verified=True)
    shop.sync_without_files()
    assert shop.links() == {made: None, me: "c1"}
    assert shop.profile(made, "merged_into_id", "is_active") == (me, False)
    assert shop.profile(me, "company_name", "phone", "is_active") == ('ООО "Пример"', "+70000000001", True)


def test_what_the_account_says_of_itself_stands_and_1c_fills_the_gaps(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True, phone="+70000000009")
    shop.published(company("c1", 'ООО "Пример"', email=MAIL, phone="8 000 000 00 01", tax_id=inn(1)))
    assert shop.profile(me, "phone", "company_name", "tax_id") == ("+70000000009", 'ООО "Пример"', inn(1))


def test_1c_never_replaces_the_email_of_an_account(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL))
    shop.published(company("c1", email="another@example.test"))
    assert shop.customer(me)["email"] == MAIL
    assert shop.questions() == {("email_conflict", me, "c1")}


def test_a_price_level_of_1c_is_a_question_and_no_role(shop: CustomerShop) -> None:
    from freesport_pipelines_tests.acceptance.exports import OPT1, dictionaries

    shop.import_files(dictionaries())
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL, price_type=OPT1))
    assert shop.customer(me)["role"] == "retail"
    assert shop.questions() == {("role_conflict", me, "c1")}


# --- the operator ----------------------------------------------------------------------------------------------------


def test_an_operators_link_is_made_by_the_next_synchronisation(shop: CustomerShop) -> None:
    me = shop.register(email="a@example.test", tax_id=inn(1))
    shop.published(company("c1", tax_id=inn(1)))
    made = shop.customer("c1")["id"]
    shop.decide("c1", me, "link")
    done = shop.sync_without_files()
    assert shop.links() == {me: "c1", made: None}
    assert shop.customer(made)["merged_into_id"] == me
    assert shop.log(done) == {"c1": ("linked", "manual")}
    assert shop.questions() == set()


def test_a_pair_that_an_operator_has_separated_is_never_asked_about_again(shop: CustomerShop) -> None:
    me = shop.register(email="a@example.test", tax_id=inn(1))
    shop.published(company("c1", tax_id=inn(1)))
    shop.decide("c1", me, "separate")
    shop.published(company("c1", "ООО Новое имя", tax_id=inn(1)))
    shop.execute("UPDATE customers SET is_verified = :yes WHERE id = :me", yes=True, me=me)
    shop.published(company("c1", tax_id=inn(1), email="a@example.test"))
    assert shop.questions() == set()
    assert shop.customer(me)["onec_id"] is None


def test_an_operators_link_goes_before_what_1c_and_the_shop_suggest(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, tax_id=inn(1))
    shop.published(company("c1", tax_id=inn(1)), company("c2", email=MAIL))
    shop.decide("c1", me, "link")
    shop.execute("UPDATE customers SET is_verified = :yes WHERE id = :me", yes=True, me=me)
    shop.sync_without_files()
    assert shop.customer(me)["onec_id"] == "c1"
