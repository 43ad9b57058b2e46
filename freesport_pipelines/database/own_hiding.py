"""Rows that the shop itself has hidden: no import's business, so a rebuilt catalogue keeps them hidden."""

from collections.abc import Sequence

import sqlalchemy as sa

from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import FEEDS

PORTION = 500
_TABLES = tuple(feed.live for feed in FEEDS if feed.has_lifecycle)


def carry_over(source: ShopDatabase, target: ShopDatabase) -> int:
    """Hide in one database what the shop has hidden in the other; return how many rows."""
    with source.read() as connection:
        hidden = {table: _hidden_by_shop(connection, table) for table in _TABLES}
    with target.write() as connection:
        return sum(_hide(connection, table, keys) for table, keys in hidden.items())


def _hidden_by_shop(connection: sa.Connection, table: sa.Table) -> Sequence[str]:
    own = sa.and_(sa.not_(table.c.is_active), sa.not_(table.c.hidden_by_1c))
    return connection.execute(sa.select(table.c.onec_id).where(own)).scalars().all()


def _hide(connection: sa.Connection, table: sa.Table, keys: Sequence[str]) -> int:
    count = 0
    for start in range(0, len(keys), PORTION):
        named = table.c.onec_id.in_(keys[start : start + PORTION])
        hide = table.update().where(named, table.c.is_active).values(is_active=False, hidden_by_1c=False)
        count += connection.execute(hide).rowcount
    return count
