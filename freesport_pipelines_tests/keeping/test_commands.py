"""`freesport backup`, `backups`, `restore` and `prune` as an operator runs them."""

from pathlib import Path

import pytest

from freesport_pipelines_tests.cli.running import Installation
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.safe import catalogue, everything, published
from freesport_pipelines_tests.shop import ShopUnderTest


def test_backup_import_and_restore_in_processes_of_their_own(tmp_path: Path) -> None:
    here = Installation(tmp_path / "here", FREESPORT_BACKUP_URL=str(tmp_path / "backups"))
    here.freesport("import", write_export(tmp_path / "first", exports.catalogue("1990")))
    taken = here.freesport("backup", "--json")
    assert taken.code == 0, taken.err
    assert Path(taken.json["path"]).is_file()
    later = write_export(tmp_path / "second", exports.catalogue("2990", "2026-01-16T03:00:00"))
    assert here.freesport("import", later, "--json").json["tables"]["sku_prices"]["updated"] == 1
    said = here.freesport("restore", "--json")
    assert (said.code, said.json["backup"], said.json["undone_sessions"]) == (0, taken.json["backup"], [2]), said.err
    again = here.freesport("import", later, "--json")
    assert again.json["tables"]["sku_prices"]["updated"] == 1
    assert "Traceback" not in taken.err + said.err


def test_without_a_backup_restore_says_what_to_do(tmp_path: Path) -> None:
    said = Installation(tmp_path / "here", FREESPORT_BACKUP_URL=str(tmp_path / "none")).freesport("restore", "--json")
    assert said.code == 1
    assert "freesport backup" in said.json["errors"][0]
    assert "Traceback" not in said.err


def test_the_state_before_a_restore_is_backed_up(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    first = freesport("backup", "--json").json["backup"]
    published(shop, day=16)
    before = catalogue(shop)
    said = freesport("restore", first, "--json")
    assert catalogue(shop) != before
    assert freesport("restore", said.json["safety_backup"]).code == 0
    assert catalogue(shop) == before


def test_a_state_that_cannot_be_backed_up_is_not_replaced(
    shop: ShopUnderTest, freesport: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    from freesport_pipelines.database import backup
    from freesport_pipelines.database.backup_manifest import BackupError

    published(shop)
    freesport("backup")
    published(shop, day=16)
    before = everything(shop.database)

    def impossible(*_: object, **__: object) -> None:
        raise BackupError("pg_dump is gone")

    monkeypatch.setattr(backup, "back_up", impossible)
    said = freesport("restore")
    assert said.code == 1
    assert "--no-safety-backup" in said.err
    assert everything(shop.database) == before
    assert freesport("restore", "--no-safety-backup").code == 0


def test_a_backup_can_be_restored_into_another_database(
    shop: ShopUnderTest, freesport: Commands, another_url: str
) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16)
    before = everything(shop.database)
    assert freesport("restore", "--into", another_url).code == 0
    assert everything(shop.database) == before


def test_backups_are_listed(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    taken = [freesport("backup", "--json").json["backup"] for _ in range(2)]
    assert [one["backup"] for one in freesport("backups", "--json").json] == taken[::-1]
    assert taken[0] in freesport("backups").out


def test_prune_tells_what_it_removed(shop: ShopUnderTest, freesport: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREESPORT_ARCHIVE_DROPS", "1")
    for day in (15, 16):
        published(shop, day=day)
    said = freesport("prune", "--json")
    assert said.json["removed"]["drops"] == 0
    assert "no backup" in said.json["notes"][0]
    freesport("backup")
    assert freesport("prune", "--dry-run", "--json").json["removed"]["drops"] == 1
    assert freesport("prune", "--json").json["removed"]["drops"] == 1
    assert len(list(shop.resource.archive.drop_ids())) == 1
