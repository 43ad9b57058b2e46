"""Where a command's runs appear: the Dagster instance that is configured, if any."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from freesport_pipelines_tests.cli.running import Installation
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports

CONFIGURATION = Path(__file__).parents[2] / "dagster.yaml"


def runs(folder: Path) -> list[str]:
    """The jobs of all runs that a SQLite instance below a folder has recorded."""
    found: list[str] = []
    for file in folder.rglob("runs.db"):
        with sqlite3.connect(file) as connection:
            found += [name for (name,) in connection.execute("SELECT pipeline_name FROM runs")]
    return found


@pytest.mark.parametrize("exists", [True, False], ids=["a home without dagster.yaml", "a home that is not there"])
def test_a_dagster_home_without_configuration_works(tmp_path: Path, exists: bool) -> None:
    home = tmp_path / "home"
    if exists:
        home.mkdir()
    here = Installation(tmp_path / "here", DAGSTER_HOME=str(home))
    said = here.freesport("import", write_export(tmp_path / "export", exports.units()), "--json")
    assert said.code == 0, said.err
    assert runs(home) == ["catalog_import"]


def test_without_a_dagster_home_the_dagster_yaml_of_the_working_directory_counts(tmp_path: Path) -> None:
    here = Installation(tmp_path / "here")
    shutil.copy(CONFIGURATION, here.folder)
    said = here.freesport("import", write_export(tmp_path / "export", exports.units()), "--json")
    assert said.code == 0, said.err
    assert runs(here.folder) == ["catalog_import"]


def test_without_any_configuration_the_run_leaves_no_instance_behind(tmp_path: Path) -> None:
    here = Installation(tmp_path / "here")
    said = here.freesport("import", write_export(tmp_path / "export", exports.units()), "--json")
    assert said.code == 0, said.err
    assert runs(tmp_path) == []
    left = {path.name for path in here.folder.iterdir()}
    assert left <= {"shop.db", "shop.db-wal", "shop.db-shm", "shop.db-staging", "exchange", "archive"}
