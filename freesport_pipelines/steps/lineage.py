"""Which backups belong to the history that the shop's database tells, and what was published after each of them.

A backup is left out when it is of another database, or when it holds what a restore or a rebuild has undone since:
going on from there would bring back what an operator wanted gone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from freesport_pipelines.database.backup_manifest import POSTGRESQL, SQLITE, BackupError, Manifest
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.past import PastSession, past_sessions
from freesport_pipelines.database.sessions import DONE, ROLLED_BACK
from freesport_pipelines.steps.backups import Backup

NO_BACKUP = (
    "there is no backup: make one with `freesport backup`, or rebuild the catalogue from the archived drops with "
    "`freesport rebuild` (резервных копий нет)"
)
NONE_FITS = (
    "none of the backups belongs to what this database has lived through, but for safety backups of states that were "
    "left: `freesport backups` lists them; name the one that is meant (`freesport restore BACKUP`)"
)


def _any(_: PastSession) -> bool:
    return True


@dataclass(frozen=True)
class Lineage:
    """What one database has lived through."""

    kind: str
    sessions: Sequence[PastSession]

    @property
    def is_known(self) -> bool:
        """Whether there is any history; an empty database has none."""
        return bool(self.sessions)

    @cached_property
    def lost(self) -> frozenset[int]:
        """Sessions that were undone by a restore or a rebuild, not by a rollback, which can be repeated."""
        rolled_back = {s.undoes_session_id for s in self.sessions if s.status in DONE and not s.dry_run}
        return frozenset(s.id for s in self.sessions if s.status == ROLLED_BACK and s.id not in rolled_back)

    @cached_property
    def effects(self) -> dict[int, PastSession]:
        """What led to the present state."""
        return {s.id: s for s in self.sessions if s.took_effect and s.id not in self.lost}

    def fits(self, backup: Backup) -> bool:
        """Whether this history goes on from the backup: all that led to its state has led to the present one."""
        manifest = backup.manifest
        if manifest.database != self.kind:
            return False
        if not self.is_known or not manifest.history.newest_session:
            return True
        runs = {session.id: session.run_id for session in self.sessions}
        is_ours = runs.get(manifest.history.newest_session) == manifest.history.newest_run
        is_told = manifest.history.lived_through is not None
        return is_ours and is_told and manifest.history.effects <= self.effects.keys()

    def base(
        self,
        backups: Iterable[Backup],
        not_after: datetime | None = None,
        wanted: Callable[[PastSession], bool] = _any,
    ) -> Backup | None:
        """The backup to go on from: the one that leaves least to be done again, and holds nothing that comes too late.

        :param backups: newest first
        :param not_after: nothing published after this moment
        :param wanted: of what was published later, that which is to be done again
        """
        until = [backup for backup in backups if self.fits(backup) and _is_until(backup.manifest, not_after)]
        return self._nearest([backup for backup in until if not self._comes_too_late(backup, wanted)])

    def to_restore(self, backups: Sequence[Backup]) -> Backup:
        """The newest backup on the way to the present state that was made for its own sake, not for safety.

        :param backups: newest first
        """
        found = self._nearest([b for b in backups if self.fits(b) and not b.manifest.is_safety])
        if found is None:
            raise BackupError(NONE_FITS if backups else NO_BACKUP)
        return found

    def _nearest(self, backups: Sequence[Backup]) -> Backup | None:
        """After an undone restore the newest backup may be of an earlier state than an older one."""
        if not self.is_known:
            return next(iter(backups), None)
        return max(backups, key=lambda backup: len(backup.manifest.history.effects), default=None)

    def _comes_too_late(self, backup: Backup, wanted: Callable[[PastSession], bool]) -> bool:
        """Whether something must be done again before what the backup holds."""
        held = [self.effects[number] for number in backup.manifest.history.effects & self.effects.keys()]
        later = [session for session in self.effects_after(backup) if wanted(session)]
        begun = min((session.started_at for session in later), default=None)
        if begun is None:
            return False
        beside = [session for session in held if _ended_since(session, begun)]
        return any(session.overtook(other) for session in beside for other in later)

    def effects_after(self, backup: Backup | None) -> list[PastSession]:
        """What took effect after the backup, in the order in which it is done again; everything without a backup."""
        held = backup.manifest.history.effects if backup else frozenset()
        later = [s for number, s in self.effects.items() if number not in held and not s.is_of_customers]
        return _in_order(sorted(later, key=lambda session: (str(session.finished_at), session.id)))


def lineage_of(database: ShopDatabase) -> Lineage:
    """The history in this database."""
    return Lineage(without_history(database).kind, past_sessions(database))


def without_history(database: ShopDatabase) -> Lineage:
    """What is known of a database that tells no history, or cannot be read."""
    return Lineage(SQLITE if database.is_sqlite else POSTGRESQL, ())


def _in_order(finished: Iterable[PastSession]) -> list[PastSession]:
    """An import that was overtaken by newer stocks goes before them: done alone, the newer ones win again."""
    placed: list[PastSession] = []
    for session in finished:
        place = index = len(placed)
        while index and _ended_since(placed[index - 1], session.started_at):
            index -= 1
            if placed[index].overtook(session):
                place = index
        placed.insert(place, session)
    return placed


def _ended_since(session: PastSession, moment: datetime) -> bool:
    return session.finished_at is not None and session.finished_at > moment


def _is_until(manifest: Manifest, moment: datetime | None) -> bool:
    until = manifest.history.published_until
    return moment is None or until is None or until <= moment
