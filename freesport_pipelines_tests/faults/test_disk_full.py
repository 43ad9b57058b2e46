"""A disk that is full fails the session with the cause, is not tried again in vain, and leaves the shop as it was."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import engine
from freesport_pipelines.steps import attempt
from freesport_pipelines_tests.acceptance.exports import Files, export
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import good, goods_xml, write_export
from freesport_pipelines_tests.faults import children
from freesport_pipelines_tests.faults.points import struck
from freesport_pipelines_tests.faults.shops import Template, content, execute
from freesport_pipelines_tests.shop import Import, ShopUnderTest

LATER = "2025-02-03T10:00:00"
FULL = "database or disk is full"
NO_SPACE = "could not extend file: No space left on device"


def long_texts(count: int = 400) -> Files:
    """Goods that fill a disk: a megabyte of descriptions in packets of 100."""
    packets = {
        f"goods/goods_1_{first // 100 + 1}_<uuid>.xml": goods_xml(
            [good(f"m{first + number}", description=f"{first + number} Текст " * 150) for number in range(100)],
            formed_at=LATER,
        )
        for first in range(0, count, 100)
    }
    return export(goods=[], offers=[], prices=[], rests=[], formed_at=LATER) | packets


@pytest.fixture(autouse=True)
def no_second_attempt(monkeypatch: pytest.MonkeyPatch) -> None:
    def say(_state: Any) -> None:
        raise AssertionError("a full disk was tried again")

    monkeypatch.setattr(attempt, "_say", say)


@pytest.fixture
def on_sqlite(templates: dict[str, Template], tmp_path: Path) -> Iterator[ShopUnderTest]:
    with templates["sqlite"].copied(tmp_path / "shop") as copied:
        copied.with_dagster = True
        yield copied


@pytest.fixture
def on_postgres(templates: dict[str, Template], tmp_path: Path) -> Iterator[ShopUnderTest]:
    with templates["postgresql"].copied(tmp_path / "shop") as copied:
        copied.with_dagster = True
        yield copied


def failed_for(shop: ShopUnderTest, imported: Import, cause: str, before: object) -> bool:
    return not imported.success and cause in imported.error and shop.dump() == before


# --- SQLite ---


@contextmanager
def no_room_for_more_than(shop: ShopUnderTest, pages: int) -> Iterator[None]:
    """The live database file can grow by so many pages."""

    def limit(connection: Any, _record: Any) -> None:
        (now,) = connection.execute("PRAGMA page_count").fetchone()
        most.append(now + pages)
        connection.execute(f"PRAGMA max_page_count = {min(most)}")

    most: list[int] = []
    sa.event.listen(shop.database.engine, "connect", limit)
    try:
        yield
    finally:
        sa.event.remove(shop.database.engine, "connect", limit)


def test_a_live_file_that_cannot_grow_leaves_the_shop_as_it_was(on_sqlite: ShopUnderTest, tmp_path: Path) -> None:
    shop, before, sold = on_sqlite, on_sqlite.dump(), content(on_sqlite)
    folder = write_export(tmp_path / "export", long_texts())
    with no_room_for_more_than(shop, 40):
        imported = shop.import_folder(folder)
    assert failed_for(shop, imported, FULL, before)
    again = shop.import_folder(folder)
    assert (again.status, shop.count("goods")) == ("published", len(sold["goods"]) + 400)


def test_a_staging_file_that_cannot_grow_fails_the_session(
    on_sqlite: ShopUnderTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop, before, real = on_sqlite, on_sqlite.dump(), engine._attach

    def attach(connection: Any, file: Path, name: str) -> None:
        real(connection, file, name)
        connection.connection.dbapi_connection.execute(f"PRAGMA {name}.max_page_count = 60")

    folder = write_export(tmp_path / "export", long_texts())
    with monkeypatch.context() as limited:
        limited.setattr(engine, "_attach", attach)
        imported = shop.import_folder(folder)
    assert failed_for(shop, imported, FULL, before)
    assert imported.status == "failed"
    assert shop.import_folder(folder).status == "published"


@pytest.mark.parametrize(
    ("point", "kilobytes", "cause"),
    [
        ("while a packet is being archived", 100, "File too large"),
        ("after the session was opened", 1200, "disk"),
        pytest.param("after the judgement", 600, "disk", marks=pytest.mark.slow),
    ],
)
def test_a_process_whose_files_cannot_grow_ends_with_the_cause(
    on_sqlite: ShopUnderTest, tmp_path: Path, point: str, kilobytes: int, cause: str
) -> None:
    """RLIMIT_FSIZE: while it archives, while it stages, while it publishes."""
    shop, before = on_sqlite, on_sqlite.dump()
    shop.with_dagster = False
    archived = list(shop.resource.archive.drop_ids())
    folder = write_export(tmp_path / "export", long_texts(800))
    said = children.queue()
    arguments = (shop.database_url, shop.folder, str(folder), point, kilobytes * 1024, said)
    child = children.start(children.import_with_files_of_at_most, *arguments)
    status, error = said.get(timeout=60)
    assert children.end(child) == 0
    assert (status, cause in error) == ("failed", True), error
    assert shop.dump() == before
    if point == "while a packet is being archived":
        assert list(shop.resource.archive.drop_ids()) == archived
        assert list(shop.resource.archive.leftovers()) == []
    assert shop.import_folder(folder).status == "published"


# --- PostgreSQL ---


def runs_out_of_space(shop: ShopUnderTest, table: str) -> None:
    """The server cannot extend the file of a table: the error it then sends, on a disk that has room."""
    shop.execute(
        "CREATE OR REPLACE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = '{NO_SPACE}'; END $$"
    )
    shop.execute(f"CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON {table} EXECUTE FUNCTION disk_is_full()")


@pytest.mark.parametrize("table", [pytest.param("categories", marks=pytest.mark.slow), "sku_prices"])
def test_a_live_table_that_cannot_grow_leaves_the_shop_as_it_was(
    on_postgres: ShopUnderTest, templates: dict[str, Template], tmp_path: Path, table: str
) -> None:
    shop, before = on_postgres, on_postgres.dump()
    runs_out_of_space(shop, table)
    folder = write_export(tmp_path / "export", rich(2))
    imported = shop.import_folder(folder)
    assert failed_for(shop, imported, NO_SPACE, before)
    shop.execute("DROP FUNCTION disk_is_full() CASCADE")
    assert shop.import_folder(folder).status == "published"
    assert content(shop) == templates["postgresql"].complete


def test_a_staged_table_that_cannot_grow_fails_the_session(on_postgres: ShopUnderTest, tmp_path: Path) -> None:
    shop, before = on_postgres, on_postgres.dump()
    folder = write_export(tmp_path / "export", rich(2))
    with struck("after the session was opened", lambda: runs_out_of_space(shop, "stage_2.staged_prices")):
        imported = shop.import_folder(folder)
    assert failed_for(shop, imported, NO_SPACE, before)
    assert imported.status == "failed"
    assert shop.import_folder(folder).status == "published"


@contextmanager
def tiny_disk(shop: ShopUnderTest, server: sa.URL) -> Iterator[str]:
    """A tablespace on a file system of 64 KB; skips where this user may not mount one."""
    owner = Path(shop.row("SHOW data_directory")["data_directory"]).stat()
    with tempfile.TemporaryDirectory(prefix="freesport-tiny-") as folder:
        Path(folder).chmod(0o755)
        disk = Path(folder) / "disk"
        disk.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size=64k,mode=700,uid={owner.st_uid}", "tmpfs", str(disk)]
        try:
            subprocess.run(mount, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("a small file system cannot be mounted here")
        try:
            execute(server, f"CREATE TABLESPACE tiny LOCATION '{disk}'")
            yield "tiny"
            shop.execute("ALTER TABLE goods SET TABLESPACE pg_default")
            execute(server, "DROP TABLESPACE tiny")
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root may mount a file system")
def test_a_disk_of_the_server_that_is_really_full_leaves_the_shop_as_it_was(
    on_postgres: ShopUnderTest, templates: dict[str, Template], tmp_path: Path
) -> None:
    shop, before = on_postgres, on_postgres.dump()
    server = templates["postgresql"].server
    assert server is not None
    folder = write_export(tmp_path / "export", long_texts())
    with tiny_disk(shop, server) as tablespace:
        shop.execute(f"ALTER TABLE goods SET TABLESPACE {tablespace}")
        imported = shop.import_folder(folder)
        assert failed_for(shop, imported, "No space left on device", before)
    assert shop.import_folder(folder).status == "published"
