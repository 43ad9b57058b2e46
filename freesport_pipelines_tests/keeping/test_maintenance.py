"""The nightly job: a backup, then pruning; Dagster's own old runs go with their files."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import pytest
from upath import UPath

from freesport_pipelines.defs import maintenance
from freesport_pipelines.defs.history import prune_runs
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.steps.backups import Backups, backups_of
from freesport_pipelines_tests.keeping.safe import published
from freesport_pipelines_tests.shop import ShopUnderTest


def kept(shop: ShopUnderTest, postgres_bin: Path) -> Shop:
    shop.configure(backup_url=str(shop.folder / "backups"), postgres_bin=postgres_bin, archive_drops=1)
    return shop.resource


def run(resource: Shop, instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    definitions = dg.Definitions(jobs=maintenance.jobs, resources={"shop": resource}, executor=dg.in_process_executor)
    job = definitions.resolve_job_def("maintenance")
    return job.execute_in_process(instance=instance, raise_on_error=False)


def test_the_job_backs_up_and_then_prunes(shop: ShopUnderTest, postgres_bin: Path) -> None:
    resource = kept(shop, postgres_bin)
    for day in (15, 16):
        published(shop, day=day)
    result = run(resource, shop.instance)
    assert result.success
    assert len(backups_of(resource.settings).newest_first()) == 1
    assert len(list(resource.archive.drop_ids())) == 1


@pytest.fixture
def failed(shop: ShopUnderTest, postgres_bin: Path, monkeypatch: pytest.MonkeyPatch) -> dg.ExecuteInProcessResult:
    """The job in a night in which no backup can be made, after one in which it could."""
    resource = kept(shop, postgres_bin)
    shop.configure(journal_sessions=1)
    for day in (15, 16):
        published(shop, day=day)
    Backups(UPath(resource.settings.backup_url), postgres_bin).take(shop.database)

    def full_disk(*_: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Backups, "take", full_disk)
    return run(shop.resource, shop.instance)


def test_no_archived_drop_is_pruned_when_the_backup_fails(
    shop: ShopUnderTest, failed: dg.ExecuteInProcessResult
) -> None:
    assert "prune" not in {event.step_key for event in failed.get_step_success_events()}
    assert len(list(shop.resource.archive.drop_ids())) == 2


def test_journals_and_runs_are_pruned_although_the_backup_fails(
    shop: ShopUnderTest, failed: dg.ExecuteInProcessResult
) -> None:
    assert {event.step_key for event in failed.get_step_success_events()} == {"prune_journals", "prune_run_history"}
    assert [row["session_id"] for row in shop.rows("SELECT DISTINCT session_id FROM change_sets")] == [2]


def test_a_night_without_a_backup_ends_as_failed_and_says_why(failed: dg.ExecuteInProcessResult) -> None:
    assert not failed.success
    failure = failed.failure_data_for_node("back_up")
    assert failure is not None
    assert "no space left" in str(failure.error or failure.user_failure_data)


@dg.op
def _nothing() -> None:
    print("captured")  # noqa: T201


@dg.job
def _tiny() -> None:
    _nothing()


def test_old_runs_go_with_their_files_and_young_ones_stay(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        old = _tiny.execute_in_process(instance=instance).run_id
        time.sleep(0.1)
        between = datetime.now(UTC)
        young = _tiny.execute_in_process(instance=instance).run_id
        assert len(files_of(tmp_path, old)) > 0
        assert prune_runs(instance, between) == 1
        assert [run.run_id for run in instance.get_runs()] == [young]
        assert files_of(tmp_path, old) == []
        assert files_of(tmp_path, young)


def files_of(folder: Path, run_id: str) -> list[Path]:
    return [path for path in folder.rglob("*") if run_id in path.as_posix()]


def test_a_run_that_is_not_over_stays(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        run = instance.create_run_for_job(_tiny, status=dg.DagsterRunStatus.STARTED)
        assert prune_runs(instance, datetime.now(UTC) + timedelta(days=1)) == 0
        assert instance.get_run_by_id(run.run_id) is not None
