"""An import taken step by step, so that others can be put in between."""

import uuid
from pathlib import Path
from typing import Any

from freesport_pipelines.database import sessions
from freesport_pipelines.defs.assets.staged import STAGES
from freesport_pipelines.domain.jobs import CATALOG_IMPORT
from freesport_pipelines.steps import opening, publishing, staging
from freesport_pipelines.steps.attempt import attempt
from freesport_pipelines.steps.context import ImportContext
from freesport_pipelines_tests.acceptance.exports import Files
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.shop import Import, ShopUnderTest


class ByHand:
    """One import: opened at once, then `stage`, `judge` and `publish` when the test says so."""

    def __init__(self, shop: ShopUnderTest, files: Files, job: str = CATALOG_IMPORT, **options: Any) -> None:
        self.shop, self.job = shop, job
        folder = write_export(Path(shop.folder) / f"by-hand-{uuid.uuid4().hex}", files)
        order = opening.Order(drop=str(folder), **options)
        resource = shop.resource
        drop = opening.find_drop(order, resource.exchange, resource.archive)
        self.context: ImportContext = opening.open_import(
            shop.database, drop, order, resource.settings, job=job, run_id=uuid.uuid4().hex
        )
        self.id = self.context.session.id

    def stage(self, *names: str) -> "ByHand":
        """All tables that the job stages, or only these."""
        for stage in STAGES:
            of_job = self.job == CATALOG_IMPORT or stage.name in ("warehouses", "stocks")
            if of_job and (not names or stage.name in names):
                staging.stage(self.context, stage.step)
        return self

    def judge(self) -> "ByHand":
        publishing.judge(self.shop.database, self.context.session, self.context.settings)
        return self

    def publish(self) -> Import:
        publishing.publish_session(self.shop.database, self.id, self.context.settings)
        return self.now

    def persistently(self, step: Any, attempts: int) -> Any:
        """A step as the Dagster asset does it, with the retries of the error policy."""
        return attempt(self.shop.database, self.id, step, attempts)

    def do_all(self) -> Import:
        return self.stage().judge().publish()

    @property
    def now(self) -> Import:
        return Import(sessions.get(self.shop.database, self.id))
