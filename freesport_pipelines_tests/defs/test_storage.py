"""One dagster.yaml, two databases: the environment chooses where Dagster keeps its runs."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as sa

from freesport_pipelines.instance.storage import POSTGRES_URL

CONFIGURATION = Path(__file__).parents[2] / "dagster.yaml"


@contextmanager
def instance_in(home: Path) -> Iterator[dg.DagsterInstance]:
    home.mkdir(exist_ok=True)
    shutil.copy(CONFIGURATION, home)
    with dg.DagsterInstance.from_config(str(home)) as instance:
        yield instance


@dg.asset
def tiny() -> dg.MaterializeResult:
    return dg.MaterializeResult(metadata={"answer": 42})


def test_without_an_environment_runs_are_kept_in_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(POSTGRES_URL, raising=False)
    with instance_in(tmp_path / "home") as instance:
        result = dg.materialize([tiny], instance=instance)
        assert result.success
    with instance_in(tmp_path / "home") as again:
        assert [run.run_id for run in again.get_runs()] == [result.run_id]
        event = again.get_latest_materialization_event(dg.AssetKey("tiny"))
        assert event is not None
    assert list((tmp_path / "data" / "dagster").rglob("*.db"))


def test_with_a_postgresql_url_runs_are_kept_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_url: sa.URL
) -> None:
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE IF EXISTS dagster_storage WITH (FORCE)")
        connection.exec_driver_sql("CREATE DATABASE dagster_storage")
    url = postgres_url.set(database="dagster_storage", drivername="postgresql")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(POSTGRES_URL, url.render_as_string(hide_password=False))
    with instance_in(tmp_path / "home") as instance:
        result = dg.materialize([tiny], instance=instance)
        assert result.success
        assert [run.run_id for run in instance.get_runs()] == [result.run_id]
    own = sa.create_engine(postgres_url.set(database="dagster_storage"))
    with own.connect() as connection:
        assert connection.exec_driver_sql("SELECT run_id FROM runs").scalars().all() == [result.run_id]
    own.dispose()
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE dagster_storage WITH (FORCE)")
    admin.dispose()
    assert not list((tmp_path / "data" / "dagster").rglob("*.db"))


def test_the_configuration_limits_one_writer_and_one_publication(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(POSTGRES_URL, raising=False)
    with instance_in(tmp_path / "home") as instance:
        concurrency = instance.get_concurrency_config()
    limits = concurrency.run_queue_config.tag_concurrency_limits
    assert [limit["key"] for limit in limits] == ["freesport/writer"]
