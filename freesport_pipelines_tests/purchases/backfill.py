"""A backfill in a process of its own, which tests kill or start twice.

`python -m freesport_pipelines_tests.purchases.backfill DATABASE ONEC USER PASSWORD MONTH…`: it says `ready`, waits
for a line, and runs the job `onec_purchases` for one month after the other.
"""

import sys
import tempfile

import dagster as dg

from freesport_pipelines.defs.build import build_defs
from freesport_pipelines.defs.resources import Onec, Shop
from freesport_pipelines.settings import Settings
from freesport_pipelines_tests.purchases.onec_shop import QUIET, onec_settings


def main(database: str, url: str, user: str, password: str, *months: str) -> int:
    with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.ephemeral() as instance:
        settings = Settings(_env_file=None, database_url=database, exchange_url=folder, archive_url=folder)
        onec = Onec(onec_settings(url, user, password, page_size=20))
        job = build_defs(shop=Shop(settings), onec=onec).resolve_job_def("onec_purchases")
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        for month in months:
            if not job.execute_in_process(QUIET, instance, f"{month}-01").success:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
