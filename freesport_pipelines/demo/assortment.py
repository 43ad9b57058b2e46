"""Which goods and SKUs exist: every fact follows from seed and number, so any pass can ask again. No XML, no prices."""

from collections.abc import Iterator
from typing import NamedTuple

from freesport_pipelines.demo.dice import dice
from freesport_pipelines.demo.groups import GroupTree
from freesport_pipelines.demo.ids import id_maker
from freesport_pipelines.demo.names import BRANDS, COLORS, SECTIONS
from freesport_pipelines.demo.plan import DemoPlan

BLOCK = 10
"""Goods come in blocks of ten: one without offers, nine whose offers average `offers_per_good` exactly."""
_KEYS = 1024
"""SKU keys per goods: 0 is the bare goods, 1 + j its offer j."""

UNKNOWN_GROUP = range(21, 23)
NO_GROUP = range(23, 25)
MARKED_GROUP = range(25, 28)
"""Numbers of the goods that are excluded in a dirty export."""


class Good(NamedTuple):
    """One goods row."""

    number: int
    id: str
    throw: bytes
    section: int
    leaf: int
    group_id: str | None
    article: str
    name: str
    brand: int


class Sku(NamedTuple):
    """A SKU that prices and rests name."""

    key: int
    id: str
    good: int
    is_imported: bool


class Assortment:
    """Goods and offers of one plan."""

    def __init__(self, plan: DemoPlan, groups: GroupTree) -> None:
        self.plan = plan
        self.good_id = id_maker(plan.seed, "goods")
        self._characteristic_id = id_maker(plan.seed, "characteristic")
        self._groups = groups

    def good(self, number: int) -> Good:
        """Return the row of a goods number."""
        throw = dice(self.plan.seed, "goods", number)
        section, brand = throw[0] % len(SECTIONS), throw[1] % len(BRANDS)
        leaf = throw[2] % self._groups.leaves_per_section
        article = f"{BRANDS[brand][0][:2].upper()}{section + 1}{1000 + number}"
        name = f"{SECTIONS[section].leaves[leaf][1]} {BRANDS[brand][0]} {article}, {COLORS[throw[3] & 15]}"
        group = self._group(number, section, leaf)
        return Good(number, self.good_id(number), throw, section, leaf, group, article, name, brand)

    def excluded(self, number: int) -> str | None:
        """Why a goods is not to be created, if so."""
        if not self.plan.dirty or number >= MARKED_GROUP.stop or number < UNKNOWN_GROUP.start:
            return None
        if number in UNKNOWN_GROUP:
            return "unknown_group"
        return "no_group" if number in NO_GROUP else "marked_group"

    def offer_count(self, number: int) -> int:
        """Return how many offers, marked ones included, a goods has."""
        mean, block = self.plan.offers_per_good, number // BLOCK
        place = self._place(number)
        if place == 0:
            return 0
        if place == BLOCK - 1:
            return mean
        more = ((block * 2_654_435_761 + (place + 1) // 2 * 40_503 + self.plan.seed) >> 7) % mean
        return mean + more if place % 2 else mean - more

    def offers_before(self, number: int) -> int:
        """Return how many offers all goods before this one have together."""
        first = number // BLOCK * BLOCK
        whole = number // BLOCK * (BLOCK - 1) * self.plan.offers_per_good
        return whole + sum(self.offer_count(other) for other in range(first, number))

    def is_marked(self, number: int, offer: int) -> bool:
        """Tell whether an offer is marked for deletion; in some goods all of them are."""
        if number // BLOCK % 17 == 4 and self._place(number) == BLOCK - 1:
            return True
        return (number * 31 + offer * 17) % 67 == 13 and self.offer_count(number) > 1

    def sku(self, number: int, offer: int | None) -> Sku:
        """Return an offer of a goods, or the bare goods."""
        key = number * _KEYS + (0 if offer is None else offer + 1)
        sku_id = self.good_id(number) if offer is None else self.offer_id(number, offer)
        return Sku(key, sku_id, number, self.excluded(number) is None)

    def offer_id(self, number: int, offer: int) -> str:
        """`goods#characteristic`."""
        return f"{self.good_id(number)}#{self._characteristic_id(number * _KEYS + offer + 1)}"

    def skus(self) -> Iterator[Sku]:
        """Yield what prices and rests name: live offers, and the bare goods that have none; dirty rows not included."""
        for number in range(self.plan.goods):
            offers = self.offer_count(number)
            if not offers:
                yield self.sku(number, None)
            for offer in range(offers):
                if not self.is_marked(number, offer):
                    yield self.sku(number, offer)

    def clean_skus(self, numbers: range) -> Iterator[tuple[int, int]]:
        """Yield (goods, offer) of offers that an import creates."""
        for number in numbers:
            if self.excluded(number) is None:
                for offer in range(self.offer_count(number)):
                    if not self.is_marked(number, offer):
                        yield number, offer

    def _place(self, number: int) -> int:
        block, place = divmod(number, BLOCK)
        return (place + block * 7 + self.plan.seed) % BLOCK

    def _group(self, number: int, section: int, leaf: int) -> str | None:
        reason = self.excluded(number)
        if reason is None:
            return self._groups.leaf_id(section, leaf)
        if reason == "no_group":
            return None
        if reason == "unknown_group":
            return self._groups.unknown_id
        return self._groups.marked_child_id if number % 2 else self._groups.marked_root_id
