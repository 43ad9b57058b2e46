"""Publish a session that a gate has rejected, because an operator says so: exactly what was judged, or nothing.

DESIGN decision 2. What a threshold stopped can be approved; what contradicts itself (an incomplete full set, an older
drop) cannot: its remedy is another import.
"""

import logging
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from freesport_pipelines.database import change_set, overtaking, publish, quarantine, sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.domain.customer_gates import BY_NAME
from freesport_pipelines.domain.gates import Severity
from freesport_pipelines.steps.publishing import finish, rows_were_shaped_by, settle

log = logging.getLogger(__name__)


class NotApproved(RuntimeError):
    """The session cannot be approved; nothing was changed. The message says why and what to do instead."""


def approve(database: ShopDatabase, session_id: int) -> dict[str, Any]:
    """Apply the change set of a rejected session as it was judged; return its report.

    :raises NotApproved: if it is not a rejected session, if a gate cannot be overruled, or if newer data was published
    :raises LiveStateMoved: if rows are no longer as they were judged; it names them
    """
    session = sessions.get(database, session_id)
    if session.approved_at is None or session.status not in sessions.DONE:  # else: the answer to the commit was lost
        _publish(database, session)
        database.discard_area(session_id)
        log.info("session %d was approved by hand and is published", session_id)
    return finish(database, sessions.get(database, session_id))


def _publish(database: ShopDatabase, session: sessions.Session) -> None:
    _refuse_unless_rejected(session)
    _refuse_contradictions(session)
    database.require_area(session.id)
    with database.publishing(session.id) as connection:
        session = sessions.get_in(connection, session.id)
        _refuse_unless_rejected(session)
        _refuse_if_overtaken(connection, session)
        counts = publish.publish(connection, session.id)
        status = sessions.PUBLISHED if counts else sessions.UNCHANGED
        settle(connection, session, status, approved_at=datetime.now(UTC))


def newest_rejected(database: ShopDatabase) -> int:
    """The session an operator means who names none.

    :raises NotApproved: if none was rejected
    """
    session = sessions.newest_rejected(database)
    if session is None:
        raise NotApproved("no rejected session waits for an approval; `freesport sessions` lists them all")
    return session.id


def _refuse_unless_rejected(session: sessions.Session) -> None:
    if session.dry_run:
        raise NotApproved(
            f"session {session.id} was a dry run: import its drop first (freesport replay {session.drop_id})"
        )
    if session.status != sessions.REJECTED:
        raise NotApproved(f"session {session.id} is {session.status}, not rejected: there is nothing to approve")


def _refuse_contradictions(session: sessions.Session) -> None:
    failed = [c for c in session.verdict or [] if not c["passed"] and c["severity"] == Severity.ERROR]
    absolute = [check for check in failed if not BY_NAME[check["name"]].can_be_approved]
    if absolute:
        reasons = "; ".join(
            f"{check['name']}: {check['message']}. {BY_NAME[check['name']].meaning}" for check in absolute
        )
        raise NotApproved(f"session {session.id} cannot be approved, this is no question of a threshold: {reasons}")


def _refuse_if_overtaken(connection: sa.Connection, session: sessions.Session) -> None:
    """Would an approval put older data over newer, or publish rows that were shaped by what has changed since?"""
    again = f"judge the drop anew (freesport replay {session.drop_id}) and approve that session"
    since = sessions.published_since(connection, session)
    if since and rows_were_shaped_by(connection, session, since):
        raise NotApproved(
            f"session {since[-1]} has changed categories, brands or price types since session {session.id} was judged; "
            f"nothing was published: {again}"
        )
    judged_at = session.judged_at or session.started_at
    older = overtaking.older_kinds_since(connection, session, judged_at)
    if older and not session.options.get("allow_older"):
        raise NotApproved(
            f"newer data was published since session {session.id} was judged ({'; '.join(older)}); nothing was "
            f"published: {again}; leave these kinds out with --only, or take them with --allow-older"
        )
    words = quarantine.newer_words(connection, session.id, judged_at, change_set.WAITING_FEEDS)
    if words:
        raise NotApproved(
            f"1C has sent newer words about {', '.join(words)} since session {session.id} was judged, they wait in "
            f"quarantine; nothing was published: {again}"
        )
