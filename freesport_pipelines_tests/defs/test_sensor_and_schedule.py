"""The exchange sensor and the stock schedule side by side: they ask alike, and never both for the same drop."""

import threading
import time
from datetime import timedelta

import dagster as dg
import pytest

from freesport_pipelines.defs import asking
from freesport_pipelines.defs.stock_schedule import stock_schedule
from freesport_pipelines.exchange.claim import claimed_drops
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs.stock_ticks import Schedule, stocks
from freesport_pipelines_tests.defs.test_sensor import Sensor


def test_a_claimed_drop_is_asked_for_just_as_the_sensor_asks(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "HELD_FOR", timedelta(0))
    write_export(schedule.incoming, stocks())
    drop_id = schedule.claim_now()
    (request,), _ = schedule.tick()
    (of_sensor,), _ = Sensor(schedule.shop).tick()
    assert request.run_config == {"ops": {"exchange__drop": {"config": {"drop": drop_id}}}}
    assert request.tags["freesport/drop"] == drop_id
    assert (request.run_key, request.run_config) == (of_sensor.run_key, of_sensor.run_config)
    assert of_sensor.tags["freesport/drop"] == drop_id
    assert of_sensor.job_name == stock_schedule.job_name


def test_what_the_sensor_has_just_asked_for_the_schedule_leaves_to_it(schedule: Schedule) -> None:
    write_export(schedule.incoming, stocks())
    drop_id = schedule.claim_now()
    assert len(Sensor(schedule.shop).tick()[0]) == 1
    requests, reason = schedule.tick()
    assert requests == []
    assert f"exchange_sensor has just asked for drop {drop_id}" in reason


def test_what_the_schedule_has_just_asked_for_the_sensor_leaves_to_it(schedule: Schedule) -> None:
    write_export(schedule.incoming, stocks())
    (request,), _ = schedule.tick()
    requests, reason = Sensor(schedule.shop).tick()
    assert requests == []
    assert f"stock_schedule has just asked for drop {request.run_key}" in reason


def test_the_run_of_one_keeps_the_other_from_starting_a_second(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "HELD_FOR", timedelta(0))
    write_export(schedule.incoming, stocks())
    (request,), _ = schedule.tick()
    schedule.note_run(request, dg.DagsterRunStatus.STARTED)
    assert Sensor(schedule.shop).tick()[0] == []


def test_a_request_that_came_to_no_run_is_taken_over_after_a_while(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_export(schedule.incoming, stocks())
    schedule.claim_now()
    assert len(Sensor(schedule.shop).tick()[0]) == 1
    monkeypatch.setattr(asking, "HELD_FOR", timedelta(seconds=0.01))
    time.sleep(0.02)
    assert len(schedule.tick()[0]) == 1


def test_both_at_the_same_moment_claim_and_ask_once(schedule: Schedule) -> None:
    sensor = Sensor(schedule.shop)
    write_export(schedule.incoming, stocks())
    sensor.tick()
    asked: list[dg.RunRequest] = []
    both = [threading.Thread(target=lambda tick=tick: asked.extend(tick()[0])) for tick in (sensor.tick, schedule.tick)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert len(asked) == 1
    assert len(claimed_drops(schedule.shop.resource.exchange)) == 1
