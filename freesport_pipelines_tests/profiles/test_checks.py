"""The acceptance checks 52-65 of facts/odata, section 7, one test each at least; other files go deeper."""

import os
import random
import subprocess
import sys
from decimal import Decimal

import orjson
import pytest

from freesport_pipelines.domain.card_phones import card_phone
from freesport_pipelines.profiles.cards import phone_conflicts
from freesport_pipelines.profiles.frames import CARDS
from freesport_pipelines.profiles.people import contacts
from freesport_pipelines.profiles.reconcile import reconcile
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    CARD,
    OPENING,
    OTHER_CARD,
    REPORT,
    RETAIL,
    RETURN,
    card,
    category,
    counterparties,
    frame,
    ledger_of,
    points,
    product,
    profile_of,
    profiles_of,
    sale,
    shown,
    tables,
)

MANY = [
    sale(f"r-{number}", f"{100 + number}.{number:02d}", [ANNA, BORIS, None][number % 3], line_number=number % 2)
    | {"product_onec_id": f"p-{number % 4}", "warehouse_onec_id": f"s-{number % 3}"}
    for number in range(40)
]


def test_52_two_equal_lines_of_one_receipt_are_both_counted() -> None:
    profile = profile_of([sale("r-1", "1500.50", line_number=1), sale("r-1", "1500.50", line_number=2)])
    assert (profile.net_revenue, profile.line_count, profile.receipt_count) == (Decimal("3001.00"), 2, 1)


def test_53_the_average_check_is_by_receipt_not_by_line() -> None:
    lines = [sale("r-1", "10", line_number=number) for number in (1, 2, 3)]
    profile = profile_of([*lines, sale("r-2", "10.01")])
    assert profile.average_check == Decimal("20.01")  # 40.01 / 2 = 20.005, half up
    assert profile.average_line == Decimal("10.00")


def test_54_a_return_lowers_the_net_revenue_and_is_no_visit() -> None:
    profile = profile_of([sale("r-1", "3000"), sale("r-2", "-1500", recorder_type=RETURN, at="2025-03-05T18:02:00")])
    assert (profile.gross_revenue, profile.returns, profile.net_revenue) == (3000, -1500, 1500)
    assert (profile.receipt_count, profile.return_count, profile.average_check) == (1, 1, 3000)
    assert profile.last_purchase_date == "2025-03-01"


def test_55_a_row_that_is_switched_off_counts_nowhere() -> None:
    off = {"is_active": False}
    data = tables(
        [sale("r-1", "10"), sale("r-2", "99", BORIS, **off), sale("r-3", "5", None)],
        [shown("r-3", owner=ANNA, **off)],
        loyalty=[points(accrued="7", **off)],
        cards=[card()],
    )
    profiles = profiles_of(data)
    assert list(profiles.index) == [ANNA]
    assert (profiles.net_revenue[ANNA], profiles.bonus_balance[ANNA]) == (10, 0)
    assert reconcile(ledger_of(data), profiles).totals["register"] == 15


@pytest.mark.parametrize("register", ["sales", "cards"])
def test_56_an_opening_balance_is_only_opening_revenue(register: str) -> None:
    opening = {"recorder_type": OPENING, "at": "2024-12-31T23:59:59"}
    in_sales = [sale("o-1", "25000", **opening)] if register == "sales" else []
    in_cards = [shown("o-1", amount="25000", **opening)]
    profile = profile_of([*in_sales, sale("r-1", "100")], in_cards)
    assert (profile.opening_revenue, profile.net_revenue, profile.lifetime_revenue) == (25000, 100, 25100)
    assert (profile.receipt_count, profile.average_check, profile.visit_days) == (1, 100, 1)
    assert (profile.first_purchase_date, profile.item_count) == ("2025-03-01", 1)
    assert orjson.loads(profile.seasonality_by_month) == {"2025-03": {"receipts": 1, "net_revenue": 100}}
    assert [entry["amount"] for entry in orjson.loads(profile.favourite_products)] == [100]


@pytest.mark.parametrize("hour", ["20:30", "23:30", "02:00"])
def test_57_an_evening_sale_counts(hour: str) -> None:
    profile = profile_of([sale("r-1", "10", at=f"2025-03-01T{hour}:00")])
    assert (profile.net_revenue, profile.last_purchase_date) == (10, "2025-03-01")


def test_57_a_shift_report_that_repeats_the_receipts_is_not_counted_again() -> None:
    shift = [sale("r-1", "10"), sale("r-2", "20", at="2025-03-01T23:30:00")]
    report = sale("z-1", "30", None, quantity=2, recorder_type=REPORT, at="2025-03-01T23:59:59")
    data = tables([*shift, report])
    profiles = profiles_of(data)
    found = reconcile(ledger_of(data), profiles)
    assert profiles.net_revenue[ANNA] == 30
    assert (found.totals["anonymous"], found.totals["dropped_reports"], found.left_over) == (0, 30, 0)
    assert found.differences.empty


def test_57_a_shift_report_that_says_something_else_is_reported_and_nothing_is_dropped() -> None:
    data = tables([sale("r-1", "10"), sale("z-1", "30", None, recorder_type=REPORT, at="2025-03-01T23:59:59")])
    found = reconcile(ledger_of(data), profiles_of(data))
    assert (found.totals["profiles"], found.totals["anonymous"], found.totals["dropped_reports"]) == (10, 30, 0)
    assert found.differences.values.tolist() == [["shift_report", "s-1 2025-03-01", Decimal(10), Decimal(30)]]


def test_58_every_kopeck_of_the_register_is_somewhere() -> None:
    data = tables(
        [
            sale("r-1", "10.01"),
            sale("r-2", "20.02", None),
            sale("r-3", "40.04", RETAIL),
            sale("r-4", "80.08", "00000000-0000-0000-0000-000000000000"),
            sale("r-5", "0.16", is_active=False),
            sale("r-6", "0.32", at="2026-01-01T00:00:00"),
        ]
    )
    rules = Rules(technical_counterparties=frozenset({RETAIL}))
    profiles = profiles_of(data, rules)
    found = reconcile(ledger_of(data, rules), profiles)
    assert list(profiles.index) == [ANNA]
    expected = {"profiles": "10.01", "anonymous": "100.10", "excluded": "40.04", "dropped_reports": "0.00"}
    expected |= {"later": "0.32", "register": "150.47"}
    assert {name: str(found.totals[name]) for name in expected} == expected
    assert found.is_exact


def test_58_a_lost_kopeck_is_seen() -> None:
    data = tables([sale("r-1", "10.01")])
    profiles = profiles_of(data)
    profiles["lifetime_revenue"] -= Decimal("0.01")
    found = reconcile(ledger_of(data), profiles)
    assert (found.left_over, found.is_exact) == (Decimal("0.01"), False)


def test_59_two_cards_of_one_owner_make_one_profile() -> None:
    sales = [sale("r-1", "10", None), sale("r-2", "20", None)]
    profile = profile_of(sales, [shown("r-1", CARD), shown("r-2", OTHER_CARD)])
    assert (profile.owner_onec_id, profile.net_revenue) == (ANNA, 30)
    assert orjson.loads(profile.card_onec_ids) == [CARD, OTHER_CARD]


def test_59_one_card_of_two_historical_owners_makes_two_profiles_and_is_reported() -> None:
    data = tables(
        [sale("r-1", "10", None), sale("r-2", "20", None)],
        [shown("r-1", CARD, ANNA), shown("r-2", CARD, BORIS)],
        cards=[card(CARD, BORIS)],
    )
    profiles = profiles_of(data)
    assert profiles.net_revenue.to_dict() == {ANNA: 10, BORIS: 20}
    found = reconcile(ledger_of(data), profiles).differences
    assert found[["check", "subject"]].values.tolist() == [["card_of_several_owners", CARD]]


@pytest.mark.parametrize("text", ["8 (000) 000-00-02", "+7 000 000 00 02", "0000000002", "70000000002"])
def test_60_one_phone_is_read_however_it_is_written(text: str) -> None:
    assert card_phone(text) == "70000000002"


@pytest.mark.parametrize("text", ["4600000000002", "00000002", "90000000002", "", None, "card"])
def test_60_what_is_no_phone_is_none(text: str | None) -> None:
    assert card_phone(text) is None


def test_60_a_phone_of_two_owners_is_a_conflict_and_merges_nobody() -> None:
    cards = [card(CARD, ANNA, "8 (000) 000-00-02"), card(OTHER_CARD, BORIS, "+7 000 000 00 02")]
    conflicts = phone_conflicts(frame(cards, CARDS))
    assert conflicts.values.tolist() == [["70000000002", [ANNA, BORIS]]]
    found = contacts(frame(cards, CARDS), counterparties())
    assert found.is_phone_shared.to_dict() == {ANNA: True, BORIS: True}


@pytest.mark.parametrize("written", [None, "", "+7 (000) 000-00-01", "70000000001", "12345"])
def test_61_a_number_is_no_name(written: str | None) -> None:
    rows = counterparties({"onec_id": ANNA, "full_name": written, "description": written})
    assert contacts(frame([], CARDS), rows).name[ANNA] is None


def test_62_a_circle_of_categories_and_a_missing_parent_end_in_unknown() -> None:
    categories = [
        category("k-1", "First", "k-2"),
        category("k-2", "Second", "k-1"),
        category("k-3", "Orphan", "k-gone"),
        category("k-4", "Itself", "k-4"),
    ]
    products = [product(f"p-{number}", category=f"k-{number}") for number in range(1, 6)]
    sales = [sale("r-1", f"{number}0", product_onec_id=f"p-{number}", line_number=number) for number in range(1, 6)]
    profile = profile_of(sales, products=products, categories=categories)
    found = {entry["name"]: entry["path"] for entry in orjson.loads(profile.favourite_categories)}
    assert found["unknown"] == "unknown"  # k-5 is in no catalogue
    assert (found["Orphan"], found["Itself"]) == ("unknown/Orphan", "unknown/Itself")
    assert found["First"] in ("unknown/Second/First", "unknown/First")


def test_63_points_of_the_future_do_not_count_yet() -> None:
    movements = [
        points(accrued="150", record_type="Receipt"),
        points(spent="40", record_type="Expense", at="2025-04-01T12:00:00"),
        points(accrued="70", record_type="Receipt", at="2099-01-01T00:00:00"),
    ]
    assert profile_of([sale("r-1", "10")], cards=[card()], loyalty=movements).bonus_balance == 110


def test_63_a_balance_that_1c_knows_otherwise_is_reported() -> None:
    data = tables(
        [sale("r-1", "10")],
        cards=[card()],
        loyalty=[points(accrued="150"), points(OTHER_CARD, "5")],
        balances={CARD: "149.99", OTHER_CARD: "5", "c-3": "1"},
    )
    found = reconcile(ledger_of(data), profiles_of(data)).differences
    assert found.values.tolist() == [
        ["loyalty_balance", CARD, Decimal("149.99"), Decimal("150.00")],
        ["loyalty_balance", "c-3", Decimal("1.00"), Decimal("0.00")],
    ]


def test_64_the_same_rows_in_any_order_give_the_same_bytes() -> None:
    cards = [shown(f"r-{number}", CARD, ANNA) for number in range(2, 40, 6)]
    expected = profiles_of(tables(MANY, cards)).to_csv()
    for seed in range(5):
        dice = random.Random(seed)
        shuffled = (dice.sample(rows, len(rows)) for rows in (MANY, cards))
        assert profiles_of(tables(*shuffled)).to_csv() == expected


def test_65_a_sale_before_midnight_belongs_to_the_local_month() -> None:
    profile = profile_of([sale("r-1", "10", at="2025-01-31T23:30:00")])
    assert list(orjson.loads(profile.seasonality_by_month)) == ["2025-01"]
    profile = profiles_of(tables([sale("r-1", "10", at="2025-01-31T23:30:00")]), zone="Asia/Vladivostok").iloc[0]
    assert list(orjson.loads(profile.seasonality_by_month)) == ["2025-02"]


def test_65_the_zone_of_the_machine_changes_nothing() -> None:
    code = (
        "from freesport_pipelines_tests.profiles.registers import profile_of, sale;"
        "print(profile_of([sale('r-1', '10', at='2025-01-31T23:30:00')]).seasonality_by_month)"
    )
    environment = dict(os.environ, TZ="Pacific/Kiritimati")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    assert list(orjson.loads(done.stdout)) == ["2025-01"]
