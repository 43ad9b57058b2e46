"""Remove what nobody needs any more: old drops, details of old sessions, staging areas, superfluous backups.

The newest backup and every drop that may be needed to go on from it stay, whatever the settings say; so does all that
an open session needs. Without a backup no drop is removed.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from freesport_pipelines.database import retention, unfinished
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.errors import ExchangeError
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps.backups import Backup, Backups
from freesport_pipelines.steps.lineage import Lineage, lineage_of

log = logging.getLogger(__name__)

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
    lineage, found = lineage_of(database), backups.newest_first()
    base = lineage.newest(found)
    surplus = [backup for backup in found[settings.backup_count :] if backup is not base]
    drops = _prunable_drops(database, archive, settings, now, lineage, base) if base else []
    leftovers = _old_leftovers(archive, now - timedelta(days=settings.archive_days))
    old = retention.prunable_sessions(
        database, now - timedelta(days=settings.journal_days), settings.journal_sessions
    )
    counts = {"drops": len(drops), "interrupted_drops": len(leftovers), "backups": len(surplus)}
    if dry_run:
        counts |= retention.count_details(database, old)
    else:
        backups.remove(surplus)
        for drop_id in [*drops, *leftovers]:
            archive.remove(drop_id)
            log.info("archived drop %s removed", drop_id)
        counts |= retention.prune_details(database, old)
        counts["staging_areas"] = retention.prune_areas(database)
    return Pruned(counts, tuple(drops), () if base else (NO_BACKUP,))


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
