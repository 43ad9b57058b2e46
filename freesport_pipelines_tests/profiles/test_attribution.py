"""Whose a sale is (facts/odata 4, rows 9-12)."""

from decimal import Decimal

import orjson
import pytest

from freesport_pipelines.profiles.reconcile import reconcile
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    CARD,
    OPENING,
    OTHER_CARD,
    RETAIL,
    card,
    ledger_of,
    profile_of,
    profiles_of,
    sale,
    shown,
    tables,
)

TECHNICAL = Rules(technical_counterparties=frozenset({RETAIL}))


def test_an_anonymous_sale_belongs_to_whoever_showed_the_card() -> None:
    assert profile_of([sale("r-1", "10", None)], [shown("r-1")]).owner_onec_id == ANNA


def test_the_amounts_of_the_card_register_are_never_added() -> None:
    profile = profile_of(
        [sale("r-1", "10", None)], [shown("r-1", amount="10"), shown("r-1", amount="5", line_number=2)]
    )
    assert (profile.lifetime_revenue, profile.receipt_count) == (10, 1)


def test_the_register_of_sales_knows_its_customer_best() -> None:
    data = tables([sale("r-1", "10", ANNA)], [shown("r-1", CARD, BORIS)])
    profiles = profiles_of(data)
    assert profiles.net_revenue.to_dict() == {ANNA: 10}
    found = reconcile(ledger_of(data), profiles).differences
    assert found.values.tolist() == [["customer_is_not_card_holder", "r-1", None, Decimal(10)]]


def test_a_card_without_owner_has_a_profile_of_its_own() -> None:
    profile = profile_of([sale("r-1", "10", None)], [shown("r-1", CARD, None)])
    assert (profile.owner_onec_id, profile.owner_kind, orjson.loads(profile.card_onec_ids)) == (CARD, "card", [CARD])


def test_who_owned_the_card_at_the_sale_matters_not_who_owns_it_today() -> None:
    sales, by_card = [sale("r-1", "10", None)], [shown("r-1", CARD, None)]
    assert profile_of(sales, by_card, cards=[card(CARD, BORIS)]).owner_onec_id == CARD


def test_a_register_that_publishes_no_owners_takes_those_of_today() -> None:
    data = tables(
        [sale("r-1", "10", None), sale("r-2", "5", None), sale("r-3", "7", None)],
        [shown("r-1", CARD, None), shown("r-2", OTHER_CARD, None), shown("r-3", None, None)],
        cards=[card(CARD, BORIS), card("c-3", ANNA)],
    )
    profiles = profiles_of(data, Rules(takes_owners_from_cards=True))
    assert profiles.net_revenue.to_dict() == {BORIS: 10, OTHER_CARD: 5}


def test_a_technical_counterparty_with_a_card_is_the_card_holder() -> None:
    profile = profile_of([sale("r-1", "10", RETAIL)], [shown("r-1")], TECHNICAL)
    assert profile.owner_onec_id == ANNA


def test_a_card_of_a_technical_counterparty_stands_for_itself() -> None:
    profile = profile_of([sale("r-1", "10", None)], [shown("r-1", CARD, RETAIL)], TECHNICAL)
    assert profile.owner_onec_id == CARD


def test_a_receipt_with_cards_of_two_owners_is_nobodys_and_is_reported() -> None:
    data = tables([sale("r-1", "10", None)], [shown("r-1", CARD, ANNA), shown("r-1", OTHER_CARD, BORIS)])
    profiles = profiles_of(data)
    assert profiles.empty
    found = reconcile(ledger_of(data), profiles)
    assert found.totals["anonymous"] == 10
    assert found.differences.values.tolist() == [["receipt_of_several_holders", "r-1", None, Decimal(10)]]


def test_documents_of_two_types_under_one_id_are_two_documents() -> None:
    other = {"recorder_type": "Document_РасходнаяНакладная"}
    profile = profile_of([sale("r-1", "10", None), sale("r-1", "20", ANNA, **other)], [shown("r-1", CARD, ANNA)])
    assert (profile.receipt_count, profile.average_check) == (2, 15)


@pytest.mark.parametrize("unpublished", [None, ""])
@pytest.mark.parametrize("register", ["sales", "cards"])
def test_a_register_published_without_types_is_joined_by_the_document_alone(
    register: str, unpublished: str | None
) -> None:
    untyped = {"recorder_type": unpublished}
    of_sale, of_card = (untyped, {}) if register == "sales" else ({}, untyped)
    data = tables([sale("r-1", "10", None, **of_sale)], [shown("r-1", **of_card)])
    profiles = profiles_of(data)
    assert profiles.net_revenue.to_dict() == {ANNA: 10}
    assert orjson.loads(profiles.warnings[ANNA]) == []
    assert reconcile(ledger_of(data), profiles).differences.empty


def test_a_card_shown_for_a_document_without_type_is_not_guessed_between_two_of_one_id() -> None:
    other = {"recorder_type": "Document_РасходнаяНакладная"}
    sales = [sale("r-1", "10", None), sale("r-1", "20", None, **other)]
    assert profiles_of(tables(sales, [shown("r-1", recorder_type=None)])).empty


@pytest.mark.parametrize("nobody", [None, RETAIL])
def test_a_row_without_owner_beside_one_of_the_same_card_is_of_its_owner(nobody: str | None) -> None:
    data = tables([sale("r-1", "10", None)], [shown("r-1", CARD, nobody), shown("r-1", CARD, ANNA, line_number=2)])
    profiles = profiles_of(data, TECHNICAL)
    assert profiles.net_revenue.to_dict() == {ANNA: 10}
    assert reconcile(ledger_of(data, TECHNICAL), profiles).differences.empty


def test_a_row_without_owner_beside_one_of_another_card_makes_two_holders() -> None:
    data = tables([sale("r-1", "10", None)], [shown("r-1", CARD, None), shown("r-1", OTHER_CARD, ANNA, line_number=2)])
    assert profiles_of(data).empty


def test_a_row_without_owner_in_another_receipt_is_the_cards_own() -> None:
    sales = [sale("r-1", "10", None), sale("r-2", "20", None)]
    profiles = profiles_of(tables(sales, [shown("r-1", CARD, None), shown("r-2", CARD, ANNA)]))
    assert profiles.net_revenue.to_dict() == {ANNA: 20, CARD: 10}


@pytest.mark.parametrize("typed", ["both", "sales", "cards"])
def test_an_opening_balance_of_a_card_is_its_owners_and_no_purchase(typed: str) -> None:
    of_sale, of_card = ({"recorder_type": OPENING if typed in ("both", name) else None} for name in ("sales", "cards"))
    profile = profile_of([sale("o-1", "100", None, **of_sale)], [shown("o-1", amount="100", **of_card)])
    assert (profile.opening_revenue, profile.lifetime_revenue, profile.net_revenue) == (100, 100, 0)
    assert (profile.receipt_count, profile.visit_days, profile.purchase_frequency) == (0, 0, None)
    assert (profile.favourite_products, profile.seasonality_by_month) == ("[]", "{}")


def test_an_opening_document_with_many_cards_gives_each_owner_their_own() -> None:
    opening = {"recorder_type": OPENING}
    by_card = [
        shown("o-1", CARD, ANNA, "100", **opening),
        shown("o-1", OTHER_CARD, BORIS, "200", line_number=2, **opening),
    ]
    data = tables([], by_card)
    profiles = profiles_of(data)
    assert profiles.opening_revenue.to_dict() == {ANNA: 100, BORIS: 200}
    found = reconcile(ledger_of(data), profiles)
    assert (found.totals["card_openings"], found.totals["profiles"], found.left_over) == (300, 0, 0)
    assert found.differences.empty


def test_an_opening_balance_after_as_of_is_not_known_yet() -> None:
    assert profiles_of(tables([], [shown("o-1", amount="100", recorder_type=OPENING, at="2025-06-02")])).empty


def test_the_cards_of_a_buyer_are_those_that_were_shown_and_those_that_are_valid() -> None:
    cards = [card("c-9", ANNA), card("c-8", ANNA, is_marked=True), card("c-7", BORIS)]
    profile = profile_of([sale("r-1", "10", None)], [shown("r-1")], cards=cards)
    assert orjson.loads(profile.card_onec_ids) == [CARD, "c-9"]


def test_a_sale_that_only_the_card_register_has_is_reported_not_counted() -> None:
    data = tables([sale("r-1", "10")], [shown("r-9", CARD, BORIS, "900")])
    profiles = profiles_of(data)
    assert list(profiles.index) == [ANNA]
    found = reconcile(ledger_of(data), profiles).differences
    assert found.values.tolist() == [["only_in_card_register", "r-9", None, Decimal(900)]]
