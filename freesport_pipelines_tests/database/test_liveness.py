"""A session at work is known to be alive; a dead one is marked failed by whoever looks next."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from freesport_pipelines.database import liveness, sessions, unfinished
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines_tests.database.staged_by_hand import open_session

HOLD = """
import sys, time
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.liveness import working_on
with working_on(ShopDatabase(sys.argv[1]), int(sys.argv[2])):
    print("at work", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def worker(database: ShopDatabase, database_url: str) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """A session, and another process at work on it."""
    session = open_session(database)
    command = [sys.executable, "-c", HOLD, database_url, str(session.id)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "at work\n"
    yield session.id, process
    process.kill()
    process.wait()


def status(database: ShopDatabase, session_id: int) -> str:
    return sessions.get(database, session_id).status


def test_another_process_at_work_keeps_its_session_alive(database: ShopDatabase, worker) -> None:
    session_id, _ = worker
    assert liveness.alive(database) == {session_id}
    assert unfinished.mark_dead(database, quiet_seconds=0) == []
    assert status(database, session_id) == "started"


def test_a_killed_process_leaves_a_session_that_is_marked_failed(database: ShopDatabase, worker) -> None:
    session_id, process = worker
    process.kill()
    process.wait()
    deadline = time.monotonic() + 20
    while liveness.alive(database) and time.monotonic() < deadline:
        time.sleep(0.05)
    (marked,) = unfinished.mark_dead(database, quiet_seconds=0)
    assert marked.id == session_id
    session = sessions.get(database, session_id)
    assert session.status == "failed"
    assert session.interrupted_at is not None
    assert "freesport replay" in (session.error or "")


def test_two_processes_may_work_on_one_session(database: ShopDatabase, worker) -> None:
    session_id, _ = worker
    with liveness.working_on(database, session_id):
        assert liveness.alive(database) == {session_id}
    assert liveness.alive(database) == {session_id}


def test_between_two_steps_a_session_is_given_time(database: ShopDatabase) -> None:
    session = open_session(database)
    assert unfinished.mark_dead(database, quiet_seconds=60) == []
    sessions.update(database, session.id, active_at=datetime.now(UTC) - timedelta(seconds=61))
    assert [dead.id for dead in unfinished.mark_dead(database, quiet_seconds=60)] == [session.id]


@pytest.mark.parametrize("ended", ["published", "unchanged", "rejected", "failed", "rolled_back"])
def test_a_session_that_came_to_an_end_is_never_touched(database: ShopDatabase, ended: str) -> None:
    session = open_session(database)
    sessions.update(database, session.id, status=ended)
    assert unfinished.mark_dead(database, quiet_seconds=0) == []


def test_a_judged_session_is_dead_unless_it_was_a_trial(database: ShopDatabase) -> None:
    tried, judged = open_session(database, dry_run=True), open_session(database)
    for session in (tried, judged):
        sessions.update(database, session.id, status="judged")
    assert [dead.id for dead in unfinished.mark_dead(database, quiet_seconds=0)] == [judged.id]


def test_the_drop_of_a_dead_session_is_not_settled(database: ShopDatabase) -> None:
    session = open_session(database)
    unfinished.mark_dead(database, quiet_seconds=0)
    assert session.drop_id not in unfinished.settled_drops(database)


def test_areas_of_open_sessions_are_kept_and_those_of_ended_ones_go(database: ShopDatabase) -> None:
    at_work, done, waits = (open_session(database) for _ in range(3))
    failed = [open_session(database) for _ in range(unfinished.KEPT_AREAS + 2)]
    sessions.update(database, done.id, status="published")
    sessions.update(database, waits.id, status="rejected")
    for session in failed:
        sessions.update(database, session.id, status="failed")
    unfinished.discard_areas(database)
    kept = {at_work.id, waits.id, *(session.id for session in failed[2:])}
    assert set(database.areas()) == kept


def test_a_rejected_session_that_a_later_one_made_obsolete_needs_no_area(database: ShopDatabase) -> None:
    rejected, later = open_session(database), open_session(database)
    sessions.update(database, rejected.id, status="rejected")
    with database.read() as connection:
        assert rejected.id in unfinished.open_ids(connection)
    sessions.update(database, later.id, status="published")
    with database.read() as connection:
        assert rejected.id not in unfinished.open_ids(connection)


def test_a_failed_session_that_is_taken_up_again_is_at_work_again(database: ShopDatabase) -> None:
    """Dagster's "re-execute from failure" goes on with the session of the run it repeats."""
    session = open_session(database)
    unfinished.mark_dead(database, quiet_seconds=0)
    again = sessions.take_up_again(database, session.id)
    assert (again.status, again.error, again.interrupted_at, again.finished_at) == ("started", None, None, None)
