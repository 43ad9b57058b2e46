"""A restore that was undone by restoring its safety backup: what is published again counts as published."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from upath import UPath

from freesport_pipelines.steps import pruning, rebuilding
from freesport_pipelines.steps.backups import Backup, Backups
from freesport_pipelines.steps.lineage import Lineage, lineage_of
from freesport_pipelines_tests.keeping.commands import Commands
from freesport_pipelines_tests.keeping.doing import session_of
from freesport_pipelines_tests.keeping.safe import catalogue, published
from freesport_pipelines_tests.shop import ShopUnderTest


class Regretted:
    """Backup, a second import, back to the backup, and back again: session 2 is published as before."""

    def __init__(self, shop: ShopUnderTest, backups: Backups) -> None:
        self.shop, self.backups = shop, backups
        published(shop)
        first = self.back_up()
        self.session = session_of(published(shop, day=16))
        self.then = catalogue(shop)
        self.with_both = self.back_up("before restore")
        backups.restore(first, shop.database)
        self.without_second = self.back_up("before restore")
        backups.restore(self.with_both, shop.database)

    def back_up(self, reason: str = "") -> Backup:
        return self.backups.take(self.shop.database, reason)

    @property
    def lineage(self) -> Lineage:
        return lineage_of(self.shop.database)

    def plan(self) -> rebuilding.Plan:
        return rebuilding.plan(self.lineage, self.backups.newest_first(), self.shop.resource.archive, None)

    def prune(self) -> set[str]:
        """What is left of the archive."""
        resource = self.shop.resource
        now = datetime.now(UTC) + timedelta(days=365)
        pruning.prune(resource.database, resource.archive, self.backups, resource.settings, now, dry_run=False)
        return set(resource.archive.drop_ids())


@pytest.fixture
def regretted(shop: ShopUnderTest, freesport: Commands, postgres_bin: object) -> Regretted:
    return Regretted(shop, Backups(UPath(shop.folder / "backups"), postgres_bin))  # type: ignore[arg-type]


def test_a_rebuild_keeps_the_session_that_is_published_again(regretted: Regretted, freesport: Commands) -> None:
    said = freesport("rebuild")
    assert said.code == 0, said.err
    assert catalogue(regretted.shop) == regretted.then


def test_a_rebuild_goes_on_from_the_backup_that_holds_it(regretted: Regretted) -> None:
    plan = regretted.plan()
    assert (plan.base and plan.base.id, plan.steps) == (regretted.with_both.id, ())


def test_a_backup_made_while_it_was_undone_does_not_hold_it(regretted: Regretted) -> None:
    regretted.backups.remove([regretted.with_both])
    plan = regretted.plan()
    assert plan.base is not None
    assert plan.base.id == regretted.without_second.id
    assert [step.session_id for step in plan.steps] == [regretted.session.id]


def test_its_drop_stays_while_no_backup_holds_it(regretted: Regretted) -> None:
    regretted.backups.remove([regretted.with_both])
    assert regretted.prune() == {regretted.session.drop_id}


def test_the_backup_that_holds_it_stays_and_its_drop_may_go(regretted: Regretted) -> None:
    assert regretted.prune() == set()
    assert regretted.with_both.id in {backup.id for backup in regretted.backups.newest_first()}


def test_a_backup_that_does_not_say_what_it_holds_is_not_gone_on_from(regretted: Regretted) -> None:
    manifest = regretted.with_both.manifest
    silent = replace(manifest, history=replace(manifest.history, lived_through=None))
    assert regretted.lineage.fits(regretted.with_both)
    assert not regretted.lineage.fits(replace(regretted.with_both, manifest=silent))
