"""`freesport approve` and `freesport rollback`, as an operator types them."""

from pathlib import Path

import pytest

from freesport_pipelines_tests import commerceml_xml as xml
from freesport_pipelines_tests.cli.running import Installation
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports

LATER = "2026-01-16T03:00:00"


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """A shop with one SKU at 1990, where a single dangerous row blocks."""
    installation = Installation(tmp_path / "here", FREESPORT_MOVE_BLOCK_ROWS="1")
    imported = installation.freesport("import", write_export(tmp_path / "first", exports.catalogue()), "--json")
    assert imported.code == 0, imported.err
    return installation


def import_marked(here: Installation, tmp_path: Path) -> int:
    """Import a drop that would hide the only goods: rejected. The number of its session."""
    marked = {"goods.xml": xml.goods_xml([xml.good("g1", marked=True)], formed_at=LATER)}
    said = here.freesport("import", write_export(tmp_path / "marked", marked), "--json")
    assert (said.code, said.json["status"]) == (3, "rejected")
    assert f"approve {said.json['session']}" in said.out
    return int(said.json["session"])


def test_a_rejected_session_is_approved_by_its_number(here: Installation, tmp_path: Path) -> None:
    number = import_marked(here, tmp_path)
    said = here.freesport("approve", number, "--json")
    assert said.code == 0, said.err
    assert (said.json["session"], said.json["status"]) == (number, "published")
    assert said.json["tables"]["goods"]["hidden"] == 1
    published = here.freesport("approve", "1")
    assert (published.code, "not rejected" in published.err) == (1, True)


def test_without_a_number_the_newest_rejected_session_is_meant(here: Installation, tmp_path: Path) -> None:
    nothing = here.freesport("approve")
    assert nothing.code == 1
    assert "no rejected session" in nothing.err
    number = import_marked(here, tmp_path)
    assert here.freesport("approve", "--json").json["session"] == number


def test_an_import_is_rolled_back_and_listed(here: Installation, tmp_path: Path) -> None:
    assert here.freesport("import", write_export(tmp_path / "second", exports.catalogue("2500", LATER))).code == 0
    tried = here.freesport("rollback", "2", "--dry-run", "--json")
    assert (tried.code, tried.json["status"], tried.json["dry_run"]) == (0, "judged", True)
    said = here.freesport("rollback", "2", "--json")
    assert said.code == 0, said.err
    assert said.json["tables"]["sku_prices"]["updated"] == 1
    assert "1 rows were set back" in said.out
    listed = {row["session"]: row for row in here.freesport("sessions", "--json").json}
    assert listed[2]["status"] == "rolled_back"
    assert (listed[4]["kind"], listed[4]["note"]) == ("rollback", "undoes session 2")


def test_a_rollback_that_is_refused_names_the_rows_and_exits_with_1(here: Installation, tmp_path: Path) -> None:
    here.freesport("import", write_export(tmp_path / "second", exports.catalogue("2500", LATER)))
    said = here.freesport("rollback", "1", "--json")
    assert said.code == 1
    assert "g1#a" in said.err
    assert said.json["status"] == "failed"
    unknown = here.freesport("rollback", "99")
    assert (unknown.code, "there is no import session 99" in unknown.err) == (1, True)


def test_quarantine_lists_by_reason_with_file_and_way_out(here: Installation, tmp_path: Path) -> None:
    packets = {
        "prices_1_1_<uuid>.xml": xml.prices_xml([xml.price("g1#a", {"t1": "abc"})], formed_at=LATER),
        "prices_1_2_<uuid>.xml": xml.prices_xml([xml.price("g9#z", {"t1": "5"})], formed_at=LATER),
    }
    here.freesport("import", write_export(tmp_path / "second", packets))
    rows = {row["reason"]: row for row in here.freesport("quarantine", "--json").json}
    assert rows["price_not_a_number"]["file"].startswith("prices_1_1_")
    assert rows["sku_unknown"]["file"].startswith("prices_1_2_")
    only = here.freesport("quarantine", "--reason", "sku_unknown", "--json").json
    assert [row["key"] for row in only] == ["g9#z"]
    text = here.freesport("quarantine").out
    assert "вернётся само" in text
