"""What else the registers, the journal and the balances say (issue 7, reconciliation)."""

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from freesport_pipelines.profiles.reconcile import Reconciliation, reconcile
from freesport_pipelines_tests.profiles.registers import (
    BORIS,
    CARD,
    OPENING,
    REPORT,
    RETURN,
    Row,
    card,
    ledger_of,
    points,
    profiles_of,
    receipt_entry,
    sale,
    shown,
    tables,
    utc,
)


def reconciled(sales: list[Row], by_card: list[Row] | None = None, **other: Any) -> Reconciliation:
    data = tables(sales, by_card or [], **other)
    return reconcile(ledger_of(data), profiles_of(data))


def test_a_shop_in_order_has_no_differences() -> None:
    sales = [sale("r-1", "10"), sale("r-1", "5", line_number=2), sale("r-2", "-5", recorder_type=RETURN)]
    journal = [receipt_entry("r-1", "15"), receipt_entry("r-2", "5", ref_type=RETURN)]
    found = reconciled(sales, [shown("r-1")], journal=journal, loyalty=[], balances={})
    assert found.differences.empty
    assert found.is_exact


@pytest.mark.parametrize(
    ("sales", "journal", "expected"),
    [
        ([sale("r-1", "10")], [receipt_entry("r-1", "10.01")], ("r-1", "10.01", "10.00")),
        ([], [receipt_entry("r-1", "10")], ("r-1", "10.00", "0.00")),
        ([sale("r-1", "10")], [receipt_entry("r-1", "10", is_posted=False)], ("r-1", "0.00", "10.00")),
        ([sale("r-1", "10")], [receipt_entry("r-1", "10", is_marked=True)], ("r-1", "0.00", "10.00")),
        ([sale("r-1", "10")], [receipt_entry("r-2", "0")], ("r-1", "0.00", "10.00")),
        ([sale("r-1", "0")], [receipt_entry("r-2", "0")], ("r-1", "0.00", "0.00")),
    ],
    ids=["amount", "not in the register", "not posted", "marked", "not in the journal", "free and not in the journal"],
)
def test_a_receipt_that_the_journal_knows_otherwise_is_listed(
    sales: list[Row], journal: list[Row], expected: tuple[str, str, str]
) -> None:
    found = reconciled(sales, journal=journal).differences
    subject, wanted, there = expected
    assert found.values.tolist() == [["journal", subject, Decimal(wanted), Decimal(there)]]


@pytest.mark.parametrize(
    ("sales", "journal"),
    [
        ([sale("r-1", "10", recorder_type="Document_РасходнаяНакладная")], [receipt_entry("r-2", "0")]),
        ([sale("r-1", "10")], None),
        ([sale("r-1", "10")], [receipt_entry("r-1", "10", ref_type="StandardODATA.Document_ЧекККМ")]),
        ([], [receipt_entry("r-1", "10", is_posted=False)]),
    ],
    ids=["a type that the journal does not list", "no journal", "a type with its prefix", "a draft"],
)
def test_what_the_journal_cannot_know_is_no_difference(sales: list[Row], journal: list[Row] | None) -> None:
    assert reconciled(sales, journal=journal).differences.empty


@pytest.mark.parametrize(("in_register", "in_journal"), [(None, "Document_ЧекККМ"), ("Document_ЧекККМ", None)])
def test_a_receipt_whose_type_one_side_lacks_is_found_in_the_journal(
    in_register: str | None, in_journal: str | None
) -> None:
    sales = [sale("r-1", "10", recorder_type=in_register), sale("r-2", "7", recorder_type=in_register)]
    journal = [receipt_entry("r-1", "10", ref_type=in_journal), receipt_entry("r-2", "5", ref_type=in_journal)]
    found = reconciled(sales, journal=journal).differences
    assert found.values.tolist() == [["journal", "r-2", Decimal(5), Decimal(7)]]


def test_a_line_that_comes_twice_is_reported() -> None:
    found = reconciled([sale("r-1", "10"), sale("r-1", "10"), sale("r-2", "10")]).differences
    assert found.values.tolist() == [["duplicate_line", "r-1", None, Decimal(10)]]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, ""])
def test_a_type_that_is_missing_is_none_however_it_is_missing(missing: Any) -> None:
    sales = [sale("r-1", "10", recorder_type=missing), sale("r-2", "7")]
    by_card = [shown("r-1", recorder_type=missing), shown("r-2")]
    found = reconciled(
        sales, by_card, journal=[receipt_entry("r-1", "10", ref_type=missing), receipt_entry("r-2", "7")]
    )
    assert found.recorder_types.values.tolist() == [["Document_ЧекККМ", "sale", 1, 7], [None, "unknown", 1, 10]]
    assert found.unknown_types["recorder_type"].tolist() == [None]
    assert found.differences.empty


def test_points_of_a_card_that_is_not_in_the_catalogue_are_compared_too() -> None:
    found = reconciled([], loyalty=[points(accrued="5")], balances={CARD: "7"}).differences
    assert found.values.tolist() == [["loyalty_balance", CARD, Decimal(7), Decimal(5)]]


@pytest.mark.parametrize(("said", "differences"), [("30", []), ("10", [[CARD, Decimal(10), Decimal(30)]])])
def test_points_are_compared_at_the_moment_of_the_balances_whatever_the_profiles_know(
    said: str, differences: list[Any]
) -> None:
    movements = [
        points(accrued="10"),
        points(accrued="20", at="2025-07-01T12:00:00"),
        points(accrued="40", at="2027-01-01"),
    ]
    data = tables([sale("r-1", "1")], cards=[card()], loyalty=movements, balances={CARD: said})
    data.balances["at"] = utc("2025-08-01")  # type: ignore[index]
    profiles = profiles_of(data)
    assert profiles.bonus_balance.tolist() == [10]
    found = reconcile(ledger_of(data), profiles).differences
    assert found[["subject", "expected", "found"]].values.tolist() == differences


def test_every_type_of_document_is_summed_up() -> None:
    sales = [
        sale("r-1", "10"),
        sale("r-2", "20", BORIS),
        sale("r-3", "-5", recorder_type=RETURN),
        sale("z-1", "7", recorder_type=REPORT, at="2025-04-01"),
        sale("o-1", "9", recorder_type=OPENING),
    ]
    found = reconciled(sales)
    assert sorted(found.recorder_types.values.tolist()) == [
        [OPENING, "opening", 1, 9],
        [REPORT, "report", 1, 7],
        ["Document_ЧекККМ", "sale", 2, 30],
        [RETURN, "return", 1, -5],
    ]
    assert found.unknown_types.empty


def test_switched_off_rows_are_counted_apart() -> None:
    found = reconciled([sale("r-1", "10"), sale("r-2", "99", is_active=False)])
    assert (found.totals["register"], found.totals["inactive_rows"]) == (10, 1)


def test_the_differences_come_in_one_order() -> None:
    sales = [sale("r-2", "4", recorder_type=RETURN), sale("r-1", "4", recorder_type=RETURN)]
    found = reconciled(sales, [shown("r-9", amount="1")]).differences
    assert found["subject"].tolist() == ["r-9", "r-1", "r-2"]
