"""The zip of a demo export, and plans that are refused."""

from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZipFile

import pytest

from freesport_pipelines.demo import DemoPlan, write_demo_export, write_demo_zip
from freesport_pipelines_tests.demo.recount import fingerprint

SMALL = DemoPlan(goods=60, properties_per_good=6)


def test_a_zip_is_deterministic_and_holds_the_export(tmp_path: Path) -> None:
    first = write_demo_zip(SMALL, tmp_path / "a.zip")
    second = write_demo_zip(SMALL, tmp_path / "b.zip")
    assert first == second == write_demo_export(SMALL, tmp_path / "plain")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist() == sorted(archive.namelist())
        archive.extractall(tmp_path / "unpacked")
    assert fingerprint(tmp_path / "unpacked") == fingerprint(tmp_path / "plain")


@pytest.mark.parametrize(
    "wrong",
    [{"goods": 0}, {"goods": 49}, {"offers_per_good": 0}, {"warehouses": 0}, {"change_share": 1.5}, {"delta": True},
     {"properties_per_good": 0}, {"contragents": -1}, {"formed_at": datetime(2026, 1, 1, tzinfo=UTC)}],
)  # fmt: skip
def test_a_plan_that_cannot_be_made_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        DemoPlan(**wrong)  # type: ignore[arg-type]
