"""Months are those of the tenant's zone, half-open, and the current one is a partition, wherever the machine stands."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from freesport_pipelines.defs.assets.purchases import MONTHS
from freesport_pipelines.defs.onec_jobs import months_of
from freesport_pipelines_tests.purchases.onec_shop import MOSCOW, OnecShop


@pytest.fixture(params=["Pacific/Kiritimati", "America/Los_Angeles"])
def machine_zone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


def _sold(shop: OnecShop, at: str, month: str) -> bool:
    """Is what was sold at that local time among the purchases of that month?"""
    document = shop.company.sell(datetime.fromisoformat(at), [100])
    assert shop.job("onec_purchases", month).success
    return document in shop.recorders()


@pytest.mark.usefixtures("machine_zone")
def test_a_sale_late_on_the_last_evening_belongs_to_its_month_and_no_other(shop: OnecShop) -> None:
    document = shop.company.sell(datetime.fromisoformat("2025-01-31T23:30:00"), [100])
    assert shop.job("onec_purchases", "2025-02").success
    assert document not in shop.recorders()
    assert shop.job("onec_purchases", "2025-01").success
    assert document in shop.recorders()


@pytest.mark.parametrize(
    ("at", "month", "belongs"),
    [
        ("2025-02-01T00:00:00", "2025-02", True),
        ("2025-02-01T00:00:00", "2025-01", False),
        ("2025-02-28T23:59:59", "2025-02", True),
        ("2025-03-01T00:00:00", "2025-02", False),
    ],
)
def test_a_month_begins_with_its_first_second_and_ends_before_the_next(
    shop: OnecShop, at: str, month: str, belongs: bool
) -> None:
    assert _sold(shop, at, month) is belongs


def test_a_sale_is_stored_in_utc(shop: OnecShop) -> None:
    document = shop.company.sell(datetime.fromisoformat("2025-01-31T23:30:00"), [100])
    shop.read("2025-01")
    row = shop.row("SELECT period FROM purchases WHERE recorder = :id", id=document)
    assert str(row["period"])[:19] == "2025-01-31 20:30:00"


def test_partitions_follow_each_other_without_gap_and_overlap() -> None:
    keys = MONTHS.get_partition_keys(current_time=datetime(2026, 3, 10, tzinfo=UTC))
    windows = [MONTHS.time_window_for_partition_key(key) for key in keys]
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert {window.start.astimezone(MOSCOW).strftime("%d %H:%M:%S") for window in windows} == {"01 00:00:00"}


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 3, 10, 12, tzinfo=UTC), "2026-03-01"),
        (datetime(2026, 2, 28, 20, 59, 59, tzinfo=UTC), "2026-02-01"),
        (datetime(2026, 2, 28, 21, 0, 0, tzinfo=UTC), "2026-03-01"),
    ],
    ids=["in the month", "its last second in Moscow", "the first second of the next"],
)
def test_the_current_month_is_the_last_partition(now: datetime, last: str) -> None:
    assert MONTHS.get_partition_keys(current_time=now)[-1] == last
    assert months_of(now.astimezone(MOSCOW), now.astimezone(MOSCOW)) == [last]
