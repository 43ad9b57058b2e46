"""The default SKU of goods without offers. Facts, sections 0.3 and 1.12.4; DESIGN decision 15.

Goods that prices or rests name by their bare id get one SKU under that id, unless they have, or ever had, offers of
their own. When offers appear later, the default SKU is hidden.
"""

import sqlalchemy as sa

from freesport_pipelines.database import schema, staging
from freesport_pipelines.database.orphans import goods_are_unknown, goods_lack_offers
from freesport_pipelines.domain.canonical import content_hash

FIRST_SEQ = 1_000_000
TOUCH_SEQ = -1_000_000_000
_HASH = content_hash(None, None, None, None, "{}", None, True)


def stage_default_skus(connection: sa.Connection) -> int:
    """Stage default SKUs that the drop's prices and rests call for; return how many."""
    skus = staging.skus
    named = sa.union(
        *(
            sa.select(table.c.onec_id).where(sa.not_(table.c.onec_id.contains("#")))
            for table in (staging.sku_prices, staging.sku_stocks)
        )
    ).subquery("named")
    lacks_sku = sa.and_(
        goods_lack_offers(named.c.onec_id),
        ~sa.exists().where(schema.skus.c.onec_id == named.c.onec_id),
        ~sa.exists().where(skus.c.onec_id == named.c.onec_id),
    )
    new = sa.select(
        FIRST_SEQ + sa.func.row_number().over(order_by=named.c.onec_id),
        named.c.onec_id,
        named.c.onec_id,
        sa.literal("{}", sa.Text),
        sa.true(),
        sa.literal(_HASH, sa.BigInteger),
        sa.true(),
    ).where(lacks_sku, sa.not_(goods_are_unknown(named.c.onec_id)))
    names = ["seq", "onec_id", "parent_onec_id", "specifications", "is_default", "content_hash", "wants_active"]
    return connection.execute(skus.insert().from_select(names, new)).rowcount


def hide_outgrown_default_skus(connection: sa.Connection) -> int:
    """Hide default SKUs of goods that now have offers; return how many."""
    skus, offer = schema.skus, staging.skus.alias("offer")
    offers_appeared = sa.exists().where(offer.c.parent_onec_id == skus.c.parent_onec_id, sa.not_(offer.c.is_default))
    named = sa.exists().where(offer.c.onec_id == skus.c.onec_id)
    outgrown = sa.select(TOUCH_SEQ - skus.c.id, skus.c.onec_id, skus.c.parent_onec_id, sa.true(), sa.false()).where(
        skus.c.is_default, skus.c.is_active, offers_appeared, sa.not_(named)
    )
    names = ["seq", "onec_id", "parent_onec_id", "is_default", "wants_active"]
    return connection.execute(staging.skus.insert().from_select(names, outgrown)).rowcount
