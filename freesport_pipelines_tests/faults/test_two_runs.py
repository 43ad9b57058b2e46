"""Two runs at once on the same files: one of them processes, and whatever becomes of the other takes nothing away."""

import hashlib
import threading
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from freesport_pipelines.database import sessions
from freesport_pipelines.exchange import archive
from freesport_pipelines.exchange.claim import claim, claimed_drops
from freesport_pipelines.exchange.incoming import scan
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.faults import children
from freesport_pipelines_tests.faults.points import Crash
from freesport_pipelines_tests.faults.shops import Content, content
from freesport_pipelines_tests.shop import ShopUnderTest


def claimed(shop: ShopUnderTest) -> str:
    exchange = shop.resource.exchange
    write_export(Path(str(exchange.incoming)), rich(2))
    drop_id = claim(exchange, scan(exchange.incoming).files, datetime.now(UTC))
    assert drop_id is not None
    return drop_id


def at_once(shop: ShopUnderTest, drop: str, point: str) -> list[sessions.Session]:
    """Two processes that import the same and wait for each other at a point; the sessions they opened."""
    known = {session.id for session in sessions.newest(shop.database, 100)}
    ready = children.barrier(2)
    arguments = (shop.database_url, shop.folder, drop, point, ready)
    both = [children.start(children.import_when_all_are_ready, *arguments) for _ in range(2)]
    assert [children.end(child) for child in both] == [0, 0]
    return [session for session in sessions.newest(shop.database, 100) if session.id not in known]


def published_once(shop: ShopUnderTest, opened: list[sessions.Session]) -> bool:
    """One session wrote; the other found nothing left to do, or was told to begin anew."""
    journals = [shop.count("change_sets", f"session_id = {session.id}") for session in opened]
    published = [session.status for session in opened].count("published")
    others = {session.status for session in opened} - {"published"}
    return published == 1 and others <= {"unchanged", "judged"} and len(journals) == 2


@pytest.mark.parametrize(
    "point", ["after the judgement", pytest.param("after the session was opened", marks=pytest.mark.slow)]
)
def test_of_two_runs_on_the_same_folder_one_processes_it(
    shop: ShopUnderTest, tmp_path: Path, complete: Content, point: str
) -> None:
    """Check 50."""
    folder = write_export(tmp_path / "export", rich(2))
    opened = at_once(shop, str(folder), point)
    assert len(opened) == 2
    assert published_once(shop, opened)
    assert content(shop) == complete


def test_of_two_runs_on_the_same_claimed_drop_one_processes_it(shop: ShopUnderTest, complete: Content) -> None:
    """Check 50: one archives it, the other finds it archived."""
    drop_id = claimed(shop)
    opened = at_once(shop, drop_id, "after the session was opened")
    assert published_once(shop, opened)
    assert content(shop) == complete
    assert is_whole(shop, drop_id)
    assert claimed_drops(shop.resource.exchange) == []


def test_two_looks_at_the_exchange_folder_claim_each_file_once(shop: ShopUnderTest) -> None:
    exchange = shop.resource.exchange
    write_export(Path(str(exchange.incoming)), rich(2))
    seen, ready = scan(exchange.incoming).files, threading.Barrier(2)
    claims: list[str | None] = []

    def look() -> None:
        ready.wait(10)
        claims.append(claim(exchange, seen, datetime.now(UTC)))

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claim is None for claim in claims) == [False, True]
    (drop,) = claimed_drops(exchange)
    assert len(drop.manifest.files) == len(seen)


def is_whole(shop: ShopUnderTest, drop_id: str) -> bool:
    drop = shop.resource.archive.load(drop_id)
    return all(
        (drop.root / file.path).exists()
        and hashlib.sha256((drop.root / file.path).read_bytes()).hexdigest() == file.sha256
        for file in drop.files
    )


@pytest.mark.parametrize("first_is_cancelled", [False, True])
def test_of_two_runs_that_archive_the_same_drop_the_second_waits_for_the_first(
    shop: ShopUnderTest, first_is_cancelled: bool
) -> None:
    """A run that is cancelled takes its own copies away, never those of another."""
    drop_id, kept, exchange = claimed(shop), shop.resource.archive, shop.resource.exchange
    real = archive.take_over
    second = threading.Thread(target=lambda: kept.store_claimed(exchange, drop_id))
    order: list[str] = []

    def take_over(*given: Any) -> Any:
        order.append("copies")
        taken = real(*given)
        if len(order) == 1:
            second.start()
            second.join(0.3)
            order.append("second waits" if second.is_alive() else "second went on")
            if first_is_cancelled:
                raise Crash
        return taken

    with mock.patch.object(archive, "take_over", take_over):
        with pytest.raises(Crash) if first_is_cancelled else nullcontext():
            kept.store_claimed(exchange, drop_id)
        second.join()
    assert order == (["copies", "second waits", "copies"] if first_is_cancelled else ["copies", "second waits"])
    assert is_whole(shop, drop_id)
