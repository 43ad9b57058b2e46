"""What a document is: by its type, and by its total (facts/odata 4, rows 4-8)."""

from decimal import Decimal

import orjson
import pandas as pd
import pytest

from freesport_pipelines.profiles.reconcile import reconcile
from freesport_pipelines.profiles.recorders import DocumentKind, RecorderTypes, Role
from freesport_pipelines.profiles.rules import Rules
from freesport_pipelines_tests.profiles.registers import (
    ANNA,
    BORIS,
    REPORT,
    RETURN,
    ledger_of,
    profile_of,
    profiles_of,
    sale,
    shown,
    tables,
)

LATE = "2025-03-01T23:59:59"


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Document_ЧекККМ", Role.SALE),
        ("StandardODATA.Document_ЧекККМ", Role.SALE),
        ("Document_ЧекККМВозврат", Role.RETURN),
        ("Document_ВводНачальныхОстатков", Role.OPENING),
        ("Document_ВводНачальныхОстатковТоваров", Role.OPENING),
        ("Document_ОтчетОРозничныхПродажах", Role.REPORT),
        ("Document_Новый", Role.UNKNOWN),
        (None, Role.UNKNOWN),
    ],
)
def test_a_type_says_what_its_documents_do(name: str | None, role: Role) -> None:
    assert RecorderTypes().role(name) is role


@pytest.mark.parametrize(
    ("kind", "role", "is_summed_up"),
    [
        ("sale", Role.SALE, False),
        ("return", Role.RETURN, False),
        ("till_sale", Role.SALE, True),
        ("till_return", Role.RETURN, True),
        ("shift_report", Role.REPORT, False),
        ("opening", Role.OPENING, False),
    ],
)
@pytest.mark.parametrize("name", ["Document_Новый", "Document_ЧекККМ", "Document_ВводНачальныхОстатков"])
def test_a_type_that_is_named_is_what_it_is_named_and_nothing_else(
    name: str, kind: str, role: Role, is_summed_up: bool
) -> None:
    types = RecorderTypes({name: DocumentKind(kind)})
    for written in (name, f"StandardODATA.{name}"):
        assert (types.role(written), types.is_summed_up(written)) == (role, is_summed_up)


def test_a_receipt_with_both_signs_is_what_its_total_is() -> None:
    exchange = [sale("r-1", "100"), sale("r-1", "-30", line_number=2)]
    refund = [sale("r-2", "10"), sale("r-2", "-30", line_number=2)]
    profile = profile_of([*exchange, *refund])
    assert (profile.gross_revenue, profile.returns, profile.receipt_count) == (70, -20, 1)


def test_a_gift_is_a_visit_and_a_free_return_is_none() -> None:
    profile = profile_of([sale("r-1", "0", quantity=1), sale("r-2", "0", quantity=-1)])
    assert (profile.receipt_count, profile.return_count, profile.average_check) == (1, 1, 0)


def test_unknown_types_count_by_their_sign_and_are_listed() -> None:
    data = tables([sale("r-1", "10", recorder_type="Document_Новый"), sale("r-2", "-4", recorder_type=None)])
    profiles = profiles_of(data)
    assert profiles.iloc[0][["receipt_count", "return_count", "net_revenue"]].tolist() == [1, 1, 6]
    assert orjson.loads(profiles.iloc[0]["warnings"]) == ["unknown_recorder_type"]
    unknown = reconcile(ledger_of(data), profiles).unknown_types
    rows = [[None if pd.isna(value) else value for value in row] for row in unknown.values.tolist()]
    assert rows == [["Document_Новый", "unknown", 1, 10], [None, "unknown", 1, -4]]


def test_a_return_that_is_positive_is_counted_as_it_is_and_reported() -> None:
    data = tables([sale("r-1", "10"), sale("r-2", "4", recorder_type=RETURN)])
    profiles = profiles_of(data)
    assert (profiles.returns[ANNA], profiles.net_revenue[ANNA]) == (4, 14)
    found = reconcile(ledger_of(data), profiles).differences
    assert found.values.tolist() == [["positive_return", "r-2", None, Decimal(4)]]


def test_where_there_are_only_shift_reports_they_count_and_the_checks_are_unknown() -> None:
    profile = profile_of(
        [sale("z-1", "30", recorder_type=REPORT), sale("z-2", "5", recorder_type=REPORT, at="2025-03-02")]
    )
    assert (profile.gross_revenue, profile.report_revenue, profile.receipt_granularity) == (35, 35, "aggregate")
    unknown = profile[["average_check", "purchase_frequency", "segment"]]
    assert unknown.isna().all()
    assert (profile.receipt_count, profile.last_purchase_date) == (0, "2025-03-02")
    assert orjson.loads(profile.warnings) == ["aggregate_receipts"]


def test_a_buyer_with_receipts_and_reports_has_checks_of_the_receipts() -> None:
    profile = profile_of([sale("r-1", "10"), sale("z-1", "30", recorder_type=REPORT, at="2025-04-01T12:00:00")])
    assert (profile.receipt_granularity, profile.gross_revenue, profile.average_check) == ("mixed", 40, 10)
    assert profile.last_purchase_date == "2025-03-01"


@pytest.mark.parametrize(
    "other",
    [
        {"warehouse_onec_id": "s-2"},
        {"at": "2025-03-02T00:00:00"},
        {"organization_onec_id": "o-2"},
        {"recorder_type": "Document_РасходнаяНакладная"},
    ],
    ids=["another store", "another day", "another organization", "no retail receipt"],
)
def test_a_report_is_compared_with_the_retail_receipts_of_its_own_shift_only(other: dict[str, str]) -> None:
    report = sale("z-1", "10", BORIS, recorder_type=REPORT, at=LATE)
    assert list(profiles_of(tables([sale("r-1", "10", **other), report])).index) == [ANNA, BORIS]


@pytest.mark.parametrize(("kind", "dropped"), [("till_sale", 10), ("sale", 0)])
def test_only_a_named_receipt_of_the_till_is_what_a_report_repeats(kind: str, dropped: int) -> None:
    data = tables([sale("r-1", "10", recorder_type="Document_Новый"), sale("z-1", "10", recorder_type=REPORT, at=LATE)])
    rules = Rules(recorders=RecorderTypes({"Document_Новый": DocumentKind(kind)}))
    found = reconcile(ledger_of(data, rules), profiles_of(data, rules))
    assert (found.totals["dropped_reports"], found.unknown_types.empty) == (dropped, True)


@pytest.mark.parametrize(
    "report",
    [
        [sale("z-1", "30", None, quantity=3, recorder_type=REPORT, at=LATE)],
        [sale("z-1", "30", None, quantity=2, recorder_type=REPORT, at=LATE, product_onec_id="p-2")],
        [sale("z-1", "30.01", None, quantity=2, recorder_type=REPORT, at=LATE)],
    ],
    ids=["quantity", "product", "kopeck"],
)
def test_the_smallest_difference_keeps_the_report(report: list[dict[str, object]]) -> None:
    data = tables([sale("r-1", "10"), sale("r-2", "20"), *report])
    found = reconcile(ledger_of(data), profiles_of(data))
    assert found.totals["dropped_reports"] == 0
    assert found.differences["check"].tolist() == ["shift_report"]


def test_a_report_that_equals_sales_less_returns_is_dropped() -> None:
    data = tables(
        [
            sale("r-1", "10", line_number=1),
            sale("r-1", "5", line_number=2, product_onec_id="p-2"),
            sale("r-2", "-10", recorder_type=RETURN),
            sale("z-1", "5", None, recorder_type=REPORT, at=LATE, product_onec_id="p-2"),
        ]
    )
    assert reconcile(ledger_of(data), profiles_of(data)).totals["dropped_reports"] == 5


def test_a_report_that_closes_its_shift_after_midnight_belongs_to_the_day_before() -> None:
    night = {"recorder_type": REPORT, "at": "2025-03-02T00:10:00"}
    data = tables([sale("r-1", "10", at="2025-03-01T21:00:00"), sale("z-1", "10", None, **night)])
    assert reconcile(ledger_of(data), profiles_of(data)).totals["dropped_reports"] == 10


def test_a_report_of_a_day_with_receipts_of_its_own_is_not_moved_to_the_day_before() -> None:
    report = sale("z-1", "10", None, recorder_type=REPORT, at="2025-03-02T23:00:00")
    days = [sale("r-1", "10", at="2025-03-01T21:00:00"), sale("r-2", "7", at="2025-03-02T21:00:00")]
    found = reconcile(ledger_of(data := tables([*days, report])), profiles_of(data))
    assert found.totals["dropped_reports"] == 0
    assert found.differences["check"].tolist() == ["shift_report"]


def test_two_reports_of_one_shift_are_compared_together() -> None:
    reports = [sale(f"z-{number}", "10", None, recorder_type=REPORT, at=LATE) for number in (1, 2)]
    data = tables([sale("r-1", "10"), sale("r-2", "10"), *reports])
    assert reconcile(ledger_of(data), profiles_of(data)).totals["dropped_reports"] == 20


def test_a_doubtful_report_flags_its_buyer() -> None:
    data = tables(
        [sale("r-1", "10"), sale("z-1", "30", None, recorder_type=REPORT)], [shown("z-1", recorder_type=REPORT)]
    )
    warnings = orjson.loads(profiles_of(data).iloc[0]["warnings"])
    assert warnings == ["aggregate_receipts", "shift_report_differs"]


@pytest.mark.parametrize("period", [pd.NaT, pd.Timestamp("0209-05-01", tz="UTC")])
def test_a_garbage_date_keeps_the_money_and_says_nothing_of_time(period: pd.Timestamp) -> None:
    rows = [sale("r-1", "10"), sale("r-2", "20", period=period)]
    data = tables(rows)
    data.sales["period"] = data.sales["period"].astype("datetime64[us, UTC]")
    profiles = profiles_of(data)
    profile = profiles.iloc[0]
    assert (profile.net_revenue, profile.receipt_count, profile.average_check) == (30, 2, 15)
    assert (profile.visit_days, profile.first_purchase_date) == (1, "2025-03-01")
    assert list(orjson.loads(profile.seasonality_by_month)) == ["2025-03"]
    assert orjson.loads(profile.warnings) == ["undated_rows"]
    found = reconcile(ledger_of(data), profiles)
    assert found.is_exact
    assert found.differences[["check", "subject"]].values.tolist() == [["undated_document", "r-2"]]
