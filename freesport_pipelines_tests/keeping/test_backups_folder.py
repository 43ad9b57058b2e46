"""The folder of backups, on this machine and elsewhere: only what is complete is there."""

import uuid
from pathlib import Path

import pytest
from upath import UPath

from freesport_pipelines.database import backup as dumps
from freesport_pipelines.database.backup_manifest import BackupError
from freesport_pipelines.steps.backups import MANIFEST_NAME, Backups
from freesport_pipelines_tests.keeping.safe import everything, published
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.fixture(params=["here", "elsewhere"])
def backups(request: pytest.FixtureRequest, tmp_path: Path, postgres_bin: Path) -> Backups:
    root = UPath(tmp_path / "backups") if request.param == "here" else UPath(f"memory://{uuid.uuid4().hex}")
    return Backups(root, postgres_bin)


def test_a_backup_in_a_folder_can_be_restored_from_there(shop: ShopUnderTest, backups: Backups) -> None:
    published(shop)
    before = everything(shop.database)
    taken = backups.take(shop.database)
    shop.execute("DELETE FROM skus")
    backups.restore(backups.load(taken.id), shop.database)
    assert everything(shop.database) == before


def test_backups_are_listed_newest_first(shop: ShopUnderTest, backups: Backups) -> None:
    published(shop)
    taken = [backups.take(shop.database).id for _ in range(3)]
    assert [backup.id for backup in backups.newest_first()] == taken[::-1]


def test_a_backup_that_was_interrupted_does_not_exist(
    shop: ShopUnderTest, backups: Backups, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(shop)

    def full_disk(*_: object, **__: object) -> None:
        raise OSError("no space left")

    with monkeypatch.context() as patch:
        patch.setattr(dumps, "back_up", full_disk)
        with pytest.raises(OSError, match="no space left"):
            backups.take(shop.database)
    assert backups.newest_first() == []


def test_a_backup_without_its_manifest_does_not_exist(shop: ShopUnderTest, backups: Backups) -> None:
    published(shop)
    taken = backups.take(shop.database)
    (taken.folder / MANIFEST_NAME).unlink()
    assert backups.newest_first() == []


def test_a_removed_backup_is_gone(shop: ShopUnderTest, backups: Backups) -> None:
    published(shop)
    old, new = backups.take(shop.database), backups.take(shop.database)
    backups.remove([old])
    assert [backup.id for backup in backups.newest_first()] == [new.id]
    assert not old.dump.exists()


def test_backups_are_private_and_read_only(shop: ShopUnderTest, tmp_path: Path, postgres_bin: Path) -> None:
    published(shop)
    folder = tmp_path / "private"
    taken = Backups(UPath(folder), postgres_bin).take(shop.database)
    modes = {path.name: path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]}
    assert modes == {"private": 0o700, taken.id: 0o700, taken.dump.name: 0o400, MANIFEST_NAME: 0o400}


def test_a_name_that_leads_out_of_the_folder_is_no_backup(backups: Backups) -> None:
    with pytest.raises(BackupError, match="holds no backup"):
        backups.load("../elsewhere")
