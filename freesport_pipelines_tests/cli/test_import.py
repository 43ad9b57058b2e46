"""`freesport import` and `stocks`: exit codes, JSON, messages; the folder that is read is never touched."""

import zipfile
from pathlib import Path

import pytest

from freesport_pipelines_tests.cli.running import Installation, tree
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports

LATER, LATEST = "2026-01-16T03:00:00", "2026-01-17T03:00:00"
OPERATIONS = {"inserted", "updated", "unchanged", "hidden", "quarantined"}


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    return Installation(tmp_path / "installation")


def counts(**more: int) -> dict[str, int]:
    return {**dict.fromkeys(OPERATIONS, 0), **more}


def test_an_import_ends_with_one_json_object_and_leaves_the_folder_as_it_was(
    here: Installation, tmp_path: Path
) -> None:
    folder = write_export(tmp_path / "export", exports.catalogue())
    before = tree(folder)

    dry = here.freesport("import", folder, "--dry-run", "--json")
    assert (dry.code, dry.json["dry_run"]) == (0, True)
    assert dry.json["tables"]["products"] == counts(inserted=1)

    real = here.freesport("import", folder, "--json")
    assert real.code == 0, real.err
    assert {"session", "status", "tables", "checks", "seconds"} <= set(real.json)
    assert (real.json["status"], real.json["tables"]["products"]) == ("published", counts(inserted=1))
    assert all(set(by) == OPERATIONS for by in real.json["tables"].values())
    assert all({"name", "passed", "severity", "message"} <= set(check) for check in real.json["checks"])
    assert real.json["seconds"] >= 0

    again = here.freesport("import", folder, "--json")
    assert (again.code, again.json["status"]) == (0, "unchanged")
    assert again.json["session"] > real.json["session"] > dry.json["session"]
    assert again.json["tables"]["products"] == counts(unchanged=1)
    assert tree(folder) == before
    assert "Traceback" not in dry.err + real.err + again.err


def test_a_session_that_a_gate_rejects_ends_with_3_and_the_gate(here: Installation, tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", exports.clashing_price_types())
    for flags in (["--dry-run"], []):
        said = here.freesport("import", folder, "--json", *flags)
        assert (said.code, said.json["status"]) == (3, "rejected"), flags
        failed = {c["name"] for c in said.json["checks"] if not c["passed"] and c["severity"] == "error"}
        assert failed == {"price_types_feed_one_column_each"}
        assert "Traceback" not in said.err


def test_a_damaged_file_ends_with_1_and_is_named_with_its_cause(here: Installation, tmp_path: Path) -> None:
    files = exports.catalogue()
    (path,) = [path for path in files if path.startswith("goods")]
    folder = write_export(tmp_path / "export", {**files, path: files[path][:-200]})
    said = here.freesport("import", folder, "--json")
    assert (said.code, said.json["status"]) == (1, "failed")
    assert "goods_1_1_" in said.err
    assert said.json["errors"]
    assert "goods_1_1_" in said.json["errors"][0]
    assert "Traceback" not in said.err
    listed = here.freesport("sessions", "--json").json
    assert [session["status"] for session in listed] == ["failed"]


def test_a_folder_that_is_not_there_ends_with_1(here: Installation, tmp_path: Path) -> None:
    said = here.freesport("import", tmp_path / "nowhere", "--json")
    assert said.code == 1
    assert "nowhere" in said.err
    assert "Traceback" not in said.err
    assert said.json["status"] == "failed"


def test_an_empty_folder_is_not_reported_as_an_import(here: Installation, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    said = here.freesport("import", tmp_path / "empty", "--json")
    assert said.code == 1 or "nothing was imported" in said.out
    assert "Traceback" not in said.err


def test_only_the_named_kinds_are_imported(here: Installation, tmp_path: Path) -> None:
    here.freesport("import", write_export(tmp_path / "first", exports.catalogue()))
    files = {**exports.catalogue("2500", LATER), **exports.rests("9", LATER), **exports.units("штука", LATER)}
    said = here.freesport("import", write_export(tmp_path / "second", files), "--only", "prices,rests", "--json")
    assert said.code == 0, said.err
    written = {name: by for name, by in said.json["tables"].items() if by != counts()}
    assert written == {"sku_prices": counts(updated=1), "product_stocks": counts(updated=1)}

    stocks = write_export(tmp_path / "third", {**exports.catalogue("3000", LATEST), **exports.rests("1", LATEST)})
    only_stocks = here.freesport("stocks", stocks, "--json")
    assert only_stocks.code == 0, only_stocks.err
    updated = {name for name, by in only_stocks.json["tables"].items() if by["updated"] or by["inserted"]}
    assert updated == {"product_stocks"}


def test_a_kind_that_does_not_exist_is_refused_with_the_choices(here: Installation, tmp_path: Path) -> None:
    said = here.freesport("import", tmp_path, "--only", "preise")
    assert said.code not in (0, 3)
    assert "preise" in said.err
    assert "prices" in said.err


def test_a_zip_of_an_export_is_imported_and_left_as_it_was(here: Installation, tmp_path: Path) -> None:
    folder = write_export(tmp_path / "export", exports.catalogue())
    packed = tmp_path / "export.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.rglob("*.xml")):
            archive.write(path, path.relative_to(folder).as_posix())
    before = packed.read_bytes(), packed.stat().st_mtime_ns
    said = here.freesport("import", packed, "--json")
    assert (said.code, said.json["status"]) == (0, "published"), said.err
    assert said.json["tables"]["products"]["inserted"] == 1
    assert (packed.read_bytes(), packed.stat().st_mtime_ns) == before


def test_a_database_that_cannot_be_reached_ends_with_1_and_one_line(tmp_path: Path) -> None:
    url = "postgresql://nobody@127.0.0.1:1/nothing"
    said = Installation(tmp_path / "here", FREESPORT_DATABASE_URL=url).freesport("sessions")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert said.err.strip()
