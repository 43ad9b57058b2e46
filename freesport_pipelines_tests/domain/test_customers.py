"""From an identity to the next state of a customer: roles are the shop's, accounts stay, people are asked."""

from typing import Any

import pytest

from freesport_pipelines.domain.canonical import as_json
from freesport_pipelines.domain.customer_merge import PROFILE
from freesport_pipelines.domain.customers import Decided, Moment, decide, has_account, profile_of_contragent
from freesport_pipelines.domain.identity import Action, ConflictType, Method, Outcome, Review

NOW = "2026-01-16 00:00:00.000000"
NOTHING_NEW = Moment(NOW, is_theirs_later=True, is_news=False)
NEWS = Moment(NOW, is_theirs_later=True, is_news=True)
ROLES = {"p1": "wholesale_level1"}


def contragent(**fields: Any) -> dict[str, Any]:
    row = dict.fromkeys(PROFILE) | {
        "onec_id": "c1", "customer_type": "legal_entity", "name": "Пример", "company_name": "ООО Пример",
        "is_marked": False, "is_buyer": True, "price_type_onec_id": None,
    }  # fmt: skip
    return row | fields


def customer(**fields: Any) -> dict[str, Any]:
    row = dict.fromkeys(PROFILE) | {
        "id": 1, "onec_id": "c1", "login": None, "customer_type": "legal_entity", "company_name": "ООО Пример",
        "role": "retail", "created_in_1c": True, "needs_1c_export": False, "sync_status": "synced",
        "marked_in_1c": False,
    }  # fmt: skip
    return row | fields


def updated(theirs: dict[str, Any], mine: dict[str, Any], moment: Moment = NEWS, **outcome: Any) -> Decided:
    """1C speaks about a customer it has spoken about before, saying then what the customer holds."""
    found = Outcome(Action.UPDATE, Method.ONEC_ID, mine["id"], **outcome)
    before = contragent(**{name: mine[name] for name in PROFILE})
    return decide(theirs, before, found, {mine["id"]: mine}, ROLES, moment)


def questions(decided: Decided) -> list[tuple[str, str]]:
    return [(row.conflict_type, row.status) for row in decided.conflicts]


# --- new ones --------------------------------------------------------------------------------------------------------


def test_a_new_customer_gets_the_neutral_role_and_is_not_to_be_told_to_1c() -> None:
    decided = decide(contragent(price_type_onec_id="p1"), None, Outcome(Action.CREATE, Method.NONE), {}, ROLES, NEWS)
    (row,) = decided.customers
    assert (row.customer_id, row.onec_id, row.role, row.created_in_1c) == (None, "c1", "retail", True)
    assert (row.needs_1c_export, row.sync_status, row.last_sync_at) == (False, "synced", NOW)


def test_a_new_customer_who_looks_like_a_registration_is_a_question() -> None:
    review = Review(ConflictType.DUPLICATE, 7, Method.TAX_ID)
    decided = decide(contragent(), None, Outcome(Action.CREATE, Method.NONE, reviews=(review,)), {}, ROLES, NEWS)
    (question,) = decided.conflicts
    assert (question.customer_id, question.strategy, question.status) == (7, "merge_customers", "pending")
    assert decided.customers[0].sync_status == "conflict"


@pytest.mark.parametrize("action", [Action.SKIP_MARKED, Action.SKIP_NOT_BUYER])
def test_who_is_skipped_leaves_only_a_line_in_the_log(action: Action) -> None:
    decided = decide(contragent(), None, Outcome(action, Method.NONE), {}, ROLES, NEWS)
    assert (decided.customers, [line.status for line in decided.log]) == ([], ["skipped"])


def test_a_person_whose_name_could_not_be_split_is_shown_under_the_whole_name() -> None:
    profile = profile_of_contragent(contragent(company_name=None, name="Магазин на углу"))
    assert profile["company_name"] == "Магазин на углу"
    assert profile_of_contragent(contragent(company_name=None, last_name="Тестова"))["company_name"] is None


# --- known ones ------------------------------------------------------------------------------------------------------


def test_what_1c_repeats_changes_nothing_not_even_a_time() -> None:
    mine = customer()
    (row,) = updated(contragent(), mine, NOTHING_NEW).customers
    assert row.last_sync_at is None
    assert all(getattr(row, name) == mine[name] for name in (*PROFILE, "onec_id", "needs_1c_export", "sync_status"))


@pytest.mark.parametrize("price_type", [None, "p1", "unknown"])
def test_a_role_is_never_written(price_type: str | None) -> None:
    decided = updated(contragent(price_type_onec_id=price_type), customer(login="l1", role="trainer"))
    assert [row.role for row in decided.customers] == [None]


def test_another_price_level_of_an_account_is_a_question() -> None:
    theirs = contragent(price_type_onec_id="p1")
    assert questions(updated(theirs, customer(login="l1"))) == [("role_conflict", "pending")]
    assert questions(updated(theirs, customer(login="l1", role="wholesale_level1"))) == []
    assert questions(updated(theirs, customer())) == []


def test_a_mark_hides_a_record_and_asks_about_an_account() -> None:
    marked = contragent(is_marked=True)
    record, account = updated(marked, customer()), updated(marked, customer(login="l1"))
    assert (record.customers[0].wants_active, questions(record)) == (False, [])
    assert (account.customers[0].wants_active, questions(account)) == (True, [("marked_in_1c", "pending")])


def test_the_shops_flag_stands_until_1c_has_been_heard_again() -> None:
    mine = customer(needs_1c_export=True)
    assert updated(contragent(), mine, NOTHING_NEW).customers[0].needs_1c_export
    assert not updated(contragent(), mine, NEWS).customers[0].needs_1c_export


def test_a_customer_that_gives_way_loses_its_record_and_says_to_whom() -> None:
    account, made = customer(id=2, onec_id=None, created_in_1c=False), customer(id=1)
    outcome = Outcome(Action.LINK, Method.EMAIL, 2, absorbs=1)
    decided = decide(contragent(), contragent(), outcome, {1: made, 2: account}, ROLES, NEWS)
    gone, linked = decided.customers
    assert (gone.customer_id, gone.onec_id, gone.merged_into_id, gone.wants_active) == (1, None, 2, False)
    assert (linked.customer_id, linked.onec_id, linked.wants_active) == (2, "c1", True)
    assert questions(decided) == [("email_conflict", "resolved")]


def test_an_account_is_who_registered_or_can_log_in() -> None:
    assert has_account(customer(created_in_1c=False))
    assert has_account(customer(login="l1"))
    assert not has_account(customer())


def test_questions_and_log_name_fields_and_ids_and_no_values() -> None:
    personal = {"phone": "+70000000077", "email": "marker@example.test", "legal_address": "Меткин край"}
    mine = customer(login="l1", phone="+70000000088", email="mine@example.test", legal_address="Иной край")
    before = contragent(phone="+70000000001", email="old@example.test", legal_address="Старый край")
    outcome = Outcome(Action.UPDATE, Method.ONEC_ID, 1)
    decided = decide(contragent(**personal, is_marked=True), before, outcome, {1: mine}, ROLES, NEWS)
    assert len(decided.conflicts) == 3
    told = as_json([*map(list, decided.conflicts), *map(list, decided.log)])
    shown = (*personal.values(), *(mine[name] for name in personal), *(before[name] for name in personal))
    assert [value for value in shown if value in told] == []
