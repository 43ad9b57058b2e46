"""One profile as the requirement's JSON, as markdown and as pictures."""

import json
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freesport_pipelines.profiles.build import build_profiles
from freesport_pipelines.profiles.json_columns import money_text, quantity_text
from freesport_pipelines.profiles.markdown import profile_markdown
from freesport_pipelines.profiles.plots import purchases_by_month_png, segments_png
from freesport_pipelines.profiles.requirement_json import as_requirement_json, purchases_of
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    CARD,
    OPENING,
    RETURN,
    Row,
    card,
    ledger_of,
    product,
    profile_of,
    profiles_of,
    sale,
    shown,
    tables,
)

CONTACT = {"phone": "70000000001", "discount_card_id": CARD, "name": "Тестова Анна"}
SALES = [
    sale("r-1", "1500.50", None, quantity=2),
    sale("r-1", "0.10", None, line_number=2, product_onec_id="p-2", quantity="0.5"),
    sale("r-2", "-1500.50", None, recorder_type=RETURN, at="2025-03-05T18:02:00"),
    sale("o-1", "99", ANNA, recorder_type=OPENING),
    sale("r-9", "1", BORIS),
]
BY_CARD = [shown("r-1"), shown("r-2", recorder_type=RETURN)]


def document(contact: dict[str, Any] | None, sales: list[Row], by_card: list[Row], owner: str) -> Any:
    ledger = ledger_of(tables(sales, by_card, cards=[card()]))
    profile = build_profiles(ledger).set_index("owner_onec_id", drop=False).loc[owner]
    text = as_requirement_json(profile, contact, purchases_of(ledger, owner))
    return json.loads(text, parse_float=Decimal)


def test_the_document_has_the_shape_of_the_requirement_and_right_values() -> None:
    found = document(CONTACT, SALES, BY_CARD, ANNA)
    store = {"store_id": "s-1"}
    assert found == {
        "phone": "70000000001",
        "discount_card_id": CARD,
        "customer_id": ANNA,
        "name": "Тестова Анна",
        "purchases": [
            {"date": "2025-03-05T18:02:00", "amount": Decimal("-1500.50"), "quantity": -1, "product_id": "p-1"}
            | {"document_id": "r-2", **store},
            {"date": "2025-03-01T12:00:00", "amount": Decimal("1500.50"), "quantity": 2, "product_id": "p-1"}
            | {"document_id": "r-1", **store},
            {"date": "2025-03-01T12:00:00", "amount": Decimal("0.10"), "quantity": Decimal("0.5"), "product_id": "p-2"}
            | {"document_id": "r-1", **store},
        ],
        "statistics": {
            "total_revenue": Decimal("0.10"),
            "total_purchases": 1,
            "average_check": Decimal("1500.60"),
            "favorite_categories": ["Category"],
            "purchase_frequency": "single",
        },
    }
    assert sum(purchase["amount"] for purchase in found["purchases"]) == found["statistics"]["total_revenue"]


def test_somebody_of_whom_1c_knows_nothing_has_a_document_too() -> None:
    found = document(
        None, [sale("r-1", "-5", None, recorder_type=RETURN)], [shown("r-1", CARD, None, recorder_type=RETURN)], CARD
    )
    assert (found["phone"], found["name"], found["customer_id"], found["discount_card_id"]) == (None, None, None, CARD)
    assert (found["statistics"]["average_check"], found["statistics"]["purchase_frequency"]) == (None, None)


def test_a_purchase_of_no_known_product_or_store_has_none() -> None:
    purchase = document(None, [sale("r-1", "5", product_onec_id=None, warehouse_onec_id=None)], [], ANNA)["purchases"][
        0
    ]
    assert (purchase["product_id"], purchase["store_id"]) == (None, None)


def test_a_stranger_has_no_purchases() -> None:
    assert purchases_of(ledger_of(tables(SALES, BY_CARD)), "a-stranger").empty


@given(st.integers(-(10**15), 10**15))
def test_money_and_quantities_are_written_exactly(number: int) -> None:
    assert Decimal(money_text(number)) == Decimal(number) / 100
    assert Decimal(quantity_text(number)) == Decimal(number) / 1000
    assert json.loads(f"[{money_text(number)},{quantity_text(number)}]")


def test_the_markdown_shows_figures_and_hides_the_phone() -> None:
    profile = profile_of([sale("r-1", "1500.50")], products=[product("p-1", "Hat | coat\n# no heading")])
    text = profile_markdown(profile, "+7 (000) 000-00-01")
    assert "| Net revenue | 1500.50 |" in text
    assert "| Bonus points | – |" in text
    assert "* **products**: Hat / coat # no heading\n" in text
    assert "+# (###) ###-##-##" in text
    assert "000-00" not in text


def test_the_markdown_says_what_to_beware_of() -> None:
    text = profile_markdown(profile_of([sale("r-1", "1", recorder_type=None)]))
    assert text.endswith("Beware: unknown_recorder_type")
    assert "Beware" not in profile_markdown(profile_of([sale("r-1", "1")]))


def pixels(png: bytes) -> Any:
    image = pytest.importorskip("matplotlib.image")
    return image.imread(BytesIO(png), format="png")


def test_the_months_are_drawn_the_empty_ones_between_them_too() -> None:
    two = profile_of([sale("r-1", "10", at="2025-01-01"), sale("r-2", "10", at="2025-05-01")])
    near = profile_of([sale("r-1", "10", at="2025-04-01"), sale("r-2", "10", at="2025-05-01")])
    pictures = [purchases_by_month_png(profile) for profile in (two, near)]
    assert pixels(pictures[0]).shape[:2] == (300, 800)
    assert pictures[0] != pictures[1]
    assert purchases_by_month_png(two) == pictures[0]


def test_somebody_who_never_bought_has_an_empty_picture() -> None:
    assert pixels(purchases_by_month_png(profile_of([sale("o-1", "10", recorder_type=OPENING)]))).shape[1] == 800


def test_segments_are_drawn_whatever_the_order_of_the_buyers() -> None:
    profiles = profiles_of(
        tables(
            [sale("r-1", "10"), sale("r-2", "10", BORIS, at="2024-01-01"), sale("o-1", "1", "x", recorder_type=OPENING)]
        )
    )
    picture = segments_png(profiles)
    assert pixels(picture).shape[:2] == (300, 800)
    assert segments_png(profiles.iloc[::-1]) == picture
    assert segments_png(profiles.iloc[:1]) != picture
