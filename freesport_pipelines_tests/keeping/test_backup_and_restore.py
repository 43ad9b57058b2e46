"""A backup and its restore: what comes back, what stays, and what happens when something is wrong."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import fingerprints, migrate, postgres_tools, unfinished
from freesport_pipelines.database.backup_manifest import BackupError, sha256_of
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.liveness import working_on
from freesport_pipelines.database.restore import restore
from freesport_pipelines_tests.acceptance.exports import RRP
from freesport_pipelines_tests.commerceml_xml import good, offer, price
from freesport_pipelines_tests.keeping.safe import Safe, everything, published
from freesport_pipelines_tests.shop import ShopUnderTest

DEARER = [price("g1#a", {RRP: "120"}), price("g1#b", {RRP: "130"})]
WITH_AN_ORPHAN = [offer("g1#a"), offer("g1#b"), offer("unknown#x")]


def test_a_restore_gives_back_every_table_with_its_bookkeeping(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop, offers=WITH_AN_ORPHAN)
    before = everything(shop.database)
    assert before["quarantine"]
    safe.back_up(shop)
    shop.execute("DELETE FROM skus")
    shop.execute("UPDATE goods SET name = 'damaged'")
    shop.execute("DELETE FROM quarantine")
    shop.execute("DELETE FROM change_sets")
    safe.restore(shop.database)
    assert everything(shop.database) == before


def test_a_restore_into_an_empty_database_gives_the_same_tables(
    shop: ShopUnderTest, safe: Safe, another_url: str
) -> None:
    published(shop, offers=WITH_AN_ORPHAN)
    safe.back_up(shop)
    another = ShopDatabase(another_url)
    safe.restore(another)
    assert everything(another) == everything(shop.database)
    another.dispose()


def test_imports_go_on_in_a_database_that_was_empty(
    shop: ShopUnderTest, safe: Safe, another_url: str, tmp_path: Path
) -> None:
    first = published(shop)
    safe.back_up(shop)
    another = ShopUnderTest(another_url, tmp_path / "another", with_dagster=False)
    restore(ShopDatabase(another_url), safe.file, safe.manifest, postgres_bin=safe.postgres_bin)
    again = published(another, day=16, goods=[good("g1"), good("g2")])
    assert again.table("goods")["inserted"] == 1
    assert first.session is not None
    assert again.session is not None
    assert again.session.id == first.session.id + 1
    another.close()


def test_sessions_that_came_after_the_backup_stay_listed_as_rolled_back(shop: ShopUnderTest, safe: Safe) -> None:
    first = published(shop)
    before = shop.dump()
    safe.back_up(shop)
    later = published(shop, day=16, prices=DEARER)
    restored = safe.restore(shop.database)
    assert shop.dump() == before
    assert first.session is not None
    assert later.session is not None
    assert restored.undone_sessions == (later.session.id,)
    statuses = {row["id"]: row["status"] for row in shop.rows("SELECT id, status FROM import_sessions")}
    assert statuses == {first.session.id: "published", later.session.id: "rolled_back"}
    # or else the exchange sensor would import it again at once
    assert later.session.drop_id in unfinished.settled_drops(shop.database)


def test_imports_go_on_after_a_restore_and_use_no_number_twice(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    safe.back_up(shop)
    later = published(shop, day=16, goods=[good("g1"), good("g2")])
    safe.restore(shop.database)
    again = published(shop, day=17, goods=[good("g1"), good("g2")])
    assert again.table("goods")["inserted"] == 1
    assert again.session is not None
    assert later.session is not None
    assert again.session.id > later.session.id


def test_a_backup_holds_nothing_of_an_import_that_is_being_published(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    before = everything(shop.database)
    with shop.database.publishing() as connection:
        connection.execute(sa.text("UPDATE goods SET name = 'half published'"))
        safe.back_up(shop)
        connection.execute(sa.text("DELETE FROM sku_prices"))
    safe.restore(shop.database)
    assert everything(shop.database) == before


def test_readers_see_the_old_state_until_the_restore_is_complete(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    safe.back_up(shop)
    published(shop, day=16, goods=[good("g1"), good("g2")])
    query = sa.text("SELECT count(*) FROM goods")
    snapshot = {} if shop.database.is_sqlite else {"isolation_level": "REPEATABLE READ"}
    with shop.database.engine.connect().execution_options(**snapshot) as reader, reader.begin():
        assert reader.execute(query).scalar_one() == 2
        safe.restore(shop.database)
        assert reader.execute(query).scalar_one() == 2
    assert shop.count("goods") == 1


def test_a_damaged_dump_is_refused_and_changes_nothing(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    safe.back_up(shop)
    content = bytearray(safe.file.read_bytes())
    content[len(content) // 2] ^= 1
    safe.file.write_bytes(content)
    published(shop, day=16, prices=DEARER)
    before = everything(shop.database)
    with pytest.raises(BackupError, match="not the one that was written"):
        safe.restore(shop.database)
    assert everything(shop.database) == before


def test_a_dump_that_does_not_hold_what_its_manifest_says_changes_nothing(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    manifest = safe.back_up(shop)
    published(shop, day=16, prices=DEARER)
    before = everything(shop.database)
    tables = {**manifest.tables, "skus": replace(manifest.tables["skus"], digest="1")}
    safe.manifest = replace(manifest, tables=tables)
    with pytest.raises(BackupError, match="nothing was restored"):
        safe.restore(shop.database)
    assert everything(shop.database) == before


def test_a_dump_that_was_cut_off_changes_nothing(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    manifest = safe.back_up(shop)
    before = everything(shop.database)
    safe.file.write_bytes(safe.file.read_bytes()[: manifest.size // 2])
    safe.manifest = replace(manifest, size=manifest.size // 2, sha256=sha256_of(safe.file))
    with pytest.raises((BackupError, sa.exc.DatabaseError)):
        safe.restore(shop.database)
    assert everything(shop.database) == before


def test_a_restore_that_fails_half_way_changes_nothing(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    safe.back_up(shop)
    published(shop, day=16, prices=DEARER, goods=[good("g1", name="Другое имя")])
    before = everything(shop.database)
    forbid_updates(shop, "sku_prices")  # written after the goods
    with pytest.raises(sa.exc.DatabaseError, match="the shop forbids it"):
        safe.restore(shop.database)
    assert everything(shop.database) == before


def forbid_updates(shop: ShopUnderTest, table: str) -> None:
    with shop.database.write() as connection:
        if shop.database.is_sqlite:
            connection.exec_driver_sql(
                f"CREATE TRIGGER no BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, 'the shop forbids it'); END"
            )
            return
        connection.exec_driver_sql(
            "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'the shop forbids it'; END $$"
        )
        connection.exec_driver_sql(f"CREATE TRIGGER no BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION no()")


def test_what_the_shop_has_built_on_our_tables_survives(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    shop.execute("CREATE TABLE orders (sku_id bigint REFERENCES skus (id), amount int)")
    shop.execute("ALTER TABLE goods ADD COLUMN seo_title text")
    shop.execute("CREATE VIEW cheap AS SELECT onec_id FROM products WHERE retail_price < 115")
    safe.back_up(shop)
    shop.execute("INSERT INTO orders SELECT id, 3 FROM skus")
    shop.execute("UPDATE goods SET seo_title = 'Лучший мяч'")
    published(shop, day=16, prices=DEARER)
    assert shop.rows("SELECT * FROM cheap") == []
    safe.restore(shop.database)
    assert len(shop.rows("SELECT * FROM cheap")) == 2
    assert shop.count("orders JOIN skus ON skus.id = orders.sku_id") == 2
    assert shop.row("SELECT seo_title FROM goods")["seo_title"] == "Лучший мяч"


def test_an_import_at_work_keeps_a_restore_away(shop: ShopUnderTest, safe: Safe) -> None:
    imported = published(shop)
    safe.back_up(shop)
    assert imported.session is not None
    with working_on(shop.database, imported.session.id), pytest.raises(BackupError, match="is being imported"):
        safe.restore(shop.database)
    safe.restore(shop.database)


def test_a_backup_of_the_other_kind_of_database_is_refused(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    manifest = safe.back_up(shop)
    other = {"sqlite": "postgresql", "postgresql": "sqlite"}[manifest.database]
    safe.manifest = replace(manifest, database=other)
    with pytest.raises(BackupError, match=f"a backup of {other}"):
        safe.restore(shop.database)


def test_a_backup_of_a_newer_version_is_refused(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    safe.manifest = replace(safe.back_up(shop), revision="9999")
    with pytest.raises(BackupError, match="does not know"):
        safe.restore(shop.database)


def test_a_backup_of_an_older_schema_is_restored_into_an_empty_database_and_upgraded(
    database_url: str, another_url: str, safe: Safe
) -> None:
    from freesport_pipelines.database.backup import back_up

    older = ShopDatabase(database_url)
    migrate.upgrade(older, "0001")
    with older.write() as connection:
        connection.execute(
            sa.text(
                "INSERT INTO units (onec_id, is_active, hidden_by_1c, created_at, updated_at, session_id) "
                "VALUES ('796', true, false, '2026-01-15 03:00:00', '2026-01-15 03:00:00', 1)"
            )
        )
    safe.manifest = back_up(older, safe.file, postgres_bin=safe.postgres_bin)
    older.dispose()
    newer = ShopDatabase(another_url)
    safe.restore(newer)
    with newer.read() as connection:
        assert connection.execute(sa.text("SELECT onec_id FROM units")).scalar_one() == "796"
        assert connection.execute(sa.text("SELECT count(*) FROM products")).scalar_one() == 0
        assert migrate.current_revision(connection) == migrate.revisions()[0]
    newer.dispose()


def test_figures_and_dump_are_of_one_moment(shop: ShopUnderTest, safe: Safe, monkeypatch: pytest.MonkeyPatch) -> None:
    if shop.database.is_sqlite:
        pytest.skip("SQLite's figures are taken from the copy itself")
    published(shop)
    before = everything(shop.database)
    publish_before(shop, monkeypatch, fingerprints, "contents")
    publish_before(shop, monkeypatch, postgres_tools, "dump")
    safe.back_up(shop)
    monkeypatch.undo()
    safe.restore(shop.database)
    assert everything(shop.database) == before


def publish_before(shop: ShopUnderTest, monkeypatch: pytest.MonkeyPatch, module: Any, name: str) -> None:
    """Let something be published just before this function does its work."""
    real = getattr(module, name)

    def later(*arguments: Any) -> Any:
        shop.execute("UPDATE goods SET name = name || '!'")
        return real(*arguments)

    monkeypatch.setattr(module, name, later)
