"""Judge and publish a session, and write its report."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from freesport_pipelines.database import (
    change_set,
    customer_log,
    exports,
    overtaking,
    publish,
    quarantine,
    questions,
    sessions,
)
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.report import build_report, repeat_report
from freesport_pipelines.domain.gates import BlockPolicy
from freesport_pipelines.domain.jobs import STOCK_UPDATE, SYNC_CUSTOMERS
from freesport_pipelines.exchange.archive import Archive
from freesport_pipelines.settings import Settings
from freesport_pipelines.steps.context import ImportContext

log = logging.getLogger(__name__)

JUDGED_AT_MOST = 5
"""How often one session is judged again because others were published meanwhile."""


class JudgementOutdated(RuntimeError):
    """Something was published since the session was judged: it is judged once more."""


class StagedOutdated(RuntimeError):
    """What the session's rows were shaped by has changed since: the drop must be read again."""


def policy(settings: Settings) -> BlockPolicy:
    """When a session is not published by itself."""
    return BlockPolicy(
        share=settings.orphan_block_share,
        rows=settings.block_rows,
        move_rows=settings.move_block_rows,
        vanishing_share=settings.vanishing_block_share,
        collapse_share=settings.collapse_block_share,
        collapse_by=settings.collapse_by,
        lost_price_share=settings.lost_price_block_share,
        price_move_share=settings.price_move_block_share,
        price_move_by=settings.price_move_by,
        sold_out_share=settings.sold_out_block_share,
    )


def judge(database: ShopDatabase, session: sessions.Session, settings: Settings) -> dict[str, Any]:
    """Make the session's change set, evaluate the gates; return the report so far."""
    zone = settings.source_time_zone
    judged = change_set.make_change_set(database, session, settings.catalog_roots, policy(settings), zone)
    report = build_report(database, sessions.get(database, session.id), judged)
    sessions.update(database, session.id, report=report)
    return report


def judge_staged(context: ImportContext, archive: Archive) -> dict[str, Any]:
    """Judge what was staged; from here on it may be published, so its drop must be safe in the archive."""
    archive.flush(context.drop)
    sessions.update(context.database, context.session.id, status=sessions.STAGED)
    return judge(context.database, context.session, context.settings)


def publish_session(database: ShopDatabase, session_id: int, settings: Settings) -> dict[str, Any]:
    """Apply what was judged, or say why not; return the final report.

    If the live tables moved since the session was judged, it is compared and judged again.
    """
    session = sessions.get(database, session_id)
    if session.status in sessions.DONE or session.dry_run or session.status == sessions.REJECTED:
        return finish(database, session)
    if session.status != sessions.JUDGED:
        raise sessions.NoSession(
            f"session {session_id} is {session.status}, not judged: materialize the job {session.kind} on its drop "
            f"{session.drop_id} instead of a single asset"
        )
    database.require_area(session_id)
    session = _judged_until_it_holds(database, session, settings)
    if session.status in sessions.DONE:
        database.discard_area(session_id)
    return finish(database, session)


def _judged_until_it_holds(database: ShopDatabase, session: sessions.Session, settings: Settings) -> sessions.Session:
    """Apply the session, judging it again when others were published meanwhile."""
    for attempt in range(JUDGED_AT_MOST):
        try:
            _apply(database, session.id)
            break
        except (publish.LiveStateMoved, JudgementOutdated) as moved:
            if attempt == JUDGED_AT_MOST - 1:
                raise
            log.warning("%s; comparing and judging once more", moved)
            judge(database, session, settings)
            session = sessions.get(database, session.id)
            if session.status != sessions.JUDGED:
                return session
    return sessions.get(database, session.id)


def _apply(database: ShopDatabase, session_id: int) -> None:
    with database.publishing(session_id) as connection:
        session = sessions.get_in(connection, session_id)
        if session.status in sessions.DONE:
            return
        if session.status != sessions.JUDGED:
            reason = session.error or "see its report"
            raise sessions.NoSession(f"session {session_id} is {session.status} now: {reason}")
        since = sessions.published_since(connection, session)
        if since and rows_were_shaped_by(connection, session, since):
            raise StagedOutdated(
                f"session {since[-1]} changed categories, brands or price types after session {session_id} was staged; "
                f"nothing was published: run the import of drop {session.drop_id} again"
            )
        if session.kind == SYNC_CUSTOMERS and (outdated := questions.outdated_links(connection)):
            raise JudgementOutdated(f"the shop has changed accounts that {', '.join(outdated)} would be linked to")
        if since:
            raise JudgementOutdated(f"session {since[-1]} was published after session {session_id} was judged")
        counts = publish.publish(connection, session_id)
        status = sessions.PUBLISHED if counts else sessions.UNCHANGED
        settle(connection, session, status)


def rows_were_shaped_by(connection: Any, session: sessions.Session, since: list[int]) -> bool:
    """Did one of these sessions change what this one's rows were shaped by? Stocks are shaped by nothing."""
    return session.kind != STOCK_UPDATE and sessions.changed_dictionaries(connection, since)


def settle(connection: Any, session: sessions.Session, status: str, **values: Any) -> None:
    """In the transaction that published the session: close what it answers, end it, complete its report."""
    quarantine.resolve(connection, session.id, change_set.WAITING_FEEDS)
    overtaking.leave_named_keys(connection, session)
    if session.kind == SYNC_CUSTOMERS:
        customer_log.keep(connection, session.id)
        exports.acknowledge(connection)
    now = datetime.now(UTC)
    ended = replace(session, status=status, finished_at=now, **values)
    sessions.update_in(
        connection, session.id, status=status, error=None, finished_at=now, report=ended_report(ended), **values
    )


def finish(database: ShopDatabase, session: sessions.Session) -> dict[str, Any]:
    """The report of a session that came to its end; that of one which was not published is completed now."""
    if session.status not in sessions.DONE:
        session = replace(session, finished_at=session.finished_at or datetime.now(UTC))
        sessions.update(database, session.id, report=ended_report(session), finished_at=session.finished_at)
    return ended_report(session)


def ended_report(session: sessions.Session) -> dict[str, Any]:
    """The session's report with its end written into it."""
    finished = session.finished_at or datetime.now(UTC)
    seconds = round((finished - session.started_at).total_seconds(), 2)
    approved = {"approved": True} if session.approved_at is not None else {}
    return {**(session.report or {}), "status": session.status, "seconds": seconds, **approved}


def close_unchanged(database: ShopDatabase, session: sessions.Session, before: sessions.Session) -> dict[str, Any]:
    """End a session whose content the shop already has; its report repeats the earlier one's figures as unchanged."""
    report = repeat_report(session, before)
    now = datetime.now(UTC)
    report["seconds"] = round((now - session.started_at).total_seconds(), 2)
    sessions.update(
        database, session.id, status=sessions.UNCHANGED, report=report, verdict=before.verdict, finished_at=now
    )
    database.discard_area(session.id)
    return report
