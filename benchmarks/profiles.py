"""How long profiles take: 1,000,000 register rows of 100,000 buyers, and a quarter of it, on both databases.

`python -m benchmarks.profiles [ROWS BUYERS]`. Invented registers are written to the shop's tables by one process and
measured by another, so that the peak of memory is that of the work; beside it a bare GROUP BY, and what one writes
first: a loop over buyers with a query each. No test asserts a time.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import psutil
import sqlalchemy as sa

from benchmarks.register_data import AS_OF, SALE, fill
from benchmarks.servers import Database, Server, started
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.migrate import upgrade
from freesport_pipelines.database.purchase_schema import purchases
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines.settings import with_driver
from freesport_pipelines.steps.profiling import make_ledger, store_affinity, store_profiles

ROWS, BUYERS = 1_000_000, 100_000
SAMPLE = 1_000
"""Buyers of the naive loop."""
ZONE = "Europe/Moscow"

_T = TypeVar("_T")


def main(rows: int = ROWS, buyers: int = BUYERS) -> None:
    """Make the data, then measure in a fresh process."""
    print("| database | rows | what | seconds | peak MB |\n|---|---:|---|---:|---:|", flush=True)
    with tempfile.TemporaryDirectory(prefix="freesport-bench-") as folder:
        for database in Database:
            with started(database, Path(folder)) as server:
                for part in (4, 1):
                    _one_size(database, server, rows // part, buyers // part)


def _one_size(database: Database, server: Server, rows: int, buyers: int) -> None:
    url = with_driver(server.new_database("profiles"))
    shop = ShopDatabase(url)
    upgrade(shop)
    _timed(f"| {database} | {rows:,} | write them", lambda: fill(shop, rows, buyers))
    shop.dispose()
    command = (sys.executable, "-m", "benchmarks.profiles", "measure", str(database), url, str(rows), str(buyers))
    subprocess.run(command, check=True)


def measure(database: str, url: str, rows: int, buyers: int) -> None:
    """Print a line for each step."""
    shop, label = ShopDatabase(url), f"| {database} | {rows:,} |"
    ledger = _timed(f"{label} read, judge every row", lambda: _ledger(shop))
    counts, found, *_ = _timed(f"{label} profiles, reconciled and stored", lambda: store_profiles(shop, ledger))
    assert found.left_over == 0, found.left_over
    pairs = _timed(f"{label} affinity", lambda: store_affinity(shop, ledger))
    again = _timed(f"{label} profiles again, nothing changed", lambda: store_profiles(shop, ledger)[0])
    assert again.changed == 0, again
    _timed(f"{label} bare GROUP BY buyer", lambda: _group_by(shop))
    _timed(f"{label} naive loop, {SAMPLE:,} of {buyers:,} buyers", lambda: _naive(shop))
    print(f"<!-- {counts.rows:,} profiles, {pairs.rows:,} pairs, left over {found.left_over} -->")


def _timed(what: str, work: Callable[[], _T]) -> _T:
    """Do it, and say how long it took and how much memory the process ever had."""
    begun = time.perf_counter()
    result = work()
    seconds = time.perf_counter() - begun
    print(f"{what} | {seconds:.1f} | {_peak_mb():.0f} |", flush=True)
    return result


def _peak_mb() -> float:
    """The high-water mark of this process; `ru_maxrss` would begin with that of its parent."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return psutil.Process().memory_info().rss / 2**20


def _ledger(shop: ShopDatabase) -> Any:
    return make_ledger(shop, zone=ZONE, as_of=AS_OF, rules=Rules())


def _group_by(shop: ShopDatabase) -> None:
    """The least that a database does for it: sums and counts by buyer, no card, no favourite, no rule."""
    c = purchases.c
    figures = (
        sa.func.sum(c.amount), sa.func.count(c.recorder.distinct()), sa.func.min(c.period), sa.func.max(c.period)
    )  # fmt: skip
    with shop.read() as connection:
        connection.execute(sa.select(c.customer_onec_id, *figures).group_by(c.customer_onec_id)).fetchall()


def _naive(shop: ShopDatabase) -> list[dict[str, Any]]:
    """A query per buyer, and a few of the figures only."""
    c, zone, found = purchases.c, ZoneInfo(ZONE), []
    lines = sa.select(c.recorder, c.recorder_type, c.period, c.product_onec_id, c.amount)
    with shop.read() as connection:
        named = sa.select(c.customer_onec_id).where(c.customer_onec_id.is_not(None)).distinct().limit(SAMPLE)
        for owner in connection.execute(named).scalars().all():
            rows = connection.execute(lines.where(c.customer_onec_id == owner)).all()
            receipts = {row.recorder for row in rows if row.recorder_type == SALE}
            days = sorted({row.period.astimezone(zone).date() for row in rows})
            products: dict[str, Decimal] = {}
            for row in rows:
                products[row.product_onec_id] = products.get(row.product_onec_id, Decimal(0)) + row.amount
            found.append(
                {
                    "check": sum(row.amount for row in rows) / max(1, len(receipts)),
                    "gap": median([(later - earlier).days for earlier, later in pairwise(days)] or [0]),
                    "best": sorted(products, key=lambda product: -products[product])[:5],
                }
            )
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["measure"]:
        measure(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:]))
    else:
        main(*map(int, sys.argv[1:]))
