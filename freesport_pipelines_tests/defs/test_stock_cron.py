"""When the stock schedule ticks: FREESPORT_STOCKS_CRON, checked where it is read."""

import os
import subprocess
import sys

import dagster as dg
import pytest
from pydantic import ValidationError

from freesport_pipelines.settings import Settings


def loaded(**environment: str) -> str:
    """The schedule as a code location loads it, or the end of what it says instead."""
    code = (
        "from freesport_pipelines.defs.build import build_defs; from freesport_pipelines.defs.sensors import sensors;"
        "s = build_defs().get_repository_def().get_schedule_def('stock_schedule');"
        "print(s.cron_schedule, s.execution_timezone, s.default_status.value, sensors[0].default_status.value, sep='|')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    return (done.stdout or done.stderr).strip()


def test_its_times_come_from_the_configuration() -> None:
    assert loaded(FREESPORT_STOCKS_CRON="5-59/15 * * * *") == "5-59/15 * * * *|UTC|RUNNING|RUNNING"


def test_it_is_switched_on_and_off_like_the_sensor() -> None:
    assert loaded(FREESPORT_SENSOR_ENABLED="false") == "*/15 * * * *|UTC|STOPPED|STOPPED"


def test_a_code_location_with_a_wrong_cron_string_names_the_variable() -> None:
    assert "FREESPORT_STOCKS_CRON='every 15 minutes' is no cron string" in loaded(
        FREESPORT_STOCKS_CRON="every 15 minutes"
    )


@pytest.mark.parametrize(
    "cron",
    ["", "* * * *", "* * * * * *", "61 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 * 13 *", "0 0 * * 8", "*/0 * * * *",
     "x * * * *", "0 0 * smarch *", "1, * * * *", "-1 * * * *", "@often"],
)  # fmt: skip
def test_what_is_no_cron_string_is_refused(cron: str) -> None:
    with pytest.raises(ValidationError, match="FREESPORT_STOCKS_CRON"):
        Settings(_env_file=None, stocks_cron=cron)


@pytest.mark.parametrize(
    "cron", ["*/15 * * * *", "5-59/15 * * * *", "0,30 8-20 * * MON-FRI", "0 0 L * *", "0 0 * jan 7", "@hourly"]
)
def test_every_common_way_to_write_a_cron_string_is_accepted(cron: str) -> None:
    settings = Settings(_env_file=None, stocks_cron=cron)
    assert dg.ScheduleDefinition(job_name="a_job", cron_schedule=settings.stocks_cron).cron_schedule == cron
