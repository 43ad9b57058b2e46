"""From staged rows to a judged change set: place, compare, judge, store. The one recipe of the `change_set` asset."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from freesport_pipelines.database import (
    absent,
    compare,
    default_skus,
    dialect,
    duplicates,
    gates,
    lookups,
    orphans,
    overtaking,
    preview,
    quarantine,
    resolution,
    schema,
    sessions,
    staging,
    touches,
)
from freesport_pipelines.database.bookkeeping import quarantine as quarantine_table
from freesport_pipelines.database.engine import ShopDatabase
from freesport_pipelines.database.feeds import FEEDS, Feed, feeds_of
from freesport_pipelines.database.packing import PACKET_ROWS
from freesport_pipelines.domain.categories import CategoryTree
from freesport_pipelines.domain.gates import BlockPolicy, Result
from freesport_pipelines.domain.jobs import STOCK_UPDATE, SYNC_CUSTOMERS
from freesport_pipelines.domain.kinds import Kind
from freesport_pipelines.domain.notes import Notes
from freesport_pipelines.domain.offers import complete_offer
from freesport_pipelines.domain.rows import SkuRow

FULL = "full"
REQUEUED_OFFERS, REQUEUED_AMOUNTS = 1, 2_000_000
_FEED = {feed.name: feed for feed in FEEDS}
_KIND_OF_TABLE = {
    "price_types": Kind.PRICE_LISTS,
    "units": Kind.UNITS,
    "warehouses": Kind.STORAGES,
    "goods": Kind.GOODS,
    "skus": Kind.OFFERS,
    "sku_prices": Kind.PRICES,
    "sku_stocks": Kind.RESTS,
}
"""Tables in which a key can be repeated by another packet; the other dictionaries are united while they are read."""


class Judged(NamedTuple):
    """A session's change set in figures."""

    changes: dict[str, dict[str, int]]
    unchanged: dict[str, int]
    quarantined: dict[str, dict[str, int]]
    results: list[Result]
    preview: dict[str, Any]

    @property
    def is_rejected(self) -> bool:
        """Does a gate forbid to publish it?"""
        return any(result.blocks for result in self.results)


def make_change_set(
    database: ShopDatabase,
    session: sessions.Session,
    roots: tuple[str, ...],
    policy: BlockPolicy,
    time_zone: ZoneInfo,
) -> Judged:
    """Compare what is staged with what is live, evaluate the gates, store both with the session.

    Under the publishing lock: nothing can be published between the comparison and its date.

    :param time_zone: in which 1C writes its moments

    :raises StagingLost: if the staging area was emptied by a crash of the database server
    """
    database.require_area(session.id)
    with database.publishing(session.id) as connection:
        figures = {kind: dict(values) for kind, values in sessions.figures(connection, session.id).items()}
        if session.kind == SYNC_CUSTOMERS:
            _place_customers(connection, session, figures, time_zone)
        else:
            _place(connection, session, figures, roots)
            if session.mode == FULL:
                absent.hide_absent(connection, {kind for kind, values in figures.items() if values.get("packets")})
            touches.stage_exclusions(connection)
        feeds = feeds_of(session.kind)
        dialect.analyze(connection, *(feed.staged for feed in feeds))
        staged = compare.compare(connection, session.id, feeds)
        counts = compare.count_changes(connection, session.id)
        judged = Judged(
            counts,
            compare.count_unchanged(connection, session.id, staged),
            quarantine.counts(connection, session.id),
            gates.evaluate(connection, session, figures, counts, policy),
            preview.preview(connection, session.id, counts),
        )
        sessions.update_in(
            connection,
            session.id,
            status=sessions.REJECTED if judged.is_rejected else sessions.JUDGED,
            verdict=[result.as_dict() for result in judged.results],
            judged_at=datetime.now(UTC),
            error=None,
        )
        for kind, values in figures.items():
            sessions.record_figures_in(connection, session.id, kind, values)
    return judged


def _place_customers(
    connection: sa.Connection, session: sessions.Session, figures: dict[str, dict[str, Any]], time_zone: ZoneInfo
) -> None:
    """Let the last word about a contragent win, then find out which customers they are."""
    dialect.plan_for(connection, sum(int(values.get("rows", 0)) for values in figures.values()))
    feed = _FEED["contragents"]
    dialect.index_for_joins(connection, feed.staged, "onec_id", "packet")
    _add(figures, Kind.CONTRAGENTS, duplicates.keep_last(connection, feed))
    dialect.analyze(connection, feed.staged)
    quarantine.collect(connection, session.id, session.drop_id)
    formed = session.formed_at.get(Kind.CONTRAGENTS)
    formed_at = None if formed is None else datetime.fromisoformat(formed).replace(tzinfo=time_zone)
    outcomes = resolution.resolve_customers(connection, formed_at, datetime.now(UTC))
    figures.setdefault(Kind.CONTRAGENTS, {})["outcomes"] = outcomes


def _place(
    connection: sa.Connection, session: sessions.Session, figures: dict[str, dict[str, Any]], roots: tuple[str, ...]
) -> None:
    """Let the last word win, fetch what waited in quarantine, set aside what still has no place."""
    _as_it_was_read(connection)
    dialect.plan_for(connection, sum(int(values.get("rows", 0)) for values in figures.values()))
    for feed in FEEDS:
        dialect.index_for_joins(connection, feed.staged, *feed.key, "packet")  # all that finding repeats looks at
    dialect.index_for_joins(connection, staging.skus, "parent_onec_id")
    for table, kind in _KIND_OF_TABLE.items():
        counted = duplicates.keep_last(connection, _FEED[table])
        if counted["superseded"] or "superseded" not in figures.get(kind, {}):
            _add(figures, kind, counted)
    dialect.analyze(connection, *(_FEED[table].staged for table in _KIND_OF_TABLE))
    _add(figures, Kind.RESTS, {"overtaken": overtaking.set_aside_overtaken(connection, session)})
    quarantine.forget_superseded_rejects(connection, WAITING_FEEDS)
    quarantine.collect(connection, session.id, session.drop_id)
    _touch(connection, session, roots)

    offers, prices, stocks = _FEED["skus"], _FEED["sku_prices"], _FEED["sku_stocks"]
    parent = quarantine_table.c.parent_onec_id
    # of the drop, or of the shop: goods may have come by a session that was published past this one
    waits_for_goods = sa.or_(
        sa.exists().where(staging.goods.c.onec_id == parent, staging.goods.c.wants_active),
        sa.exists().where(schema.goods.c.onec_id == parent),
    )
    if session.kind == STOCK_UPDATE:
        _place_amounts(connection, session, figures, ((Kind.RESTS, stocks),), waits_for_goods)
        return
    back = quarantine.waiting(connection, offers, str(Kind.OFFERS), waits_for_goods)
    _stage(connection, offers, REQUEUED_OFFERS, _with_sizes(connection, [SkuRow(**row) for row in back]))
    touches.touch_sizes(connection)
    _add(figures, Kind.OFFERS, orphans.remove_orphan_offers(connection, offers, session.id, session.drop_id))
    _place_amounts(connection, session, figures, ((Kind.PRICES, prices), (Kind.RESTS, stocks)), waits_for_goods)


def _as_it_was_read(connection: sa.Connection) -> None:
    """Undo an earlier placing: a session that is judged again must come to the same result."""
    for staged, aside in staging.aside.items():
        names = [column.name for column in staged.columns]
        connection.execute(staged.delete().where(staged.c.seq < PACKET_ROWS))
        from_packets = sa.select(aside).where(aside.c.seq >= PACKET_ROWS)
        connection.execute(staged.insert().from_select(names, from_packets))
        connection.execute(aside.delete())
    overtaking.take_back(connection)
    for staged in (staging.goods, staging.categories):
        connection.execute(staged.delete().where(staged.c.seq <= absent.TOUCH_SEQ))


def _place_amounts(
    connection: sa.Connection,
    session: sessions.Session,
    figures: dict[str, dict[str, Any]],
    feeds: Sequence[tuple[Kind, Feed]],
    waits_for_goods: sa.ColumnElement[bool],
) -> None:
    """Place prices and rests; a stock update neither makes nor hides SKUs, it leaves that to the catalogue."""
    waits_for_sku = sa.or_(
        sa.exists().where(staging.skus.c.onec_id == quarantine_table.c.key, staging.skus.c.wants_active),
        sa.exists().where(schema.skus.c.onec_id == quarantine_table.c.key),
        # under a bare id, if a default SKU can be made for it
        sa.false()
        if session.kind == STOCK_UPDATE
        else sa.and_(sa.not_(quarantine_table.c.key.contains("#")), waits_for_goods),
    )
    for kind, feed in feeds:
        rows = [tuple(row.values()) for row in quarantine.waiting(connection, feed, str(kind), waits_for_sku)]
        _stage(connection, feed, REQUEUED_AMOUNTS, rows)
    if session.kind != STOCK_UPDATE:
        made = default_skus.stage_default_skus(connection)
        hidden = default_skus.hide_outgrown_default_skus(connection)
        _add(figures, Kind.OFFERS, {"default_skus": made, "default_skus_outgrown": hidden})
    for kind, feed in feeds:
        placed = orphans.remove_orphan_amounts(connection, feed, str(kind), session.id, session.drop_id)
        _add(figures, kind, placed)


def _with_sizes(connection: sa.Connection, offers: list[SkuRow]) -> list[SkuRow]:
    """Offers whose goods were unknown when they came learn their size from the goods' name."""
    names = lookups.goods_names(connection, {offer.parent_onec_id for offer in offers})
    return [complete_offer(offer, names.get(offer.parent_onec_id), Notes()) for offer in offers]


def _stage(connection: sa.Connection, feed: Feed, first_seq: int, rows: Sequence[tuple[Any, ...]]) -> None:
    dialect.bulk_load(connection, feed.staged, [(seq, None, *row) for seq, row in enumerate(rows, first_seq)])


def _touch(connection: sa.Connection, session: sessions.Session, roots: tuple[str, ...]) -> None:
    """Carry changed dictionaries over to goods that the drop does not name."""
    connection.execute(staging.goods.delete().where(staging.goods.c.seq < 0))
    connection.execute(staging.excluded_items.delete())
    if _has_rows(connection, staging.categories) or _has_rows(connection, staging.brand_aliases):
        tree = CategoryTree(lookups.nodes_after(connection, is_full=session.mode == FULL), roots)
        touches.touch_goods(connection, tree, lookups.brand_by_value(connection))


def _has_rows(connection: sa.Connection, table: sa.Table) -> bool:
    return bool(connection.execute(sa.select(sa.exists().where(table.c.seq.is_not(None)))).scalar_one())


def _add(figures: dict[str, dict[str, Any]], kind: Kind, more: Mapping[str, Any]) -> None:
    if kind in figures or any(more.values()):
        figures.setdefault(str(kind), {}).update(more)


WAITING_FEEDS: tuple[tuple[str, Feed], ...] = tuple(
    (str(_KIND_OF_TABLE[name]), _FEED[name]) for name in ("skus", "sku_prices", "sku_stocks")
)
"""(file kind, feed) of rows that may have waited in quarantine."""
