"""Profiles of invented registers full of traps, compared figure by figure with the plain loops of `oracle.py`."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from freesport_pipelines.profiles.build import build_profiles, profile_batches
from freesport_pipelines.profiles.reconcile import reconcile
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines_tests.profiles.oracle import judge, oracle, read_json
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    CARD,
    OPENING,
    OTHER_CARD,
    RECEIPT,
    REPORT,
    RETAIL,
    RETURN,
    Row,
    ledger_of,
    sale,
    shown,
    tables,
    utc,
)

RULES = Rules(technical_counterparties=frozenset({RETAIL}))
TYPES = [RECEIPT, RECEIPT, RECEIPT, RETURN, REPORT, OPENING, "Document_РасходнаяНакладная", "Document_Новый", None]
PRODUCTS = {f"p-{number}": f"Product p-{number}" for number in range(1, 6)}
JSON = ("favourite_products", "favourite_categories", "favourite_stores", "seasonality_by_month")
FIRST_DAY = dt.datetime(2023, 12, 30)  # noqa: DTZ001 - local time of the tenant

amounts = st.integers(-300_000, 3_000_000).map(lambda kopecks: Decimal(kopecks) / 100)
moments = st.builds(
    lambda day, second: FIRST_DAY + dt.timedelta(days=day, seconds=second),
    st.one_of(st.integers(0, 3), st.integers(0, 560)),
    st.sampled_from([0, 1, 43_200, 73_800, 84_600, 86_399]),
)
lines = st.fixed_dictionaries(
    {
        "product_onec_id": st.sampled_from([*PRODUCTS, "p-gone", None]),
        "warehouse_onec_id": st.sampled_from(["s-1", "s-2", "s-closed", None]),
        "amount": st.one_of(amounts, st.just(Decimal(0))),
        "quantity": st.integers(-2_000, 5_000).map(lambda thousandths: Decimal(thousandths) / 1000),
        "is_active": st.sampled_from([True, True, True, False]),
    }
)


@st.composite
def registers(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Sales and sales by card: documents of all types, some with cards, some shifts reported once more."""
    sales: list[Row] = []
    by_card: list[Row] = []
    for number in range(draw(st.integers(1, 8))):
        what = {"recorder_type": draw(st.sampled_from(TYPES)), "at": draw(moments)}
        customer = draw(st.sampled_from([ANNA, BORIS, RETAIL, None, None]))
        rows = draw(st.lists(lines, min_size=0 if what["recorder_type"] == OPENING else 1, max_size=3))
        sales += [sale(f"r-{number}", "0", customer, line_number=n, **what) | row for n, row in enumerate(rows)]
        holders = st.tuples(st.sampled_from([CARD, OTHER_CARD]), st.sampled_from([ANNA, BORIS, RETAIL, None]))
        cards = draw(st.lists(holders, max_size=2))
        by_card += [
            shown(f"r-{number}", card, owner, "7.07", line_number=n, is_active=draw(st.booleans()), **what)
            for n, (card, owner) in enumerate(cards)
        ]
    return sales + draw(reports_of(sales)), by_card


@st.composite
def reports_of(draw: st.DrawFn, sales: list[Row]) -> list[Row]:
    """Shift reports that repeat the receipts of a store and day, or nearly so."""
    receipts = [row for row in sales if row["recorder_type"] in (RECEIPT, RETURN, None, "Document_Новый")]
    if not receipts or not draw(st.booleans()):
        return []
    like = draw(st.sampled_from(receipts))
    error = draw(st.sampled_from([Decimal(0), Decimal(0), Decimal("0.01")]))
    day = like["period"].tz_convert("Europe/Moscow").date()
    after_midnight = {"period": utc(f"{day + dt.timedelta(days=1)}T00:10:00")}
    made = draw(st.sampled_from([{}, after_midnight, {"warehouse_onec_id": None}]))
    repeated = [
        row | {"recorder": "z-1", "recorder_type": REPORT, "line_number": number, "customer_onec_id": None} | made
        for number, row in enumerate(receipts)
        if row["warehouse_onec_id"] == like["warehouse_onec_id"]
        and row["period"].tz_convert("Europe/Moscow").date() == day
    ]
    return [repeated[0] | {"amount": repeated[0]["amount"] + error}, *repeated[1:]]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(registers())
def test_every_figure_is_what_the_plain_loop_says(rows: tuple[list[Row], list[Row]]) -> None:
    profiles = build_profiles(ledger_of(tables(*rows, stores=("s-1", "s-2")), RULES))
    expected = oracle(*rows, RETAIL, PRODUCTS)
    assert list(profiles["owner_onec_id"]) == list(expected)
    for profile in profiles.to_dict("records"):
        wanted = expected[profile["owner_onec_id"]]
        assert {name: plain(profile, name) for name in wanted} == wanted


def plain(profile: Any, name: str) -> Any:
    """A figure as the oracle writes it."""
    value = profile[name]
    if name in JSON:
        return read_json(value)
    if name == "seasonality_by_month_of_year":
        return {key: {k: v for k, v in entry.items() if k != "share"} for key, entry in read_json(value).items()}
    return None if value is None or value is pd.NA or value != value else value


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(registers())
def test_the_register_is_always_accounted_for(rows: tuple[list[Row], list[Row]]) -> None:
    ledger = ledger_of(tables(*rows), RULES)
    found = reconcile(ledger, build_profiles(ledger))
    judged = judge(*rows, RETAIL)
    of_register = [row for row in judged if "only_in_cards" not in row]
    buckets = {
        name: sum((row["amount"] for row in of_register if row["bucket"] == bucket), Decimal(0))
        for name, bucket in {
            "profiles": "profile",
            "anonymous": "anonymous",
            "excluded": "excluded",
            "dropped_reports": "dropped",
            "later": "later",
        }.items()
    }
    assert found.is_exact
    assert {name: found.totals[name] for name in buckets} == buckets


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(registers().flatmap(lambda rows: st.tuples(st.just(rows), *map(st.permutations, rows))))
def test_neither_order_nor_batches_change_a_byte(
    case: tuple[tuple[list[Row], list[Row]], list[Row], list[Row]],
) -> None:
    rows, *shuffled = case
    expected = build_profiles(ledger_of(tables(*rows), RULES)).to_csv(index=False)
    ledger = ledger_of(tables(*shuffled), RULES)
    assert build_profiles(ledger).to_csv(index=False) == expected
    assert pd.concat(profile_batches(ledger, buyers=1)).to_csv(index=False) == expected
