"""How long a run waits in Dagster's queue: a stock update of 1,000 rows through a real daemon."""

import json
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.commands import SCRIPTS, Failed, Shop, dagster_home
from benchmarks.dagster_runs import Run, finished_runs
from benchmarks.data import Export
from benchmarks.scenarios import Tell
from freesport_pipelines.domain.jobs import STOCK_UPDATE

MODULE = ("-m", "freesport_pipelines.definitions")
_WARM_UP_SECONDS = 15
"""A daemon that runs for days has started its code server long ago."""
_PATIENCE_SECONDS = 180
_POLL_SECONDS = 5


def measure_daemon(shop: Shop, export: Export, tell: Tell) -> dict[str, float]:
    """Seconds in the queue and of the run."""
    tell("starting a Dagster daemon")
    shop.prepare()
    with _daemon(shop):
        time.sleep(_WARM_UP_SECONDS)
        before = len(finished_runs(shop.work))
        _launch(shop, export)
        run = _finished(shop, before)
    return {"queued_seconds": run.started_at - run.created_at, "run_seconds": run.ended_at - run.started_at}


@contextmanager
def _daemon(shop: Shop) -> Iterator[None]:
    command = (str(SCRIPTS / "dagster-daemon"), "run", *MODULE)
    with (shop.work / "daemon.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=dagster_home(shop.work), env=shop.environment(), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(60)


def _launch(shop: Shop, export: Export) -> None:
    config = {"ops": {"exchange__drop": {"config": {"drop": str(export.folder), "only": ["rests", "storages"]}}}}
    launch = (str(SCRIPTS / "dagster"), "job", "launch", *MODULE, "-j", STOCK_UPDATE)
    command = (*launch, "--config-json", json.dumps(config))
    done = subprocess.run(
        command, cwd=dagster_home(shop.work), env=shop.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise Failed(f"dagster job launch: {done.stderr[-2000:]}")


def _finished(shop: Shop, before: int) -> Run:
    """The new run, once it has ended."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        known = finished_runs(shop.work)
        if len(known) > before:
            return known[0]
        time.sleep(_POLL_SECONDS)
    raise Failed(f"the daemon has not finished the run: see {shop.work / 'daemon.log'}")
