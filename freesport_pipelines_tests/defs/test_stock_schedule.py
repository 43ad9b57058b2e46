"""The stock schedule on real folders: it claims stocks alone, starts what it asks for, and says why it does not."""

import os
import time
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest

from freesport_pipelines.defs import stock_schedule
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps import opening
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.defs.stock_ticks import LATER, Schedule, stocks

# --- what it starts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("files", [stocks(), {**stocks(), **exports.storages()}], ids=["rests", "rests and storages"])
def test_stocks_that_lie_alone_are_claimed_and_imported(schedule: Schedule, files: dict[str, bytes]) -> None:
    write_export(schedule.incoming, files)
    (request,), _ = schedule.tick()
    assert schedule.waiting_files() == []
    assert schedule.run(request) == "published"
    assert schedule.shop.product("g1#a")["stock_quantity"] == 7


@pytest.mark.parametrize("name", ["rests_1_7.xml", "goods_1_1.xml"])
def test_a_file_that_never_gets_whole_does_not_hold_up_stocks_for_ever(schedule: Schedule, name: str) -> None:
    schedule.shop.configure(stalled_after_seconds=0)
    write_export(schedule.incoming, {**stocks(), name: next(iter(stocks().values()))[:-40]})
    (request,), _ = schedule.tick()
    assert schedule.waiting_files() == [name]
    assert schedule.run(request) == "published"


def test_a_zip_of_stocks_is_imported_too(schedule: Schedule, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "stocks.zip", "w") as archive:
        archive.writestr("rests.xml", next(iter(stocks().values())))
    (tmp_path / "stocks.zip").rename(schedule.incoming / "stocks.zip")
    (request,), _ = schedule.tick()
    assert schedule.run(request) == "published"
    assert schedule.shop.product("g1#a")["stock_quantity"] == 7


def test_several_drops_of_stocks_are_asked_for_oldest_first(schedule: Schedule) -> None:
    ids = []
    for quantity, formed_at in (("6", "2026-01-16T03:00:00"), ("8", "2026-01-16T03:15:00")):
        write_export(schedule.incoming, exports.rests(quantity, formed_at))
        ids.append(schedule.claim_now())
    requests, _ = schedule.tick()
    assert [request.run_key for request in requests] == ids
    assert [schedule.run(request) for request in requests] == ["published", "published"]
    assert schedule.shop.product("g1#a")["stock_quantity"] == 8


def test_a_session_whose_process_is_gone_is_marked_failed_and_its_drop_asked_for_again(schedule: Schedule) -> None:
    schedule.shop.configure(stale_after_seconds=0)
    write_export(schedule.incoming, stocks())
    (first,), _ = schedule.tick()
    shop, job = schedule.shop.resource, schedule.shop.definitions.resolve_job_def("stock_update")
    run = schedule.shop.instance.create_run_for_job(job, tags=dict(first.tags), status=dg.DagsterRunStatus.STARTED)
    order = opening.Order(first.tags["freesport/drop"])
    drop = opening.find_drop(order, shop.exchange, shop.archive)
    opening.open_import(schedule.shop.database, drop, order, shop.settings, job="stock_update", run_id=run.run_id)
    (again,), _ = schedule.tick()
    assert again.run_key == f"{first.run_key}/2"
    assert schedule.run(again) == "published"


def test_a_claim_that_a_crash_cut_short_is_finished(schedule: Schedule) -> None:
    write_export(schedule.incoming, stocks())
    drop_id = schedule.claim_now()
    manifest = Path(str(schedule.shop.resource.exchange.claimed)) / drop_id / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"claimed"', '"claiming"'), encoding="utf-8")
    (request,), _ = schedule.tick()
    assert request.run_key == drop_id


# --- why it starts nothing -----------------------------------------------------------------------------------------


def test_an_empty_folder_is_said_to_be_empty(schedule: Schedule) -> None:
    assert schedule.tick() == ([], "no stocks wait: the folder is empty")


def test_stocks_beside_files_of_other_kinds_are_left_to_the_catalogue_import(schedule: Schedule) -> None:
    write_export(schedule.incoming, {**stocks(), **exports.units()})
    before = schedule.waiting_files()
    requests, reason = schedule.tick()
    assert (requests, schedule.waiting_files()) == ([], before)
    assert "other kinds too (units)" in reason
    assert "catalog_import" in reason


def test_a_zip_that_holds_files_of_other_kinds_is_left_to_the_catalogue_import(schedule: Schedule) -> None:
    with zipfile.ZipFile(schedule.incoming / "export.zip", "w") as archive:
        archive.writestr("rests.xml", next(iter(stocks().values())))
        archive.writestr("units.xml", next(iter(exports.units().values())))
    assert "other kinds too (units)" in schedule.tick()[1]
    assert schedule.waiting_files() == ["export.zip"]


def test_files_that_are_no_packets_are_left_where_they_are(schedule: Schedule) -> None:
    (schedule.incoming / "readme.txt").write_text("выгрузка будет позже")
    assert "no rests or storages" in schedule.tick()[1]
    assert schedule.waiting_files() == ["readme.txt"]


def test_a_file_without_its_closing_tag_is_waited_for_until_it_is_whole(schedule: Schedule) -> None:
    ((path, content),) = stocks().items()
    write_export(schedule.incoming, {path: content[:-40]})
    requests, reason = schedule.tick()
    assert (requests, len(schedule.waiting_files())) == ([], 1)
    assert "closing tag" in reason
    write_export(schedule.incoming, {path: content})
    assert len(schedule.tick()[0]) == 1


def test_a_file_that_grows_between_the_two_looks_is_waited_for(
    schedule: Schedule, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_export(schedule.incoming, stocks())
    (file,) = folder.rglob("*.xml")
    monkeypatch.setattr(stock_schedule.time, "sleep", lambda _: file.write_bytes(file.read_bytes() + b"\n"))
    requests, reason = schedule.tick()
    assert requests == []
    assert "still growing" in reason


def test_files_that_have_not_been_quiet_long_enough_are_waited_for(schedule: Schedule) -> None:
    schedule.shop.configure(settle_seconds=30)
    write_export(schedule.incoming, stocks())
    requests, reason = schedule.tick()
    assert (requests, len(schedule.waiting_files())) == ([], 1)
    assert "waiting for 30 s of quiet" in reason


def test_a_file_that_has_been_quiet_long_enough_is_claimed_at_the_first_tick_that_sees_it(schedule: Schedule) -> None:
    schedule.shop.configure(settle_seconds=1)
    write_export(schedule.incoming, stocks())
    assert "waiting for 1 s of quiet" in schedule.tick()[1]
    time.sleep(1)
    assert len(schedule.tick()[0]) == 1


def test_a_file_copied_with_its_old_time_is_as_young_as_its_arrival(schedule: Schedule) -> None:
    schedule.shop.configure(settle_seconds=1)
    (file,) = write_export(schedule.incoming, stocks()).rglob("*.xml")
    os.utime(file, (0, 0))
    assert "waiting for 1 s of quiet, 0 s passed" in schedule.tick()[1]
    time.sleep(1)
    assert len(schedule.tick()[0]) == 1


@pytest.mark.parametrize(
    ("hours_ago", "claims"), [(0, False), (1, True), (None, False)], ids=["just written", "an hour old", "nobody knows"]
)
def test_a_file_in_a_remote_folder_is_as_old_as_its_listing_says(
    schedule: Schedule, hours_ago: int | None, claims: bool
) -> None:
    settings = {**schedule.shop.resource.settings.model_dump(), "settle_seconds": 30}
    shop = Shop(Settings(_env_file=None, **{**settings, "exchange_url": f"memory://exchange-{hours_ago}"}))
    file = shop.exchange.incoming / "rests.xml"
    file.write_bytes(next(iter(stocks().values())))
    unknown = datetime.fromtimestamp(0, UTC)
    written = unknown if hours_ago is None else datetime.now(UTC) - timedelta(hours=hours_ago)
    file.fs.store[file.path].created = written
    requests, reason = schedule.tick(shop)
    assert (len(requests) == 1) is claims
    assert ("of quiet" in reason) is not claims
    shop.database.dispose()


def test_stocks_do_not_overtake_a_catalogue_that_has_not_begun(schedule: Schedule) -> None:
    write_export(schedule.incoming, exports.catalogue("2990", "2026-01-15T12:00:00"))
    catalogue = schedule.claim_now()
    write_export(schedule.incoming, stocks())
    requests, reason = schedule.tick()
    assert requests == []
    assert f"wait for the catalogue drop {catalogue}" in reason
    schedule.shop.run("catalog_import", {"drop": catalogue})
    (request,), _ = schedule.tick()
    assert schedule.run(request) == "published"
    assert schedule.shop.product("g1#a")["stock_quantity"] == 7


def test_a_catalogue_drop_is_never_asked_for(schedule: Schedule) -> None:
    write_export(schedule.incoming, exports.catalogue("2990", LATER))
    schedule.claim_now()
    assert schedule.tick()[0] == []


def test_while_a_run_of_the_drop_is_under_way_it_is_not_asked_for_again(schedule: Schedule) -> None:
    write_export(schedule.incoming, stocks())
    (request,), _ = schedule.tick()
    schedule.note_run(request, dg.DagsterRunStatus.STARTED)
    requests, reason = schedule.tick()
    assert requests == []
    assert "queued or under way" in reason


def test_a_drop_whose_runs_die_is_repeated_a_few_times_and_then_left_to_the_operator(schedule: Schedule) -> None:
    write_export(schedule.incoming, stocks())
    keys = []
    for _ in range(3):
        (request,), _ = schedule.tick()
        keys.append(request.run_key)
        schedule.note_run(request, dg.DagsterRunStatus.FAILURE)
    assert keys == [keys[0], f"{keys[0]}/2", f"{keys[0]}/3"]
    requests, reason = schedule.tick()
    assert requests == []
    assert f"freesport replay {keys[0]}" in reason


def test_a_drop_that_was_imported_is_not_asked_for_again(schedule: Schedule) -> None:
    write_export(schedule.incoming, stocks())
    (request,), _ = schedule.tick()
    schedule.run(request)
    assert schedule.tick() == ([], "no stocks wait: the folder is empty")
