"""An import that is killed, wherever it is, leaves the shop as it was or complete, and its drop in the archive."""

import hashlib
from pathlib import Path

import pytest

from freesport_pipelines.database import sessions, unfinished
from freesport_pipelines_tests.acceptance.test_rollback import rich
from freesport_pipelines_tests.commerceml_xml import write_export
from freesport_pipelines_tests.faults import children
from freesport_pipelines_tests.faults.points import POINTS, PUBLISHED_BY_THEN
from freesport_pipelines_tests.faults.shops import Content, content, wait_until_alone
from freesport_pipelines_tests.shop import ShopUnderTest

NOT_YET_OPENED = ("while a packet is being archived", "after the drop was archived")
OFTEN = ("while a packet is being archived", "while prices are staged", "between two tables", "after the commit")
SELDOM = pytest.mark.slow


def points() -> list[object]:
    return [point if point in OFTEN else pytest.param(point, marks=SELDOM) for point in POINTS]


@pytest.fixture
def second_day(tmp_path: Path) -> Path:
    return write_export(tmp_path / "second-day", rich(2))


def archived_drops_are_whole(shop: ShopUnderTest) -> bool:
    """Every file that a manifest of the archive names is there, byte for byte."""
    return all(
        hashlib.sha256((drop.root / file.path).read_bytes()).hexdigest() == file.sha256
        for drop in shop.resource.archive.list()
        for file in drop.files
        if file.is_archived
    )


@pytest.mark.parametrize("point", points())
def test_a_killed_import_leaves_the_shop_as_it_was_or_complete(
    shop: ShopUnderTest, second_day: Path, complete: Content, point: str
) -> None:
    before, sold_before = shop.dump(), content(shop)
    drops_before = list(shop.resource.archive.drop_ids())
    assert children.is_killed_at(point, shop, second_day)
    wait_until_alone(shop)

    if point in PUBLISHED_BY_THEN:
        assert content(shop) == complete != sold_before
    else:
        assert shop.dump() == before
    assert archived_drops_are_whole(shop)
    dead = unfinished.mark_dead(shop.database, 0)
    if point in PUBLISHED_BY_THEN or point in NOT_YET_OPENED:
        assert dead == []
    else:
        (killed,) = dead
        killed = sessions.get(shop.database, killed.id)
        assert (killed.status, killed.interrupted_at is not None) == ("failed", True)
        assert killed.drop_id in (killed.error or "")

    kept = [drop for drop in shop.resource.archive.drop_ids() if drop not in drops_before]
    again = shop.run("catalog_import", {"drop": kept[0] if kept else str(second_day)})
    assert again.status == ("unchanged" if point in PUBLISHED_BY_THEN else "published")
    assert content(shop) == complete
    assert archived_drops_are_whole(shop)


@pytest.mark.parametrize("point", ["between two tables", pytest.param("while offers are staged", marks=SELDOM)])
def test_a_killed_run_of_the_dagster_job_leaves_the_shop_as_it_was(
    shop: ShopUnderTest, second_day: Path, complete: Content, point: str
) -> None:
    before = shop.dump()
    assert children.is_killed_at(point, shop, second_day, with_dagster=True)
    wait_until_alone(shop)
    assert shop.dump() == before
    assert len(unfinished.mark_dead(shop.database, 0)) == 1
    shop.with_dagster = True
    assert shop.import_folder(second_day).status == "published"
    assert content(shop) == complete


def test_a_session_that_some_process_is_at_work_on_is_not_taken_for_dead(shop: ShopUnderTest, second_day: Path) -> None:
    assert children.is_killed_at("while goods are staged", shop, second_day)
    wait_until_alone(shop)
    killed = sessions.latest(shop.database)
    assert killed is not None
    begun, enough = children.event(), children.event()
    child = children.start(children.work_on, shop.database_url, shop.folder, killed.id, begun, enough)
    assert begun.wait(30)
    assert unfinished.mark_dead(shop.database, 0) == []
    enough.set()
    assert children.end(child) == 0
    assert [session.id for session in unfinished.mark_dead(shop.database, 0)] == [killed.id]


def test_a_session_whose_process_died_a_moment_ago_is_left_in_peace_for_a_while(
    shop: ShopUnderTest, second_day: Path
) -> None:
    assert children.is_killed_at("while goods are staged", shop, second_day)
    wait_until_alone(shop)
    assert unfinished.mark_dead(shop.database, 60) == []


def test_a_publication_whose_process_died_before_its_report_is_reported_as_published(
    shop: ShopUnderTest, second_day: Path
) -> None:
    """The session says so; so does the report that `freesport report` shows of it."""
    assert children.is_killed_at("after the commit", shop, second_day)
    wait_until_alone(shop)
    session = sessions.latest(shop.database)
    assert session is not None
    assert (session.status, (session.report or {}).get("status")) == ("published", "published")
