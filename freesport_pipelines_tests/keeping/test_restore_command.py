"""`freesport restore`: which backup it takes when none is named, and where it refuses to write."""

import pytest

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.settings import get_settings
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.safe import catalogue, everything, published
from freesport_pipelines_tests.shop import ShopUnderTest


def test_a_second_restore_does_not_undo_the_first(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    taken = freesport("backup", "--json").json["backup"]
    then = catalogue(shop)
    published(shop, day=16)
    for _ in range(2):
        said = freesport("restore", "--json")
        assert (said.code, said.json["backup"]) == (0, taken), said.err
        assert catalogue(shop) == then


def test_a_backup_that_holds_what_was_undone_is_not_taken_by_itself(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    older = freesport("backup", "--json").json["backup"]
    published(shop, day=16)
    freesport("backup")
    freesport("restore", older)
    assert freesport("restore", "--json").json["backup"] == older


def test_safety_backups_say_what_they_were_made_before(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    freesport("restore")
    freesport("rebuild")
    reasons = [one["reason"] for one in freesport("backups", "--json").json]
    assert reasons == ["before rebuild", "before restore", ""]


def test_safety_backups_alone_have_to_be_named(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("rebuild")
    said = freesport("restore")
    assert said.code == 1
    assert "freesport restore BACKUP" in said.err


def test_a_shop_that_is_lost_is_restored_from_the_newest_backup(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16)
    newest = freesport("backup", "--json").json["backup"]
    then = catalogue(shop)
    for table in everything(shop.database):
        if table != "version":
            shop.execute(f"DELETE FROM {table}")
    assert freesport("restore", "--json").json["backup"] == newest
    assert catalogue(shop) == then


def test_another_database_can_be_filled_while_the_shops_cannot_be_read(
    shop: ShopUnderTest, freesport: Commands, another_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(shop)
    freesport("backup")
    damaged = shop.folder / "damaged.db"
    damaged.write_bytes(b"no database" * 1000)
    lost = f"sqlite:///{damaged}" if shop.database.is_sqlite else "postgresql://nobody@127.0.0.1:1/shop"
    monkeypatch.setenv("FREESPORT_DATABASE_URL", lost)
    get_settings.cache_clear()
    assert freesport("restore").code == 1
    said = freesport("restore", "--into", another_url)
    assert said.code == 0, said.err


def test_another_database_with_rows_of_ours_is_refused(
    shop: ShopUnderTest, freesport: Commands, another_url: str
) -> None:
    published(shop)
    freesport("backup")
    assert freesport("restore", "--into", another_url).code == 0
    other = ShopDatabase(another_url)
    before = everything(other)
    said = freesport("restore", "--into", another_url)
    assert said.code == 1
    assert "name an empty database" in said.err
    assert everything(other) == before
    other.dispose()


def test_the_shops_own_database_is_no_other_database(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    before = everything(shop.database)
    assert freesport("restore", "--into", shop.database_url).code == 1
    assert everything(shop.database) == before
