"""A shop to import into, through the real Dagster job or through its steps, read as the shop itself would."""

import uuid
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa

from freesport_pipelines.database import sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.defs.assets.staged import STAGES
from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.domain.jobs import CATALOG_IMPORT
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps import approving, opening, publishing, rolling_back, staging
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines_tests.commerceml_xml import write_export


class Import:
    """What one import gave: the run (where Dagster ran it), the session, the report."""

    def __init__(self, session: sessions.Session | None, run: dg.ExecuteInProcessResult | None = None) -> None:
        self.session = session
        self.run = run

    @property
    def result(self) -> dg.ExecuteInProcessResult:
        assert self.run is not None
        return self.run

    @property
    def success(self) -> bool:
        return self.result.success if self.run is not None else self.status not in ("failed", "rejected")

    @property
    def status(self) -> str:
        assert self.session is not None
        return self.session.status

    @property
    def report(self) -> dict[str, Any]:
        assert self.session is not None
        assert self.session.report is not None
        return self.session.report

    def table(self, name: str) -> dict[str, int]:
        return self.report["tables"][name]

    @property
    def written(self) -> int:
        return sum(t["inserted"] + t["updated"] + t["hidden"] for t in self.report["tables"].values())

    def check(self, name: str) -> dict[str, Any]:
        return next(check for check in self.report["checks"] if check["name"] == name)

    @property
    def failed_checks(self) -> set[str]:
        return {check["name"] for check in self.report["checks"] if not check["passed"]}

    @property
    def quarantine(self) -> dict[str, dict[str, int]]:
        return self.report["quarantine"]

    @property
    def error(self) -> str:
        assert self.session is not None
        return self.session.error or ""


class ShopUnderTest:
    """One shop, its exchange folder and archive."""

    def __init__(self, database_url: str, folder: Path, *, with_dagster: bool = True, **settings: Any) -> None:
        """Start empty.

        :param with_dagster: run the real job; without it the job's steps are called in its order, a third of the time
        """
        self.with_dagster = with_dagster
        self.folder = folder
        self.settings = settings
        self.database_url = database_url
        self.instance = dg.DagsterInstance.ephemeral()
        self._drops = 0

    @cached_property
    def resource(self) -> Shop:
        folders = {name: str(self.folder / name.removesuffix("_url")) for name in ("exchange_url", "archive_url")}
        return Shop(Settings(_env_file=None, database_url=self.database_url, **folders, **self.settings))

    @cached_property
    def definitions(self) -> dg.Definitions:
        return build_defs(shop=self.resource)

    @property
    def database(self) -> ShopDatabase:
        return self.resource.database

    def close(self) -> None:
        self.instance.dispose()
        if "resource" in self.__dict__:
            self.database.dispose()

    def configure(self, **settings: Any) -> None:
        """Change the installation's settings for the imports that follow."""
        database = self.resource.database
        self.settings = {**self.settings, **settings}
        self.__dict__.pop("resource", None)
        self.__dict__.pop("definitions", None)
        database.dispose()

    def import_files(self, files: Mapping[str, bytes], job: str = "catalog_import", **config: Any) -> Import:
        """Write the files into a folder of their own and import it."""
        self._drops += 1
        folder = write_export(self.folder / f"export-{self._drops}", files)
        return self.import_folder(folder, job, **config)

    def import_folder(self, folder: Path, job: str = "catalog_import", **config: Any) -> Import:
        """Run the job on a folder."""
        return self.run(job, {"drop": str(folder), **config})

    def run(self, job: str, config: Mapping[str, Any]) -> Import:
        """Run a job as the launchpad does."""
        return self._run_job(job, config) if self.with_dagster else self._run_steps(job, config)

    def roll_back(self, imported: Import, *tables: str, dry_run: bool = False) -> Import:
        """Roll an import back, as `freesport rollback` does; `tables` are forced."""
        assert imported.session is not None
        opened = rolling_back.open_rollback(
            self.database, imported.session.id, run_id=uuid.uuid4().hex, forced=tables, dry_run=dry_run
        )
        try:
            rolling_back.roll_back(self.database, opened)
        except Exception as error:
            sessions.fail(self.database, opened.id, str(error))
            raise
        return Import(sessions.get(self.database, opened.id))

    def approve(self, imported: Import) -> Import:
        """Approve a rejected import, as `freesport approve` does."""
        assert imported.session is not None
        approving.approve(self.database, imported.session.id)
        return self.session(imported)

    def session(self, imported: Import) -> Import:
        """The same import as its session is now."""
        assert imported.session is not None
        return Import(sessions.get(self.database, imported.session.id))

    def _run_steps(self, job: str, config: Mapping[str, Any]) -> Import:
        run_id = uuid.uuid4().hex
        order = opening.Order(**{**config, "only": tuple(config.get("only", ()))})
        shop = self.resource
        drop = opening.find_drop(order, shop.exchange, shop.archive)
        context = opening.open_import(self.database, drop, order, shop.settings, job=job, run_id=run_id)
        try:
            self._import(job, context)
        except Exception as error:
            sessions.fail(self.database, context.session.id, str(error))
        return Import(sessions.of_run(self.database, run_id))

    def _import(self, job: str, context: ImportContext) -> None:
        before = opening.already_published(context)
        if before is not None:
            publishing.close_unchanged(self.database, context.session, before)
            return
        for stage in STAGES:
            if job == CATALOG_IMPORT or stage.name in ("warehouses", "stocks"):
                staging.stage(context, stage.step)
        publishing.judge_staged(context, self.resource.archive)
        try:
            publishing.publish_session(self.database, context.session.id, context.settings)
        except RuntimeError as error:
            sessions.update(self.database, context.session.id, error=str(error))

    def _run_job(self, job: str, config: Mapping[str, Any]) -> Import:
        result = self.definitions.resolve_job_def(job).execute_in_process(
            run_config={
                "ops": {"exchange__drop": {"config": dict(config)}},
                "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
            },
            instance=self.instance,
            raise_on_error=False,
        )
        return Import(sessions.of_run(self.database, result.run_id), result)

    def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """Rows of a query, as the shop's developers would write it."""
        with self.database.read() as connection:
            return [dict(row) for row in connection.execute(sa.text(sql), parameters).mappings()]

    def row(self, sql: str, **parameters: Any) -> dict[str, Any]:
        (row,) = self.rows(sql, **parameters)
        return row

    def count(self, table: str, where: str = "1 = 1") -> int:
        return int(self.row(f"SELECT count(*) AS n FROM {table} WHERE {where}")["n"])

    def execute(self, sql: str, **parameters: Any) -> None:
        """Something the shop itself does to its tables."""
        with self.database.write() as connection:
            connection.execute(sa.text(sql), parameters)

    def product(self, onec_id: str) -> dict[str, Any]:
        """The SKU as the shop reads it."""
        return self.row("SELECT * FROM products WHERE onec_id = :id", id=onec_id)

    def products(self) -> set[str]:
        return {row["onec_id"] for row in self.rows("SELECT onec_id FROM products")}

    def price(self, onec_id: str, role: str) -> Decimal | None:
        price = self._availability(onec_id, role)["price"]
        return None if price is None else Decimal(str(price))

    def can_be_ordered(self, onec_id: str, role: str = "retail") -> bool:
        return bool(self._availability(onec_id, role)["can_be_ordered"])

    def _availability(self, onec_id: str, role: str) -> dict[str, Any]:
        query = "SELECT * FROM product_availability WHERE onec_id = :id AND role = :role"
        return self.row(query, id=onec_id, role=role)

    def quarantined(self, kind: str) -> set[tuple[str, str]]:
        """(key, reason) of every row set aside."""
        rows = self.rows("SELECT key, reason FROM quarantine WHERE kind = :kind", kind=kind)
        return {(row["key"], row["reason"]) for row in rows}

    def dump(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every live table with all its columns, timestamps included."""
        from freesport_pipelines.database.feeds import FEEDS

        with self.database.read() as connection:
            return {
                feed.name: [tuple(row) for row in connection.execute(feed.live.select().order_by(feed.live_id))]
                for feed in FEEDS
            }
