"""Small registers for tests: invented people, short ids, roubles as text. What is not said is ordinary."""

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import orjson
import pandas as pd

from freesport_pipelines.profiles.build import build_profiles
from freesport_pipelines.profiles.frames import (
    BALANCES,
    CARDS,
    CATEGORIES,
    COUNTERPARTIES,
    JOURNAL,
    LOYALTY,
    PRODUCTS,
    SALES,
    SALES_BY_CARD,
    WAREHOUSES,
    Table,
    Tables,
    empty,
)
from freesport_pipelines.profiles.ledger import Ledger, read_ledger
from freesport_pipelines.profiles.rules import Rules

Row = dict[str, Any]

ANNA, BORIS, RETAIL = "a-anna", "a-boris", "a-everybody"
CARD, OTHER_CARD = "c-1", "c-2"
RECEIPT, RETURN, REPORT = "Document_ЧекККМ", "Document_ЧекККМВозврат", "Document_ОтчетОРозничныхПродажах"
OPENING = "Document_ВводНачальныхОстатков"
ZONE = "Europe/Moscow"
AS_OF = dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
NOON = "2025-03-01T12:00:00"


def utc(local: str, zone: str = ZONE) -> pd.Timestamp:
    """A local time of the tenant, as it is stored."""
    return pd.Timestamp(local).tz_localize(zone).tz_convert("UTC")


def sale(recorder: str, amount: str, customer: str | None = ANNA, **other: Any) -> Row:
    """A row of the register of sales; `at` is local time."""
    quantity = Decimal(other.pop("quantity", -1 if amount.startswith("-") else 1))
    return {
        "recorder": recorder,
        "recorder_type": RECEIPT,
        "line_number": 1,
        "period": utc(other.pop("at", NOON)),
        "is_active": True,
        "organization_onec_id": "o-1",
        "customer_onec_id": customer,
        "product_onec_id": "p-1",
        "warehouse_onec_id": "s-1",
        "amount": Decimal(amount),
        "quantity": quantity,
    } | other


def shown(recorder: str, card: str | None = CARD, owner: str | None = ANNA, amount: str = "0", **other: Any) -> Row:
    """A row of the register of sales by card."""
    return {
        "recorder": recorder,
        "recorder_type": RECEIPT,
        "line_number": 1,
        "period": utc(other.pop("at", NOON)),
        "is_active": True,
        "card_onec_id": card,
        "owner_onec_id": owner,
        "amount": Decimal(amount),
        "quantity": Decimal(0),
    } | other


def card(onec_id: str = CARD, owner: str | None = ANNA, phone: str | None = None, *, is_marked: bool = False) -> Row:
    """A discount card as it is today."""
    return {"onec_id": onec_id, "owner_onec_id": owner, "phone": phone, "is_marked": is_marked}


def points(card_id: str = CARD, accrued: str = "0", spent: str = "0", **other: Any) -> Row:
    """A movement of bonus points."""
    return {
        "period": utc(other.pop("at", NOON)),
        "is_active": True,
        "record_type": None,
        "card_onec_id": card_id,
        "accrued": Decimal(accrued),
        "spent": Decimal(spent),
    } | other


def receipt_entry(ref: str, amount: str, **other: Any) -> Row:
    """A line of the journal of retail receipts."""
    return {"ref": ref, "ref_type": RECEIPT, "is_posted": True, "is_marked": False, "amount": Decimal(amount)} | other


def product(onec_id: str, name: str | None = None, category: str | None = "k-1", **other: Any) -> Row:
    """A product."""
    return {
        "onec_id": onec_id,
        "name": name or f"Product {onec_id}",
        "category_onec_id": category,
        "brand": "Brand",
        "product_type": "Запас",
    } | other


def category(onec_id: str, name: str, parent: str | None = None) -> Row:
    """A category of products."""
    return {"onec_id": onec_id, "parent_onec_id": parent, "name": name}


def frame(rows: Iterable[Row] | None, table: Table) -> pd.DataFrame:
    """Rows as a frame; all columns are there even if no row is."""
    listed = list(rows or [])
    return pd.DataFrame(listed) if listed else empty(table)


def tables(
    sales: Iterable[Row] = (),
    by_card: Iterable[Row] = (),
    *,
    cards: Iterable[Row] = (),
    products: Iterable[Row] | None = None,
    categories: Iterable[Row] | None = None,
    stores: Iterable[str] = ("s-1", "s-2", "s-3"),
    journal: Iterable[Row] | None = None,
    loyalty: Iterable[Row] | None = None,
    balances: Mapping[str, str] | None = None,
) -> Tables:
    """Everything that profiles are made of."""
    known = [product(f"p-{number}") for number in range(1, 6)] if products is None else products
    balance_rows = [{"card_onec_id": key, "balance": Decimal(value)} for key, value in (balances or {}).items()]
    return Tables(
        frame(sales, SALES),
        frame(by_card, SALES_BY_CARD),
        frame(cards, CARDS),
        frame(known, PRODUCTS),
        frame([category("k-1", "Category")] if categories is None else categories, CATEGORIES),
        frame([{"onec_id": store, "name": f"Store {store}"} for store in stores], WAREHOUSES),
        None if journal is None else frame(journal, JOURNAL),
        None if loyalty is None else frame(loyalty, LOYALTY),
        None if balances is None else frame(balance_rows, BALANCES),
    )


def counterparties(*rows: Row) -> pd.DataFrame:
    """Counterparties of which only what matters is said."""
    usual = {"is_folder": False, "is_marked": False}
    return frame([usual | row for row in rows], COUNTERPARTIES)


def ledger_of(data: Tables, rules: Rules | None = None, *, zone: str = ZONE, as_of: dt.datetime = AS_OF) -> Ledger:
    """Judged rows."""
    return read_ledger(data, zone=zone, as_of=as_of, rules=rules)


def profiles_of(data: Tables, rules: Rules | None = None, **when: Any) -> pd.DataFrame:
    """Profiles by owner id."""
    return build_profiles(ledger_of(data, rules, **when)).set_index("owner_onec_id", drop=False)


def profile_of(sales: Iterable[Row], by_card: Iterable[Row] = (), rules: Rules | None = None, **other: Any) -> Any:
    """The profile of the only buyer."""
    found = profiles_of(tables(sales, by_card, **other), rules)
    assert len(found) == 1
    return found.iloc[0]


def names(text: str) -> list[str]:
    """Names of favourites, best first."""
    return [entry["name"] for entry in orjson.loads(text)]
