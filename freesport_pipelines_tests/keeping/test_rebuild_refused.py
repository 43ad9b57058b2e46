"""`freesport rebuild` that stops, or only shows its plan: the shop's tables stay as they are."""

import re

import pytest
import sqlalchemy as sa

from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.doing import TWO_GOODS, session_of, vanishing
from freesport_pipelines_tests.keeping.safe import everything, published
from freesport_pipelines_tests.shop import ShopUnderTest


def test_an_approved_session_is_not_repeated_without_its_approval(
    shop: ShopUnderTest, freesport: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FREESPORT_MOVE_BLOCK_ROWS", "1")
    published(shop)
    freesport("backup")
    assert vanishing(shop, 16).status == "published"  # its threshold is lower now
    before = everything(shop.database)
    said = freesport("rebuild", "--json")
    assert said.code == 1
    assert "a gate rejects it now" in said.json["errors"][0]
    assert everything(shop.database) == before


def test_a_rebuild_that_fails_leaves_the_shop_alone(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    imported = session_of(published(shop, day=16, **TWO_GOODS))
    drop = shop.resource.archive.load(imported.drop_id)
    packet = drop.root / next(file.path for file in drop.files if file.kind == "goods")
    packet.chmod(0o600)
    packet.write_bytes(packet.read_bytes()[:-100])
    before = everything(shop.database)
    said = freesport("rebuild", "--json")
    assert said.code == 1
    assert imported.drop_id in said.err
    assert "not touched" in said.err
    assert said.json["errors"]
    assert everything(shop.database) == before
    assert databases(shop) == 1


def databases(shop: ShopUnderTest) -> int:
    """The shop's database and what was left beside it."""
    if shop.database.is_sqlite:
        return len(list(shop.folder.glob("*.db")))
    name = str(sa.make_url(shop.database_url).database)
    return shop.row("SELECT count(*) AS n FROM pg_database WHERE datname LIKE :name", name=f"{name}%")["n"]


def test_a_dry_run_shows_the_plan_and_changes_nothing(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16)
    before = everything(shop.database)
    said = freesport("rebuild", "--dry-run", "--json")
    assert said.code == 0
    assert [step["session"] for step in said.json["steps"]] == [2]
    assert re.search(r"0\. restore backup .*\n1\. catalog_import of drop", said.err)
    assert everything(shop.database) == before


def test_an_end_that_means_nothing_is_refused(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    for until, says in (("yesterday", "neither a drop"), ("99", "has published nothing")):
        said = freesport("rebuild", "--until", until)
        assert said.code == 1
        assert says in said.err


def test_a_drop_that_is_no_longer_in_the_archive_is_named_before_anything_is_done(
    shop: ShopUnderTest, freesport: Commands
) -> None:
    drop = session_of(published(shop)).drop_id
    shop.resource.archive.remove(drop)
    said = freesport("rebuild")
    assert said.code == 1
    assert drop in said.err
