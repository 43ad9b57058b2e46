"""Customers from file to file: nothing is written twice, both sides are heard, everything can be taken back."""

import pytest

from freesport_pipelines.steps.rolling_back import RollbackRefused
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company, inn, person

MAIL = "anna@example.test"
TABLES = ("contragents", "customers", "sync_conflicts")


def test_the_same_contragents_again_write_nothing(shop: CustomerShop) -> None:
    """No new time, no change set: also with links and open questions."""
    shop.register(email=MAIL, is_verified=True)
    shop.register(email="b@example.test", tax_id=inn(2))
    told = (company("c1", email=MAIL, phone="123"), company("c2", tax_id=inn(2)), person("c3"))
    told += (company("c4", roles=("Поставщик",)), company("c5", marked=True), person("c6", "Тестова Анна"))
    shop.published(*told)
    before = shop.everything(*TABLES, "change_sets", "personal_images", "customer_exports")
    again = shop.sync(*told)
    assert again.status == "unchanged", again.report["preview"]
    assert again.written == 0
    assert shop.everything(*before) == before


def test_the_same_contragents_again_leave_no_line_in_the_log(shop: CustomerShop) -> None:
    shop.register(email="b@example.test", tax_id=inn(2))
    told = (company("c1"), company("c2", tax_id=inn(2)), company("c4", roles=("Поставщик",)))
    shop.published(*told)
    lines = shop.count("customer_sync_log")
    shop.sync(*told)
    assert shop.count("customer_sync_log") == lines


def test_a_dry_run_changes_nothing_and_tells_1c_nothing(shop: CustomerShop) -> None:
    shop.register(email=MAIL, is_verified=True, needs_1c_export=True)
    before = shop.everything("contragents", "customers", "sync_conflicts", "customer_sync_log", "customer_exports")
    tried = shop.sync(company("c1", email=MAIL), dry_run=True)
    assert tried.status == "judged"
    assert tried.table("contragents")["inserted"] == 1
    assert shop.everything(*before) == before
    assert shop.outgoing == []


def test_of_two_values_for_one_field_the_later_side_wins_and_it_is_told(shop: CustomerShop) -> None:
    shop.published(company("c1", phone="8 000 000 00 01"))
    me = shop.customer("c1")["id"]
    shop.execute("UPDATE customers SET phone = '+70000000002', updated_at = '2026-01-01 00:00:00'")
    shop.published(company("c1", phone="8 000 000 00 03"), day=20)
    assert shop.customer(me)["phone"] == "+70000000003"
    assert shop.questions("resolved") == {("data_mismatch", me, "c1")}
    assert shop.questions() == set()


def test_what_the_shop_changed_after_the_file_was_formed_stands(shop: CustomerShop) -> None:
    shop.published(company("c1", phone="8 000 000 00 01"))
    me = shop.customer("c1")["id"]
    shop.edit(me, phone="+70000000002")
    shop.published(company("c1", phone="8 000 000 00 03"))
    assert shop.customer(me)["phone"] == "+70000000002"
    assert shop.customer(me)["needs_1c_export"]


def test_an_older_file_is_refused_unless_it_is_allowed(shop: CustomerShop) -> None:
    shop.published(company("c1", "ООО Новое"), day=10)
    stale = shop.sync(company("c1", "ООО Старое"), day=5)
    assert stale.status == "rejected"
    assert "not_older_than_published" in stale.failed_checks
    assert shop.customer("c1")["company_name"] == "ООО Новое"
    assert shop.sync(company("c1", "ООО Старое"), day=5, allow_older=True).status == "published"
    assert shop.customer("c1")["company_name"] == "ООО Старое"


def test_a_mass_deletion_mark_waits_for_an_operator(shop: CustomerShop) -> None:
    shop.configure(move_block_rows=3)
    shop.published(*(company(f"c{n}") for n in range(8)))
    held = shop.sync(*(company(f"c{n}", marked=True) for n in range(4)))
    assert (held.status, held.failed_checks) == ("rejected", {"customers_stay_active"})
    assert shop.count("customers", "is_active") == 8
    assert shop.approve(held).status == "published"
    assert shop.count("customers", "is_active") == 4
    assert shop.count("customer_sync_log", f"session_id = {held.report['session']}") == 4


def test_merged_customers_are_no_mass_deletion(shop: CustomerShop) -> None:
    shop.configure(move_block_rows=2)
    shop.published(*(company(f"c{n}", email=f"m{n}@example.test") for n in range(4)))
    accounts = {shop.register(email=f"m{n}@example.test", is_verified=True): f"c{n}" for n in range(4)}
    assert shop.sync_without_files().status == "published"
    assert {number: onec_id for number, onec_id in shop.links().items() if onec_id} == accounts


# --- the way back ----------------------------------------------------------------------------------------------------


def test_rolling_back_a_first_import_deletes_what_it_made(shop: CustomerShop) -> None:
    me = shop.register(email="b@example.test", tax_id=inn(2))
    before = shop.everything(*TABLES)
    done = shop.published(company("c1"), company("c2", tax_id=inn(2)))
    assert shop.roll_back(done).status == "published"
    assert shop.everything(*TABLES) == before
    assert shop.links() == {me: None}


def test_rolling_back_gives_every_value_and_time_back(shop: CustomerShop) -> None:
    shop.published(company("c1", phone="8 000 000 00 01"), person("c2"))
    before = shop.everything(*TABLES)
    done = shop.published(company("c1", phone="8 000 000 00 02", kpp="000101001"), person("c2", marked=True))
    assert shop.everything(*TABLES) != before
    shop.roll_back(done)
    assert shop.everything(*TABLES) == before


def test_rolling_back_a_link_gives_the_record_back_to_the_customer_that_bore_it(shop: CustomerShop) -> None:
    shop.published(company("c1", email=MAIL, phone="8 000 000 00 01"))
    made = shop.customer("c1")["id"]
    me = shop.register(email=MAIL, is_verified=True)
    before = shop.everything("contragents", "customers")
    linked = shop.sync_without_files()
    assert shop.links() == {made: None, me: "c1"}
    shop.roll_back(linked)
    assert shop.everything("contragents", "customers") == before
    shop.sync_without_files()
    assert shop.links() == {made: "c1", me: None}, "a link that was undone is not made again"
    assert shop.links() == {made: "c1", me: None}


def test_an_import_whose_customer_has_become_an_account_is_not_rolled_back(shop: CustomerShop) -> None:
    """Somebody can log in now: deleting the row would delete an account, with its orders and its role."""
    done = shop.published(company("c1"))
    shop.execute("UPDATE customers SET login = 'l1', role = 'trainer' WHERE onec_id = 'c1'")
    with pytest.raises(RollbackRefused):
        shop.roll_back(done)
    assert shop.customer("c1")["login"] == "l1"


def test_a_rollback_leaves_a_profile_that_was_edited_since(shop: CustomerShop) -> None:
    shop.published(company("c1", phone="8 000 000 00 01"))
    done = shop.published(company("c1", phone="8 000 000 00 02"))
    shop.edit(shop.customer("c1")["id"], phone="+70000000009")
    with pytest.raises(RollbackRefused):
        shop.roll_back(done)
    assert shop.customer("c1")["phone"] == "+70000000009"


def test_after_a_rollback_the_file_can_be_imported_again(shop: CustomerShop) -> None:
    shop.roll_back(shop.published(company("c1"), day=1))
    assert shop.sync(company("c1"), day=1).status == "published"
    assert set(shop.links().values()) == {"c1"}
