"""Where the journal keeps before and after: in `change_sets`, and for personal tables in `personal_images`.

DESIGN decision 6: personal columns are referenced in the journal, never spelled out. What people and reports read is
`change_sets`; applying and rolling back read the images here.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql import ColumnElement

from freesport_pipelines.database import dialect
from freesport_pipelines.database.bookkeeping import change_sets
from freesport_pipelines.database.customer_schema import personal_images
from freesport_pipelines.database.feeds import Feed

MASK = "•••"

Described = list[tuple[str, ColumnElement[Any], ColumnElement[Any]]]


def before(feed: Feed) -> ColumnElement[Any]:
    """The before-image of a `change_sets` row of this feed, with its true values."""
    return _image(feed, "before")


def after(feed: Feed) -> ColumnElement[Any]:
    """The after-image."""
    return _image(feed, "after")


def _image(feed: Feed, side: str) -> ColumnElement[Any]:
    if not feed.is_personal:
        return change_sets.c[side]
    image = sa.select(personal_images.c[side]).where(
        personal_images.c.session_id == change_sets.c.session_id,
        personal_images.c.table_name == change_sets.c.table_name,
        personal_images.c.staged_seq == change_sets.c.staged_seq,
    )
    return image.correlate(change_sets).scalar_subquery()


def shown(connection: sa.Connection, feed: Feed, values: Described) -> ColumnElement[Any]:
    """JSON of the first values whose pair differs, as the journal shows it: personal ones only by name."""
    if not feed.is_personal:
        return dialect.changed_columns(connection, values)
    told: Described = [
        (name, value, other) if name in feed.told_openly or name in ("is_active", "hidden_by_1c") else _hidden(*pair)
        for pair in values
        for name, value, other in [pair]
    ]
    return dialect.changed_columns(connection, told)


def _hidden(
    name: str, value: ColumnElement[Any], other: ColumnElement[Any]
) -> tuple[str, ColumnElement[Any], ColumnElement[Any]]:
    differs = sa.case((value.is_distinct_from(other), sa.literal(MASK, sa.Text)), else_=sa.null())
    return name, sa.type_coerce(differs, sa.Text), sa.cast(sa.null(), sa.Text)


def keep_images(connection: sa.Connection, session_id: int, rows: sa.Select[Any]) -> None:
    """Store true images: (table_name, staged_seq, before, after)."""
    names = ["session_id", "table_name", "staged_seq", "before", "after"]
    with_session = sa.select(sa.literal(session_id, sa.BigInteger), *rows.subquery().c)
    connection.execute(personal_images.insert().from_select(names, with_session))


def forget_images(connection: sa.Connection, session_id: int) -> None:
    """Before a session is compared again."""
    connection.execute(personal_images.delete().where(personal_images.c.session_id == session_id))


def keep_images_backwards(connection: sa.Connection, session_id: int, by: int) -> None:
    """For the journal of a rollback: the images of the session it undoes, exchanged."""
    table = personal_images
    rows = sa.select(table.c.table_name, table.c.staged_seq, table.c.after.label("b"), table.c.before.label("a"))
    keep_images(connection, by, rows.where(table.c.session_id == session_id))
