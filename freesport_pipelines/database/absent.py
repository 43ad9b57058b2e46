"""What a full set does not name is hidden. Facts, sections 0.8 and 1.0; DESIGN decision 11.

Only for a drop that was declared full, only for the kinds it holds, and only hidden, never deleted. Whether all its
packets are there is the gate `full_set_is_complete`; whether too much would vanish are the gates of `moves.py`.
"""

from collections.abc import Collection

import sqlalchemy as sa

from freesport_pipelines.database import schema, staging
from freesport_pipelines.domain.kinds import Kind

ABSENT = "absent_from_full_set"
TOUCH_SEQ = -2_000_000_000


def hide_absent(connection: sa.Connection, kinds: Collection[str]) -> None:
    """Stage touches that hide the live rows a full set does not name."""
    if str(Kind.GROUPS) in kinds:
        _touch(connection, Kind.GROUPS, schema.categories, staging.categories)
    if str(Kind.GOODS) in kinds:
        reason = sa.literal(ABSENT, sa.Text)
        _touch(connection, Kind.GOODS, schema.goods, staging.goods, exclusion_reason=reason)
    if str(Kind.OFFERS) in kinds:
        skus, aside = schema.skus, staging.aside[staging.skus]
        parents = {"parent_onec_id": skus.c.parent_onec_id, "is_default": skus.c.is_default}
        also = sa.and_(sa.not_(skus.c.is_default), ~sa.exists().where(aside.c.onec_id == skus.c.onec_id))
        _touch(connection, Kind.OFFERS, skus, staging.skus, also, **parents)


def _touch(
    connection: sa.Connection,
    kind: Kind,
    live: sa.Table,
    staged: sa.Table,
    also: sa.ColumnElement[bool] | None = None,
    **values: sa.ColumnElement[str] | sa.ColumnElement[bool],
) -> None:
    """A row that the set names and that had to be set aside is not absent; a mere touch names nothing."""
    rejects = staging.rejects
    is_absent = sa.and_(
        live.c.is_active,
        ~sa.exists().where(staged.c.onec_id == live.c.onec_id, staged.c.seq >= 0),
        ~sa.exists().where(rejects.c.kind == str(kind), rejects.c.onec_id == live.c.onec_id),
        sa.true() if also is None else also,
    )
    going = sa.select(live.c.onec_id).where(is_absent)
    connection.execute(staged.delete().where(staged.c.seq < 0, staged.c.onec_id.in_(going)))
    hidden = sa.select(TOUCH_SEQ - live.c.id, live.c.onec_id, sa.false(), *values.values()).where(is_absent)
    connection.execute(staged.insert().from_select(["seq", "onec_id", "wants_active", *values], hidden))
