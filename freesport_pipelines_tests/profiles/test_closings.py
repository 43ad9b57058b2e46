"""Which receipts a shift report may repeat: those since the report before, also across midnight and without a store."""

from decimal import Decimal
from typing import Any

import pytest

from freesport_pipelines.profiles.reconcile import Reconciliation, reconcile
from freesport_pipelines_tests.profiles.registers import REPORT, Row, ledger_of, profiles_of, sale, tables


def report(recorder: str, amount: str, at: str, **other: Any) -> Row:
    return sale(recorder, amount, None, **{"recorder_type": REPORT, "at": at} | other)


def reconciled(*rows: Row) -> Reconciliation:
    data = tables(rows)
    return reconcile(ledger_of(data), profiles_of(data))


def test_shifts_that_close_after_midnight_day_after_day_are_recognised() -> None:
    days = [("10", "2025-03-01"), ("20", "2025-03-02"), ("40", "2025-03-03")]
    receipts = [sale(f"r-{amount}", amount, at=f"{day}T20:00:00") for amount, day in days]
    reports = [
        report("z-1", "10", "2025-03-02T00:05:00"),
        report("z-2", "20", "2025-03-03T00:00:00"),
        report("z-3", "40", "2025-03-04T00:10:00"),
    ]
    found = reconciled(*receipts, *reports)
    assert (found.totals["profiles"], found.totals["dropped_reports"]) == (70, 70)
    assert found.differences.empty


def test_a_shift_with_receipts_on_both_sides_of_midnight_is_recognised() -> None:
    night = [sale("r-1", "10", at="2025-03-01T23:00:00"), sale("r-2", "5", at="2025-03-02T00:30:00")]
    day = [sale("r-3", "7", at="2025-03-02T12:00:00"), report("z-2", "7", "2025-03-02T23:59:59")]
    found = reconciled(*night, report("z-1", "15", "2025-03-02T02:00:00", quantity=2), *day)
    assert (found.totals["profiles"], found.totals["dropped_reports"]) == (22, 22)
    assert found.differences.empty


def test_days_that_sold_the_same_are_each_repeated_once() -> None:
    receipts = [sale(f"r-{day}", "10", at=f"2025-03-0{day}T20:00:00") for day in (1, 2)]
    reports = [report(f"z-{day}", "10", f"2025-03-0{day + 1}T00:05:00") for day in (1, 2)]
    assert reconciled(*receipts, *reports).totals["dropped_reports"] == 20


def test_a_night_report_that_differs_by_a_kopeck_stays_and_is_listed() -> None:
    night = [sale("r-1", "10", at="2025-03-01T23:00:00"), sale("r-2", "5", at="2025-03-02T00:30:00")]
    found = reconciled(*night, report("z-1", "15.01", "2025-03-02T02:00:00", quantity=2))
    assert (found.totals["anonymous"], found.totals["dropped_reports"]) == (Decimal("15.01"), 0)
    assert found.differences[["check", "found"]].values.tolist() == [["shift_report", Decimal("15.01")]]


def test_a_second_report_of_receipts_that_one_has_repeated_stays_and_is_listed() -> None:
    found = reconciled(
        sale("r-1", "10"), report("z-1", "10", "2025-03-01T22:00:00"), report("z-2", "10", "2025-03-01T23:00:00")
    )
    assert (found.totals["anonymous"], found.totals["dropped_reports"]) == (10, 10)
    assert found.differences.values.tolist() == [["shift_report", "s-1 2025-03-01", Decimal(0), Decimal(10)]]


def test_a_report_repeats_no_receipt_of_two_days_ago() -> None:
    found = reconciled(sale("r-1", "10", at="2025-03-01T23:00:00"), report("z-1", "10", "2025-03-03T01:00:00"))
    assert (found.totals["anonymous"], found.totals["dropped_reports"]) == (10, 0)


def test_tills_that_close_one_after_the_other_are_compared_by_the_day() -> None:
    receipts = [sale("r-1", "10"), sale("r-2", "20", at="2025-03-01T13:00:00")]
    reports = [report("z-1", "20", "2025-03-01T22:00:00"), report("z-2", "10", "2025-03-01T22:10:00")]
    assert reconciled(*receipts, *reports).totals["dropped_reports"] == 30


@pytest.mark.parametrize("at", ["2025-03-01T23:59:59", "2025-03-02T00:10:00"])
@pytest.mark.parametrize("store", ["s-1", None])
def test_a_report_without_store_repeats_receipts_of_none_or_of_the_only_store(at: str, store: str | None) -> None:
    found = reconciled(sale("r-1", "10", warehouse_onec_id=store), report("z-1", "10", at, warehouse_onec_id=None))
    assert (found.totals["profiles"], found.totals["dropped_reports"]) == (10, 10)
    assert found.differences.empty


def test_a_report_without_store_that_differs_from_the_only_store_is_listed() -> None:
    found = reconciled(sale("r-1", "10"), report("z-1", "11", "2025-03-01T23:00:00", warehouse_onec_id=None))
    assert found.totals["dropped_reports"] == 0
    assert found.differences.values.tolist() == [["shift_report", "s-1 2025-03-01", Decimal(10), Decimal(11)]]


def test_a_report_without_store_is_not_guessed_between_two_stores() -> None:
    receipts = [sale("r-1", "10"), sale("r-2", "20", warehouse_onec_id="s-2")]
    found = reconciled(*receipts, report("z-1", "10", "2025-03-01T23:00:00", warehouse_onec_id=None))
    assert (found.totals["anonymous"], found.totals["dropped_reports"]) == (10, 0)


def test_a_report_written_at_several_moments_is_made_at_the_last_of_them() -> None:
    night = [sale("r-1", "10", at="2025-03-01T23:00:00"), sale("r-2", "20", at="2025-03-02T00:20:00")]
    lines = [report("z-1", "10", "2025-03-01T23:30:00"), report("z-1", "20", "2025-03-02T00:30:00", line_number=2)]
    found = reconciled(*night, *lines, sale("r-3", "7", at="2025-03-02T12:00:00"))
    assert found.totals["dropped_reports"] == 30
