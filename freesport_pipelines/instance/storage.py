"""Dagster's storage, chosen by the environment, so that one dagster.yaml serves a laptop and production.

DAGSTER_POSTGRES_URL set: PostgreSQL; not set: SQLite under `sqlite_dir` (facts/dagster.md 1.8). `ConfigurableClass`
is the interface every storage plugin of Dagster uses; a test covers both modes.
"""

import os
from typing import Any

from dagster import Field, StringSource
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.base import EventLogStorage
from dagster._core.storage.runs.base import RunStorage
from dagster._core.storage.schedules.base import ScheduleStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClass, ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage

from freesport_pipelines.settings import with_driver

POSTGRES_URL = "DAGSTER_POSTGRES_URL"


class EnvironmentStorage(DagsterStorage, ConfigurableClass):
    """Delegates to the PostgreSQL or the SQLite storage that Dagster ships."""

    def __init__(self, storage: DagsterStorage, inst_data: ConfigurableClassData | None = None) -> None:
        self._storage = storage
        self._inst_data = inst_data
        super().__init__()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """What dagster.yaml said."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> Any:
        """`sqlite_dir`: where the SQLite files lie."""
        return {"sqlite_dir": Field(StringSource, is_required=False, default_value="data/dagster")}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> "EnvironmentStorage":
        """Choose; called by Dagster."""
        url = os.environ.get(POSTGRES_URL)
        if url:
            config = {"postgres_url": with_driver(url), "should_autocreate_tables": True}
            return cls(DagsterPostgresStorage.from_config_value(inst_data, config), inst_data)
        directory = {"base_dir": os.path.abspath(config_value["sqlite_dir"])}  # noqa: PTH100 - Dagster wants a str
        return cls(DagsterSqliteStorage.from_config_value(inst_data, directory), inst_data)

    @property
    def event_log_storage(self) -> EventLogStorage:
        """Where events go."""
        return self._storage.event_log_storage

    @property
    def run_storage(self) -> RunStorage:
        """Where runs go."""
        return self._storage.run_storage

    @property
    def schedule_storage(self) -> ScheduleStorage:
        """Where ticks go."""
        return self._storage.schedule_storage

    def dispose(self) -> None:
        """Close connections."""
        self._storage.dispose()
        super().dispose()
