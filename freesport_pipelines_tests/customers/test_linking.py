"""Who is who: a registration and a record of 1C become one only beyond doubt. Facts, check 39; DESIGN decision 20."""

from dataclasses import dataclass
from typing import Any

import pytest

from freesport_pipelines_tests.acceptance.exports import OPT1, dictionaries
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, inn_of_person, kpp, person
from freesport_pipelines_tests.shop import Import

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


def test_an_email_that_the_shop_has_verified_links(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    me = shop.register(email=MAIL.upper(), is_verified=True)
    done = shop.published(company("c1", email=MAIL, tax_id=inn(1)))
    assert shop.links() == {me: "c1"}
    assert shop.log(done) == {"c1": ("linked", "email")}
    assert shop.questions() == set()
    assert shop.questions("resolved") == {("email_conflict", me, "c1")}


@dataclass
class Registered:
    """What several visitors had registered before one file came; each has an address of its own."""

    shop: CustomerShop
    numbers: dict[str, int]
    imported: Import

    def of(self, who: str) -> tuple[str | None, set[tuple[str, str]]]:
        """(the 1C id of the account, {(type of question, contragent)})."""
        number = self.numbers[who]
        asked = {(kind, onec_id) for kind, customer, onec_id in self.shop.questions() if customer == number}
        return self.shop.customer(number)["onec_id"], asked


def mail(who: str) -> str:
    return f"{who}@example.test"


@pytest.fixture(scope="module")
def registered(lasting_shop: CustomerShop) -> Registered:
    same = {"phone": "8 000 000 00 01", "last_name": "Образцов", "first_name": "Пётр", "is_verified": True}
    visitors: dict[str, dict[str, Any]] = {
        "taxpayer": {"tax_id": inn(1), "is_verified": True},
        "trainer": {"email": mail("trainer"), "is_verified": True, "role": "trainer"},
        "unverified": {"email": mail("unverified")},
        "twice": {"email": mail("twice"), "is_verified": True},
        "first": {"email": mail("shared"), "is_verified": True},
        "second": {"email": mail("shared")},
        "other firm": {"email": mail("firm"), "is_verified": True, "tax_id": inn(2)},
        "alike": same,
        "other name": {**same, "last_name": "Иной"},
        "other phone": {**same, "phone": "+7 000 000-00-02"},
        "gaps": {"email": mail("gaps"), "is_verified": True, "phone": "+70000000009"},
    }
    numbers = {who: lasting_shop.register(**columns) for who, columns in visitors.items()}
    done = lasting_shop.published(
        company("taxed", tax_id=inn(1)),
        company("trained", email=mail("trainer"), price_type="t-opt1"),
        company("open", email=mail("unverified")),
        company("twice1", email=mail("twice")),
        company("twice2", email=mail("twice")),
        company("shared", email=mail("shared")),
        company("firm", email=mail("firm"), tax_id=inn(3)),
        person("person", "Образцов Пётр", phone="+7 000 000-00-01"),
        company("full", 'ООО "Пример"', email=mail("gaps"), phone="8 000 000 00 08", tax_id=inn(4)),
    )
    return Registered(lasting_shop, numbers, done)


def test_one_contragent_with_the_tax_number_of_a_registration_is_no_link_either(registered: Registered) -> None:
    assert registered.of("taxpayer") == (None, {("duplicate_customer", "taxed")})
    assert registered.shop.customer("taxed")["sync_status"] == "conflict"
    assert "no_conflict_waits" in registered.imported.failed_checks


def test_a_link_grants_no_role(registered: Registered) -> None:
    assert registered.of("trainer") == ("trained", set())
    assert registered.shop.customer("trained")["role"] == "trainer"


def test_an_email_that_nobody_has_verified_is_a_question(registered: Registered) -> None:
    assert registered.of("unverified") == (None, {("email_conflict", "open")})


def test_a_verified_email_of_two_contragents_links_neither(registered: Registered) -> None:
    assert registered.of("twice") == (None, {("email_conflict", "twice1"), ("email_conflict", "twice2")})


def test_a_verified_email_of_two_accounts_links_neither(registered: Registered) -> None:
    assert [registered.of(who) for who in ("first", "second")] == [(None, {("email_conflict", "shared")})] * 2


def test_a_verified_email_does_not_link_another_firm(registered: Registered) -> None:
    assert registered.of("other firm") == (None, {("email_conflict", "firm")})


def test_phone_and_name_only_propose(registered: Registered) -> None:
    assert registered.of("alike") == (None, {("duplicate_customer", "person")})
    assert registered.shop.log(registered.imported)["person"] == ("created", "not_found")


@pytest.mark.parametrize("who", ["other name", "other phone"])
def test_phone_or_name_alone_propose_nothing(registered: Registered, who: str) -> None:
    assert registered.of(who) == (None, set())


def test_what_the_account_says_of_itself_stands_and_1c_fills_the_gaps(registered: Registered) -> None:
    told = registered.shop.profile("full", "id", "phone", "company_name", "tax_id")
    assert told == (registered.numbers["gaps"], "+70000000009", 'ООО "Пример"', inn(4))


def test_an_email_verified_after_the_import_links_at_the_next_synchronisation(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL)
    shop.published(company("c1", email=MAIL))
    made = shop.customer("c1")["id"]
    shop.execute("UPDATE customers SET is_verified = :yes WHERE id = :me", yes=True, me=me)
    shop.sync_without_files()
    assert shop.links() == {me: "c1", made: None}
    assert shop.profile(made, "merged_into_id", "is_active") == (me, False)
    assert shop.questions() == set()


# --- records of 1C among themselves ----------------------------------------------------------------------------------


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


# --- the account that learns of its record ---------------------------------------------------------------------------


def test_linking_absorbs_the_customer_that_an_earlier_import_had_made(dagster_shop: CustomerShop) -> None:
    shop = dagster_shop
    shop.published(company("c1", 'ООО "Пример"', email=MAIL, phone="8 000 000 00 01"))
    made = shop.customer("c1")["id"]
    me = shop.register(email=MAIL, is_verified=True)
    shop.sync_without_files()
    assert shop.links() == {made: None, me: "c1"}
    assert shop.profile(made, "merged_into_id", "is_active") == (me, False)
    assert shop.profile(me, "company_name", "phone", "is_active") == ('ООО "Пример"', "+70000000001", True)


def test_1c_never_replaces_the_email_of_an_account(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL))
    shop.published(company("c1", email="another@example.test"))
    assert shop.customer(me)["email"] == MAIL
    assert shop.questions() == {("email_conflict", me, "c1")}


def test_an_unanswered_question_about_an_email_stays_when_1c_changes_something_else(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL))
    shop.published(company("c1", email="another@example.test"))
    shop.published(company("c1", email="another@example.test", phone="8 000 000 00 01"))
    assert shop.customer(me)["phone"] == "+70000000001"
    assert shop.questions() == {("email_conflict", me, "c1")}


def test_an_answered_question_about_an_email_is_not_asked_again(shop: CustomerShop) -> None:
    me = shop.register(email=MAIL, is_verified=True)
    shop.published(company("c1", email=MAIL))
    shop.published(company("c1", email="another@example.test"))
    shop.decide("c1", me, "separate")
    shop.published(company("c1", email="another@example.test", phone="8 000 000 00 01"))
    assert shop.profile(me, "email", "onec_id") == (MAIL, "c1")
    assert shop.questions() == set()


def test_a_price_level_of_1c_is_a_question_and_no_role(shop: CustomerShop) -> None:
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


@pytest.mark.parametrize(("by_hand", "by_email"), [("c1", "c2"), ("c2", "c1")])
def test_an_operators_link_goes_before_what_the_rules_find(shop: CustomerShop, by_hand: str, by_email: str) -> None:
    me = shop.register(email=MAIL, tax_id=inn(1))
    shop.published(company(by_hand, tax_id=inn(1)), company(by_email, email=MAIL))
    shop.decide(by_hand, me, "link")
    shop.execute("UPDATE customers SET is_verified = :yes WHERE id = :me", yes=True, me=me)
    shop.sync_without_files()
    assert shop.customer(me)["onec_id"] == by_hand
