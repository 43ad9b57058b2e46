"""Backfills in processes of their own."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from freesport_pipelines_tests.purchases import backfill
from freesport_pipelines_tests.purchases.onec_shop import OnecShop


@contextmanager
def backfilling(shop: OnecShop, *months: str) -> Iterator["subprocess.Popen[str]"]:
    """A backfill that is ready to begin as soon as it is given a line."""
    server = shop.server
    command = [sys.executable, "-m", backfill.__name__, shop.database_url, server.url, server.user, server.password]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [*command, *months], stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


def begin(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()
