"""Which products are bought together."""

from itertools import combinations
from typing import Any

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from freesport_pipelines.profiles.affinity import affinity
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines_tests.profiles.registers import REPORT, RETAIL, RETURN, Row, ledger_of, sale, tables


def receipt(name: str, products: str, **other: Any) -> list[Row]:
    """A receipt of products that are named by one digit each."""
    return [sale(name, "10", None, line_number=n, product_onec_id=f"p-{p}", **other) for n, p in enumerate(products)]


def pairs(*receipts: list[Row], rules: Rules | None = None, **limits: int) -> pd.DataFrame:
    rows = [row for lines in receipts for row in lines]
    return affinity(ledger_of(tables(rows), rules), **({"min_receipts": 1} | limits))


def test_support_confidence_and_lift_are_those_of_the_textbook() -> None:
    found = pairs(receipt("r-1", "12"), receipt("r-2", "12"), receipt("r-3", "1"), receipt("r-4", "3"))
    assert found.to_dict("records") == [
        {
            "product_onec_id": "p-1",
            "with_product_onec_id": "p-2",
            "receipts": 2,
            "support": 2 / 4,
            "confidence": 2 / 3,
            "reverse_confidence": 1.0,
            "lift": 2 * 4 / (3 * 2),
        }
    ]


def test_a_product_on_two_lines_is_bought_once() -> None:
    assert pairs(receipt("r-1", "1122"))["receipts"].tolist() == [1]


def test_only_sale_receipts_of_real_buyers_count() -> None:
    rules = Rules(technical_counterparties=frozenset({RETAIL}))
    returns = receipt("r-1", "12", recorder_type=RETURN, quantity=-1)
    report = receipt("z-1", "12", recorder_type=REPORT)
    technical = receipt("r-2", "12", customer_onec_id=RETAIL)
    assert pairs(returns, report, technical, receipt("r-3", "1"), rules=rules).empty


def test_what_was_exchanged_within_a_receipt_was_not_bought() -> None:
    exchanged = [*receipt("r-1", "12"), sale("r-1", "-10", None, line_number=9, product_onec_id="p-2")]
    assert pairs(exchanged).empty


def test_rare_pairs_are_chance() -> None:
    shop = [receipt("r-1", "123"), receipt("r-2", "12")]
    assert pairs(*shop, min_receipts=2)[["product_onec_id", "with_product_onec_id"]].values.tolist() == [["p-1", "p-2"]]


def test_frequent_products_may_make_a_rare_pair() -> None:
    shop = [receipt("r-1", "12"), receipt("r-2", "1"), receipt("r-3", "2")]
    assert pairs(*shop, min_receipts=2).empty


def test_the_most_frequent_pairs_are_kept() -> None:
    shop = [receipt("r-1", "123"), receipt("r-2", "23")]
    assert pairs(*shop, max_pairs=1)[["product_onec_id", "with_product_onec_id"]].values.tolist() == [["p-2", "p-3"]]


def test_a_wholesale_receipt_makes_no_pairs() -> None:
    shop = [receipt("r-1", "12345"), receipt("r-2", "12")]
    found = pairs(*shop, max_products=4)
    assert found[["receipts", "confidence"]].values.tolist() == [[1, 1 / 2]]
    assert len(pairs(*shop, max_products=5)) == 10


baskets = st.lists(st.lists(st.sampled_from("12345"), min_size=1, max_size=6), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(baskets)
def test_pairs_are_counted_as_a_plain_loop_counts_them(shop: list[list[str]]) -> None:
    expected: dict[tuple[str, str], int] = {}
    for basket in shop:
        for pair in combinations(sorted(set(basket)), 2):
            expected[pair] = expected.get(pair, 0) + 1
    found = pairs(*(receipt(f"r-{number}", "".join(basket)) for number, basket in enumerate(shop)))
    counted = {
        (first[2:], second[2:]): receipts
        for first, second, receipts in found[["product_onec_id", "with_product_onec_id", "receipts"]].values.tolist()
    }
    assert counted == expected
