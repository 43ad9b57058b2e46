"""The graph that operators know by heart changes only on purpose.

`graph.json` beside this file is what the code location offers. After an intended change, write it anew with
`FREESPORT_REWRITE_GRAPH=1 pytest freesport_pipelines_tests/structure/test_public_graph.py` and read the difference.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.domain.jobs import CATALOG_IMPORT, STOCK_UPDATE

SNAPSHOT = Path(__file__).with_name("graph.json")
PUBLISHING_STEP = "publish"


@pytest.fixture(scope="module")
def defs() -> dg.Definitions:
    return build_defs()


def public_graph(defs: dg.Definitions) -> dict[str, Any]:
    graph, repository = defs.resolve_asset_graph(), defs.get_repository_def()
    assets = {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "deps": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "checks": sorted(check.name for check in graph.get(key).check_keys),
        }
        for key in sorted(graph.get_all_asset_keys())
    }
    return {
        "assets": assets,
        "jobs": {name: selection(defs, name) for name in job_names(defs)},
        "sensors": {
            sensor.name: sorted(target.job_name for target in sensor.targets) for sensor in repository.sensor_defs
        },
        "schedules": {schedule.name: schedule.cron_schedule for schedule in repository.schedule_defs},
    }


def job_names(defs: dg.Definitions) -> list[str]:
    return sorted(name for name in defs.get_repository_def().job_names if not name.startswith("__"))


def selection(defs: dg.Definitions, job: str) -> list[str]:
    return sorted(key.to_user_string() for key in defs.resolve_job_def(job).asset_layer.selected_asset_keys)


def test_the_public_graph_is_the_agreed_one(defs: dg.Definitions) -> None:
    text = json.dumps(public_graph(defs), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if os.environ.get("FREESPORT_REWRITE_GRAPH"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))


def test_every_import_has_exactly_one_publishing_step(defs: dg.Definitions) -> None:
    steps = {
        job: [node.name for node in defs.resolve_job_def(job).graph.nodes if node.definition.name == PUBLISHING_STEP]
        for job in job_names(defs)
    }
    publishing = {job: len(nodes) for job, nodes in steps.items() if nodes}
    assert publishing == {CATALOG_IMPORT: 1, STOCK_UPDATE: 1}


def test_every_asset_is_described_and_owned(defs: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec for spec in defs.resolve_all_asset_specs()}
    bare = {
        key: missing
        for key, spec in specs.items()
        if (missing := [name for name in ("description", "kinds", "owners", "code_version") if not getattr(spec, name)])
    }
    assert bare == {}


def test_every_check_says_what_it_means_and_what_to_do(defs: dg.Definitions) -> None:
    graph = defs.resolve_asset_graph()
    descriptions = {key.name: graph.get_check_spec(key).description or "" for key in graph.asset_check_keys}
    assert {name for name, text in descriptions.items() if "Failed:" not in text} == set()


def test_every_job_and_sensor_is_described(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    undescribed = [name for name in job_names(defs) if not defs.resolve_job_def(name).description]
    undescribed += [sensor.name for sensor in repository.sensor_defs if not sensor.description]
    assert undescribed == []


def test_definitions_load_without_a_deprecation_warning() -> None:
    code = "import dagster as dg; from freesport_pipelines.defs.build import build_defs;"
    code += "dg.Definitions.validate_loadable(build_defs())"
    flags = ["-W", "error::DeprecationWarning", "-W", "error::PendingDeprecationWarning"]
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
