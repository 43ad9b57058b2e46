"""`freesport rebuild`: the catalogue as it was, built beside the shop and swapped in whole, or not at all."""

from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import sessions, unfinished
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.steps import approving
from freesport_pipelines_tests.acceptance.exports import RRP, export
from freesport_pipelines_tests.commerceml_xml import good, price
from freesport_pipelines_tests.defs.exports import clashing_price_types
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.doing import TWO_GOODS, roll_back, session_of, stocks, vanishing
from freesport_pipelines_tests.keeping.safe import catalogue, everything, published
from freesport_pipelines_tests.shop import ShopUnderTest


@pytest.mark.slow
def test_the_shop_becomes_what_it_was_after_a_session(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    wanted = session_of(published(shop, day=16, **TWO_GOODS))
    stocks(shop, "7", 16)
    then = catalogue(shop)
    last = stocks(shop, "8", 17)
    published(shop, day=18, goods=[good("g1", name="Испорченное имя")])
    said = freesport("rebuild", "--until", session_of(last).id - 1, "--json")
    assert said.code == 0, said.err
    assert catalogue(shop) == then
    assert [step["session"] for step in said.json["steps"]] == [wanted.id, wanted.id + 1]
    assert said.json["undone_sessions"] == [wanted.id, wanted.id + 1, wanted.id + 2, wanted.id + 3]


@pytest.mark.slow
def test_the_shop_becomes_what_it_was_after_a_drop(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    drop = session_of(published(shop, day=16, **TWO_GOODS)).drop_id
    then = catalogue(shop)
    published(shop, day=17)
    assert freesport("rebuild", "--until", drop).code == 0
    assert catalogue(shop) == then


def test_the_shop_becomes_what_it_was_at_a_moment(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16, **TWO_GOODS)
    then = catalogue(shop)
    moment = datetime.now(UTC)
    published(shop, day=17)
    assert freesport("rebuild", "--until", moment.isoformat()).code == 0
    assert catalogue(shop) == then


@pytest.mark.slow
def test_without_a_backup_everything_is_imported_again(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    published(shop, day=16, **TWO_GOODS)
    then = catalogue(shop)
    said = freesport("rebuild", "--json")
    assert said.code == 0, said.err
    assert (said.json["backup"], len(said.json["steps"])) == (None, 2)
    assert catalogue(shop) == then


@pytest.mark.slow
def test_an_older_backup_is_used_when_the_newest_is_too_new(shop: ShopUnderTest, freesport: Commands) -> None:
    first = session_of(published(shop))
    older = freesport("backup", "--json").json["backup"]
    then = catalogue(shop)
    published(shop, day=16)
    freesport("backup")
    said = freesport("rebuild", "--until", first.id, "--json")
    assert (said.code, said.json["backup"], said.json["steps"]) == (0, older, [])
    assert catalogue(shop) == then


@pytest.mark.slow
def test_options_of_an_import_are_those_it_had(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    prices, goods = [price("g1#a", {RRP: "77"})], [good("g1", name="Имя")]
    older = export(prices=prices, goods=goods, formed_at="2026-01-10T03:00:00")
    assert shop.import_files(older, only=["prices"], allow_older=True).status == "published"
    then = catalogue(shop)
    shop.execute("UPDATE goods SET name = 'damaged'")
    said = freesport("rebuild")
    assert said.code == 0, said.err
    assert catalogue(shop) == then


def test_a_rollback_is_repeated(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    in_backup = session_of(published(shop, day=16))
    freesport("backup")
    roll_back(shop, in_backup.id)
    after_backup = session_of(published(shop, day=17, **TWO_GOODS))
    roll_back(shop, after_backup.id)
    then = catalogue(shop)
    shop.execute("UPDATE goods SET name = 'damaged'")
    said = freesport("rebuild", "--json")
    assert said.code == 0, said.err
    assert len(said.json["steps"]) == 3
    assert catalogue(shop) == then


def test_an_approval_is_repeated(shop: ShopUnderTest, freesport: Commands, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREESPORT_MOVE_BLOCK_ROWS", "1")
    shop.configure(move_block_rows=1)
    published(shop)
    freesport("backup")
    held = vanishing(shop, 16)
    assert held.status == "rejected"
    approving.approve(shop.database, session_of(held).id)
    then = catalogue(shop)
    shop.execute("UPDATE goods SET name = 'damaged'")
    said = freesport("rebuild")
    assert said.code == 0, said.err
    assert catalogue(shop) == then


@pytest.mark.slow
def test_the_state_before_is_a_backup_of_its_own(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16, **TWO_GOODS)
    before = catalogue(shop)
    said = freesport("rebuild", "--until", 1, "--json")
    assert catalogue(shop) != before
    assert freesport("restore", said.json["safety_backup"]).code == 0
    assert catalogue(shop) == before


@pytest.mark.slow
def test_what_came_later_is_not_imported_again_by_the_sensor(shop: ShopUnderTest, freesport: Commands) -> None:
    first = session_of(published(shop))
    later = session_of(published(shop, day=16))
    assert freesport("rebuild", "--until", first.id).code == 0
    assert later.drop_id in unfinished.settled_drops(shop.database)
    assert sessions.get(shop.database, later.id).status == "rolled_back"


@pytest.mark.slow
def test_what_the_shop_itself_has_hidden_stays_hidden(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16)
    shop.execute("UPDATE skus SET is_active = false WHERE onec_id = 'g1#b'")
    assert freesport("rebuild", "--until", 1).code == 0
    shown = {row["onec_id"]: bool(row["is_active"]) for row in shop.rows("SELECT onec_id, is_active FROM products")}
    assert shown == {"g1#a": True, "g1#b": False}


@pytest.mark.slow
def test_no_session_loses_its_number(shop: ShopUnderTest, freesport: Commands) -> None:
    for day in (15, 16):
        published(shop, day=day)
    runs = "SELECT id, run_id FROM import_sessions ORDER BY id"
    before = shop.rows(runs)
    assert freesport("rebuild").code == 0
    after = shop.rows(runs)
    assert after[:2] == before
    assert [row["id"] for row in after[2:]] == [3, 4]


@pytest.mark.slow
def test_a_second_rebuild_does_not_bring_back_what_the_first_left_out(shop: ShopUnderTest, freesport: Commands) -> None:
    first = session_of(published(shop))
    published(shop, day=16)
    freesport("backup")
    freesport("rebuild", "--until", first.id)
    then = catalogue(shop)
    said = freesport("rebuild", "--json")
    assert said.code == 0, said.err
    assert catalogue(shop) == then


def test_a_lost_database_is_built_from_backup_and_archive(shop: ShopUnderTest, freesport: Commands) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16, **TWO_GOODS)
    stocks(shop, "9", 17)
    shop.import_files({**export(formed_at="2026-01-18T03:00:00"), "manifest.json": b'{"dry_run": true}'})
    shop.import_files(clashing_price_types())
    then = catalogue(shop)
    lose(shop)
    said = freesport("rebuild", "--json")
    assert said.code == 0, said.err
    assert "tells no history" in said.json["note"]
    assert "stock_update" in said.json["steps"][1]["step"]
    assert len(said.json["steps"]) == 3
    assert len(said.json["left_out"]) == 1
    assert catalogue(shop) == then


def lose(shop: ShopUnderTest) -> None:
    with shop.database.write() as connection:
        for table in everything_of(shop):
            connection.exec_driver_sql(f"DELETE FROM {table}")


def everything_of(shop: ShopUnderTest) -> list[str]:
    return [name for name in everything(shop.database) if name != "version"]


def test_another_database_is_filled_and_the_shop_left_alone(
    shop: ShopUnderTest, freesport: Commands, another_url: str
) -> None:
    published(shop)
    freesport("backup")
    published(shop, day=16, **TWO_GOODS)
    before = everything(shop.database)
    assert freesport("rebuild", "--into", another_url).code == 0
    assert everything(shop.database) == before
    other = ShopDatabase(another_url)
    with other.read() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM goods")).scalar_one() == 2
    other.dispose()
    again: Any = freesport("rebuild", "--into", another_url)
    assert again.code == 1
    assert "name an empty database" in again.err
