"""Rhythm, favourites, seasons and scores of one buyer."""

import datetime as dt
from decimal import Decimal
from typing import Any

import orjson
import pytest

from freesport_pipelines.profiles.build import COLUMNS
from freesport_pipelines.profiles.rules import Favourites, Rules
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    names,
    product,
    profile_of,
    profiles_of,
    sale,
    tables,
)


def visits(*days: str) -> list[dict[str, Any]]:
    return [sale(f"r-{day}", "10", at=f"{day}T12:00:00") for day in days]


def test_a_profile_has_the_columns_that_it_says() -> None:
    assert list(profile_of(visits("2025-01-01")).index) == list(COLUMNS)


@pytest.mark.parametrize(
    ("second", "frequency"),
    [
        ("2024-01-11", "weekly"),
        ("2024-01-12", "biweekly"),
        ("2024-01-22", "biweekly"),
        ("2024-01-23", "monthly"),
        ("2024-02-15", "monthly"),
        ("2024-02-16", "quarterly"),
        ("2024-04-30", "quarterly"),
        ("2024-05-01", "semiannual"),
        ("2024-08-28", "semiannual"),
        ("2024-08-29", "yearly"),
        ("2025-03-26", "yearly"),
        ("2025-03-27", "rare"),
    ],
)
def test_the_frequency_changes_just_after_its_longest_gap(second: str, frequency: str) -> None:
    assert profile_of(visits("2024-01-01", second)).purchase_frequency == frequency


def test_one_day_of_purchases_is_single_however_many_receipts() -> None:
    profile = profile_of([sale("r-1", "10"), sale("r-2", "10")])
    assert (profile.purchase_frequency, profile.visit_days, profile.receipt_count) == ("single", 1, 2)


def test_gaps_are_between_days_and_the_median_decides() -> None:
    profile = profile_of(visits("2025-01-01", "2025-01-02", "2025-01-04", "2025-05-01"))
    assert (profile.median_gap_days, profile.mean_gap_days, profile.purchase_frequency) == (2, 40, "weekly")


def test_two_buyers_do_not_share_a_gap() -> None:
    profiles = profiles_of(tables([sale("r-1", "1"), sale("r-2", "1", BORIS, at="2025-05-01T12:00:00")]))
    assert profiles.purchase_frequency.tolist() == ["single", "single"]


def test_thresholds_are_configuration() -> None:
    rules = Rules(frequencies=(("often", 400),))
    assert profile_of(visits("2024-01-01", "2025-01-01"), (), rules).purchase_frequency == "often"


@pytest.mark.parametrize(
    ("last_day", "score"),
    [
        ("2025-05-02", 5),
        ("2025-05-01", 4),
        ("2025-04-02", 4),
        ("2025-04-01", 3),
        ("2025-03-03", 3),
        ("2025-03-02", 2),
        ("2024-12-03", 2),
        ("2024-12-02", 1),
    ],
)
def test_recency_is_counted_in_local_days(last_day: str, score: int) -> None:
    assert profile_of(visits(last_day)).rfm_recency == score


@pytest.mark.parametrize(("receipts", "score"), [(2, 1), (3, 2), (4, 2), (5, 3), (10, 4), (19, 4), (20, 5)])
def test_frequency_counts_receipts(receipts: int, score: int) -> None:
    lines = [sale(f"r-{number}", "1", line_number=line) for number in range(receipts) for line in (1, 2)]
    assert profile_of(lines).rfm_frequency == score


@pytest.mark.parametrize(
    ("roubles", "score"),
    [("9999.99", 1), ("10000", 2), ("20000", 3), ("50000", 4), ("99999.99", 4), ("100000", 5)],
)
def test_monetary_value_is_net_revenue(roubles: str, score: int) -> None:
    assert profile_of([sale("r-1", roubles)]).rfm_monetary == score


def test_the_segment_follows_the_total() -> None:
    days = [f"2025-05-{day:02d}" for day in range(1, 21)]
    vip = [row | {"amount": Decimal(5000)} for row in visits(*days)]
    sleeping = [row | {"customer_onec_id": BORIS, "recorder": "x"} for row in visits("2024-01-01")]
    profiles = profiles_of(tables([*vip, *sleeping]))
    assert profiles.segment.to_dict() == {ANNA: "VIP", BORIS: "Sleeping"}
    assert profiles.rfm_total.to_dict() == {ANNA: 15, BORIS: 3}


def test_favourites_are_by_net_amount_then_quantity_then_name() -> None:
    sales = [
        sale("r-1", "10", product_onec_id="p-1", line_number=1),
        sale("r-1", "10", product_onec_id="p-2", line_number=2, quantity=2),
        sale("r-1", "10", product_onec_id="p-3", line_number=3),
        sale("r-1", "50", product_onec_id="p-4", line_number=4),
        sale("r-2", "-45", product_onec_id="p-4", quantity=0),
    ]
    products = [product("p-1", "Zebra"), product("p-2", "Yak"), product("p-3", "Ant"), product("p-4", "Cow")]
    assert names(profile_of(sales, products=products).favourite_products) == ["Yak", "Ant", "Zebra", "Cow"]


def test_products_of_one_name_are_ordered_by_id() -> None:
    sales = [sale("r-1", "10", product_onec_id=name, line_number=n) for n, name in enumerate(("p-2", "p-1"))]
    profile = profile_of(sales, products=[product("p-2", "Same"), product("p-1", "Same")])
    assert [entry["onec_id"] for entry in orjson.loads(profile.favourite_products)] == ["p-1", "p-2"]


def test_what_was_given_back_is_no_favourite() -> None:
    profile = profile_of([sale("r-1", "10"), sale("r-2", "-10"), sale("r-3", "5", product_onec_id="p-2")])
    assert names(profile.favourite_products) == ["Product p-2"]
    assert profile.item_count == 1


def test_what_brought_a_loss_is_no_favourite() -> None:
    profile = profile_of([sale("r-1", "10"), sale("r-2", "-11", quantity=0)])
    assert (profile.favourite_products, profile.favourite_categories) == ("[]", "[]")


def test_only_the_first_few_are_kept() -> None:
    sales = [sale("r-1", f"{n}", product_onec_id=f"p-{n}", line_number=n) for n in range(1, 6)]
    rules = Rules(favourites=Favourites(count=2))
    assert names(profile_of(sales, (), rules).favourite_products) == ["Product p-5", "Product p-4"]


@pytest.mark.parametrize(
    "without",
    [
        Favourites(without_products=frozenset({"p-1"})),
        Favourites(without_categories=frozenset({"k-bags"})),
        Favourites(without_product_types=frozenset({"Услуга"})),
    ],
    ids=["product", "category", "type"],
)
def test_packaging_is_left_out_of_favourites_and_its_money_stays(without: Favourites) -> None:
    products = [product("p-1", "Bag", "k-bags", product_type="Услуга"), product("p-2", "Skates")]
    sales = [sale("r-1", "10"), sale("r-1", "5", product_onec_id="p-2", line_number=2)]
    profile = profile_of(sales, (), Rules(favourites=without), products=products)
    assert names(profile.favourite_products) == ["Skates"]
    assert profile.net_revenue == 15


def test_brands_and_categories_add_up_their_products() -> None:
    products = [product("p-1", brand="One"), product("p-2", brand="Two"), product("p-3", brand="Two")]
    products.append(product("p-4", brand=None, category=None))
    sales = [sale("r-1", amount, product_onec_id=f"p-{n}", line_number=n) for n, amount in enumerate("05431") if n]
    profile = profile_of(sales, products=products)
    brands = [(entry["name"], entry["amount"]) for entry in orjson.loads(profile.favourite_brands)]
    categories = [(entry["name"], entry["amount"]) for entry in orjson.loads(profile.favourite_categories)]
    assert brands == [("Two", 7), ("One", 5)]
    assert categories == [("Category", 12), ("unknown", 1)]


def test_brands_without_a_known_name_are_shown_apart_by_their_ids() -> None:
    products = [product(f"p-{n}", brand=None, brand_onec_id=brand) for n, brand in enumerate(("b-1", "b-2", None))]
    sales = [sale("r-1", f"{9 - n}", product_onec_id=f"p-{n}", line_number=n) for n in range(3)]
    brands = orjson.loads(profile_of(sales, products=products).favourite_brands)
    assert [(entry["onec_id"], entry["name"]) for entry in brands] == [("b-1", None), ("b-2", None)]


def test_names_are_written_as_json_whatever_is_in_them() -> None:
    name = 'Клюшка "Про"\n\\ \u2028 100%'
    assert names(profile_of([sale("r-1", "10")], products=[product("p-1", name)]).favourite_products) == [name]


def test_the_favourite_store_is_the_one_of_most_receipts_not_of_most_lines() -> None:
    sales = [sale("r-1", "900", line_number=n, warehouse_onec_id="s-1") for n in range(3)]
    sales += [sale(f"r-{n}", "1", warehouse_onec_id="s-2") for n in (2, 3)]
    assert names(profile_of(sales).favourite_stores) == ["Store s-2", "Store s-1"]


def test_stores_of_equal_receipts_are_ordered_by_amount_then_the_latest_visit_then_id() -> None:
    late = {"at": "2025-05-01T12:00:00"}
    sales = [
        sale("r-1", "5", warehouse_onec_id="s-2"),
        sale("r-2", "5", warehouse_onec_id="s-3", **late),
        sale("r-3", "9", warehouse_onec_id="s-1"),
    ]
    assert names(profile_of(sales).favourite_stores) == ["Store s-1", "Store s-3", "Store s-2"]
    tied = [sale("r-1", "5", warehouse_onec_id="s-2"), sale("r-2", "5", warehouse_onec_id="s-1")]
    assert names(profile_of(tied).favourite_stores) == ["Store s-1", "Store s-2"]


def test_a_store_that_only_took_something_back_is_no_favourite() -> None:
    profile = profile_of([sale("r-1", "10"), sale("r-2", "-10", warehouse_onec_id="s-2")])
    assert names(profile.favourite_stores) == ["Store s-1"]


def test_a_closed_store_keeps_its_money_and_is_no_favourite() -> None:
    profile = profile_of([sale("r-1", "10", warehouse_onec_id="s-closed"), sale("r-2", "1", warehouse_onec_id=None)])
    assert (profile.net_revenue, profile.favourite_stores) == (11, "[]")


def test_a_share_of_the_year_is_said_only_after_a_year() -> None:
    young = profile_of(visits("2024-06-02", "2025-03-01"))
    old = profile_of(visits("2024-06-01", "2025-03-01", "2025-03-02"))
    shares = [
        {month: entry["share"] for month, entry in orjson.loads(profile.seasonality_by_month_of_year).items()}
        for profile in (young, old)
    ]
    assert shares == [{"6": None, "3": None}, {"6": 0.3333, "3": 0.6667}]


def test_a_return_lowers_the_month_in_which_it_came() -> None:
    profile = profile_of([*visits("2025-01-05"), sale("r-2", "-4", at="2025-02-05T12:00:00")])
    assert orjson.loads(profile.seasonality_by_month) == {
        "2025-01": {"receipts": 1, "net_revenue": 10},
        "2025-02": {"receipts": 0, "net_revenue": -4},
    }


def test_what_happens_after_as_of_is_not_known_yet() -> None:
    profile = profile_of([sale("r-1", "10"), sale("r-2", "99", at="2025-06-01T03:00:01")])
    assert profile.net_revenue == 10
    assert profile_of([sale("r-1", "10"), sale("r-2", "99", at="2025-06-01T03:00:00")]).net_revenue == 109


def test_today_is_the_local_day_of_as_of() -> None:
    night = dt.datetime(2025, 6, 1, 22, tzinfo=dt.UTC)
    profiles = profiles_of(tables([sale("r-1", "10", at="2025-06-01T12:00:00")]), as_of=night)
    assert profiles.days_since_last_purchase.tolist() == [1]
