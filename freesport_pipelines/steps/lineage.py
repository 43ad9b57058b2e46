"""Which backups belong to the history that the shop's database tells, and what was published after each of them.

A backup is left out when it is of another database, or when it holds what a restore or a rebuild has undone since:
going on from there would bring back what an operator wanted gone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from freesport_pipelines.database.backup_manifest import POSTGRESQL, SQLITE, Manifest
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.past import PastSession, past_sessions
from freesport_pipelines.database.sessions import DONE, ROLLED_BACK
from freesport_pipelines.steps.backups import Backup


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
        rolled_back = {session.undoes_session_id for session in self.sessions if session.status in DONE}
        return frozenset(s.id for s in self.sessions if s.status == ROLLED_BACK and s.id not in rolled_back)

    def fits(self, backup: Backup) -> bool:
        """Whether this history goes on from the backup."""
        manifest = backup.manifest
        if manifest.database != self.kind:
            return False
        if not self.is_known or not manifest.history.newest_session:
            return True
        runs = {session.id: session.run_id for session in self.sessions}
        is_ours = runs.get(manifest.history.newest_session) == manifest.history.newest_run
        return is_ours and not any(manifest.history.holds(session_id) for session_id in self.lost)

    def newest(self, backups: Iterable[Backup], not_after: datetime | None = None) -> Backup | None:
        """The newest fitting backup that holds nothing published after this moment.

        :param backups: newest first
        """
        return next((b for b in backups if self.fits(b) and _is_until(b.manifest, not_after)), None)

    def effects_after(self, backup: Backup | None) -> list[PastSession]:
        """What took effect after the backup, in the order in which it did; all of it when there is no backup."""
        later = [
            session
            for session in self.sessions
            if session.took_effect
            and session.id not in self.lost
            and not (backup and backup.manifest.history.holds(session.id))
        ]
        return sorted(later, key=lambda session: (str(session.finished_at), session.id))


def lineage_of(database: ShopDatabase) -> Lineage:
    """The history in this database."""
    return Lineage(SQLITE if database.is_sqlite else POSTGRESQL, past_sessions(database))


def _is_until(manifest: Manifest, moment: datetime | None) -> bool:
    until = manifest.history.published_until
    return moment is None or until is None or until <= moment
