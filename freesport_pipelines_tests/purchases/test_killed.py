"""A backfill of 24 months that is killed half-way and resumed leaves no hole and no double."""

import os
import signal
from datetime import date

import pytest

from freesport_pipelines.emulator import Company, Fault, nth
from freesport_pipelines_tests.purchases.onec_shop import BY_CARD, REGISTERS, SALES, OnecShop, months_of
from freesport_pipelines_tests.purchases.processes import backfilling, begin

JOURNAL = "DocumentJournal_РозничныеПродажи"
LONG = Company(customers=20, receipts=720, months=24, first_month=date(2024, 2, 1))


@pytest.mark.parametrize("company", [LONG], ids=["24 months"])
def test_a_backfill_killed_half_way_and_resumed_leaves_no_hole_and_no_double(shop: OnecShop) -> None:
    months = months_of(LONG)
    assert shop.database
    with backfilling(shop, *months) as process:
        shop.server.faults.add(
            Fault("rows_inserted", entity=SALES, when=nth(50), value=lambda: os.kill(process.pid, signal.SIGKILL))
        )
        begin(process)
        assert process.wait(timeout=60) == -signal.SIGKILL
    done = _months_read(shop)
    assert 0 < len(done) < len(months)
    _is_exact(shop, done)
    for month in months[len(done) :]:
        assert shop.job("onec_purchases", month).success
    assert _months_read(shop) == months
    _is_exact(shop, months)
    truth = LONG.truth()
    assert shop.count("purchases") == truth.rows[SALES]
    assert shop.count("sales_by_card") == truth.rows[BY_CARD]
    assert shop.count("retail_receipts") == truth.rows[JOURNAL]


def _months_read(shop: OnecShop) -> list[str]:
    """Months of which every register was read, in their order."""
    rows = shop.rows("SELECT window_end FROM onec_windows GROUP BY window_end HAVING count(*) = 4 ORDER BY 1")
    return [str(row["window_end"])[:7] for row in rows]  # in UTC it ends within the month itself


def _is_exact(shop: OnecShop, months: list[str]) -> None:
    """Each of these months holds what it should, and what is noted of it."""
    of_month = LONG.truth().rows_by_month
    windows = shop.rows(
        "SELECT window_start, window_end, row_count FROM onec_windows WHERE entity = 'purchases' ORDER BY window_start"
    )
    for month, window in zip(months, windows, strict=False):
        within = "period >= :start AND period < :end"
        query = f"SELECT count(*) AS n FROM purchases WHERE {within}"
        known = shop.row(query, start=window["window_start"], end=window["window_end"])["n"]
        assert known == window["row_count"] == of_month.get(month, 0)
    noted = shop.row("SELECT count(DISTINCT entity) AS n FROM onec_windows")["n"]
    assert noted == len(REGISTERS)
