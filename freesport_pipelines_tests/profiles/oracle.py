"""The figures of profiles once more, in plain Python: one buyer after the other, with Decimals. Slow and obvious.

Written from facts/odata, section 4, not from the code that it judges.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from freesport_pipelines_tests.profiles.oracle_shifts import Document, document, doubled_reports, local, sums_by
from freesport_pipelines_tests.profiles.registers import AS_OF, REPORT, RETURN, ZONE, Row

KOPECK = Decimal("0.01")
SOLD = {"Document_ЧекККМ", "Document_РасходнаяНакладная"}


def oracle(sales: list[Row], by_card: list[Row], technical: str, names: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Figures by owner. Products are named by `names`; their category is "Category", their brand "Brand"."""
    judged = judge(sales, by_card, technical)
    owners = sorted({row["owner"] for row in judged if row["bucket"] == "profile"})
    return {
        owner: figures([row for row in judged if row["bucket"] == "profile" and row["owner"] == owner], names)
        for owner in owners
    }


def judge(sales: list[Row], by_card: list[Row], technical: str) -> list[Row]:
    """Every active row with owner, bucket, kind and local time."""
    holders: dict[Document, set[str]] = defaultdict(set)
    by_card = [named(row, by_card, technical) for row in by_card if row["is_active"]]
    for row in by_card:
        if holder(row, technical):
            holders[document(row)].add(holder(row, technical))
    active = [dict(row) for row in sales if row["is_active"]]
    totals = document_totals(active)
    doubled = doubled_reports([row for row in active if row["period"] <= AS_OF])
    for row in active:
        row["local"] = local(row)
        row["kind"] = kind(row, totals[document(row)])
        row["owner"], row["bucket"] = whose(row, holders[document(row)], technical)
        if row["period"] > AS_OF:
            row["bucket"] = "later"
        elif id(row) in doubled:
            row["bucket"] = "dropped"
    return active + openings(active, by_card, technical)


def named(row: Row, by_card: list[Row], technical: str) -> Row:
    """The row, with the owner that other rows of its document name for its card if it names none."""
    nobody = (None, technical)
    owners = {
        other["owner_onec_id"]
        for other in by_card
        if other["is_active"]
        and document(other) == document(row)
        and other["card_onec_id"] == row["card_onec_id"]
        and other["owner_onec_id"] not in nobody
    }
    if row["owner_onec_id"] not in nobody or len(owners) != 1:
        return row
    return row | {"owner_onec_id": next(iter(owners))}


def holder(row: Row, technical: str) -> Any:
    return row["owner_onec_id"] if row["owner_onec_id"] not in (None, technical) else row["card_onec_id"]


def whose(row: Row, holders: set[str], technical: str) -> tuple[Any, str]:
    customer = row["customer_onec_id"]
    if customer not in (None, technical):
        return customer, "profile"
    if len(holders) == 1:
        return next(iter(holders)), "profile"
    return None, "excluded" if customer == technical else "anonymous"


def document_totals(rows: Iterable[Row]) -> dict[Document, tuple[Decimal, Decimal]]:
    totals: dict[Document, tuple[Decimal, Decimal]] = {}
    for row in rows:
        amount, quantity = totals.get(document(row), (Decimal(0), Decimal(0)))
        totals[document(row)] = amount + row["amount"], quantity + row["quantity"]
    return totals


def kind(row: Row, total: tuple[Decimal, Decimal]) -> str:
    recorder_type = row["recorder_type"] or ""
    if "ВводНачальныхОстатков" in recorder_type:
        return "opening"
    if recorder_type == REPORT:
        return "report"
    if recorder_type == RETURN:
        return "return"
    return "return" if total < (Decimal(0), Decimal(0)) else "sale"


def openings(active: list[Row], by_card: list[Row], technical: str) -> list[Row]:
    """Opening balances that only the card register has."""
    known = {document(row) for row in active}
    return [
        row | {"kind": "opening", "bucket": "profile", "owner": holder(row, technical), "only_in_cards": True}
        for row in by_card
        if row["is_active"]
        and "ВводНачальныхОстатков" in (row["recorder_type"] or "")
        and document(row) not in known
        and holder(row, technical)
        and row["period"] <= AS_OF
    ]


def amount_of(rows: list[Row], *kinds: str) -> Decimal:
    return sum((row["amount"] for row in rows if row["kind"] in kinds), Decimal(0))


def figures(rows: list[Row], names: dict[str, str]) -> dict[str, Any]:
    """What a profile says of one buyer."""
    sold = [row for row in rows if row["kind"] == "sale"]
    trade = [row for row in rows if row["kind"] != "opening"]
    reports = [row for row in rows if row["kind"] == "report"]
    receipts = {document(row) for row in sold}
    days = sorted({row["local"].date() for row in sold})
    dated = sold or reports
    net = amount_of(rows, "sale", "report", "return")
    first = min((row["local"] for row in dated), default=None)
    last = max((row["local"] for row in dated), default=None)
    since = None if last is None else (AS_OF.astimezone(ZoneInfo(ZONE)).date() - last.date()).days
    return {
        "gross_revenue": amount_of(rows, "sale", "report"),
        "returns": amount_of(rows, "return"),
        "net_revenue": net,
        "opening_revenue": amount_of(rows, "opening"),
        "lifetime_revenue": sum((row["amount"] for row in rows), Decimal(0)),
        "report_revenue": amount_of(rows, "report"),
        "receipt_count": len(receipts),
        "return_count": len({document(row) for row in rows if row["kind"] == "return"}),
        "line_count": len(sold),
        "item_count": sum((row["quantity"] for row in trade), Decimal(0)),
        "average_check": rounded(amount_of(rows, "sale"), len(receipts)),
        "average_line": rounded(amount_of(rows, "sale"), len(sold)),
        **rhythm(days),
        "first_purchase_date": None if first is None else first.date().isoformat(),
        "last_purchase_date": None if last is None else last.date().isoformat(),
        "days_since_last_purchase": since,
        **scores(since, len(receipts), net),
        "favourite_products": best_products(trade, names),
        "favourite_categories": total_of_known(trade, names),
        "favourite_stores": best_stores(sold),
        "seasonality_by_month": months(trade, "%Y-%m"),
        "seasonality_by_month_of_year": months(trade, "%m"),
        "receipt_granularity": "mixed" if sold and reports else "receipt" if sold else "aggregate" if reports else None,
    }


def rounded(amount: Decimal, count: int) -> Decimal | None:
    return (amount / count).quantize(KOPECK, ROUND_HALF_UP) if count else None


def rhythm(days: list[dt.date]) -> dict[str, Any]:
    gaps = [(days[number + 1] - days[number]).days for number in range(len(days) - 1)]
    if not gaps:
        frequency = "single" if days else None
        return {
            "visit_days": len(days),
            "median_gap_days": None,
            "mean_gap_days": None,
            "purchase_frequency": frequency,
        }
    middle = median(gaps)
    limits = {10: "weekly", 21: "biweekly", 45: "monthly", 120: "quarterly", 240: "semiannual", 450: "yearly"}
    mean = (Decimal(sum(gaps)) / len(gaps)).quantize(KOPECK, ROUND_HALF_UP)
    frequency = next((name for limit, name in limits.items() if middle <= limit), "rare")
    return {
        "visit_days": len(days),
        "median_gap_days": float(middle),
        "mean_gap_days": float(mean),
        "purchase_frequency": frequency,
    }


def scores(since: int | None, receipts: int, net: Decimal) -> dict[str, Any]:
    if since is None or not receipts:
        return dict.fromkeys(("rfm_recency", "rfm_frequency", "rfm_monetary", "rfm_total", "segment"))
    recency = 5 if since <= 30 else 4 if since <= 60 else 3 if since <= 90 else 2 if since <= 180 else 1
    frequency = 5 if receipts >= 20 else 4 if receipts >= 10 else 3 if receipts >= 5 else 2 if receipts >= 3 else 1
    money = 5 if net >= 100_000 else 4 if net >= 50_000 else 3 if net >= 20_000 else 2 if net >= 10_000 else 1
    total = recency + frequency + money
    segment = "VIP" if total >= 12 else "Active" if total >= 8 else "Regular" if total >= 5 else "Sleeping"
    return {
        "rfm_recency": recency,
        "rfm_frequency": frequency,
        "rfm_monetary": money,
        "rfm_total": total,
        "segment": segment,
    }


def best_products(trade: list[Row], names: dict[str, str]) -> list[Any]:
    sums = sums_by([row for row in trade if row["product_onec_id"]], "product_onec_id")
    liked = [
        (-amount, -quantity, names.get(product, ""), product)
        for product, (amount, quantity) in sums.items()
        if quantity > 0 and amount >= 0
    ]
    return [
        {"onec_id": product, "name": name or None, "amount": -amount, "quantity": -quantity}
        for amount, quantity, name, product in sorted(liked)[:5]
    ]


def total_of_known(trade: list[Row], names: dict[str, str]) -> list[Any]:
    """Known products share one category; the others are in the bucket "unknown"."""
    named = [
        row | {"category": "Category" if row["product_onec_id"] in names else "unknown"}
        for row in trade
        if row["product_onec_id"]
    ]
    liked = [
        (-amount, -quantity, name)
        for name, (amount, quantity) in sums_by(named, "category").items()
        if quantity > 0 and amount >= 0
    ]
    return [
        {
            "onec_id": "k-1" if name == "Category" else None,
            "name": name,
            "path": name,
            "amount": -amount,
            "quantity": -quantity,
        }
        for amount, quantity, name in sorted(liked)
    ]


def best_stores(sold: list[Row]) -> list[Any]:
    ranked = []
    for store in {row["warehouse_onec_id"] for row in sold} & {"s-1", "s-2"}:
        rows = [row for row in sold if row["warehouse_onec_id"] == store]
        receipts, amount = len({document(row) for row in rows}), amount_of(rows, "sale")
        latest = max(row["period"] for row in rows)
        ranked.append((-receipts, -amount, -latest.value, store))
    return [
        {"onec_id": store, "name": f"Store {store}", "receipts": -receipts, "amount": -amount}
        for receipts, amount, _, store in sorted(ranked)
    ]


def months(trade: list[Row], form: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sorted({row["local"].strftime(form) for row in trade}):
        rows = [row for row in trade if row["local"].strftime(form) == name]
        receipts = len({document(row) for row in rows if row["kind"] == "sale"})
        found[name.lstrip("0")] = {
            "receipts": receipts,
            "net_revenue": sum((row["amount"] for row in rows), Decimal(0)),
        }
    return found


def read_json(text: str) -> Any:
    """JSON with exact numbers."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal)
