"""Commands that only read or generate: sessions, report, quarantine, demo-data."""

import json
from pathlib import Path

from freesport_pipelines_tests import commerceml_xml as xml
from freesport_pipelines_tests.cli.running import Installation, tree
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports


def test_before_the_first_import_there_is_nothing_to_show_and_it_says_so(tmp_path: Path) -> None:
    here = Installation(tmp_path / "here")
    assert here.freesport("sessions", "--json").json == []
    missing = here.freesport("report")
    assert missing.code == 1
    assert "freesport import" in missing.err
    unknown = here.freesport("report", "7")
    assert (unknown.code, unknown.err.strip()) == (1, "there is no import session 7")


def test_what_an_import_did_can_be_read_afterwards(tmp_path: Path) -> None:
    here = Installation(tmp_path / "here")
    orphan = {"prices/prices_1_1_<uuid>.xml": xml.prices_xml([xml.price("g9#z", {"t1": "5"})])}
    imported = here.freesport("import", write_export(tmp_path / "export", {**exports.units(), **orphan}), "--json")
    assert imported.code == 0, imported.err

    (session,) = here.freesport("sessions", "--json").json
    assert (session["session"], session["status"], session["kind"]) == (1, "published", "catalog_import")

    report = here.freesport("report", "1", "--json").json
    assert report["tables"] == imported.json["tables"]
    text = here.freesport("report").out
    assert text.startswith("# Import session 1: published")
    assert "sku_unknown" in text

    (waiting,) = here.freesport("quarantine", "--json").json
    assert (waiting["kind"], waiting["key"], waiting["reason"]) == ("prices", "g9#z", "sku_unknown")
    assert "g9#z" in here.freesport("quarantine").out


def test_demo_data_says_what_importing_it_gives_and_is_the_same_every_time(tmp_path: Path) -> None:
    here = Installation(tmp_path / "here")
    arguments = ("--goods", 60, "--seed", 3, "--properties-per-good", 4)
    written = here.freesport("demo-data", "--out", tmp_path / "one", *arguments)
    assert written.code == 0, written.err
    here.freesport("demo-data", "--out", tmp_path / "two", *arguments)
    contents = [{path: content for path, (content, _) in tree(tmp_path / name).items()} for name in ("one", "two")]
    assert contents[0] == contents[1]

    totals = json.loads(written.out)
    said = here.freesport("import", tmp_path / "one", "--json")
    assert said.code == 0, said.err
    assert said.json["tables"]["products"]["inserted"] == totals["products"]
    assert said.json["tables"]["goods"]["inserted"] == totals["goods"]


def test_demo_data_refuses_what_it_cannot_generate(tmp_path: Path) -> None:
    said = Installation(tmp_path / "here").freesport("demo-data", "--out", tmp_path / "out", "--goods", 5)
    assert said.code == 2
    assert "at least 50" in said.err
    assert not (tmp_path / "out").exists()
