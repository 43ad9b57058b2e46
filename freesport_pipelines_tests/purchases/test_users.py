"""Users of the site out of discount cards: login = phone, one per owner, and never somebody else's."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from freesport_pipelines.emulator import Company
from freesport_pipelines.emulator.guids import guid
from freesport_pipelines.emulator.people import digits, mail
from freesport_pipelines_tests.faults.shops import Template
from freesport_pipelines_tests.purchases.onec_shop import (
    OnecShop,
    give_card,
    mark_card,
    onec_shop,
    write_phone,
)

SHARED = (8, 9)
"""Cards 8, 9 and 37 bear one phone; 8 and 37 are buyer 8's, 9 is buyer 9's."""
WITHOUT_PHONE = (17, 34)
"""Their only cards are EAN-13 barcodes."""
MARKED, NAMELESS, NAMED_BY_A_PHONE, OWNERLESS_CARD = 33, 29, 31, 40
NOBODY = {*SHARED, *WITHOUT_PHONE, MARKED}


@pytest.fixture
def users(shop: OnecShop) -> OnecShop:
    """A shop with users of all cards."""
    _bring_in_step(shop)
    return shop


@pytest.fixture(scope="module")
def made(empty: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OnecShop]:
    """The same, to look at only."""
    folder = tmp_path_factory.mktemp("users")
    company = Company(customers=36, receipts=10, months=1)
    with empty.database(folder) as url, onec_shop(url, folder, company) as shop:
        _bring_in_step(shop)
        yield shop


def _bring_in_step(shop: OnecShop) -> Any:
    shop.scan("discount_cards", "onec_counterparties")
    return shop.make_users()


def _of_login(shop: OnecShop, login: str) -> dict[str, Any]:
    return shop.row("SELECT * FROM customers WHERE login = :login", login=login)


def _state(shop: OnecShop) -> Any:
    queries = ("customers ORDER BY id", "sync_conflicts ORDER BY id", "discount_cards ORDER BY onec_id")
    return [shop.rows(f"SELECT * FROM {query}") for query in queries], shop.count("customer_sync_log")


def test_every_owner_with_a_phone_of_his_own_is_one_user(made: OnecShop) -> None:
    expected = {digits(n) for n in range(1, 37) if n not in NOBODY} | {digits(OWNERLESS_CARD)}
    assert {row["login"] for row in made.rows("SELECT login FROM customers")} == expected


def test_the_phone_is_the_login_in_whatever_mask_1c_has_it(made: OnecShop) -> None:
    barcodes = {row["onec_id"]: row["barcode"] for row in made.rows("SELECT onec_id, barcode FROM discount_cards")}
    masked = [n for n in range(1, 37) if n not in NOBODY and barcodes[guid("card", n)] != digits(n)]
    assert len({barcodes[guid("card", n)][:1] for n in masked}) == 3
    for number in masked:
        assert made.customer_of(number) == _of_login(made, digits(number))["id"]


def test_all_cards_of_an_owner_are_the_same_users(made: OnecShop) -> None:
    assert made.customer_of(16) is not None
    assert made.customer_of(16) == made.customer_of(38)


def test_a_card_without_owner_is_a_user_of_its_own(made: OnecShop) -> None:
    user = _of_login(made, digits(OWNERLESS_CARD))
    cards = made.rows("SELECT onec_id FROM discount_cards WHERE customer_id = :id", id=user["id"])
    assert [row["onec_id"] for row in cards] == [guid("card", OWNERLESS_CARD)]


def test_a_new_user_is_neutral_and_comes_from_1c(made: OnecShop) -> None:
    user = _of_login(made, digits(1))
    assert (user["role"], user["phone"], bool(user["created_in_1c"])) == ("retail", f"+{digits(1)}", True)
    assert (user["onec_id"], user["email"], user["tax_id"]) == (None, None, None)
    assert (user["last_name"], user["first_name"], user["middle_name"]) == ("Примерова", "Борис", "Образцовна")


@pytest.mark.parametrize("number", [NAMELESS, NAMED_BY_A_PHONE])
def test_a_nameless_owner_has_no_name(made: OnecShop, number: int) -> None:
    user = _of_login(made, digits(number))
    names = ("last_name", "first_name", "middle_name", "company_name")
    assert [user[name] for name in names] == [None] * 4


def test_a_marked_card_makes_no_user(made: OnecShop) -> None:
    assert made.count("customers", f"login = '{digits(MARKED)}'") == 0
    assert made.customer_of(MARKED) is None


def test_a_card_whose_barcode_is_no_phone_makes_no_user(made: OnecShop) -> None:
    assert [made.customer_of(number) for number in WITHOUT_PHONE] == [None, None]


def test_a_phone_of_two_owners_is_nobodys_login_but_one_question(made: OnecShop) -> None:
    assert [made.customer_of(card) for card in (*SHARED, 37)] == [None] * 3
    conflict = made.row("SELECT * FROM sync_conflicts")
    owners = [guid("counterparty", number) for number in SHARED]
    assert (conflict["conflict_type"], conflict["status"]) == ("phone_conflict", "pending")
    assert _json(conflict["details"]) == {"owners": sorted(owners)}


def test_a_second_run_writes_nothing(users: OnecShop) -> None:
    before = _state(users)
    made = _bring_in_step(users)
    assert (made.created, made.linked, made.cards_of_users) == (0, 0, 0)
    assert _state(users) == before


def test_a_question_is_closed_when_its_cause_is_gone_and_both_get_users(users: OnecShop) -> None:
    write_phone(users.company, 9, phone=9)
    _bring_in_step(users)
    conflict = users.row("SELECT status, decision FROM sync_conflicts")
    assert (conflict["status"], conflict["decision"]) == ("resolved", "obsolete")
    assert users.customer_of(9) == _of_login(users, digits(9))["id"]
    assert users.customer_of(8) == users.customer_of(37) == _of_login(users, digits(8))["id"]


def test_a_question_is_open_again_when_its_cause_is_back(users: OnecShop) -> None:
    write_phone(users.company, 9, phone=9)
    _bring_in_step(users)
    write_phone(users.company, 9, phone=8)
    _bring_in_step(users)
    assert users.row("SELECT status FROM sync_conflicts")["status"] == "pending"


@pytest.mark.parametrize("login", ["+7 (000) 000-00-05", "8 000 0000005", "70000000005", "0000000005"])
def test_a_customer_who_logs_in_with_that_phone_gets_the_cards_and_stays_himself(shop: OnecShop, login: str) -> None:
    shop.execute(
        "INSERT INTO customers (login, first_name, last_name, email, role) "
        "VALUES (:login, 'Имя', 'Своё', :mail, :role)",
        login=login, mail="mine@example.test", role="wholesale_level2",
    )  # fmt: skip
    before = _of_login(shop, login)
    made = _bring_in_step(shop)
    assert made.linked == 1
    assert _of_login(shop, login) == before
    assert shop.customer_of(5) == before["id"]
    assert shop.count("customers", f"login = '{digits(5)}'") == (login == digits(5))


def test_a_customer_of_1c_ut_with_the_same_phone_is_never_linked(shop: OnecShop) -> None:
    shop.execute(
        "INSERT INTO customers (onec_id, phone, first_name, last_name, role) VALUES (:id, :phone, 'Борис', "
        "'Примерова', 'retail')", id="ut-customer", phone=f"+{digits(1)}",
    )  # fmt: skip
    before = shop.row("SELECT * FROM customers")
    _bring_in_step(shop)
    assert shop.row("SELECT * FROM customers WHERE onec_id = 'ut-customer'") == before
    assert shop.customer_of(1) != before["id"]


def test_a_phone_that_was_changed_in_1c_is_the_new_login(users: OnecShop) -> None:
    user = users.customer_of(1)
    write_phone(users.company, 1, phone=500)
    made = _bring_in_step(users)
    row = _of_login(users, digits(500))
    assert (made.renamed, made.created, row["id"], row["phone"]) == (1, 0, user, f"+{digits(500)}")
    assert users.count("customers", f"login = '{digits(1)}'") == 0
    assert _bring_in_step(users).renamed == 0


def test_the_login_of_somebody_who_registered_himself_is_his_own(shop: OnecShop) -> None:
    login = "+7 (000) 000-00-05"
    shop.execute(
        "INSERT INTO customers (login, email, role) VALUES (:login, 'mine@example.test', 'retail')", login=login
    )
    _bring_in_step(shop)
    write_phone(shop.company, 5, phone=500)
    assert _bring_in_step(shop).renamed == 0
    assert shop.customer_of(5) == _of_login(shop, login)["id"]


def test_a_login_stays_while_any_card_of_its_owner_bears_the_phone(users: OnecShop) -> None:
    login = users.row("SELECT login FROM customers WHERE id = :id", id=users.customer_of(16))["login"]
    first, second = sorted((16, 38), key=lambda number: guid("card", number))
    write_phone(users.company, first, phone=500)
    write_phone(users.company, second, phone=16)
    _bring_in_step(users)
    assert users.row("SELECT login FROM customers WHERE id = :id", id=users.customer_of(16))["login"] == login


def test_a_phone_that_is_somebodys_login_already_is_a_question(users: OnecShop) -> None:
    users.execute("INSERT INTO customers (login, role) VALUES (:login, 'retail')", login=digits(500))
    user = users.customer_of(1)
    write_phone(users.company, 1, phone=500)
    assert _bring_in_step(users).renamed == 0
    assert users.row("SELECT login FROM customers WHERE id = :id", id=user)["login"] == digits(1)
    assert [guid("counterparty", 1)] in [
        _json(r["details"])["owners"] for r in users.rows("SELECT * FROM sync_conflicts")
    ]


def test_phones_that_change_hands_move_no_user(users: OnecShop) -> None:
    """Card 1 gets a new phone and card 2 the old one of card 1: the second user is renamed when the login is free."""
    first, second = users.customer_of(1), users.customer_of(2)
    write_phone(users.company, 1, phone=500)
    write_phone(users.company, 2, phone=1)
    _bring_in_step(users)
    _bring_in_step(users)
    assert (users.customer_of(1), users.customer_of(2)) == (first, second)
    assert _of_login(users, digits(1))["id"] == second
    assert users.count("sync_conflicts", "status = 'pending'") == 1  # the phone that cards of two owners bear


def test_cards_of_a_user_whom_the_shop_has_merged_are_those_of_his_heir(users: OnecShop) -> None:
    users.execute("INSERT INTO customers (login, role) VALUES ('heir', 'retail')")
    heir = _of_login(users, "heir")["id"]
    merged = users.customer_of(1)
    users.execute("UPDATE customers SET merged_into_id = :heir, is_active = false WHERE id = :id", heir=heir, id=merged)
    _bring_in_step(users)
    assert users.customer_of(1) == heir
    assert users.count("customers", f"login = '{digits(1)}'") == 1


def test_a_new_owner_with_the_phone_of_a_user_gets_no_user_but_a_question(shop: OnecShop) -> None:
    mark_card(shop.company, 2)
    _bring_in_step(shop)
    first = shop.customer_of(1)
    write_phone(shop.company, 1, phone=500)
    shop.company.add_card(guid("counterparty", 35))
    write_phone(shop.company, -1, phone=1)
    give_card(shop.company, -1, owner=2)
    _bring_in_step(shop)
    assert shop.customer_of(1) == first
    assert shop.count("discount_cards", f"customer_id = {first}") == 1
    owners = sorted([guid("counterparty", 1), guid("counterparty", 2)])
    assert owners in [_json(row["details"])["owners"] for row in shop.rows("SELECT details FROM sync_conflicts")]


def test_a_card_issued_to_somebody_else_takes_no_user_along(users: OnecShop) -> None:
    """Buyer 16 keeps his user and the card 16; the card 38 is now buyer 17's, who had none."""
    user = users.customer_of(16)
    give_card(users.company, 38, owner=17)
    write_phone(users.company, 38, phone=17)
    _bring_in_step(users)
    assert users.customer_of(16) == user
    assert users.customer_of(38) != user


def test_a_reissued_only_card_gives_its_new_owner_a_user_of_his_own(users: OnecShop) -> None:
    user = users.customer_of(12)
    give_card(users.company, 12, owner=17)
    write_phone(users.company, 12, phone=17)
    _bring_in_step(users)
    assert users.customer_of(12) == _of_login(users, digits(17))["id"] != user


@pytest.mark.parametrize("state", ["is_active = false", "merged_into_id = 999"])
def test_a_login_taken_by_a_blocked_customer_stops_nobody_else(shop: OnecShop, state: str) -> None:
    shop.execute("INSERT INTO customers (login, role) VALUES (:login, 'retail')", login=digits(5))
    shop.execute(f"UPDATE customers SET {state} WHERE login = :login", login=digits(5))
    _bring_in_step(shop)
    assert shop.count("customers", f"login = '{digits(6)}'") == 1
    assert shop.customer_of(5) is None


def test_neither_questions_nor_log_hold_a_phone_or_a_name(made: OnecShop) -> None:
    written = repr(made.rows("SELECT * FROM sync_conflicts")) + repr(made.rows("SELECT * FROM customer_sync_log"))
    assert made.count("customer_sync_log") == made.count("customers")
    for number in range(1, 41):
        assert digits(number) not in written
        assert mail(number) not in written
    assert "Примерова" not in written


def test_the_job_makes_users_after_the_cards(shop: OnecShop) -> None:
    assert shop.job("onec_catalogues").success
    assert shop.count("customers") == 36 - len(NOBODY) + 1


@pytest.mark.parametrize("company", [Company(customers=1200, receipts=20, months=1)], ids=["1200 buyers"])
def test_more_users_than_one_statement_takes_all_get_their_cards(shop: OnecShop) -> None:
    made = _bring_in_step(shop)
    assert made.created > 1000
    assert shop.count("discount_cards", "customer_id IS NOT NULL") == made.cards_of_users
    users = shop.rows("SELECT DISTINCT customer_id FROM discount_cards WHERE customer_id IS NOT NULL")
    assert len(users) == made.created == shop.count("customers")


def _json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
