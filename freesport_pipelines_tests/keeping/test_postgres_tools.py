"""PostgreSQL's tools: which are used, what they may see, and what an operator is told when they are not there."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from freesport_pipelines.database import postgres_tools
from freesport_pipelines.database.backup import back_up
from freesport_pipelines.database.backup_manifest import BackupError
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.scratch import scratch_database
from freesport_pipelines_tests.keeping.safe import Safe, published
from freesport_pipelines_tests.shop import ShopUnderTest

PASSWORD = "let me\\in: it's 'quoted'"


@pytest.fixture
def shop(postgres_url: sa.URL, tmp_path: Path) -> Iterator[ShopUnderTest]:
    admin = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE tools_shop")
    shop = ShopUnderTest(
        postgres_url.set(database="tools_shop").render_as_string(hide_password=False), tmp_path, with_dagster=False
    )
    yield shop
    shop.close()
    with admin.connect() as connection:
        connection.exec_driver_sql("DROP DATABASE tools_shop WITH (FORCE)")
        connection.exec_driver_sql("DROP ROLE IF EXISTS shop_backend, tools_user")
    admin.dispose()


def fake_tool(folder: Path, says: str) -> Path:
    tool = folder / "pg_dump"
    tool.write_text(f"#!/bin/sh\necho '{says}'\n")
    tool.chmod(0o700)
    return folder


def test_a_missing_tool_is_named_with_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match=r"no pg_dump in .*FREESPORT_POSTGRES_BIN"):
        postgres_tools.find_tool("pg_dump", tmp_path, 16)


def test_a_tool_older_than_the_server_is_refused_with_the_remedy(tmp_path: Path) -> None:
    folder = fake_tool(tmp_path, "pg_dump (PostgreSQL) 14.11 (Debian 14.11-1)")
    with pytest.raises(BackupError, match=r"14\.11.*PostgreSQL 16.*FREESPORT_POSTGRES_BIN"):
        postgres_tools.find_tool("pg_dump", folder, 16)
    assert postgres_tools.find_tool("pg_dump", folder, 14) == folder / "pg_dump"


def test_a_password_is_in_no_argument_of_a_tool(
    shop: ShopUnderTest, safe: Safe, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(shop)
    commands: list[list[str]] = []
    passwords: list[str] = []
    real = subprocess.run

    def run(command: list[str], **options: Any) -> Any:
        commands.append(command)
        connect_to = next((part for part in command if part.startswith("--dbname=")), "")
        if "passfile=" in connect_to:
            passwords.append(Path(connect_to.split("passfile='")[1].split("'")[0]).read_text(encoding="utf-8"))
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", run)
    url = sa.make_url(shop.database_url).set(password=PASSWORD)
    back_up(ShopDatabase(url.render_as_string(hide_password=False)), safe.file, postgres_bin=safe.postgres_bin)
    assert passwords == ["*:*:*:*:let me\\\\in\\: it's 'quoted'\n"]
    assert not any("let me" in part for command in commands for part in command)


def test_only_our_tables_are_dumped(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    shop.execute("CREATE TABLE newsletter (phone text)")
    safe.back_up(shop)
    listed = subprocess.run(
        [safe.postgres_bin / "pg_restore", "--list", safe.file], capture_output=True, text=True, check=True
    ).stdout
    assert "skus" in listed
    assert "import_sessions" in listed
    assert "newsletter" not in listed


def test_rights_on_our_tables_survive_a_restore(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    shop.execute("CREATE ROLE shop_backend")
    shop.execute("GRANT SELECT ON goods, products TO shop_backend")
    safe.back_up(shop)
    safe.restore(shop.database)
    granted = "SELECT count(*) AS n FROM information_schema.role_table_grants WHERE grantee = 'shop_backend'"
    assert shop.row(granted)["n"] == 2


def test_texts_with_every_awkward_character_come_back(shop: ShopUnderTest, safe: Safe) -> None:
    published(shop)
    awkward = "tab\t newline\n return\r backslash\\ \\. \\N quote\" 'single' ё 😀"
    shop.execute("UPDATE goods SET description = :text", text=f"\\.\n{awkward}")
    before = shop.dump()
    safe.back_up(shop)
    shop.execute("UPDATE goods SET description = NULL")
    safe.restore(shop.database)
    assert shop.dump() == before


def test_a_user_who_may_not_create_databases_is_told_what_to_do(shop: ShopUnderTest) -> None:
    shop.execute("CREATE ROLE tools_user LOGIN")
    limited = ShopDatabase(sa.make_url(shop.database_url).set(username="tools_user").render_as_string(False))
    with pytest.raises(BackupError, match=r"CREATEDB.*--into"), scratch_database(limited):
        pass
    limited.dispose()
