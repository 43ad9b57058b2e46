"""Bonus points of one buyer (facts/odata 4, row 25)."""

from decimal import Decimal
from typing import Any

import orjson
import pytest

from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    CARD,
    OTHER_CARD,
    RETAIL,
    card,
    points,
    profile_of,
    profiles_of,
    sale,
    shown,
    tables,
)

LOST = [points(CARD, "2"), points(OTHER_CARD, "5")]


def test_points_are_null_where_1c_publishes_none_and_zero_where_there_are_none() -> None:
    assert profile_of([sale("r-1", "1")]).bonus_balance is None
    assert profile_of([sale("r-1", "1")], loyalty=[]).bonus_balance == 0


@pytest.mark.parametrize(
    ("sign", "movements", "balance"),
    [
        ("resource", [("150", "0", "Receipt"), ("0", "40", "Expense")], "110"),
        ("record_type", [("150", "0", "Receipt"), ("0", "40", "Expense")], "110"),
        ("record_type", [("150", "0", "Receipt"), ("40", "0", "Expense")], "110"),
        ("resource", [("150", "0", None), ("0", "40.50", None)], "109.50"),
        ("record_type", [("150", "0", None), ("0", "40", None)], "110"),
    ],
)
def test_the_sign_of_points_is_where_the_base_keeps_it(sign: Any, movements: list[Any], balance: str) -> None:
    rows = [points(accrued=accrued, spent=spent, record_type=kind) for accrued, spent, kind in movements]
    profile = profile_of([sale("r-1", "1")], (), Rules(loyalty_sign=sign), cards=[card()], loyalty=rows)
    assert profile.bonus_balance == Decimal(balance)


def test_points_below_zero_are_said_and_flagged() -> None:
    profile = profile_of([sale("r-1", "1")], cards=[card()], loyalty=[points(spent="40")])
    assert (profile.bonus_balance, orjson.loads(profile.warnings)) == (-40, ["negative_bonus_balance"])


def test_points_of_all_cards_are_added_and_those_of_strangers_are_not() -> None:
    movements = [points(CARD, "1"), points(OTHER_CARD, "2"), points("c-3", "4"), points("c-4", "8")]
    cards = [card(CARD), card(OTHER_CARD), card("c-3", BORIS)]
    assert profile_of([sale("r-1", "1")], cards=cards, loyalty=movements).bonus_balance == 3


def test_points_of_a_card_that_the_catalogue_has_lost_are_of_the_owner_whom_its_sales_name() -> None:
    profile = profile_of([sale("r-1", "1", None)], [shown("r-1", OTHER_CARD)], cards=[card()], loyalty=LOST)
    assert profile.bonus_balance == 7


def test_points_of_a_lost_card_that_two_have_shown_are_nobodys() -> None:
    sales = [sale("r-1", "1", None), sale("r-2", "1", None)]
    by_card = [shown("r-1", OTHER_CARD), shown("r-2", OTHER_CARD, BORIS)]
    profiles = profiles_of(tables(sales, by_card, cards=[card()], loyalty=LOST))
    assert profiles.bonus_balance.to_dict() == {ANNA: 2, BORIS: 0}


def test_points_of_a_card_that_stands_for_itself_are_its_own() -> None:
    rules = Rules(technical_counterparties=frozenset({RETAIL}))
    profile = profile_of(
        [sale("r-1", "1", None)],
        [shown("r-1", CARD, RETAIL)],
        rules,
        cards=[card(CARD, RETAIL)],
        loyalty=[points(accrued="5")],
    )
    assert (profile.owner_onec_id, profile.bonus_balance) == (CARD, 5)


def test_points_of_the_very_moment_of_as_of_are_known() -> None:
    movements = [points(accrued="1", at="2025-06-01T03:00:00"), points(accrued="2", at="2025-06-01T03:00:01")]
    assert profile_of([sale("r-1", "10")], cards=[card()], loyalty=movements).bonus_balance == 1
