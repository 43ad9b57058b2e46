"""Backups and rebuilding take back the catalogue, never a customer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from freesport_pipelines_tests.customers.conftest import Commands, commands
from freesport_pipelines_tests.customers.customer_shop import CustomerShop
from freesport_pipelines_tests.customers.people import company
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.keeping.conftest import postgres_bin

__all__ = ["postgres_bin"]
TABLES = ("contragents", "customers", "sync_conflicts", "customer_sync_log", "customer_exports")


@pytest.fixture
def freesport(shop: CustomerShop, postgres_bin: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Commands]:
    monkeypatch.setenv("FREESPORT_BACKUP_URL", str(shop.folder / "backups"))
    monkeypatch.setenv("FREESPORT_POSTGRES_BIN", str(postgres_bin))
    with commands(shop) as run:
        yield run


def test_restoring_an_older_backup_keeps_who_has_registered_since(shop: CustomerShop, freesport: Commands) -> None:
    shop.published(company("c1"), company("c2"))
    shop.import_files(exports.catalogue("1990"))
    backup = freesport("backup", "--json").json["backup"]
    shop.import_files(exports.catalogue("2500", "2026-01-16T03:00:00"))
    me = shop.register(email="anna@example.test", needs_1c_export=True)
    shop.published(company("c1", "ООО Новое имя"), company("c2"), company("c3"))
    before = shop.everything(*TABLES)
    restored = freesport("restore", backup, "--yes", "--json")
    assert restored.code == 0, restored.err
    assert shop.row("SELECT retail_price AS price FROM products")["price"] == 1990
    assert shop.everything(*TABLES) == before
    assert me in shop.links()
    assert shop.published(company("c4")).table("customers")["inserted"] == 1


def test_rebuilding_the_catalogue_leaves_customers_alone(shop: CustomerShop, freesport: Commands) -> None:
    first = shop.import_files(exports.catalogue("1990"))
    shop.published(company("c1"))
    shop.import_files(exports.catalogue("2500", "2026-01-16T03:00:00"))
    shop.register(email="anna@example.test")
    before = shop.everything(*TABLES)
    assert first.session is not None
    rebuilt = freesport("rebuild", "--until", first.session.id, "--json")
    assert rebuilt.code == 0, rebuilt.err
    assert shop.row("SELECT retail_price AS price FROM products")["price"] == 1990
    assert shop.everything(*TABLES) == before


def test_an_empty_shop_gets_its_customers_from_the_backup(shop: CustomerShop, freesport: Commands) -> None:
    shop.published(company("c1"))
    shop.register(email="anna@example.test")
    before = shop.everything("contragents", "customers")
    backup = freesport("backup", "--json").json["backup"]
    for table in TABLES:
        shop.execute(f"DELETE FROM {table}")
    assert freesport("restore", backup, "--yes", "--json").code == 0
    assert shop.everything("contragents", "customers") == before
