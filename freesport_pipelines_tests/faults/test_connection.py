"""A database that drops out for a moment costs a pause; one that stays away costs nothing but the import."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import sqlalchemy as sa
import tenacity

from freesport_pipelines.database import engine, sessions
from freesport_pipelines.steps import attempt
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.faults.by_hand import ByHand
from freesport_pipelines_tests.faults.points import struck
from freesport_pipelines_tests.faults.shops import Content, Template, content
from freesport_pipelines_tests.shop import ShopUnderTest

SELDOM = pytest.mark.slow
WRITING = ("before the first table", "between two tables", "before the commit")
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
CUT += "pg_backend_pid() AND (state = 'idle in transaction' OR :everyone)"


class Pauses:
    """The pauses between attempts, without the waiting."""

    def __init__(self) -> None:
        self.count = 0
        self.during: Callable[[], object] = lambda: None

    def begin(self, _state: tenacity.RetryCallState) -> None:
        self.count += 1
        self.during()


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    made = Pauses()
    monkeypatch.setattr(attempt, "wait_random_exponential", lambda **_: tenacity.wait_none())
    monkeypatch.setattr(attempt, "_say", made.begin)
    return made


@pytest.fixture
def postgres_shop(templates: dict[str, Template], tmp_path: Path) -> Iterator[ShopUnderTest]:
    with templates["postgresql"].copied(tmp_path / "shop") as copied:
        yield copied


def cuts(shop: ShopUnderTest, times: int = 1, *, everyone: bool = False) -> Callable[[], None]:
    """Cut the connection of whoever writes (or all of them), so many times."""
    admin = sa.create_engine(shop.database_url, poolclass=sa.NullPool)
    left = [times]

    def blow() -> None:
        if left[0]:
            left[0] -= 1
            with admin.connect() as connection:
                assert connection.execute(sa.text(CUT), {"everyone": everyone}).rowcount

    return blow


@pytest.mark.parametrize("everyone", [pytest.param(False, marks=SELDOM), True], ids=["the writer's", "all"])
@pytest.mark.parametrize("point", WRITING)
def test_a_publication_whose_connection_is_cut_is_tried_again(
    postgres_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses, point: str, everyone: bool
) -> None:
    shop, judged = postgres_shop, ByHand(postgres_shop, rich(2)).stage().judge()
    with struck(point, cuts(shop, 2, everyone=everyone)):
        judged.persistently(judged.publish, 3)
    assert (judged.now.status, pauses.count) == ("published", 2)
    assert content(shop) == templates["postgresql"].complete


def test_a_publication_that_is_not_tried_again_leaves_the_shop_as_it_was_and_can_be_repeated(
    postgres_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses
) -> None:
    shop, judged = postgres_shop, ByHand(postgres_shop, rich(2)).stage().judge()
    before = shop.dump()
    for point in WRITING:
        with struck(point, cuts(shop)), pytest.raises(sa.exc.OperationalError):
            judged.persistently(judged.publish, 1)
        assert shop.dump() == before
        assert (judged.now.status, pauses.count) == ("judged", 0)
    judged.persistently(judged.publish, 1)
    assert content(shop) == templates["postgresql"].complete


def test_a_commit_whose_answer_is_lost_is_not_repeated(shop: ShopUnderTest, complete: Content, pauses: Pauses) -> None:
    lost: list[Exception] = [sa.exc.OperationalError("COMMIT", {}, psycopg2.OperationalError("the server closed"))]

    def blow() -> None:
        if lost:
            raise lost.pop()

    judged = ByHand(shop, rich(2)).stage().judge()
    with struck("after the commit", blow):
        judged.persistently(judged.publish, 2)
    assert (judged.now.status, judged.now.report["status"], pauses.count) == ("published", "published", 1)
    assert content(shop) == complete
    assert judged.publish().status == "published"
    assert content(shop) == complete


@pytest.mark.parametrize(
    "point",
    [
        "while prices are staged",
        *(pytest.param(p, marks=SELDOM) for p in ("while gates are judged", "between two tables")),
    ],
)
def test_a_run_of_the_dagster_job_outlasts_a_cut_in_every_step(
    postgres_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses, tmp_path: Path, point: str
) -> None:
    shop = postgres_shop
    shop.with_dagster = True
    folder = write_export(tmp_path / "export", rich(2))
    with struck(point, cuts(shop, everyone=True)):
        imported = shop.import_folder(folder)
    assert (imported.success, imported.status, pauses.count) == (True, "published", 1)
    assert content(shop) == templates["postgresql"].complete


def test_a_database_that_stays_away_fails_the_run_with_the_cause_and_changes_nothing(
    postgres_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses, tmp_path: Path
) -> None:
    shop = postgres_shop
    shop.configure(database_attempts=3)
    shop.with_dagster = True
    before = shop.dump()
    folder = write_export(tmp_path / "export", rich(2))
    with struck("between two tables", cuts(shop, 3)):
        imported = shop.import_folder(folder)
    assert (imported.success, pauses.count) == (False, 2)
    assert "closed the connection" in imported.error
    assert shop.dump() == before
    assert shop.import_folder(folder).status == "published"
    assert content(shop) == templates["postgresql"].complete


# --- SQLite: a writer that does not let go ---


class Writer:
    """Somebody else who holds SQLite's write lock: a report, a backup, a shell that was left open."""

    def __init__(self, shop: ShopUnderTest) -> None:
        self.connection = sqlite3.connect(shop.folder / "shop.db", isolation_level=None, check_same_thread=False)
        self.lock = threading.Lock()

    def hold(self) -> None:
        with self.lock:
            if not self.connection.in_transaction:
                self.connection.execute("BEGIN IMMEDIATE")

    def let_go(self) -> None:
        with self.lock:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")


@pytest.fixture
def sqlite_shop(
    templates: dict[str, Template], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[ShopUnderTest]:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.1)
    with templates["sqlite"].copied(tmp_path / "shop") as copied:
        yield copied


def test_a_publication_waits_for_a_writer_that_holds_the_lock_longer_than_the_timeout(
    sqlite_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses
) -> None:
    shop, judged = sqlite_shop, ByHand(sqlite_shop, rich(2)).stage().judge()
    writer = Writer(shop)
    writer.hold()
    pauses.during = lambda: pauses.count > 1 and writer.let_go()
    judged.persistently(judged.publish, 3)
    assert (judged.now.status, pauses.count) == ("published", 2)
    assert content(shop) == templates["sqlite"].complete


def test_a_writer_that_never_lets_go_leaves_the_shop_as_it_was(
    sqlite_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses
) -> None:
    shop, judged = sqlite_shop, ByHand(sqlite_shop, rich(2)).stage().judge()
    before, writer = shop.dump(), Writer(sqlite_shop)
    writer.hold()
    with pytest.raises(sa.exc.OperationalError, match="database is locked"):
        judged.persistently(judged.publish, 2)
    assert pauses.count == 1
    assert shop.dump() == before
    writer.let_go()
    assert sessions.get(shop.database, judged.id).status == "judged"
    assert judged.publish().status == "published"
    assert content(shop) == templates["sqlite"].complete


def test_a_writer_between_two_steps_is_waited_for_in_a_run_of_the_dagster_job(
    sqlite_shop: ShopUnderTest, templates: dict[str, Template], pauses: Pauses, tmp_path: Path
) -> None:
    shop, writer, held = sqlite_shop, Writer(sqlite_shop), list[Any]()

    def hold_once() -> None:
        if not held:
            held.append(writer.hold())

    pauses.during = writer.let_go
    shop.with_dagster = True
    folder = write_export(tmp_path / "export", rich(2))
    with struck("while prices are staged", hold_once):
        imported = shop.import_folder(folder)
    assert (imported.status, pauses.count) == ("published", 1), imported.error
    assert content(shop) == templates["sqlite"].complete
