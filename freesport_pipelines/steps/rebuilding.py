"""Plan how the catalogue is built anew: from which backup, and what is done again after it, in which order.

The history in the shop's database says what was published, approved and rolled back after the backup, and that is
repeated as it was. Where there is no history (the database is lost) the archived drops that came after the backup are
imported in the order in which they came.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from freesport_pipelines.database.backup_manifest import BackupError
from freesport_pipelines.database.past import PastSession
from freesport_pipelines.database.unfinished import AT_WORK
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS, jobs_for
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.exchange.drop import Drop
from freesport_pipelines.steps.backups import Backup
from freesport_pipelines.steps.lineage import Lineage

BY_ARCHIVE = (
    "the database tells no history: archived drops are imported in the order in which they came, and what a gate "
    "rejects is left out; what was only tried (--dry-run), imported in part (--only), approved or rolled back by hand "
    "is not known: look at the plan first (--dry-run)"
)


@dataclass(frozen=True)
class Step:
    """One thing that is done again."""

    drop_id: str
    job: str
    config: dict[str, Any] = field(default_factory=dict)
    session_id: int | None = None
    """The session that did it first."""
    is_approved: bool = False
    undoes: int | None = None
    """Not an import: the session that is rolled back."""
    forced: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.undoes is not None:
            return f"roll back session {self.undoes} (drop {self.drop_id})"
        first = f", as session {self.session_id} did" if self.session_id else ""
        return f"{self.job} of drop {self.drop_id}{first}{', approved by hand' if self.is_approved else ''}"


@dataclass(frozen=True)
class Plan:
    """From which backup, and what then."""

    base: Backup | None
    steps: tuple[Step, ...]
    note: str = ""


@dataclass(frozen=True)
class _Until:
    """The end of what is wanted, inclusive."""

    moment: datetime | None = None
    session_id: int | None = None
    drop_id: str | None = None

    def includes(self, session: PastSession) -> bool:
        if self.moment is None or session.finished_at is None:
            return True
        return session.finished_at <= self.moment or session.id == self.session_id

    def includes_drop(self, drop: Drop) -> bool:
        if self.drop_id is not None:
            return drop.drop_id <= self.drop_id
        return self.moment is None or drop.created_at <= self.moment


def plan(lineage: Lineage, backups: Sequence[Backup], archive: Archive, until: str | None) -> Plan:
    """How to come to the catalogue as it was after a session or a drop, or at a moment; without `until` as it is now.

    :param backups: newest first
    """
    wanted = _resolve(lineage, archive, until)
    base = lineage.base(backups, wanted.moment, wanted.includes)
    if lineage.is_known:
        effects = [session for session in lineage.effects_after(base) if wanted.includes(session)]
        found = Plan(base, tuple(_again(session) for session in effects))
    else:
        found = Plan(base, tuple(_steps_of_archive(archive, base, wanted)), BY_ARCHIVE)
    _refuse_missing_drops(archive, found)
    return found


def _resolve(lineage: Lineage, archive: Archive, until: str | None) -> _Until:
    if until is None:
        return _Until()
    if until.isdigit() and len(until) < len("20260115"):
        return _after_session(lineage, int(until))
    if archive.holds(until) or any(session.drop_id == until for session in lineage.sessions):
        return _after_drop(lineage, archive, until)
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise BackupError(
            f"{until!r} is neither a drop of the archive nor the number of a session nor a time such as "
            "2026-01-15T10:00 (UTC): `freesport sessions` lists sessions and drops"
        ) from None
    return _Until(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _after_session(lineage: Lineage, session_id: int) -> _Until:
    found = next((session for session in lineage.sessions if session.id == session_id), None)
    if found is None or not found.took_effect:
        raise BackupError(f"session {session_id} has published nothing: `freesport sessions` lists what has")
    if session_id in lineage.lost:
        raise BackupError(f"session {session_id} was undone by a restore or a rebuild: name a drop or a time instead")
    return _Until(found.finished_at, session_id)


def _after_drop(lineage: Lineage, archive: Archive, drop_id: str) -> _Until:
    if not lineage.is_known:
        return _Until(archive.load(drop_id).created_at, drop_id=drop_id)
    imports = [s for s in lineage.effects_after(None) if s.drop_id == drop_id and not s.is_rollback]
    if not imports:
        raise BackupError(
            f"drop {drop_id} is not in what was published: `freesport sessions` says what became of it; a drop that "
            "was never published can be imported with `freesport replay`"
        )
    return _Until(imports[-1].finished_at, imports[-1].id)


def _again(session: PastSession) -> Step:
    if session.is_rollback:
        forced = tuple(session.options.get("forced", ()))
        return Step(session.drop_id, session.kind, {}, session.id, undoes=session.undoes_session_id, forced=forced)
    config = {
        "drop": session.drop_id,
        "mode": session.mode,
        "only": list(session.options.get("only", ())),
        "force": bool(session.options.get("force")),
        "allow_older": bool(session.options.get("allow_older")),
    }
    return Step(session.drop_id, session.kind, config, session.id, is_approved=session.approved_at is not None)


def _steps_of_archive(archive: Archive, base: Backup | None, wanted: _Until) -> list[Step]:
    """Drops that came after the backup, and those whose import was under way when it was made."""
    history = base.manifest.history if base else None
    under_way = {s.drop_id for s in history.open_sessions if s.status in AT_WORK} if history else set()
    steps = []
    for drop in reversed(list(archive.list())):
        is_later = base is None or drop.created_at > base.manifest.created_at or drop.drop_id in under_way
        if is_later and not drop.dry_run and wanted.includes_drop(drop):
            # customers are no part of the catalogue, and the shop writes them too
            jobs = [job for job in jobs_for(drop.kinds) if job != SYNC_CUSTOMERS]
            steps += [Step(drop.drop_id, job, {"drop": drop.drop_id}) for job in jobs]
    return steps


def _refuse_missing_drops(archive: Archive, found: Plan) -> None:
    missing = [step.drop_id for step in found.steps if step.undoes is None and not archive.holds(step.drop_id)]
    if missing:
        base = f"backup {found.base.id}" if found.base else "an empty catalogue, as no backup fits"
        raise BackupError(
            f"this would have to begin from {base}, and the archive no longer holds {len(missing)} of the drops that "
            f"came after it ({', '.join(missing[:3])}): nothing was changed. Restore a later backup instead"
        )
