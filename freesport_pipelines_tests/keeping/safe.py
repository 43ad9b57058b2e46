"""A backup in a local file, and all that a shop's tables hold, for comparing before and after."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database.backup import back_up
from freesport_pipelines.database.backup_manifest import Manifest
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.restore import Restored, restore
from freesport_pipelines.database.schema import metadata
from freesport_pipelines_tests.acceptance.exports import RRP, export
from freesport_pipelines_tests.commerceml_xml import price
from freesport_pipelines_tests.shop import Import, ShopUnderTest

WRITTEN = {"id", "sku_id", "created_at", "updated_at", "session_id"}


class Safe:
    """One backup."""

    def __init__(self, folder: Path, postgres_bin: Path) -> None:
        self.file = folder / "shop.dump"
        self.postgres_bin = postgres_bin
        self.manifest: Manifest

    def back_up(self, shop: ShopUnderTest) -> Manifest:
        self.file.unlink(missing_ok=True)
        self.manifest = back_up(shop.database, self.file, postgres_bin=self.postgres_bin)
        return self.manifest

    def restore(self, database: ShopDatabase) -> Restored:
        return restore(database, self.file, self.manifest, postgres_bin=self.postgres_bin)


def everything(database: ShopDatabase) -> dict[str, list[tuple[Any, ...]]]:
    """All our tables with all columns, bookkeeping too, and the schema's version."""
    with database.read() as connection:
        rows = {
            table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
            for table in metadata.sorted_tables
        }
        version = connection.execute(sa.text("SELECT version_num FROM freesport_schema_version")).scalar_one()
    return {**rows, "version": [(version,)]}


def catalogue(shop: ShopUnderTest) -> dict[str, set[str]]:
    """What the shop sells, without the numbers and times of imports: equal catalogues are equal here."""
    queries = {
        name: f"SELECT * FROM {name}"
        for name in ("categories", "goods", "products", "product_stocks", "product_availability", "warehouses", "units")
    }
    return {
        name: {repr(sorted((k, str(v)) for k, v in row.items() if k not in WRITTEN)) for row in shop.rows(query)}
        for name, query in queries.items()
    }


def published(shop: ShopUnderTest, day: int = 15, **rows: Any) -> Import:
    """An export, formed on a day of January and priced by it, that is imported and published."""
    rows.setdefault("prices", [price(onec_id, {RRP: str(84 + day)}) for onec_id in ("g1#a", "g1#b")])
    imported = shop.import_files(export(formed_at=f"2026-01-{day:02}T03:00:00", **rows))
    assert imported.status == "published", imported.error or imported.failed_checks
    return imported
