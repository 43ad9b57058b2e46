"""Tables about imports: sessions, their figures, the journal of changes, the quarantine, overtaken rows."""

import sqlalchemy as sa

from freesport_pipelines.database.schema import metadata
from freesport_pipelines.database.types import Json, LocalId, OrderedJson, UtcDateTime

import_sessions = sa.Table(
    "import_sessions",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False, doc="catalog_import, stock_update or rollback"),
    sa.Column("drop_id", sa.Text, nullable=False, index=True),
    sa.Column("run_id", sa.Text, nullable=False, unique=True, doc="root Dagster run"),
    sa.Column(
        "status",
        sa.Text,
        nullable=False,
        doc="started, staged, judged, rejected, published, unchanged, failed, rolled_back",
    ),
    sa.Column("mode", sa.Text, nullable=False, doc="delta or full"),
    sa.Column("dry_run", sa.Boolean, nullable=False),
    sa.Column("options", Json, nullable=False, doc="force, allow_older, only, prepares"),
    sa.Column("content_digest", sa.Text, doc="equal for the same content, whatever the files are called"),
    sa.Column("formed_at", Json, nullable=False, doc="{kind: newest ДатаФормирования}, local time of the tenant"),
    sa.Column("verdict", OrderedJson, doc="the gates' results"),
    sa.Column("report", OrderedJson),
    sa.Column("error", sa.Text),
    sa.Column("started_at", UtcDateTime, nullable=False),
    sa.Column("judged_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("active_at", UtcDateTime, doc="when one of its steps last began or ended"),
    sa.Column("interrupted_at", UtcDateTime, doc="when its run was found dead; its drop is asked for again"),
    sa.Column("approved_at", UtcDateTime, doc="when an operator approved it although a gate had rejected it"),
    sa.Column("undoes_session_id", LocalId, doc="the session that this one rolled back"),
)

session_figures = sa.Table(
    "session_figures",
    metadata,
    sa.Column("session_id", LocalId, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("figures", OrderedJson, nullable=False, doc="packets, records, rows, seconds, warnings, rejected…"),
)

change_sets = sa.Table(
    "change_sets",
    metadata,
    sa.Column("session_id", LocalId, primary_key=True, autoincrement=False),
    sa.Column("table_name", sa.Text, primary_key=True),
    sa.Column("staged_seq", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("key", sa.Text, nullable=False, doc="the row's 1C identity"),
    sa.Column("operation", sa.Text, nullable=False, doc="insert, update, hide, unhide; delete in a rollback"),
    sa.Column("live_id", LocalId),
    sa.Column("before", Json, doc="changed columns as they were; null for inserts"),
    sa.Column("after", Json, doc="changed columns as they become; null for inserts"),
    sa.Column("before_session_id", LocalId),
    sa.Column("before_updated_at", UtcDateTime),
    sa.Column("before_hash", sa.BigInteger, doc="content_hash as it was, where the table has one"),
)

quarantine = sa.Table(
    "quarantine",
    metadata,
    sa.Column("id", LocalId, sa.Identity(), primary_key=True),
    sa.Column("session_id", LocalId, nullable=False, index=True),
    sa.Column("drop_id", sa.Text, nullable=False),
    sa.Column("packet", sa.Text),
    sa.Column("kind", sa.Text, nullable=False, doc="file kind: offers, prices, rests…"),
    sa.Column("key", sa.Text, nullable=False, index=True),
    sa.Column("parent_onec_id", sa.Text, index=True, doc="goods an orphan waits for, or row of a rejected part"),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("detail", sa.Text),
    sa.Column("payload", Json, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("resolved_session_id", LocalId, doc="the session in which the row was used, or judged anew"),
)

named_meanwhile = sa.Table(
    "named_meanwhile",
    metadata,
    sa.Column("session_id", LocalId, primary_key=True, autoincrement=False, doc="the session that was published"),
    sa.Column("kind", sa.Text, primary_key=True, doc="file kind: rests"),
    sa.Column("key", sa.Text, primary_key=True, doc="what it named while another session was open"),
)
