"""Import sessions: one row per drop and job. Everything an import writes carries the session's id."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database.bookkeeping import change_sets, import_sessions, session_figures
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.domain.jobs import SYNC_CUSTOMERS

STARTED, STAGED, JUDGED, REJECTED = "started", "staged", "judged", "rejected"
PUBLISHED, UNCHANGED, FAILED, ROLLED_BACK = "published", "unchanged", "failed", "rolled_back"
DONE = (PUBLISHED, UNCHANGED)


class NoSession(LookupError):
    """There is no session to work on; the message says what to do."""


@dataclass(frozen=True)
class Session:
    """One row of `import_sessions`."""

    id: int
    kind: str
    drop_id: str
    run_id: str
    status: str
    mode: str
    dry_run: bool
    options: dict[str, Any]
    content_digest: str | None
    formed_at: dict[str, str]
    verdict: list[dict[str, Any]] | None
    report: dict[str, Any] | None
    error: str | None
    started_at: datetime
    judged_at: datetime | None
    finished_at: datetime | None
    active_at: datetime | None
    interrupted_at: datetime | None
    approved_at: datetime | None
    undoes_session_id: int | None


def open_session(
    database: ShopDatabase,
    *,
    kind: str,
    drop_id: str,
    run_id: str,
    mode: str,
    dry_run: bool,
    options: Mapping[str, Any],
    content_digest: str | None = None,
    formed_at: Mapping[str, str] | None = None,
    undoes_session_id: int | None = None,
) -> Session:
    """Begin a session, or begin it again when the same run is re-executed. A session of files needs a staging area."""
    now = datetime.now(UTC)
    values = {
        "kind": kind,
        "drop_id": drop_id,
        "status": STARTED,
        "mode": mode,
        "dry_run": dry_run,
        "options": dict(options),
        "content_digest": content_digest,
        "formed_at": dict(formed_at or {}),
        "started_at": now,
        "active_at": now,
        "judged_at": None,
        "approved_at": None,
        "verdict": None,
        "report": None,
        "finished_at": None,
        "interrupted_at": None,
        "error": None,
        "undoes_session_id": undoes_session_id,
    }
    with database.write() as connection:
        known = connection.execute(
            sa.select(import_sessions.c.id, import_sessions.c.status).where(import_sessions.c.run_id == run_id)
        ).one_or_none()
        if known is None:
            new = import_sessions.insert().values(run_id=run_id, **values).returning(import_sessions.c.id)
            session_id = connection.execute(new).scalar_one()
        else:
            session_id = known.id
            _refuse_undone(session_id, known.status)
            if known.status not in DONE:  # else: what was published stays as it is, journal and all
                connection.execute(import_sessions.update().where(import_sessions.c.id == session_id).values(values))
    return get(database, session_id)


def _refuse_undone(session_id: int, status: str) -> None:
    if status == ROLLED_BACK:
        raise NoSession(f"session {session_id} of this run was rolled back: import its drop anew (freesport replay)")


def get(database: ShopDatabase, session_id: int) -> Session:
    """The session with this id."""
    return _one(database, import_sessions.c.id == session_id, f"there is no import session {session_id}")


def get_in(connection: sa.Connection, session_id: int) -> Session:
    """The session as a transaction sees it."""
    row = connection.execute(import_sessions.select().where(import_sessions.c.id == session_id)).one()
    return Session(**row._mapping)  # noqa: SLF001


def of_run(database: ShopDatabase, run_id: str) -> Session | None:
    """The session that this Dagster run (its root run) opened, if it did."""
    with database.read() as connection:
        row = connection.execute(import_sessions.select().where(import_sessions.c.run_id == run_id)).one_or_none()
    return None if row is None else Session(**row._mapping)  # noqa: SLF001


def latest(database: ShopDatabase, *statuses: str) -> Session | None:
    """The newest session, or the newest in one of these statuses."""
    query = import_sessions.select().order_by(import_sessions.c.id.desc()).limit(1)
    if statuses:
        query = query.where(import_sessions.c.status.in_(statuses))
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Session(**row._mapping)  # noqa: SLF001


def latest_waiting(database: ShopDatabase) -> Session | None:
    """The newest session, if it is of the catalogue and could be published: judged or rejected, no dry run."""
    last = latest(database)
    waits = last is not None and last.status in (JUDGED, REJECTED) and not last.dry_run
    waits = waits and last is not None and last.kind != SYNC_CUSTOMERS
    return last if waits else None


def last_published(database: ShopDatabase) -> Session | None:
    """The session of the catalogue that was the last to end well; one opened later may have ended earlier."""
    of_catalogue = import_sessions.c.kind != SYNC_CUSTOMERS
    query = import_sessions.select().where(import_sessions.c.status.in_(DONE), of_catalogue)
    with database.read() as connection:
        row = connection.execute(query.order_by(import_sessions.c.finished_at.desc()).limit(1)).one_or_none()
    return None if row is None else Session(**row._mapping)  # noqa: SLF001


def newest_rejected(database: ShopDatabase) -> Session | None:
    """The newest session that a gate has rejected and that was no dry run."""
    rejected = sa.and_(import_sessions.c.status == REJECTED, sa.not_(import_sessions.c.dry_run))
    query = import_sessions.select().where(rejected).order_by(import_sessions.c.id.desc()).limit(1)
    with database.read() as connection:
        row = connection.execute(query).one_or_none()
    return None if row is None else Session(**row._mapping)  # noqa: SLF001


def newest(database: ShopDatabase, limit: int) -> list[Session]:
    """The newest sessions, newest first."""
    query = import_sessions.select().order_by(import_sessions.c.id.desc()).limit(limit)
    with database.read() as connection:
        return [Session(**row._mapping) for row in connection.execute(query)]  # noqa: SLF001


def update(database: ShopDatabase, session_id: int, **values: Any) -> None:
    """Set columns of a session."""
    with database.write() as connection:
        update_in(connection, session_id, **values)


def update_in(connection: sa.Connection, session_id: int, **values: Any) -> None:
    """Set columns of a session within a transaction."""
    connection.execute(import_sessions.update().where(import_sessions.c.id == session_id).values(values))


def undo_repeats(connection: sa.Connection, target: Session) -> None:
    """Sessions that brought the content of a rolled-back one again and found nothing to do stand and fall with it."""
    repeats = sa.and_(
        import_sessions.c.status == UNCHANGED,
        import_sessions.c.content_digest == target.content_digest,
        import_sessions.c.finished_at > target.finished_at,
    )
    connection.execute(import_sessions.update().where(repeats).values(status=ROLLED_BACK))


def published_since(connection: sa.Connection, session: Session) -> list[int]:
    """Sessions that were published after this one was judged: its judgement may no longer hold.

    Customers and the catalogue have no table in common.
    """
    of_customers = import_sessions.c.kind == SYNC_CUSTOMERS
    later = sa.select(import_sessions.c.id).where(
        import_sessions.c.id != session.id,
        of_customers if session.kind == SYNC_CUSTOMERS else sa.not_(of_customers),
        import_sessions.c.status.in_(DONE),
        import_sessions.c.finished_at > session.judged_at,
    )
    return list(connection.execute(later).scalars())


def changed_dictionaries(connection: sa.Connection, session_ids: list[int]) -> bool:
    """Did one of these sessions change what rows are shaped by: categories, brands or the mapping of price types?"""
    changed = sa.exists().where(
        change_sets.c.session_id.in_(session_ids),
        change_sets.c.table_name.in_(("categories", "brand_aliases", "price_types", "attributes")),
    )
    return bool(connection.execute(sa.select(changed)).scalar_one())


def touch(database: ShopDatabase, session_id: int) -> None:
    """Note that a step of the session begins or ends."""
    update(database, session_id, active_at=datetime.now(UTC))


def take_up_again(database: ShopDatabase, session_id: int) -> Session:
    """A failed session of which a run is re-executed is at work again, where it had come to."""
    as_before = sa.case((import_sessions.c.judged_at.is_(None), STARTED), else_=JUDGED)
    values = {"status": as_before, "error": None, "finished_at": None, "interrupted_at": None}
    update(database, session_id, active_at=datetime.now(UTC), **values)
    return get(database, session_id)


def fail(database: ShopDatabase, session_id: int, error: str, *, again: bool = False) -> None:
    """End a session that could not be completed; what is done stays done.

    :param again: the cause may be gone a little later: the sensor asks for the drop again
    """
    now = datetime.now(UTC)
    values = {"status": FAILED, "error": error, "finished_at": now, "interrupted_at": now if again else None}
    with database.write() as connection:
        connection.execute(
            import_sessions.update()
            .where(import_sessions.c.id == session_id, import_sessions.c.status.not_in(DONE))
            .values(values)
        )


def record_figures(database: ShopDatabase, session_id: int, kind: str, figures: Mapping[str, Any]) -> None:
    """Keep what a staging step counted, replacing what an earlier attempt said."""
    with database.write() as connection:
        record_figures_in(connection, session_id, kind, figures)


def record_figures_in(connection: sa.Connection, session_id: int, kind: str, figures: Mapping[str, Any]) -> None:
    """The same within a transaction."""
    table = session_figures
    connection.execute(table.delete().where(table.c.session_id == session_id, table.c.kind == kind))
    connection.execute(table.insert().values(session_id=session_id, kind=kind, figures=dict(figures)))


def figures(connection: sa.Connection, session_id: int) -> dict[str, dict[str, Any]]:
    """What the staging steps of a session counted, by kind."""
    query = sa.select(session_figures.c.kind, session_figures.c.figures).where(
        session_figures.c.session_id == session_id
    )
    return {kind: values for kind, values in connection.execute(query)}  # noqa: C416 - rows are not tuples to mypy


def _one(database: ShopDatabase, where: Any, missing: str) -> Session:
    with database.read() as connection:
        row = connection.execute(import_sessions.select().where(where)).one_or_none()
    if row is None:
        raise NoSession(missing)
    return Session(**row._mapping)  # noqa: SLF001
