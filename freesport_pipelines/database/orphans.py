"""Staged rows whose goods or SKU does not exist: excluded ones are counted, the others go to quarantine.

Facts, sections 1.7-1.9 and 1.12: an orphan offer never creates goods, a price never creates an SKU, and rows of goods
that are not for sale are normal and no reason for a warning each.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import ColumnElement
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from freesport_pipelines.database import quarantine, schema, staging
from freesport_pipelines.database.feeds import Feed


def goods_are_unknown(parent: ColumnElement[str]) -> ColumnElement[bool]:
    """Do the goods exist neither in the drop nor in the shop? Two plain NOT EXISTS, which become hash anti-joins."""
    goods = staging.goods
    staged = sa.exists().where(goods.c.onec_id == parent, goods.c.wants_active, goods.c.seq >= 0)
    return sa.and_(~staged, ~sa.exists().where(schema.goods.c.onec_id == parent))


def goods_lack_offers(parent: ColumnElement[str]) -> ColumnElement[bool]:
    """Have the goods no offers of their own, visible or not? If they have some, their bare id is no SKU.

    Plain NOT EXISTS again: a negated OR of EXISTS is looked up row by row.
    """
    live, staged, excluded = schema.skus, staging.skus, schema.excluded_items
    return sa.and_(
        ~sa.exists().where(live.c.parent_onec_id == parent, sa.not_(live.c.is_default)),
        ~sa.exists().where(staged.c.parent_onec_id == parent, sa.not_(staged.c.is_default)),
        ~sa.exists().where(excluded.c.kind == "offers", excluded.c.parent_onec_id == parent),
    )


def _goods_are_excluded(parent: ColumnElement[str]) -> ColumnElement[bool]:
    excluded = schema.excluded_items
    staged = sa.exists().where(
        staging.goods.c.onec_id == parent, sa.not_(staging.goods.c.wants_active), staging.goods.c.seq >= 0
    )
    registered = sa.exists().where(excluded.c.kind == "goods", excluded.c.onec_id == parent, excluded.c.is_current)
    admitted_now = sa.exists().where(staging.goods.c.onec_id == parent, staging.goods.c.wants_active)
    return sa.or_(staged, sa.and_(registered, ~admitted_now))


def _sku_is_excluded(onec_id: ColumnElement[str]) -> ColumnElement[bool]:
    excluded = schema.excluded_items
    staged = sa.exists().where(staging.skus.c.onec_id == onec_id, sa.not_(staging.skus.c.wants_active))
    registered = sa.exists().where(excluded.c.kind == "offers", excluded.c.onec_id == onec_id, excluded.c.is_current)
    admitted_now = sa.exists().where(staging.skus.c.onec_id == onec_id, staging.skus.c.wants_active)
    return sa.or_(staged, sa.and_(registered, ~admitted_now))


def parent_of(onec_id: ColumnElement[str]) -> ColumnElement[str]:
    """The goods id in an SKU id: what stands before the first `#` (see domain/sku.py)."""
    if_marked = sa.func.substr(onec_id, 1, HashPosition(onec_id) - 1)
    return sa.case((onec_id.contains("#"), if_marked), else_=onec_id)


class HashPosition(GenericFunction[int]):
    """Where the first `#` stands: strpos in PostgreSQL, instr in SQLite."""

    type = sa.Integer()
    inherit_cache = True


@compiles(HashPosition, "postgresql")
def _strpos(function: HashPosition, compiler: SQLCompiler, **kw: Any) -> str:
    return f"strpos({compiler.process(function.clauses, **kw)}, '#')"


@compiles(HashPosition, "sqlite")
def _instr(function: HashPosition, compiler: SQLCompiler, **kw: Any) -> str:
    return f"instr({compiler.process(function.clauses, **kw)}, '#')"


def remove_orphan_offers(connection: sa.Connection, feed: Feed, session_id: int, drop_id: str) -> dict[str, int]:
    """Take offers of unknown goods out of staging; count those of excluded goods, quarantine the others."""
    staged = feed.staged
    unplaced = sa.and_(staged.c.seq >= 0, goods_are_unknown(staged.c.parent_onec_id))
    excluded = _goods_are_excluded(staged.c.parent_onec_id)
    return _remove(
        connection,
        feed,
        session_id,
        drop_id,
        kind="offers",
        unplaced=unplaced,
        excluded=excluded,
        parent=staged.c.parent_onec_id,
        reason=sa.literal(quarantine.ORPHAN_OFFER, sa.Text),
    )


def remove_orphan_amounts(
    connection: sa.Connection, feed: Feed, kind: str, session_id: int, drop_id: str
) -> dict[str, int]:
    """Take prices or rests of unknown SKUs out of staging; count excluded ones, quarantine the others."""
    staged = feed.staged
    parent = parent_of(staged.c.onec_id)
    unknown = (
        ~sa.exists().where(staging.skus.c.onec_id == staged.c.onec_id, staging.skus.c.wants_active),
        ~sa.exists().where(schema.skus.c.onec_id == staged.c.onec_id),
    )
    bare = sa.and_(sa.not_(staged.c.onec_id.contains("#")), sa.not_(goods_lack_offers(staged.c.onec_id)))
    return _remove(
        connection,
        feed,
        session_id,
        drop_id,
        kind=kind,
        unplaced=sa.and_(staged.c.seq >= 0, *unknown),
        excluded=sa.or_(_sku_is_excluded(staged.c.onec_id), _goods_are_excluded(parent)),
        parent=parent,
        reason=sa.case((bare, quarantine.BARE_ID), else_=quarantine.ORPHAN_SKU),
    )


def _remove(
    connection: sa.Connection,
    feed: Feed,
    session_id: int,
    drop_id: str,
    *,
    kind: str,
    unplaced: ColumnElement[bool],
    excluded: ColumnElement[bool],
    parent: ColumnElement[str],
    reason: ColumnElement[str],
) -> dict[str, int]:
    staged = feed.staged
    found = sa.select(staged.c.seq, excluded.label("excluded")).where(unplaced)
    connection.execute(staging.unplaced.delete())
    connection.execute(staging.unplaced.insert().from_select(["seq", "is_excluded"], found))
    is_excluded = staging.unplaced.c.is_excluded
    orphans = sa.select(staging.unplaced.c.seq).where(sa.not_(is_excluded))
    quarantine.move_staged(
        connection, session_id, drop_id, feed=feed, kind=kind, parent=parent, reason=reason, seqs=orphans
    )
    count = sa.select(sa.func.count(), sa.func.coalesce(sa.func.sum(sa.case((is_excluded, 1), else_=0)), 0))
    total, of_excluded = connection.execute(count.select_from(staging.unplaced)).one()
    if total:
        is_unplaced = staged.c.seq.in_(sa.select(staging.unplaced.c.seq))
        names = [column.name for column in staged.columns]
        connection.execute(staging.aside[staged].insert().from_select(names, sa.select(staged).where(is_unplaced)))
        connection.execute(staged.delete().where(is_unplaced))
    return {"orphans": int(total - of_excluded), "excluded": int(of_excluded)}
