"""Invented registers of 1C:УНФ of any size, in the shop's own tables.

A tenth of the receipts is anonymous, a third known by card only, one in twenty gives back. Shift reports repeat the
first month, the journal knows every receipt, and a third of them earned points.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from freesport_pipelines.database import mirroring
from freesport_pipelines.database import purchase_schema as t
from freesport_pipelines.database.engine import ShopDatabase

LINES_PER_RECEIPT, PRODUCTS, STORES, CATEGORIES = 3, 20_000, 30, 200
CHUNK = 50_000
REPORTED_DAYS, DAY, MOSCOW_SECONDS = 30, 86_400, 3 * 3_600
BEGIN, AS_OF = datetime(2024, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
SALE, GIVEN_BACK, REPORT = "Document_ЧекККМ", "Document_ЧекККМВозврат", "Document_ОтчетОРозничныхПродажах"


def fill(database: ShopDatabase, rows: int, buyers: int) -> None:
    """Write registers with so many lines of receipts, and the catalogues they name."""
    sales, documents = _receipts(rows, buyers)
    _store(database, t.purchases, pd.concat([sales, _shift_reports(sales)], ignore_index=True))
    shown = documents[documents["how"].between(0.6, 0.9)]
    register = ["recorder", "recorder_type", "line_number", "period", "is_active"]
    by_card = shown[[*register, "card_onec_id", "owner_onec_id"]]
    _store(database, t.sales_by_card, by_card.assign(amount=0))
    points = shown[[*register, "card_onec_id"]]
    _store(database, t.loyalty_movements, points.assign(record_type="Receipt", accrued=1_50, spent=0))
    journal = documents.rename(columns={"recorder": "ref", "recorder_type": "ref_type", "period": "date"})
    _store(database, t.retail_receipts, journal[["ref", "ref_type", "date", "amount"]].assign(is_posted=True))
    for table, frame in _catalogues(buyers).items():
        _store(database, table, frame)


def _ids(kind: str, count: int) -> np.ndarray:
    """Invented ids, as long as those of 1C."""
    return np.array([f"aaaaaaaa-0000-4000-8{kind}-{number:012x}" for number in range(count)], dtype=object)


def _receipts(rows: int, buyers: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lines, and documents; money in kopecks, quantities in thousandths, times as seconds since 1970."""
    dice = np.random.default_rng(7)
    receipt = np.arange(rows) // LINES_PER_RECEIPT
    count = int(receipt[-1]) + 1
    buyer, is_return = dice.integers(0, buyers, count), dice.random(count) < 0.05
    documents = pd.DataFrame(
        {
            "recorder": _ids("000", count),
            "recorder_type": np.where(is_return, GIVEN_BACK, SALE).astype(object),
            "line_number": 1,
            "period": int(BEGIN.timestamp()) + dice.integers(0, 730 * DAY, count),
            "is_active": True,
            "how": dice.random(count),
            "card_onec_id": _ids("00c", buyers)[buyer],
            "owner_onec_id": _ids("00a", buyers)[buyer],
            "warehouse_onec_id": _ids("005", STORES)[dice.integers(0, STORES, count)],
        }
    )
    sign = np.where(is_return, -1, 1)[receipt]
    named = np.where(documents["how"] < 0.6, documents["owner_onec_id"], None)
    lines = documents[["recorder", "recorder_type", "period", "is_active", "warehouse_onec_id"]].iloc[receipt]
    lines = lines.reset_index(drop=True).assign(
        line_number=np.arange(rows) % LINES_PER_RECEIPT + 1,
        organization_onec_id=_ids("009", 1)[0],
        customer_onec_id=named[receipt],
        product_onec_id=_ids("00f", PRODUCTS)[(PRODUCTS * dice.random(rows) ** 3).astype(np.int64)],
        amount=sign * dice.integers(10_00, 10_000_00, rows),
        quantity=sign * 1_000 * dice.integers(1, 4, rows),
    )
    documents["amount"] = np.bincount(receipt, lines["amount"]).astype(np.int64)
    return lines, documents


def _shift_reports(sales: pd.DataFrame) -> pd.DataFrame:
    """What the tills of the first month say again at the end of each day."""
    first = sales[sales["period"] < sales["period"].min() + REPORTED_DAYS * DAY]
    day = (first["period"] + MOSCOW_SECONDS) // DAY
    keys = ["day", "warehouse_onec_id", "product_onec_id"]
    summed = first.assign(day=day).groupby(keys, as_index=False)[["amount", "quantity"]].sum()
    return summed.drop(columns="day").assign(
        recorder=[f"{store}-{day}" for store, day in zip(summed["warehouse_onec_id"], summed["day"], strict=True)],
        recorder_type=REPORT,
        line_number=np.arange(len(summed)),
        period=(summed["day"] + 1) * DAY - 1 - MOSCOW_SECONDS,
        is_active=True,
        organization_onec_id=first["organization_onec_id"].iloc[0],
        customer_onec_id=None,
    )


def _catalogues(buyers: int) -> dict[sa.Table, pd.DataFrame]:
    numbers, categories = np.arange(PRODUCTS), _ids("00b", CATEGORIES)
    products = {"onec_id": _ids("00f", PRODUCTS), "category_onec_id": categories[numbers % CATEGORIES]}
    brand, name = [f"Brand {n % 50}" for n in numbers], [f"Товар {n}" for n in numbers]
    return {
        t.discount_cards: pd.DataFrame({"onec_id": _ids("00c", buyers), "owner_onec_id": _ids("00a", buyers)}),
        t.onec_products: pd.DataFrame({**products, "name": name, "brand_onec_id": brand, "product_type": "Запас"}),
        t.onec_categories: pd.DataFrame({"onec_id": categories, "name": [f"Категория {n}" for n in range(CATEGORIES)]}),
        t.onec_stores: pd.DataFrame({"onec_id": _ids("005", STORES), "name": [f"Магазин {n}" for n in range(STORES)]}),
    }


def _store(database: ShopDatabase, table: sa.Table, frame: pd.DataFrame) -> None:
    """Load rows by the way that readings of 1C take."""
    fillers = {"is_active": True, "is_marked": False, "is_folder": False, "updated_at": int(BEGIN.timestamp())}
    missing = {c.name: fillers[c.name] for c in table.columns if c.name in fillers and c.name not in frame}
    frame = frame.assign(**missing)
    with mirroring.gathering(database, table, list(frame.columns)) as gathered:
        for begin in range(0, len(frame), CHUNK):
            gathered.add(_rows(frame[begin : begin + CHUNK], gathered))
        if "period" in frame or "date" in frame:
            period = "period" if "period" in frame else "date"
            mirroring.replace_window(gathered, period, mirroring.Read(BEGIN, AS_OF, AS_OF))
        else:
            mirroring.replace_part(gathered, sa.true())


def _rows(frame: pd.DataFrame, gathered: mirroring.Gathered) -> Iterator[Sequence[Any]]:
    columns = []
    for name in frame.columns:
        values: list[Any] = frame[name].astype(object).where(frame[name].notna(), None).tolist()
        if name in ("amount", "accrued", "spent"):
            values = [Decimal(value) / 100 for value in values]
        elif name == "quantity":
            values = [Decimal(value) / 1000 for value in values]
        elif name in ("period", "date", "updated_at"):
            values = [gathered.moment(datetime.fromtimestamp(value, UTC)) for value in values]
        columns.append(values)
    return zip(*columns, strict=True)
