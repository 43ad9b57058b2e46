"""The queries of docs/tables.md, run on both databases as they stand there."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from freesport_pipelines.emulator import Company
from freesport_pipelines_tests.purchases.onec_shop import AS_OF, OnecShop

PAGE = (Path(__file__).parents[2] / "docs" / "tables.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
DIALECTS = {"-- PostgreSQL": "postgresql", "-- SQLite": "sqlite"}


def query(beginning: str, shop: OnecShop) -> str:
    """The one query for this database that selects this first."""
    name = shop.database.engine.dialect.name
    mine = [text for text in QUERIES if DIALECTS.get(text.splitlines()[0], name) == name]
    (found,) = (text for text in mine if beginning in text.split("FROM")[0])
    return found


@pytest.fixture
def company() -> Company:
    """Few products, so that some are bought together often enough."""
    return Company(customers=12, receipts=200, months=2, products=8)


@pytest.fixture
def filled(shop: OnecShop) -> OnecShop:
    shop.scan()
    shop.read()
    shop.make_users()
    assert shop.job("buyer_profiles", profile_buyers={"as_of": AS_OF}).success
    return shop


def best(shop: OnecShop) -> Any:
    """The customer with the most revenue."""
    known = "SELECT customer_id, net_revenue FROM purchase_profiles WHERE customer_id IS NOT NULL"
    return shop.rows(f"{known} ORDER BY net_revenue DESC LIMIT 1")[0]


def test_the_profile_of_a_customer(filled: OnecShop) -> None:
    customer = best(filled)
    (row,) = filled.rows(query("SELECT segment", filled), customer=customer["customer_id"])
    assert Decimal(str(row["net_revenue"])) == Decimal(str(customer["net_revenue"]))
    assert row["favourite_products"]


def test_the_months_of_a_customer_add_up_to_his_net_revenue(filled: OnecShop) -> None:
    customer = best(filled)
    rows = filled.rows(query("month", filled), customer=customer["customer_id"])
    assert len(rows) == 2
    assert sum(Decimal(str(row["net_revenue"])) for row in rows) == Decimal(str(customer["net_revenue"]))


def test_the_lines_of_a_customers_receipts_are_not_those_of_the_next_owner_of_his_card(filled: OnecShop) -> None:
    customer = best(filled)["customer_id"]
    lines = query("SELECT line.period", filled)
    assert filled.rows(lines, customer=customer)
    filled.execute("UPDATE discount_cards SET owner_onec_id = 'somebody else'")
    assert filled.rows(lines, customer=customer) == []


def test_products_bought_together_are_found_from_both_sides(filled: OnecShop) -> None:
    pair = filled.rows("SELECT * FROM product_affinity ORDER BY receipts DESC LIMIT 1")[0]
    together = query("SELECT other.onec_id", filled)
    for one, other, confidence in (
        ("product_onec_id", "with_product_onec_id", "confidence"),
        ("with_product_onec_id", "product_onec_id", "reverse_confidence"),
    ):
        found = {row["onec_id"]: row for row in filled.rows(together, product=pair[one])}
        assert found[pair[other]]["receipts"] == pair["receipts"]
        assert found[pair[other]]["confidence"] == pytest.approx(pair[confidence])
