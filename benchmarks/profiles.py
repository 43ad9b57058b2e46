"""How long profiles take: 1,000,000 register rows of 100,000 buyers, beside a loop over buyers and a bare GROUP BY.

`python -m benchmarks.profiles [ROWS BUYERS]`. The invented registers are written to SQLite by one process and measured
by another, so that the peak of memory is that of the work. No test asserts a time.
"""

import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from freesport_pipelines.profiles.affinity import affinity
from freesport_pipelines.profiles.build import profile_batches
from freesport_pipelines.profiles.chunks import gathered
from freesport_pipelines.profiles.frames import Tables
from freesport_pipelines.profiles.ledger import read_ledger
from freesport_pipelines.profiles.reconcile import reconcile

ROWS, BUYERS = 1_000_000, 100_000
LINES_PER_RECEIPT, PRODUCTS, STORES, CATEGORIES, MONTHS = 3, 20_000, 30, 200, 24
CHUNK = 50_000
REPORTED_DAYS, MOSCOW_SECONDS = 30, 3 * 3_600
SAMPLE = 2_000
"""Buyers of the naive loop."""
BEGIN, AS_OF = np.datetime64("2024-01-01", "s"), datetime(2026, 1, 1, tzinfo=UTC)
SALE, GIVEN_BACK = "Document_ЧекККМ", "Document_ЧекККМВозврат"

_T = TypeVar("_T")


def ids(kind: str, count: int) -> np.ndarray:
    """Invented ids, as long as those of 1C."""
    return np.array([f"aaaaaaaa-0000-4000-8{kind}-{number:012x}" for number in range(count)], dtype=object)


def write(path: Path, rows: int, buyers: int) -> None:
    """Registers as they lie in the shop's database: a tenth anonymous, a third known by card only, 5 % returns.

    Shift reports repeat the first month; the journal knows every receipt, and a third of them earned points.
    """
    dice = np.random.default_rng(7)
    receipt = np.arange(rows) // LINES_PER_RECEIPT
    count = int(receipt[-1]) + 1
    buyer = dice.integers(0, buyers, count)
    how = dice.random(count)
    is_return = dice.random(count) < 0.05
    when = (BEGIN + dice.integers(0, 730 * 86_400, count)).astype("datetime64[s]").astype(np.int64)
    sign = np.where(is_return, -1, 1)[receipt]
    recorders, cards = ids("000", count), ids("00c", buyers)
    owners = ids("00a", buyers)
    sales = pd.DataFrame(
        {
            "recorder": recorders[receipt],
            "recorder_type": np.where(is_return, GIVEN_BACK, SALE).astype(object)[receipt],
            "line_number": np.arange(rows) % LINES_PER_RECEIPT + 1,
            "period": when[receipt],
            "is_active": 1,
            "organization_onec_id": ids("009", 1)[0],
            "customer_onec_id": np.where(how < 0.6, owners[buyer], None)[receipt],
            "product_onec_id": ids("00f", PRODUCTS)[(PRODUCTS * dice.random(rows) ** 3).astype(np.int64)],
            "warehouse_onec_id": ids("005", STORES)[dice.integers(0, STORES, count)][receipt],
            "amount_kopecks": sign * dice.integers(1_000, 1_000_000, rows),
            "quantity_thousandths": sign * 1000 * dice.integers(1, 4, rows),
        }
    )
    shown = np.flatnonzero((how >= 0.6) & (how < 0.9))
    by_card = pd.DataFrame(
        {
            "recorder": recorders[shown],
            "recorder_type": np.where(is_return, GIVEN_BACK, SALE).astype(object)[shown],
            "line_number": 1,
            "period": when[shown],
            "is_active": 1,
            "card_onec_id": cards[buyer[shown]],
            "owner_onec_id": owners[buyer[shown]],
            "amount_kopecks": 0,
            "quantity_thousandths": 0,
        }
    )
    loyalty = by_card[["period", "is_active", "card_onec_id"]].assign(
        record_type="Receipt", accrued_kopecks=dice.integers(0, 50_000, len(by_card)), spent_kopecks=0
    )
    totals = sales.groupby(["recorder", "recorder_type"])["amount_kopecks"].sum().reset_index()
    journal = totals.set_axis(["ref", "ref_type", "amount_kopecks"], axis=1).assign(is_posted=1, is_marked=0)
    registers = {"sales": pd.concat([sales, shift_reports(sales)]), "sales_by_card": by_card}
    with sqlite3.connect(path) as database:
        for name, frame in {**registers, "loyalty": loyalty, "journal": journal}.items():
            frame.to_sql(name, database, index=False, chunksize=100_000)


def shift_reports(sales: pd.DataFrame) -> pd.DataFrame:
    """What the tills of the first month say again at the end of each day."""
    first = sales[sales["period"] < sales["period"].min() + REPORTED_DAYS * 86_400]
    day = (first["period"] + MOSCOW_SECONDS) // 86_400
    keys = ["day", "warehouse_onec_id", "product_onec_id"]
    summed = first.assign(day=day).groupby(keys, as_index=False)[["amount_kopecks", "quantity_thousandths"]].sum()
    return summed.drop(columns="day").assign(
        recorder=[f"{store}-{day}" for store, day in zip(summed["warehouse_onec_id"], summed["day"], strict=True)],
        recorder_type="Document_ОтчетОРозничныхПродажах",
        line_number=np.arange(len(summed)),
        period=(summed["day"] + 1) * 86_400 - 1 - MOSCOW_SECONDS,
        is_active=1,
        organization_onec_id=first["organization_onec_id"].iloc[0],
        customer_onec_id=None,
    )


def load(path: Path, buyers: int) -> Tables:
    """Read the registers back in chunks."""
    with sqlite3.connect(path) as database:
        sales, by_card, loyalty, journal = (
            gathered(pd.read_sql(f"SELECT * FROM {name}", database, chunksize=CHUNK))
            for name in ("sales", "sales_by_card", "loyalty", "journal")
        )
    for frame in (sales, by_card, loyalty):
        frame["period"] = pd.to_datetime(frame["period"], unit="s", utc=True)
    categories, products = ids("00b", CATEGORIES), ids("00f", PRODUCTS)
    numbers = np.arange(PRODUCTS)
    return Tables(
        sales,
        by_card,
        cards=pd.DataFrame(
            {"onec_id": ids("00c", buyers), "owner_onec_id": ids("00a", buyers), "phone": None, "is_marked": False}
        ),
        products=pd.DataFrame(
            {
                "onec_id": products,
                "name": [f"Товар {number}" for number in numbers],
                "category_onec_id": categories[numbers % CATEGORIES],
                "brand": [f"Brand {number % 50}" for number in numbers],
                "product_type": "Запас",
            }
        ),
        categories=pd.DataFrame(
            {"onec_id": categories, "parent_onec_id": None, "name": [f"Категория {n}" for n in range(CATEGORIES)]}
        ),
        warehouses=pd.DataFrame({"onec_id": ids("005", STORES), "name": [f"Магазин {n}" for n in range(STORES)]}),
        journal=journal,
        loyalty=loyalty,
    )


def timed(what: str, work: Callable[[], _T]) -> _T:
    """Do it, and say how long it took and how much memory the process ever had."""
    begun = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{what:44} {seconds:8.1f} s   peak {peak:7.0f} MB", flush=True)
    return result


def naive(sales: pd.DataFrame) -> list[dict[str, Any]]:
    """What one writes first: a loop over buyers, with a few of the figures only."""
    found = []
    for number, (owner, rows) in enumerate(sales.groupby("customer_onec_id")):
        if number == SAMPLE:
            break
        receipts = rows[rows["recorder_type"] == SALE].groupby("recorder")["amount_kopecks"].sum()
        days = sorted(set(rows["period"].dt.tz_convert("Europe/Moscow").dt.date))
        gaps = [(later - earlier).days for earlier, later in pairwise(days)]
        best = rows.groupby("product_onec_id")["amount_kopecks"].sum().sort_values(ascending=False).head(5)
        check = Decimal(int(receipts.sum())) / len(receipts) / 100 if len(receipts) else None
        found.append({"owner": owner, "check": check, "gap": median(gaps) if gaps else None, "best": list(best.index)})
    return found


def group_by(path: Path) -> None:
    """The least that a database does for it: sums and counts by buyer, no card, no favourite, no rule."""
    with sqlite3.connect(path) as database:
        database.execute(
            "SELECT customer_onec_id, SUM(amount_kopecks), COUNT(DISTINCT recorder), MIN(period), MAX(period)"
            " FROM sales WHERE is_active GROUP BY customer_onec_id"
        ).fetchall()


def measure(path: Path, buyers: int) -> None:
    """Print a line for each step."""
    tables = timed("read the registers from SQLite", lambda: load(path, buyers))
    ledger = timed("judge the rows (read_ledger)", lambda: read_ledger(tables, zone="Europe/Moscow", as_of=AS_OF))
    revenue = timed(
        "build profiles, batch by batch", lambda: [batch["lifetime_revenue"] for batch in profile_batches(ledger)]
    )
    profiles = pd.concat(revenue).to_frame()
    found = timed("reconcile", lambda: reconcile(ledger, profiles))
    pairs = timed("affinity", lambda: affinity(ledger))
    print(
        f"{len(profiles):,} profiles of {len(tables.sales):,} rows, left over {found.left_over}, {len(pairs):,} pairs;"
    )
    print(f"shift reports: {found.totals['dropped_reports']} dropped, {len(found.differences):,} differences")
    timed("SQL: SELECT ... GROUP BY buyer in SQLite", lambda: group_by(path))
    timed(f"naive loop, {SAMPLE:,} of {buyers:,} buyers", lambda: naive(tables.sales))


def main(rows: int = ROWS, buyers: int = BUYERS) -> None:
    """Make the data, then measure in a fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "registers.db"
        write(path, rows, buyers)
        subprocess.run([sys.executable, "-m", "benchmarks.profiles", "measure", str(path), str(buyers)], check=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main(*map(int, sys.argv[1:]))
