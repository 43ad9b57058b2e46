"""Pruning by age and number: what is old and not needed goes, what an open session or a rebuild needs stays."""

from datetime import UTC, datetime, timedelta

import pytest
from upath import UPath

from freesport_pipelines.database import sessions
from freesport_pipelines.database.backup_manifest import BEFORE_RESTORE
from freesport_pipelines.steps import pruning
from freesport_pipelines.steps.backups import Backups
from freesport_pipelines_tests.acceptance.exports import RRP, export
from freesport_pipelines_tests.commerceml_xml import good, offer, price, price_lists_xml, price_type
from freesport_pipelines_tests.keeping.safe import published
from freesport_pipelines_tests.shop import Import, ShopUnderTest

YEAR = timedelta(days=365)


class Office:
    """A shop with backups, pruned now or as if it were later."""

    def __init__(self, shop: ShopUnderTest, backups: Backups) -> None:
        self.shop = shop
        self.backups = backups

    def back_up(self, reason: str = "") -> str:
        return self.backups.take(self.shop.database, reason).id

    def prune(self, later: timedelta = timedelta(0), *, dry_run: bool = False, **settings: int) -> pruning.Pruned:
        resource = self.shop.resource
        wanted = resource.settings.model_copy(update=settings)
        now = datetime.now(UTC) + later
        return pruning.prune(resource.database, resource.archive, self.backups, wanted, now, dry_run=dry_run)

    @property
    def drops(self) -> set[str]:
        return set(self.shop.resource.archive.drop_ids())

    def journaled(self) -> set[int]:
        return {row["session_id"] for row in self.shop.rows("SELECT DISTINCT session_id FROM change_sets")}


@pytest.fixture
def office(shop: ShopUnderTest, postgres_bin: object) -> Office:
    return Office(shop, Backups(UPath(shop.folder / "backups"), postgres_bin))  # type: ignore[arg-type]


def session_of(imported: Import) -> sessions.Session:
    assert imported.session is not None
    return imported.session


def prices(day: int, retail: str) -> dict[str, bytes]:
    rows = [price("g1#a", {RRP: retail}), price("g1#b", {RRP: retail})]
    return export(prices=rows, formed_at=f"2026-01-{day:02}T03:00:00")


def rejected(office: Office) -> sessions.Session:
    """A session that a gate holds back: two price types feed one column."""
    files = {"priceLists/priceLists_1_1_<uuid>.xml": price_lists_xml([price_type(RRP, "РРЦ"), price_type("x", "РРЦ")])}
    imported = office.shop.import_files(files)
    assert imported.status == "rejected"
    return session_of(imported)


def test_without_a_backup_no_drop_is_removed(office: Office) -> None:
    published(office.shop)
    pruned = office.prune(YEAR)
    assert len(office.drops) == 1
    assert any("no backup" in note for note in pruned.notes)


def test_drops_that_came_after_the_newest_backup_stay_however_old_they_are(office: Office) -> None:
    old = session_of(published(office.shop)).drop_id
    office.back_up()
    new = session_of(published(office.shop, day=16)).drop_id
    office.prune(YEAR, archive_drops=1)
    assert office.drops == {new}
    office.back_up()
    office.prune(YEAR)
    assert office.drops == set()
    assert old != new


def test_a_drop_that_was_only_tried_after_the_newest_backup_stays(office: Office) -> None:
    published(office.shop)
    office.back_up()
    tried = session_of(office.shop.import_files(prices(16, "120"), dry_run=True)).drop_id
    office.prune(YEAR)
    assert office.drops == {tried}


def test_a_drop_that_was_replayed_after_the_newest_backup_stays(office: Office) -> None:
    first = session_of(published(office.shop)).drop_id
    office.back_up()
    office.shop.run("catalog_import", {"drop": first, "force": True})
    office.prune(YEAR)
    assert office.drops == {first}


def test_drops_go_by_age(office: Office) -> None:
    published(office.shop)
    office.back_up()
    office.prune(timedelta(days=29), archive_days=30)
    assert len(office.drops) == 1
    office.prune(timedelta(days=31), archive_days=30)
    assert office.drops == set()


def test_drops_go_by_number(office: Office) -> None:
    for day in (15, 16, 17):
        published(office.shop, day=day)
    newest = max(office.drops)
    office.back_up()
    office.prune(archive_drops=1)
    assert office.drops == {newest}


def test_the_drop_and_the_journal_of_a_session_that_can_still_be_approved_stay(office: Office) -> None:
    published(office.shop)
    waiting = rejected(office)
    office.back_up()
    office.prune(YEAR, archive_drops=1, journal_sessions=1)
    assert office.drops == {waiting.drop_id}
    assert waiting.id in office.shop.database.areas()
    assert sessions.get(office.shop.database, waiting.id).verdict is not None


def test_a_drop_without_a_session_stays(office: Office) -> None:
    published(office.shop)
    office.shop.execute("DELETE FROM import_sessions")
    published(office.shop, day=16)
    office.back_up()
    office.prune(YEAR)
    assert len(office.drops) == 1


def test_journals_go_by_age_and_reports_keep_their_counts(office: Office) -> None:
    first = published(office.shop)
    office.shop.import_files(prices(16, "120"))
    office.prune(YEAR)
    old = sessions.get(office.shop.database, session_of(first).id)
    assert session_of(first).id not in office.journaled()
    assert office.shop.count("session_figures", f"session_id = {old.id}") == 0
    assert old.status == "published"
    assert old.report is not None
    assert old.report["tables"] == first.report["tables"]
    assert "checks" not in old.report
    assert old.verdict is None


def test_journals_go_by_number(office: Office) -> None:
    for day in (15, 16, 17):
        office.shop.import_files(prices(day, str(100 + day)))
    newest = max(office.journaled())
    office.prune(journal_sessions=1)
    assert office.journaled() == {newest}


def test_unchanged_content_is_still_recognised_after_pruning(office: Office) -> None:
    files = export()
    assert office.shop.import_files(files).status == "published"
    office.prune(YEAR, journal_sessions=1)
    again = office.shop.import_files(files)
    assert again.status == "unchanged"
    assert again.report["checks"]


def test_rows_that_still_wait_in_quarantine_stay_and_cured_ones_go(office: Office) -> None:
    shop = office.shop
    published(shop, offers=[offer("g1#a"), offer("g1#b"), offer("g2#a"), offer("g3#a")])
    published(shop, day=16, goods=[good("g1"), good("g2")])  # cures g2#a
    published(shop, day=17)
    assert shop.count("quarantine", "resolved_session_id IS NOT NULL") == 1
    office.prune(YEAR)
    assert {row["key"] for row in shop.rows("SELECT key FROM quarantine")} == {"g3#a"}


def test_superfluous_backups_go(office: Office) -> None:
    published(office.shop)
    for _ in range(4):
        office.back_up()
    newest = [backup.id for backup in office.backups.newest_first()[:2]]
    office.prune(backup_count=2)
    assert [backup.id for backup in office.backups.newest_first()] == newest


def test_safety_backups_push_no_other_out_and_the_newest_three_stay(office: Office) -> None:
    published(office.shop)
    own = office.back_up()
    safety = [office.back_up(BEFORE_RESTORE) for _ in range(5)]
    office.prune(backup_count=1)
    assert {backup.id for backup in office.backups.newest_first()} == {own, *safety[2:]}


def test_the_backup_that_the_shop_goes_on_from_is_never_superfluous(office: Office) -> None:
    published(office.shop)
    office.back_up()
    (base,) = office.backups.newest_first()
    for day in (16, 17):
        published(office.shop, day=day)
        office.back_up()
    office.backups.restore(base, office.shop.database)  # the later ones hold what was undone
    office.prune(YEAR, backup_count=1)
    assert base.id in {backup.id for backup in office.backups.newest_first()}


def test_a_dry_run_tells_and_removes_nothing(office: Office) -> None:
    shop = office.shop
    for day in (15, 16):
        shop.import_files(prices(day, str(100 + day)))
    office.back_up()
    would = office.prune(YEAR, dry_run=True)
    assert len(office.drops) == 2
    assert len(office.journaled()) == 2
    done = office.prune(YEAR)
    del done.counts["staging_areas"]
    assert would.counts == done.counts
    assert would.counts["drops"] == 2
    assert would.counts["change_set_rows"] > 0


def test_what_a_crash_left_in_the_archive_goes_when_it_is_old(office: Office) -> None:
    published(office.shop)
    root = office.shop.resource.archive.root
    for name in ("20200115T101500.250000Z-3f2a9c", f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}-3f2a9c"):
        (root / name / "files").mkdir(parents=True)
        (root / name / "files" / "goods.xml").write_bytes(b"half")
    office.prune()
    assert len([folder for folder in root.iterdir() if folder.is_dir()]) == 2
