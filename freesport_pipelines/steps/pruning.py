"""Remove what nobody needs any more: old drops, details of old sessions, staging areas, superfluous backups.

The backup that the shop would go on from, and every drop that this may need, stay whatever the settings say; so does
all that an open session needs. Without a backup no drop is removed.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from freesport_pipelines.database import retention, unfinished
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps.backups import Backup, Backups
from freesport_pipelines.steps.lineage import Lineage, lineage_of

log = logging.getLogger(__name__)

SAFETY_COUNT = 3
"""So many states that a restore or a rebuild has replaced are kept."""
NO_BACKUP = (
    "no archived drop was removed: there is no backup of this shop to go on from; make one with `freesport backup` "
    "(нет резервной копии, архив не очищается)"
)


@dataclass(frozen=True)
class Pruned:
    """What was removed, or would be."""

    counts: dict[str, int]
    drops: tuple[str, ...]
    notes: tuple[str, ...] = ()


def prune(
    database: ShopDatabase, archive: Archive, backups: Backups, settings: Settings, now: datetime, *, dry_run: bool
) -> Pruned:
    """Remove what is old and not needed; a dry run only says what that would be."""
    archived = prune_archive(database, archive, backups, settings, now, dry_run=dry_run)
    return replace(archived, counts=archived.counts | prune_details(database, settings, now, dry_run=dry_run))


def prune_archive(
    database: ShopDatabase, archive: Archive, backups: Backups, settings: Settings, now: datetime, *, dry_run: bool
) -> Pruned:
    """Superfluous backups and archived drops."""
    lineage, found = lineage_of(database), backups.newest_first()
    base = lineage.base(found)
    surplus = _surplus_backups(found, settings.backup_count, base)
    drops = _prunable_drops(database, archive, settings, now, lineage, base) if base else []
    leftovers = _old_leftovers(archive, now - timedelta(days=settings.archive_days))
    if not dry_run:
        backups.remove(surplus)
        for drop_id in [*drops, *leftovers]:
            archive.remove(drop_id)
            log.info("archived drop %s removed", drop_id)
    counts = {"drops": len(drops), "interrupted_drops": len(leftovers), "backups": len(surplus)}
    return Pruned(counts, tuple(drops), () if base else (NO_BACKUP,))


def prune_details(database: ShopDatabase, settings: Settings, now: datetime, *, dry_run: bool) -> dict[str, int]:
    """Journals, figures, report details and staging areas of old sessions; no backup is needed for that."""
    before = now - timedelta(days=settings.journal_days)
    old = retention.prunable_sessions(database, before, settings.journal_sessions)
    if dry_run:
        return retention.count_details(database, old)
    return {**retention.prune_details(database, old), "staging_areas": retention.prune_areas(database)}


def _surplus_backups(found: Sequence[Backup], count: int, base: Backup | None) -> list[Backup]:
    """All but the newest; safety backups are counted apart, so that they push no other out."""
    safety = [backup for backup in found if backup.manifest.is_safety]
    others = [backup for backup in found if not backup.manifest.is_safety]
    return [backup for backup in [*others[count:], *safety[SAFETY_COUNT:]] if backup is not base]


def _prunable_drops(
    database: ShopDatabase, archive: Archive, settings: Settings, now: datetime, lineage: Lineage, base: Backup
) -> list[str]:
    """Old or surplus drops that are settled and whose outcome is in the backup."""
    needed = {s.drop_id for s in lineage.sessions if s.is_open} | {s.drop_id for s in lineage.effects_after(base)}
    settled = unfinished.settled_drops(database)
    latest = min(now - timedelta(days=settings.archive_days), base.manifest.created_at)
    drops = []
    for place, drop_id in enumerate(archive.drop_ids()):
        if drop_id in needed or drop_id not in settled:
            continue
        created_at = _created_at(archive, drop_id)
        if created_at is None:
            continue
        is_surplus = place >= settings.archive_drops and created_at < base.manifest.created_at
        if created_at < latest or is_surplus:
            drops.append(drop_id)
    return drops


def _created_at(archive: Archive, drop_id: str) -> datetime | None:
    try:
        return archive.load(drop_id).created_at
    except ExchangeError as error:
        log.warning("drop %s is left alone: %s", drop_id, error)
        return None


def _old_leftovers(archive: Archive, before: datetime) -> list[str]:
    """Folders without a manifest whose drop would be that old: a crash left them, or a removal was interrupted."""
    limit = f"{before:%Y%m%dT%H%M%S}"
    return [name for name in archive.leftovers() if name[:8].isdigit() and name < limit]
