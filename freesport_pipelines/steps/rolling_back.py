"""Roll a published session back: open a session of its own, undo, write both reports."""

import logging
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import compare, questions, rollback, sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import FEEDS
from freesport_pipelines.database.report import rollback_report
from freesport_pipelines.database.rollback import RollbackRefused
from freesport_pipelines.domain.jobs import ROLLBACK, SYNC_CUSTOMERS

log = logging.getLogger(__name__)


class _OnlyTried(Exception):
    pass


def open_rollback(
    database: ShopDatabase, session_id: int, *, run_id: str, forced: Iterable[str] = (), dry_run: bool = False
) -> sessions.Session:
    """Open the session that will undo another.

    :raises RollbackRefused: if there is nothing to undo, or no journal of it any more
    """
    target = sessions.get(database, session_id)
    _refuse_unless_journaled(database, target)
    return sessions.open_session(
        database,
        kind=ROLLBACK,
        drop_id=target.drop_id,
        run_id=run_id,
        mode=target.mode,
        dry_run=dry_run,
        options={"forced": _tables(forced)},
        undoes_session_id=session_id,
    )


def roll_back(database: ShopDatabase, opened: sessions.Session) -> dict[str, Any]:
    """Undo what the opened rollback session names, in one transaction; return its report.

    The earlier session is `rolled_back` then: its content may be imported again, older drops count as newest.

    :raises RollbackRefused: if rows were changed since or are referred to; nothing was changed then
    """
    if sessions.get(database, opened.id).status not in sessions.DONE:  # else: the answer to the commit was lost
        _undo(database, opened)
        log.info("session %s is rolled back by session %d", opened.undoes_session_id, opened.id)
    return sessions.get(database, opened.id).report or {}


def _undo(database: ShopDatabase, opened: sessions.Session) -> None:
    target = sessions.get(database, opened.undoes_session_id or 0)
    try:
        with database.publishing() as connection:
            _refuse_unless(sessions.get_in(connection, target.id))
            counts = rollback.roll_back(connection, target.id, opened.id, opened.options["forced"])
            if target.kind == SYNC_CUSTOMERS:
                questions.keep_apart_what_was_undone(connection, target.id)
            if opened.dry_run:
                raise _OnlyTried(counts)
            undone = {**(target.report or {}), "status": sessions.ROLLED_BACK}
            sessions.update_in(connection, target.id, status=sessions.ROLLED_BACK, report=undone)
            sessions.undo_repeats(connection, target)
            values = _ended(opened, sessions.PUBLISHED, counts)
            sessions.update_in(connection, opened.id, **values)
    except _OnlyTried as tried:
        sessions.update(database, opened.id, **_ended(opened, sessions.JUDGED, tried.args[0]))
    except sa.exc.IntegrityError as error:
        raise RollbackRefused(
            f"session {target.id} cannot be rolled back, a table of the shop's own refers to rows it inserted: "
            f"{str(error.orig).strip()}. Nothing was changed"
        ) from error


def _ended(opened: sessions.Session, status: str, counts: dict[str, dict[str, int]]) -> dict[str, Any]:
    """What a rollback session holds at its end."""
    ended = replace(opened, status=status, finished_at=datetime.now(UTC))
    return {"status": status, "error": None, "finished_at": ended.finished_at, "report": rollback_report(ended, counts)}


def _tables(names: Iterable[str]) -> list[str]:
    """Live tables by the names by which operators know them."""
    known = {feed.shown_as: feed.name for feed in FEEDS} | {feed.name: feed.name for feed in FEEDS}
    wanted = list(names)
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise RollbackRefused(f"there is no table {', '.join(unknown)}; choose from {', '.join(sorted(known))}")
    return sorted({known[name] for name in wanted})


def _refuse_unless(target: sessions.Session) -> None:
    if target.kind == ROLLBACK:
        raise RollbackRefused(
            f"session {target.id} is itself a rollback: to bring back what it undid, import the drop again "
            f"(freesport replay {target.drop_id} --allow-older)"
        )
    if target.status != sessions.PUBLISHED:
        raise RollbackRefused(f"session {target.id} is {target.status}: there is nothing of it to roll back")


def _refuse_unless_journaled(database: ShopDatabase, target: sessions.Session) -> None:
    _refuse_unless(target)
    with database.read() as connection:
        if not compare.count_changes(connection, target.id):
            raise RollbackRefused(
                f"the change set of session {target.id} was pruned (FREESPORT_JOURNAL_DAYS): it can no longer be "
                "rolled back; restore a backup, or rebuild the catalogue (freesport rebuild --until)"
            )
