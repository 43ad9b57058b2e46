"""The exchange sensor on real folders: it says why it waits, claims once, and asks until a session has begun."""

from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines.database import liveness
from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.defs.sensors import exchange_sensor
from freesport_pipelines.steps import opening
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.defs.clicking import prepare
from freesport_pipelines_tests.shop import ShopUnderTest


class Sensor:
    """Ticks as the daemon does: the cursor of a tick is given to the next."""

    def __init__(self, shop: ShopUnderTest) -> None:
        self.shop = shop
        self.cursor: str | None = None
        self.incoming = Path(str(shop.resource.exchange.incoming))

    def tick(self) -> tuple[list[dg.RunRequest], str]:
        """(what is asked for, why nothing is)."""
        with dg.build_sensor_context(
            instance=self.shop.instance,
            cursor=self.cursor,
            resources={"shop": self.shop.resource},
            definitions=build_defs(shop=self.shop.resource),
        ) as context:
            data = exchange_sensor.evaluate_tick(context)
        self.cursor = data.cursor
        return list(data.run_requests or ()), data.skip_message or ""

    def begin(self, request: dg.RunRequest, run_id: str = "a-run") -> int:
        """Open the session of what was asked for, as its run would, and do nothing more."""
        shop = self.shop.resource
        order = opening.Order(request.run_config["ops"]["exchange__drop"]["config"]["drop"])
        drop = opening.find_drop(order, shop.exchange, shop.archive)
        opened = opening.open_import(
            self.shop.database, drop, order, shop.settings, job=request.job_name or "", run_id=run_id
        )
        return opened.session.id

    def run(self, request: dg.RunRequest) -> str:
        """Run what was asked for; the status of its session."""
        assert request.job_name is not None
        return self.shop.run(request.job_name, request.run_config["ops"]["exchange__drop"]["config"]).status


@pytest.fixture
def sensor(shop: ShopUnderTest) -> Sensor:
    return Sensor(shop)


def test_an_empty_folder_is_said_to_be_empty(sensor: Sensor) -> None:
    assert sensor.tick() == ([], "the folder is empty")


def test_files_are_looked_at_twice_before_they_are_claimed(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.units())
    requests, reason = sensor.tick()
    assert requests == []
    assert "seen for the first time" in reason
    requests, _ = sensor.tick()
    assert [request.job_name for request in requests] == ["catalog_import"]


def test_a_claimed_drop_is_asked_for_by_its_id(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.units())
    sensor.tick()
    (request,), _ = sensor.tick()
    assert request.run_key
    assert request.run_config == {"ops": {"exchange__drop": {"config": {"drop": request.run_key}}}}
    assert request.tags["freesport/drop"] == request.run_key
    assert list(sensor.incoming.rglob("*.xml")) == []


def test_a_growing_file_is_waited_for(sensor: Sensor) -> None:
    folder = write_export(sensor.incoming, exports.units())
    (file,) = folder.rglob("*.xml")
    sensor.tick()
    file.write_bytes(file.read_bytes() + b"\n")
    requests, reason = sensor.tick()
    assert requests == []
    assert "still growing" in reason
    assert file.name in reason


def test_a_file_without_its_closing_tag_is_waited_for_until_it_is_whole(sensor: Sensor) -> None:
    ((path, content),) = exports.units().items()
    write_export(sensor.incoming, {path: content[:-40]})
    sensor.tick()
    requests, reason = sensor.tick()
    assert requests == []
    assert "closing tag" in reason
    write_export(sensor.incoming, {path: content})
    sensor.tick()
    assert len(sensor.tick()[0]) == 1


def test_files_that_have_not_been_quiet_long_enough_are_waited_for(sensor: Sensor) -> None:
    sensor.shop.configure(settle_seconds=30)
    write_export(sensor.incoming, exports.units())
    sensor.tick()
    requests, reason = sensor.tick()
    assert requests == []
    assert "waiting for 30 s of quiet" in reason


@pytest.mark.parametrize(
    ("files", "job"),
    [
        (exports.rests("5"), "stock_update"),
        ({**exports.rests("5"), **exports.storages()}, "stock_update"),
        ({**exports.rests("5"), **exports.units()}, "catalog_import"),
        (exports.catalogue(), "catalog_import"),
        (exports.contragents(), "sync_customers"),
    ],
    ids=["rests", "rests and storages", "rests and units", "everything", "contragents"],
)
def test_a_drop_starts_the_job_of_its_kinds(sensor: Sensor, files: dict[str, bytes], job: str) -> None:
    write_export(sensor.incoming, files)
    sensor.tick()
    assert [request.job_name for request in sensor.tick()[0]] == [job]


def test_a_drop_is_asked_for_with_the_same_run_key_until_a_session_has_begun(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (first,), _ = sensor.tick()
    (again,), _ = sensor.tick()
    assert (again.run_key, again.job_name) == (first.run_key, first.job_name)
    assert sensor.run(first) == "published"
    assert sensor.tick() == ([], "the folder is empty")
    assert sensor.shop.count("skus") == 1


def test_a_restart_that_forgets_the_cursor_loses_nothing(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (first,), _ = sensor.tick()
    write_export(sensor.incoming, exports.rests("7", "2026-01-16T03:00:00"))
    sensor.cursor = None
    assert [request.run_key for request in sensor.tick()[0]] == [first.run_key]
    assert [request.run_key for request in sensor.tick()[0]] == [first.run_key]
    assert sensor.run(first) == "published"
    (stocks,), _ = sensor.tick()
    assert (stocks.job_name, sensor.run(stocks)) == ("stock_update", "published")
    assert sensor.shop.product("g1#a")["stock_quantity"] == 7


def test_stocks_do_not_overtake_a_catalogue_that_has_not_begun(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (catalogue,), _ = sensor.tick()
    write_export(sensor.incoming, exports.rests("7", "2026-01-16T03:00:00"))
    sensor.tick()
    assert [request.run_key for request in sensor.tick()[0]] == [catalogue.run_key]


def test_stocks_go_beside_a_catalogue_import_that_is_under_way(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (catalogue,), _ = sensor.tick()
    job = sensor.shop.definitions.resolve_job_def("catalog_import")
    sensor.shop.instance.create_run_for_job(job, tags=catalogue.tags, status=dg.DagsterRunStatus.STARTED)
    sensor.begin(catalogue)
    write_export(sensor.incoming, exports.rests("7", "2026-01-16T03:00:00"))
    sensor.tick()
    assert [request.job_name for request in sensor.tick()[0]] == ["stock_update"]


def test_stocks_are_not_held_up_by_a_catalogue_that_was_given_up(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (catalogue,), _ = sensor.tick()
    job = sensor.shop.definitions.resolve_job_def("catalog_import")
    for _ in range(3):
        sensor.shop.instance.create_run_for_job(job, tags=catalogue.tags, status=dg.DagsterRunStatus.FAILURE)
    write_export(sensor.incoming, exports.rests("7", "2026-01-16T03:00:00"))
    sensor.tick()
    assert [request.job_name for request in sensor.tick()[0]] == ["stock_update"]


def test_a_session_whose_process_is_gone_is_marked_failed_and_its_drop_asked_for_again(sensor: Sensor) -> None:
    sensor.shop.configure(stale_after_seconds=0)
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (first,), _ = sensor.tick()
    job = sensor.shop.definitions.resolve_job_def("catalog_import")
    run = sensor.shop.instance.create_run_for_job(job, tags=first.tags, status=dg.DagsterRunStatus.STARTED)
    sensor.begin(first, run.run_id)
    (again,), _ = sensor.tick()
    session = sensor.shop.row("SELECT status, error FROM import_sessions")
    assert session["status"] == "failed"
    assert "process ended" in session["error"]
    assert sensor.shop.instance.get_run_by_id(run.run_id).status == dg.DagsterRunStatus.FAILURE
    assert again.run_key == f"{first.run_key}/2"
    assert sensor.run(again) == "published"


def test_a_session_at_work_is_left_alone_however_long_it_takes(sensor: Sensor) -> None:
    sensor.shop.configure(stale_after_seconds=0)
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (first,), _ = sensor.tick()
    session_id = sensor.begin(first)
    with liveness.working_on(sensor.shop.database, session_id):
        sensor.tick()
    assert sensor.shop.row("SELECT status FROM import_sessions")["status"] == "started"


@pytest.mark.parametrize("by_hand", [{"dry_run": True}, {"only": ["units"]}], ids=["a trial", "a part"])
def test_a_drop_that_an_operator_only_tried_is_still_asked_for(sensor: Sensor, by_hand: dict[str, object]) -> None:
    write_export(sensor.incoming, exports.catalogue())
    sensor.tick()
    (first,), _ = sensor.tick()
    assert sensor.shop.run("catalog_import", {"drop": first.run_key, **by_hand}).success
    (again,), _ = sensor.tick()
    assert again.run_key is not None
    assert again.run_key.startswith(first.run_key or "")
    assert sensor.run(again) == "published"
    assert sensor.tick()[0] == []


def test_a_drop_whose_own_manifest_says_dry_run_is_tried_once(sensor: Sensor) -> None:
    write_export(sensor.incoming, {**exports.catalogue(), "manifest.json": b'{"dry_run": true}'})
    sensor.tick()
    (first,), _ = sensor.tick()
    assert sensor.run(first) == "judged"
    assert sensor.tick()[0] == []


def test_a_session_that_was_only_prepared_waits_for_the_operator(sensor: Sensor) -> None:
    sensor.shop.configure(stale_after_seconds=0)
    drop = write_export(sensor.shop.folder / "prepared", exports.catalogue())
    assert prepare(sensor.shop, str(drop)).success
    sensor.tick()
    assert sensor.shop.row("SELECT status FROM import_sessions")["status"] == "judged"


def test_a_drop_whose_run_died_before_its_session_is_asked_for_again(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.units())
    sensor.tick()
    (first,), _ = sensor.tick()
    sensor.shop.resource.archive.store_claimed(sensor.shop.resource.exchange, first.run_key)
    (again,), _ = sensor.tick()
    assert again.run_key == first.run_key
    assert sensor.run(again) == "published"


def test_a_drop_whose_runs_die_is_repeated_a_few_times_and_then_left_to_the_operator(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.units())
    sensor.tick()
    keys = []
    for _ in range(5):
        requests, _reason = sensor.tick()
        for request in requests:
            keys.append(request.run_key)
            job = sensor.shop.definitions.resolve_job_def(request.job_name)
            sensor.shop.instance.create_run_for_job(job, tags=request.tags, status=dg.DagsterRunStatus.FAILURE)
    drop_id = keys[0]
    assert keys == [drop_id, f"{drop_id}/2", f"{drop_id}/3"]


def test_while_a_run_of_the_drop_is_under_way_it_is_not_asked_for_again(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.units())
    sensor.tick()
    (request,), _ = sensor.tick()
    job = sensor.shop.definitions.resolve_job_def(request.job_name)
    sensor.shop.instance.create_run_for_job(job, tags=request.tags, status=dg.DagsterRunStatus.STARTED)
    assert sensor.tick()[0] == []


def test_drops_are_asked_for_oldest_first(sensor: Sensor) -> None:
    for number in (1, 2, 3, 4):
        write_export(sensor.incoming, exports.units(f"шт{number}", f"2026-01-1{number}T03:00:00"))
        sensor.tick()
        sensor.tick()
    waiting, _ = sensor.tick()
    keys = [request.run_key for request in waiting]
    claimed = {key: sensor.shop.resource.exchange.claimed / key for key in keys}
    times = {key: (folder / "manifest.json").stat().st_mtime_ns for key, folder in claimed.items()}
    assert keys == sorted(keys, key=times.__getitem__)


def test_a_damaged_cursor_is_forgotten(sensor: Sensor) -> None:
    write_export(sensor.incoming, exports.units())
    sensor.cursor = "what is this"
    assert "seen for the first time" in sensor.tick()[1]
    assert len(sensor.tick()[0]) == 1
