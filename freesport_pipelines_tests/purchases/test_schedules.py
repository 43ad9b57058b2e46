"""Which months which schedule asks for, when, and that the settings say so."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from typing import Any

import dagster as dg
import pytest
from dagster._utils.schedules import cron_string_iterator

from freesport_pipelines.defs import onec_jobs
from freesport_pipelines.defs.build import build_defs
from freesport_pipelines_tests.purchases.onec_shop import MOSCOW

SHOW = """
import json
from freesport_pipelines.defs.onec_jobs import schedules
print(json.dumps({s.name: [s.cron_schedule, s.execution_timezone, s.default_status.value] for s in schedules}))
"""


@cache
def _repository() -> Any:
    return build_defs().get_repository_def()


def _asked(schedule: dg.ScheduleDefinition, at: str) -> list[dg.RunRequest]:
    tick = datetime.fromisoformat(at).replace(tzinfo=MOSCOW)
    with dg.build_schedule_context(scheduled_execution_time=tick, repository_def=_repository()) as context:
        return list(schedule.evaluate_tick(context).run_requests or ())


def _months(schedule: dg.ScheduleDefinition, at: str) -> list[str | None]:
    return [request.partition_key for request in _asked(schedule, at)]


@pytest.mark.parametrize(
    ("at", "months"),
    [
        ("2026-03-02T04:00", ["2026-02-01", "2026-03-01"]),
        ("2026-03-04T00:00", ["2026-03-01"]),
        ("2026-03-03T20:00", ["2026-02-01", "2026-03-01"]),
        ("2026-03-20T12:00", ["2026-03-01"]),
        ("2026-03-01T00:00", ["2026-02-01", "2026-03-01"]),
        ("2026-01-02T04:00", ["2025-12-01", "2026-01-01"]),
    ],
)
def test_every_few_hours_the_months_of_the_last_three_days_are_read(at: str, months: list[str]) -> None:
    assert _months(onec_jobs.purchases_schedule, at) == months


@pytest.mark.parametrize(
    ("at", "months"),
    [
        ("2026-03-20T03:00", ["2026-02-01", "2026-03-01"]),
        ("2026-03-31T03:00", ["2026-03-01"]),
        ("2026-03-02T03:00", ["2026-01-01", "2026-02-01", "2026-03-01"]),
    ],
)
def test_every_night_the_months_of_the_last_thirty_days_are_read(at: str, months: list[str]) -> None:
    assert _months(onec_jobs.nightly_months_schedule, at) == months


def test_on_sundays_all_months_of_the_deep_update_are_read() -> None:
    months = _months(onec_jobs.nightly_months_schedule, "2026-03-22T03:00")
    assert (months[0], months[-1], len(months)) == ("2025-02-01", "2026-03-01", 14)


def test_no_month_before_the_history_is_asked_for() -> None:
    assert _months(onec_jobs.nightly_months_schedule, "2024-03-03T03:00") == ["2024-01-01", "2024-02-01", "2024-03-01"]


def test_two_ticks_never_share_a_run_key() -> None:
    ticks = [f"2026-03-{day:02}T{hour:02}:00" for day in (1, 2, 3) for hour in range(0, 24, 4)]
    keys = [request.run_key for at in ticks for request in _asked(onec_jobs.purchases_schedule, at)]
    assert None not in keys
    assert len(set(keys)) == len(keys)


def test_the_same_tick_asks_with_the_same_run_keys() -> None:
    first, second = (_asked(onec_jobs.purchases_schedule, "2026-03-02T04:00") for _ in range(2))
    assert [request.run_key for request in first] == [request.run_key for request in second]


def _configured(**settings: str) -> dict[str, list[str]]:
    ours = ("ONEC_", "CUSTOMER_SYNC_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | settings
    command = [sys.executable, "-c", SHOW]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def test_hours_zone_and_state_of_the_schedules_are_the_settings() -> None:
    assert _configured(
        ONEC_API_URL="https://1c.example.test/odata/standard.odata",
        ONEC_TIME_ZONE="Asia/Omsk",
        ONEC_PROFILES_CRON="15 6 * * *",
        CUSTOMER_SYNC_INTERVAL_HOURS="6",
        CUSTOMER_SYNC_NIGHTLY_HOUR="2",
        CUSTOMER_SYNC_NIGHTLY_MINUTE="30",
        CUSTOMER_SYNC_NIGHTLY_ENABLED="false",
    ) == {
        "onec_catalogues_schedule": ["0 */6 * * *", "Asia/Omsk", "RUNNING"],
        "onec_purchases_schedule": ["0 */6 * * *", "Asia/Omsk", "RUNNING"],
        "onec_nightly_months_schedule": ["30 2 * * *", "Asia/Omsk", "STOPPED"],
        "onec_nightly_schedule": ["30 2 * * *", "Asia/Omsk", "STOPPED"],
        "profiles_schedule": ["15 6 * * *", "Asia/Omsk", "RUNNING"],
    }


def test_by_default_nights_are_at_three_and_updates_every_four_hours_but_nothing_starts_without_an_address() -> None:
    shown = _configured()
    assert {name: cron for name, (cron, *_) in shown.items()} == {
        "onec_catalogues_schedule": "0 */4 * * *",
        "onec_purchases_schedule": "0 */4 * * *",
        "onec_nightly_months_schedule": "0 3 * * *",
        "onec_nightly_schedule": "0 3 * * *",
        "profiles_schedule": "30 4 * * *",
    }
    assert {tuple(rest) for _, *rest in shown.values()} == {("Europe/Moscow", "STOPPED")}


@pytest.mark.parametrize("hours", [6, 24])
def test_updates_are_as_many_hours_apart_as_the_settings_say(hours: int) -> None:
    cron = _configured(CUSTOMER_SYNC_INTERVAL_HOURS=str(hours))["onec_purchases_schedule"][0]
    ticks = cron_string_iterator(datetime(2026, 3, 2, tzinfo=UTC).timestamp(), str(cron), "Europe/Moscow")
    first, second, third = islice(ticks, 3)
    assert second - first == third - second == timedelta(hours=hours)
