"""Where the dirty rows of an export sit, and why an importer refuses them. Rendering is left to goods, offers, prices
and rests; goods outside the sales tree are the assortment's."""

from collections.abc import Iterable, Iterator
from itertools import islice

from freesport_pipelines.demo.assortment import BLOCK, MARKED_GROUP, Assortment
from freesport_pipelines.demo.ids import id_maker

BAD_PRICES: tuple[tuple[str, str, str], ...] = (
    ("opt2_price", "abc", "unparseable"),
    ("trainer_price", "-150", "negative"),
    ("opt3_price", "", "empty"),
)
"""(price field, what stands in the file, reason): each in a SKU of its own."""
PACKET = 500
_EARLY, _LATE = PACKET + 2, 9 * PACKET + 100
"""Places of the two versions of a row that stands in packets 2 and 10."""
_MARGIN = 50
"""Rows to choose from behind the later place; a smaller export has both versions in its first and last packets."""


class Dirt:
    """The dirty rows of one plan; a clean plan has none."""

    def __init__(self, assortment: Assortment) -> None:
        plan = assortment.plan
        self.goods_per_packet = self.offers_per_packet = PACKET
        self.bad_prices: dict[int, tuple[str, str, str]] = {}
        self.unknown_warehouse_key = -1
        self.twice_good, self.twice_good_at = -1, -1
        self.twice_offer, self.twice_offer_at = (-1, -1), -1
        self.orphan_id = (
            f"{id_maker(plan.seed, 'orphan')(0)}#{id_maker(plan.seed, 'orphan characteristic')(0)}"
            if plan.dirty
            else None
        )
        if plan.dirty:
            self._choose(assortment)
        self.sku_keys = frozenset({*self.bad_prices, self.unknown_warehouse_key})

    def _choose(self, assortment: Assortment) -> None:
        goods = assortment.plan.goods
        chosen = list(islice(assortment.clean_skus(range(MARKED_GROUP.stop, goods)), len(BAD_PRICES) + 1))
        keys = [assortment.sku(number, offer).key for number, offer in chosen]
        self.bad_prices = dict(zip(keys, BAD_PRICES, strict=False))
        self.unknown_warehouse_key = keys[-1]
        self.goods_per_packet, early, late = _places(goods, _LATE)
        self.twice_good_at = early
        self.twice_good = next(number for number, _ in _from(assortment, late))
        offers = assortment.offers_before(goods)
        self.offers_per_packet, early, late = _places(offers, _LATE)
        self.twice_offer_at = early
        near = late // ((BLOCK - 1) * assortment.plan.offers_per_good) * BLOCK
        self.twice_offer = next(
            (number, offer)
            for number, offer in _from(assortment, near if late < offers - 1 else goods - 1)
            if late == offers - 1 or assortment.offers_before(number) + offer >= late
        )


def _places(rows: int, late: int) -> tuple[int, int, int]:
    """(rows per packet, place of the outdated version, least number of the row that replaces it)."""
    if rows > late + _MARGIN:
        return PACKET, _EARLY, late
    return min(PACKET, (rows + 3) // 2), 2, rows - 1


def _from(assortment: Assortment, least: int) -> Iterator[tuple[int, int]]:
    """Clean SKUs from this goods number on; near the end of the goods the last ones, backwards."""
    yield from assortment.clean_skus(range(least, assortment.plan.goods))
    for number in range(least - 1, MARKED_GROUP.stop, -1):
        yield from reversed(list(assortment.clean_skus(range(number, number + 1))))


def with_row_at(rows: Iterable[str], place: int, row: str) -> Iterator[str]:
    """Put one more row at a place of a stream; a place below zero puts none."""
    for number, other in enumerate(rows):
        if number == place:
            yield row
        yield other
