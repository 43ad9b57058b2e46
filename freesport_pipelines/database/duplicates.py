"""The later packet wins: of staged rows with one key only the last stays (facts, section 1.0)."""

import sqlalchemy as sa

from freesport_pipelines.database.feeds import Feed


def keep_last(connection: sa.Connection, feed: Feed) -> dict[str, int]:
    """Delete superseded staged rows of one table.

    :returns: "superseded": how many rows gave way, "in_one_packet": how many of them to a row of their own packet,
        which is 1C contradicting itself and worth a warning
    """
    staged = feed.staged
    keys = [staged.c[name] for name in feed.key]
    extra = sa.func.count() - 1
    same_packet = sa.case((sa.func.min(staged.c.packet) == sa.func.max(staged.c.packet), extra), else_=0)
    repeated = (
        sa.select(*keys, sa.func.max(staged.c.seq).label("last"), extra.label("extra"), same_packet.label("same"))
        .where(staged.c.seq >= 0)
        .group_by(*keys)
        .having(sa.func.count() > 1)
    ).cte("repeated")
    superseded, in_one_packet = connection.execute(
        sa.select(sa.func.coalesce(sa.func.sum(repeated.c.extra), 0), sa.func.coalesce(sa.func.sum(repeated.c.same), 0))
    ).one()
    if superseded:
        later = sa.select(repeated.c.last).where(
            *(repeated.c[name] == staged.c[name] for name in feed.key), staged.c.seq < repeated.c.last
        )
        connection.execute(staged.delete().where(staged.c.seq >= 0, later.exists()).add_cte(repeated))
    return {"superseded": int(superseded), "in_one_packet": int(in_one_packet)}
