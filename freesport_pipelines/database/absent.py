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
        _touch(connection, schema.categories, staging.categories)
    if str(Kind.GOODS) in kinds:
        _touch(connection, schema.goods, staging.goods, exclusion_reason=sa.literal(ABSENT, sa.Text))
    if str(Kind.OFFERS) in kinds:
        parents = {"parent_onec_id": schema.skus.c.parent_onec_id, "is_default": schema.skus.c.is_default}
        _touch(connection, schema.skus, staging.skus, sa.not_(schema.skus.c.is_default), **parents)


def _touch(
    connection: sa.Connection,
    live: sa.Table,
    staged: sa.Table,
    also: sa.ColumnElement[bool] | None = None,
    **values: sa.ColumnElement[str] | sa.ColumnElement[bool],
) -> None:
    absent = sa.select(TOUCH_SEQ - live.c.id, live.c.onec_id, sa.false(), *values.values()).where(
        live.c.is_active,
        ~sa.exists().where(staged.c.onec_id == live.c.onec_id),
        sa.true() if also is None else also,
    )
    connection.execute(staged.insert().from_select(["seq", "onec_id", "wants_active", *values], absent))
