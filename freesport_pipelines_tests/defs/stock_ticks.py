"""Ticks of the stock schedule, as the daemon makes them."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg

from freesport_pipelines.database import sessions
from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.defs.resources import Shop
from freesport_pipelines.defs.stock_schedule import stock_schedule
from freesport_pipelines.exchange.claim import claim
from freesport_pipelines.exchange.incoming import scan
from freesport_pipelines_tests.defs import exports
from freesport_pipelines_tests.shop import ShopUnderTest

LATER = "2026-01-16T03:00:00"


class Schedule:
    """Ticks as the daemon does, on a shop that holds one SKU with 5 in stock."""

    def __init__(self, shop: ShopUnderTest) -> None:
        self.shop = shop
        shop.with_dagster = False  # only to start with
        shop.import_files(exports.catalogue())
        shop.with_dagster = True
        self.incoming = Path(str(shop.resource.exchange.incoming))

    def tick(self, resource: Shop | None = None) -> tuple[list[dg.RunRequest], str]:
        """(what is asked for, why nothing is)."""
        shop = resource or self.shop.resource
        # closed at once: it would give back later what this instance had set, when the instance is gone
        with dg.build_schedule_context(instance=self.shop.instance, resources={"shop": shop}) as context:
            data = stock_schedule.evaluate_tick(context)
        return list(data.run_requests or ()), data.skip_message or ""

    def run(self, request: dg.RunRequest) -> str:
        """Run what was asked for, as the daemon would; the status of its session."""
        job = build_defs(shop=self.shop.resource).resolve_job_def("stock_update")
        done = job.execute_in_process(
            {**request.run_config, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            instance=self.shop.instance,
            tags=dict(request.tags),
        )
        session = sessions.of_run(self.shop.database, done.run_id)
        assert session is not None
        return session.status

    def note_run(self, request: dg.RunRequest, status: dg.DagsterRunStatus) -> None:
        """A run of what was asked for, in the state named."""
        job = self.shop.definitions.resolve_job_def("stock_update")
        self.shop.instance.create_run_for_job(job, tags=dict(request.tags), status=status)

    def claim_now(self) -> str:
        """Somebody has claimed what lies in incoming and nobody has asked for it yet."""
        exchange = self.shop.resource.exchange
        drop_id = claim(exchange, scan(exchange.incoming).files, datetime.now(UTC))
        assert drop_id is not None
        return drop_id

    def waiting_files(self) -> list[str]:
        return sorted(path.name for path in self.incoming.rglob("*") if path.is_file())


def stocks(quantity: str = "7") -> dict[str, bytes]:
    return exports.rests(quantity, LATER)
