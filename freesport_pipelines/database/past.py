"""The history of imports, narrow: who published what and when, without reports. What rebuilding and pruning ask."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from freesport_pipelines.database import unfinished
from freesport_pipelines.database.bookkeeping import import_sessions
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.sessions import DONE, ROLLED_BACK
from freesport_pipelines.domain.jobs import ROLLBACK, SYNC_CUSTOMERS
from freesport_pipelines.domain.kinds import Kind

RESTS = str(Kind.RESTS)


class PastSession(NamedTuple):
    """A session as the history knows it."""

    id: int
    kind: str
    drop_id: str
    run_id: str
    status: str
    mode: str
    dry_run: bool
    options: Mapping[str, Any]
    formed_at: Mapping[str, str]
    started_at: datetime
    finished_at: datetime | None
    approved_at: datetime | None
    undoes_session_id: int | None
    is_open: bool
    undoes_kind: str | None = None
    """Kind of the session that this one rolled back."""

    @property
    def took_effect(self) -> bool:
        """Whether it was published at some time, even if it was undone later."""
        return self.status in (*DONE, ROLLED_BACK) and not self.dry_run and self.finished_at is not None

    @property
    def is_rollback(self) -> bool:
        return self.kind == ROLLBACK

    @property
    def is_of_customers(self) -> bool:
        """Customers are no part of the catalogue: the shop writes them too, so they are never built anew."""
        return self.kind == SYNC_CUSTOMERS or self.undoes_kind == SYNC_CUSTOMERS

    def overtook(self, other: "PastSession") -> bool:
        """Whether its newer stocks were published while the other was under way; see `database.overtaking`."""
        if self.finished_at is None or other.finished_at is None:
            return False
        is_newer = self.formed_at.get(RESTS, "") > other.formed_at.get(RESTS, "") > ""
        return is_newer and other.started_at < self.finished_at <= other.finished_at


def past_sessions(database: ShopDatabase) -> list[PastSession]:
    """All sessions of this database, oldest first; none where our tables are missing or of an older schema."""
    columns = [import_sessions.c[name] for name in PastSession._fields if name not in ("is_open", "undoes_kind")]
    with database.read() as connection:
        if not _is_told(connection):
            return []
        still_open = unfinished.open_ids(connection)
        rows = connection.execute(sa.select(*columns).order_by(import_sessions.c.id)).all()
    kinds = {row.id: row.kind for row in rows}
    return [
        PastSession(**row._mapping, is_open=row.id in still_open, undoes_kind=kinds.get(row.undoes_session_id))  # noqa: SLF001
        for row in rows
    ]


def _is_told(connection: sa.Connection) -> bool:
    inspector = sa.inspect(connection)
    if not inspector.has_table(import_sessions.name):
        return False
    return {column["name"] for column in inspector.get_columns(import_sessions.name)} >= set(import_sessions.c.keys())
