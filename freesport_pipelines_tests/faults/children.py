"""Imports in processes of their own, which are killed, limited, or run beside each other.

They are forked from one server process that has the product loaded already: a fresh interpreter takes a second.
"""

import multiprocessing
import resource
import signal
from collections.abc import Callable
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from unittest import mock

from freesport_pipelines.database import engine, liveness, sessions
from freesport_pipelines.steps import publishing
from freesport_pipelines_tests.faults.points import kill_myself, struck
from freesport_pipelines_tests.shop import ShopUnderTest

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload([__name__])
LONGEST_SECONDS = 90

event, barrier, queue = _forks.Event, _forks.Barrier, _forks.Queue


def start(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    child = _forks.Process(target=target, args=arguments)
    child.start()
    return child


def end(child: BaseProcess) -> int | None:
    """How a child ended by itself; one that hangs is killed and has no result."""
    child.join(LONGEST_SECONDS)
    code = child.exitcode
    if code is None:
        child.kill()
        child.join()
    return code


def is_killed_at(point: str, shop: ShopUnderTest, drop: Path, *, with_dagster: bool = False) -> bool:
    """Import in a process that is killed at the point; tell whether it came there."""
    child = start(_import_and_die, shop.database_url, shop.folder, str(drop), point, with_dagster)
    return end(child) == -signal.SIGKILL


def _import_and_die(url: str, folder: Path, drop: str, point: str, with_dagster: bool) -> None:
    shop = ShopUnderTest(url, folder, with_dagster=with_dagster)
    with struck(point, kill_myself):
        shop.run("catalog_import", {"drop": drop})


def import_when_all_are_ready(url: str, folder: Path, drop: str, point: str, all_ready: Any) -> None:
    """Import up to a point, wait there for the others (once), go on."""
    shop = ShopUnderTest(url, folder, with_dagster=False)
    waited: list[bool] = []

    def wait() -> None:
        if not waited:
            waited.append(True)
            all_ready.wait(30)

    with struck(point, wait):
        shop.run("catalog_import", {"drop": drop})
    shop.close()


def work_on(url: str, folder: Path, session_id: int, begun: Any, enough: Any) -> None:
    """Be at work on a session until told that it is enough."""
    shop = ShopUnderTest(url, folder, with_dagster=False)
    with liveness.working_on(shop.database, session_id):
        begun.set()
        enough.wait(60)
    shop.close()


def import_with_files_of_at_most(url: str, folder: Path, drop: str, point: str, size: int, said: Any) -> None:
    """Import where no file can grow beyond a size from a point on, as on a full disk; say how it went."""
    shop = ShopUnderTest(url, folder, with_dagster=False)
    with struck(point, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))):
        try:
            imported = shop.run("catalog_import", {"drop": drop})
        except Exception as error:
            said.put(("failed", str(error)))
        else:
            said.put((imported.status, imported.error))


def judge_with_little_memory_and_die(url: str, folder: Path, session_id: int, point: str) -> None:
    """A big session in small: the database writes to the staging file before the transaction ends; then the kill."""
    shop = ShopUnderTest(url, folder, with_dagster=False)
    real = engine._attach

    def attach(connection: Any, file: Path, name: str) -> None:
        real(connection, file, name)
        connection.connection.dbapi_connection.execute(f"PRAGMA {name}.cache_size = 2")

    with mock.patch.object(engine, "_attach", attach), struck(point, kill_myself):
        publishing.judge(shop.database, sessions.get(shop.database, session_id), shop.resource.settings)
